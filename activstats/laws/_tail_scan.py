"""The fit of a power law's tail at every candidate for xmin, compiled.

Discrete and continuous tails share the search; they differ in the exponent of highest likelihood
and in the law's P(X ≥ x). Without a table for the discrete law, all that concerns it is not compiled.
"""

from __future__ import annotations

import math

import numpy as np

from activstats.compiled import inlined, kernel
from activstats.laws._tail_gap import STACK_SIZE, TABLE_SIZE, discrete_law, is_farther, largest_gap
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
def numbers_to_try(n_given: int, n_observed: int) -> tuple[int, int, int]:
    """Return how many candidates there are, how many are tried first, and how far those lie apart."""
    n = n_given if n_given > 0 else n_observed
    stride, spread = 1, 0
    if n >= _WORTH_SPREADING:
        stride = n // _SPREAD
        spread = (n - 1) // stride + 1
    return n, spread, stride


@inlined
def next_tail(
    points: FloatArray,
    begin: int,
    end: int,
    candidates: FloatArray,
    hint: float,
    index: int,
    at: int,
) -> tuple[int, float]:
    """Return the first observation of a candidate's tail from `at` on, `end` if none, and the candidate.

    A negative index is that of the hint.
    """
    if candidates.shape[0] == 0 and index >= 0:
        at = begin + index
        q = points[at, X]
    else:
        q = candidates[index] if index >= 0 else hint
        while at < end and (points[at, X] < q or points[at, LOG_SUM] == UNOBSERVED):
            at += 1
        if at < end and candidates.shape[0] == 0:
            q = points[at, X]
    return at, q


@inlined
def logarithm(points: FloatArray, at: int, q: float, table: FloatArray | None) -> float:
    """Return that of a candidate whose tail begins at a point; a continuous one is a logarithm."""
    log_q = points[at, LOG_X]
    if points[at, X] != q:
        log_q = q if table is None else math.log(q)
    return log_q  # type: ignore[no-any-return]  # an element, not an array


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
        n, spread, stride = numbers_to_try(candidates.shape[0], end - begin)
        best, look_at, at = math.inf, begin, begin
        # The hint, those spread evenly, and all: each time in ascending order.
        for k in range(-1 - spread, n):
            if k == 0 or k == -spread:  # noqa: PLR1714  (a tuple takes long to compile)
                at = begin
            index = k if k >= 0 else (k + spread) * stride
            at, q = next_tail(points, begin, end, candidates, hint, index, at)
            if at >= end or points[at, LOG_SUM] == UNOBSERVED:
                continue
            log_q, n_tail = logarithm(points, at, q, table), points[at, ABOVE]
            mean = points[at, LOG_SUM] / n_tail - log_q
            if q < low or q > high or n_tail < least_tail or mean <= 0.0:
                continue
            alpha, size, norm = 1.0 + 1.0 / mean, -1, 1.0
            limit = enough if enough > 0.0 else best
            if table is None and is_farther(points, at, look_at, q, mean, limit):
                continue
            if table is not None:
                alpha = zeta_exponent(mean, q, log_q, step)
                size, norm = discrete_law(alpha, q, log_q, table)
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
