"""Distance of Kolmogorov and Smirnov between a tail and its power law, compiled.

Both P(X ≥ x) of the law and the share of the observations at x or above only fall. Between two
points their distance is therefore bounded by the values at the two, and most points need never be
looked at: branch and bound, exact.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from activstats.compiled import compiled, inlined
from activstats.laws._tail_points import ABOVE, LOG_X, FloatArray, X
from activstats.laws._tail_zeta import series, series_start

# Rows of the memory for one candidate after the other: P(X ≥ q + k), and intervals to search.
TABLE, STACK = 0, 1
# How many values next to xmin need a sum of their own, at most: beyond, either the series serves or
# nothing is left of the law.
_TABLE_SIZE = 512
_NOTHING = 1e-18


class TailLaw(NamedTuple):
    """A power law from q on, ready to be evaluated.

    The first `size` values of the table hold P(X ≥ q + k); `norm` is zeta(s, q) q^(s-1), infinite
    where nothing is left beyond the table. A continuous law has size -1.
    """

    s: float
    q: float
    log_q: float
    size: int
    norm: float


@compiled
def new_work() -> FloatArray:
    """Return memory for one candidate after the other."""
    return np.empty((2, _TABLE_SIZE))


@compiled
def discrete_law(s: float, q: float, log_q: float, work: FloatArray) -> TailLaw:
    """Return the law p(x) ~ x^-s on q, q+1, …; its table is filled."""
    start = series_start(s)
    if q >= start:
        return TailLaw(s, q, log_q, 0, series(s, 1.0 / q))
    n = 0
    while q + n < start and n < _TABLE_SIZE - 1:
        work[TABLE, n] = math.exp(-s * (math.log(q + n) - log_q)) / q
        if work[TABLE, n] < _NOTHING * work[TABLE, 0]:
            break
        n += 1
    ends_here = q + n < start
    total = 0.0
    if not ends_here:
        total = math.exp((1.0 - s) * (math.log(q + n) - log_q)) * series(s, 1.0 / (q + n))
    for k in range(n - 1, -1, -1):
        total += work[TABLE, k]
        work[TABLE, k] = total
    for k in range(n):
        work[TABLE, k] /= total
    return TailLaw(s, q, log_q, n, math.inf if ends_here else total)


@compiled
def survival(points: FloatArray, i: int, law: TailLaw, work: FloatArray) -> float:
    """Return P(X ≥ x) at the i-th point."""
    power = (1.0 - law.s) * (points[LOG_X, i] - law.log_q)
    if law.size < 0:
        return math.exp(power)
    beyond = points[X, i] - law.q
    if beyond < law.size:
        return work[TABLE, int(beyond)]  # type: ignore[no-any-return]  # an element, not an array
    return math.exp(power) * series(law.s, 1.0 / points[X, i]) / law.norm


@inlined
def largest_gap(
    points: FloatArray,
    first: int,
    law: TailLaw,
    work: FloatArray,
    limit: float,
    look_at: int,
) -> tuple[float, int]:
    """Return sup |share of observations ≥ x − P(X ≥ x)| over the points from `first` on, and where.

    Gives up with what it has once that is above `limit`. `look_at` is a point where the distance is
    likely to be large.
    """
    last = points.shape[1] - 1
    inverse = 1.0 / points[ABOVE, first]
    gap, where = 0.0, first
    if first < look_at < last:
        share = points[ABOVE, look_at] * inverse
        gap, where = abs(share - survival(points, look_at, law, work)), look_at
        if gap > limit:
            return gap, where
    s_last, s_first = survival(points, last, law, work), 1.0
    here = abs(points[ABOVE, last] * inverse - s_last)
    if here > gap:
        gap, where = here, last
    if points[X, first] > law.q:  # a given xmin that was not observed itself
        s_first = survival(points, first, law, work)
        if 1.0 - s_first > gap:
            gap, where = 1.0 - s_first, first
    if gap > limit:
        return gap, where
    work[STACK, 0], work[STACK, 1], work[STACK, 2], work[STACK, 3] = first, last, s_first, s_last
    return _largest_within(points, law, work, limit, gap, where)


@compiled
def _largest_within(
    points: FloatArray,
    law: TailLaw,
    work: FloatArray,
    limit: float,
    gap: float,
    where: int,
) -> tuple[float, int]:
    """Return the largest distance within the interval on the stack if above `gap`, and where.

    An interval is the index of its ends, then P(X ≥ x) at each. Depth first: at most one interval
    waits for each halving of the points.
    """
    inverse = 1.0 / points[ABOVE, int(work[STACK, 0])]
    end = 4
    while end > 0:
        a, b = int(work[STACK, end - 4]), int(work[STACK, end - 3])
        s_a, s_b = work[STACK, end - 2], work[STACK, end - 1]
        end -= 4
        bound = max(points[ABOVE, a + 1] * inverse - s_b, s_a - points[ABOVE, b - 1] * inverse)
        if b - a < 2 or bound <= gap:
            continue
        middle = (a + b) >> 1
        s_middle = survival(points, middle, law, work)
        here = abs(points[ABOVE, middle] * inverse - s_middle)
        if here > gap:
            gap, where = here, middle
            if gap > limit:
                break
        work[STACK, end + 1], work[STACK, end + 3] = middle, s_middle
        work[STACK, end + 4], work[STACK, end + 5] = middle, b
        work[STACK, end + 6], work[STACK, end + 7] = s_middle, s_b
        end += 8
    return gap, where
