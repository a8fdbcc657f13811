"""The fit of a power law's tail at every candidate for xmin, compiled.

Discrete and continuous tails share the search; they differ in the exponent of highest likelihood
and in the law's P(X ≥ x). Without a table for the discrete law, all that concerns it is not compiled.
"""

from __future__ import annotations

import math

import numpy as np

from activstats.compiled import inlined, kernel
from activstats.laws._tail_gap import STACK_SIZE, TABLE_SIZE, discrete_law, largest_gap
from activstats.laws._tail_points import (
    ABOVE,
    LOG_SUM,
    LOG_X,
    UNOBSERVED,
    FloatArray,
    IntArray,
    X,
    end_of_starts,
)
from activstats.laws._tail_zeta import zeta_exponent

# So many candidates are tried first, spread evenly, so that most others can be given up at once.
_SPREAD = 16
_WORTH_SPREADING = 4 * _SPREAD
# Columns of the fits, which are what was asked for; an infinite gap where there is none.
XMIN, ALPHA, GAP, N_TAIL = 0, 1, 2, 3


@inlined
def first_observation(
    points: FloatArray,
    begin: int,
    end: int,
    candidates: FloatArray,
    hint: float,
    index: int,
) -> tuple[int, float]:
    """Return the first observation of a candidate's tail, and where that begins; `end` if there is none.

    A negative index is that of the hint.
    """
    given = candidates.shape[0] > 0
    at, q = begin + index, hint
    if given and index >= 0:
        q = candidates[index]
    if given or index < 0:
        at, high = begin, end
        while at < high:
            middle = (at + high) >> 1
            if points[middle, X] < q:
                at = middle + 1
            else:
                high = middle
    if at < end and points[at, LOG_SUM] == UNOBSERVED:
        at = at + 1 if given else end  # no two points in a row are unobserved
    if at < end and not given:
        q = points[at, X]
    return at, q


@kernel
def best_fits(
    points: FloatArray,
    begins: IntArray,
    candidates: FloatArray,
    low: float,
    high: float,
    least_distinct: int,
    least_tail: float,
    step: float,
    hint: float,
    enough: float,
    table: FloatArray | None,
    stack: FloatArray,
    fits: FloatArray,
) -> None:
    """Find for every sample the candidate with the smallest distance, the lowest where several have it.

    Candidates are those given or, if there are none, every distinct observation. For a continuous law
    they and the bounds are logarithms. At least `least_distinct` distinct observations and `least_tail`
    observations must reach them. A positive `step` rounds the exponent to its multiples. `hint`, a
    candidate or infinite, is tried first. With a positive `enough` the answer is only whether some
    distance is below it: the search stops there, and distances above it are not worked out.
    """
    for row in range(begins.shape[0]):
        begin = begins[row]
        last = (row + 1) * (points.shape[0] // begins.shape[0]) - 1
        end = end_of_starts(points, begin, last + 1, least_distinct)
        n = candidates.shape[0] if candidates.shape[0] > 0 else end - begin
        stride, spread = 1, 0
        if n >= _WORTH_SPREADING:
            stride = n // _SPREAD
            spread = (n - 1) // stride + 1
        best, look_at = math.inf, begin
        for k in range(-1 - spread, n):
            index = k if k >= 0 else (k + spread) * stride
            at, q = first_observation(points, begin, end, candidates, hint, index)
            if at >= end:
                continue
            log_q, n_tail = points[at, LOG_X], points[at, ABOVE]
            if points[at, X] != q:
                log_q = q if table is None else math.log(q)
            mean = points[at, LOG_SUM] / n_tail - log_q
            if q < low or q > high or n_tail < least_tail or mean <= 0.0:
                continue
            alpha, size, norm = 1.0 + 1.0 / mean, -1, 1.0
            if table is not None:
                alpha = zeta_exponent(mean, q, log_q, step)
                size, norm = discrete_law(alpha, q, log_q, table)
            limit = enough if enough > 0.0 else best
            gap, look_at = largest_gap(
                points, at, last, alpha, q, log_q, table, size, norm, limit, look_at, stack
            )
            if gap < best or (gap == best and q < fits[row, XMIN]):
                best = gap
                fits[row, XMIN], fits[row, ALPHA] = q, alpha
                fits[row, GAP], fits[row, N_TAIL] = gap, n_tail
                if gap < enough:
                    break


def work_memory(*, discrete: bool) -> tuple[FloatArray | None, FloatArray]:
    """Return the table of a discrete law, None for a continuous one, and the stack."""
    return np.empty(TABLE_SIZE) if discrete else None, np.empty(STACK_SIZE)


def no_fits(n: int) -> FloatArray:
    """Return memory for n fits, shape (n, 4), none found as yet."""
    fits = np.empty((n, 4))
    fits[:] = math.nan, math.nan, math.inf, 0.0
    return fits
