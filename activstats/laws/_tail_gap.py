"""Distance of Kolmogorov and Smirnov between a tail and its power law, compiled.

Both P(X ≥ x) of the law and the share of the observations at x or above only fall. Between two
points their distance is therefore bounded by the values at the two, and most points need never be
looked at: branch and bound, exact.
"""

from __future__ import annotations

import math

import numpy as np

from activstats.compiled import inlined, inner_kernel
from activstats.laws._tail_points import ABOVE, LOG_X, FloatArray, X
from activstats.laws._tail_zeta import series, series_start

# How many values next to xmin need a sum of their own, at most: beyond, either the series serves or
# nothing is left of the law.
TABLE_SIZE = 512
# Numbers in the memory for intervals to search, four each.
STACK_SIZE = 512
_NOTHING = 1e-18


@inner_kernel
def discrete_law(s: float, q: float, log_q: float, table: FloatArray) -> tuple[int, float]:
    """Fill a table with P(X ≥ q + k) of p(x) ~ x^-s on q, q+1, … times a norm; return its size and that.

    The norm is zeta(s, q) q^(s-1).
    """
    start = series_start(s)
    n, at = 0, q
    while at < start and n < TABLE_SIZE:
        table[n] = math.exp(-s * (math.log(at) - log_q)) / q
        at += 1.0
        n += 1
        if table[n - 1] < _NOTHING * table[0]:
            break
    # Where the terms came to nothing before the series may be used, so does its factor.
    norm = series(s, 1.0 / at)[0] * math.exp((1.0 - s) * (math.log(at) - log_q))
    for k in range(n - 1, -1, -1):
        norm += table[k]
        table[k] = norm
    return n, norm


@inlined
def is_farther(
    points: FloatArray, first: int, look_at: int, q: float, mean: float, limit: float
) -> bool:
    """Return whether the distance of a continuous tail is above a limit at a point.

    With this most candidates are given up, at less than the price of a call.
    """
    law = math.exp((q - points[look_at, X]) / mean)
    here = abs(points[look_at, ABOVE] / points[first, ABOVE] - law)
    return look_at > first and here > limit


@inner_kernel
def largest_gap(
    points: FloatArray,
    first: int,
    last: int,
    s: float,
    q: float,
    log_q: float,
    table: FloatArray | None,
    size: int,
    norm: float,
    limit: float,
    look_at: int,
    stack: FloatArray,
) -> tuple[float, int]:
    """Return sup |share of observations ≥ x − P(X ≥ x)| over the points from first to last, and where.

    Gives up with what it has once that is above `limit`. `look_at` is a point where the distance is
    likely to be large: it is looked at first.
    """
    inverse = 1.0 / points[first, ABOVE]
    gap, where, end = 0.0, first, 0
    # The distance is searched between two points, not at them; of P(X ≥ x) there bounds will do. At
    # the first point it is 0, unless a given xmin was not observed itself.
    a, b, s_a, s_b = first - (points[first, X] > q), last + 1, 1.0, 0.0
    middle = look_at if a < look_at < b else (a + b) >> 1
    while True:
        x = points[middle, X]
        share = math.exp((1.0 - s) * (points[middle, LOG_X] - log_q))
        if table is not None:
            if x - q < size:
                share = table[np.intp(x - q)] / norm
            else:
                share *= series(s, 1.0 / x)[0] / norm
        here = abs(points[middle, ABOVE] * inverse - share)
        if here > gap:
            gap, where = here, middle
            if gap > limit:
                return gap, where
        stack[end], stack[end + 1], stack[end + 2], stack[end + 3] = middle, b, share, s_b
        end += 4
        b, s_b = middle, share
        while b - a < 2 or (
            points[a + 1, ABOVE] * inverse - s_b <= gap
            and s_a - points[b - 1, ABOVE] * inverse <= gap
        ):
            if end == 0:
                return gap, where
            end -= 4
            # int() of a number would be compiled for each of its types.
            a, b = np.intp(stack[end]), np.intp(stack[end + 1])  # type: ignore[assignment]
            s_a, s_b = stack[end + 2], stack[end + 3]
        middle = (a + b) >> 1
