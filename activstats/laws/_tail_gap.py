"""Distance of Kolmogorov and Smirnov between a tail and its power law, compiled.

Both P(X ≥ x) of the law and the share of the observations at x or above only fall. Between two
points their distance is therefore bounded by the values at the two, and most points need never be
looked at: branch and bound, exact.
"""

from __future__ import annotations

import math

from activstats.compiled import inner_kernel
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
    """Fill a table with P(X ≥ q + k) of p(x) ~ x^-s on q, q+1, …; return its size and the law's norm.

    The norm is zeta(s, q) q^(s-1), infinite where nothing is left beyond the table.
    """
    start = series_start(s)
    n, at = 0, q
    while at < start and n < TABLE_SIZE - 1:
        table[n] = math.exp(-s * (math.log(at) - log_q)) / q
        if table[n] < _NOTHING * table[0]:
            break
        n += 1
        at = q + n
    ends_here = at < start
    total = 0.0
    if not ends_here:
        total = series(s, 1.0 / at)
        if n == 0:
            return 0, total
        total *= math.exp((1.0 - s) * (math.log(at) - log_q))
    for k in range(n - 1, -1, -1):
        total += table[k]
        table[k] = total
    for k in range(n):
        table[k] /= total
    return n, math.inf if ends_here else total


@inner_kernel
def survival(
    points: FloatArray,
    i: int,
    s: float,
    q: float,
    log_q: float,
    table: FloatArray | None,
    size: int,
    norm: float,
) -> float:
    """Return P(X ≥ x) at the i-th point."""
    power = math.exp((1.0 - s) * (points[i, LOG_X] - log_q))
    if table is None:
        return power
    beyond = points[i, X] - q
    if beyond < size:
        return table[int(beyond)]  # type: ignore[no-any-return]  # an element, not an array
    return power * series(s, 1.0 / points[i, X]) / norm


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
    likely to be large.
    """
    inverse = 1.0 / points[first, ABOVE]
    gap, where = 0.0, first
    if first < look_at < last:
        gap = abs(
            points[look_at, ABOVE] * inverse
            - survival(points, look_at, s, q, log_q, table, size, norm)
        )
        where = look_at
        if gap > limit:
            return gap, where
    s_last, s_first = survival(points, last, s, q, log_q, table, size, norm), 1.0
    here = abs(points[last, ABOVE] * inverse - s_last)
    if here > gap:
        gap, where = here, last
    if points[first, X] > q:  # a given xmin that was not observed itself
        s_first = survival(points, first, s, q, log_q, table, size, norm)
        if 1.0 - s_first > gap:
            gap, where = 1.0 - s_first, first
    stack[0], stack[1], stack[2], stack[3] = first, last, s_first, s_last
    end = 4
    while end > 0 and gap <= limit:
        end -= 4
        a, b = int(stack[end]), int(stack[end + 1])
        s_a, s_b = stack[end + 2], stack[end + 3]
        if b - a < 2 or (
            points[a + 1, ABOVE] * inverse - s_b <= gap
            and s_a - points[b - 1, ABOVE] * inverse <= gap
        ):
            continue
        middle = (a + b) >> 1
        s_middle = survival(points, middle, s, q, log_q, table, size, norm)
        here = abs(points[middle, ABOVE] * inverse - s_middle)
        if here > gap:
            gap, where = here, middle
        stack[end + 1], stack[end + 3] = middle, s_middle
        stack[end + 4], stack[end + 5] = middle, b
        stack[end + 6], stack[end + 7] = s_middle, s_b
        end += 8
    return gap, where
