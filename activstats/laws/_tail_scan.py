"""The fit of a power law's tail at every candidate for xmin, compiled.

Discrete and continuous tails share the search; they differ in the exponent of highest likelihood
and in the law's P(X ≥ x).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from activstats.compiled import compiled, inlined
from activstats.laws._tail_gap import TailLaw, discrete_law, largest_gap, new_work
from activstats.laws._tail_points import (
    ABOVE,
    LOG_SUM,
    LOG_X,
    FloatArray,
    X,
    end_of_starts,
    first_from,
)
from activstats.laws._tail_zeta import zeta_exponent

# So many candidates are tried first, spread evenly, so that most others can be given up at once.
_SPREAD = 64
_WORTH_SPREADING = 16 * _SPREAD


class Search(NamedTuple):
    """What is searched, apart from the candidates themselves.

    For a continuous law the bounds are logarithms. At least `least_distinct` distinct observations
    and `least_tail` observations must reach a candidate. A positive `step` rounds the exponent to
    its multiples.
    """

    discrete: bool
    low: float
    high: float
    least_distinct: int
    least_tail: float
    step: float


class Fitted(NamedTuple):
    """The fit at one candidate; an infinite gap where there is none.

    `look_at` is the point at which the distance is largest, `n_tail` the observations from xmin on.
    """

    gap: float
    xmin: float
    alpha: float
    n_tail: float
    look_at: int


@inlined
def fit_at(
    points: FloatArray,
    first: int,
    q: float,
    search: Search,
    limit: float,
    look_at: int,
    work: FloatArray,
) -> Fitted:
    """Fit the tail from q on, `first` being the first observation there.

    Distances above `limit` may come out smaller than they are.
    """
    log_q, n_tail = points[LOG_X, first], points[ABOVE, first]
    if points[X, first] != q:
        log_q = math.log(q) if search.discrete else q
    mean = points[LOG_SUM, first] / n_tail - log_q
    if q < search.low or q > search.high or n_tail < search.least_tail or mean <= 0.0:
        return Fitted(math.inf, math.nan, math.nan, 0.0, look_at)
    law = TailLaw(1.0 + 1.0 / mean, q, log_q, -1, 1.0)
    if search.discrete:
        alpha = zeta_exponent(mean, q, log_q)
        if search.step > 0.0:
            alpha = max(round(alpha / search.step) * search.step, 1.0 + search.step)
        law = discrete_law(alpha, q, log_q, work)
    gap, where = largest_gap(points, first, law, work, limit, look_at)
    return Fitted(gap, q, law.s, n_tail, where)


@compiled
def best_fit(
    points: FloatArray, candidates: FloatArray, search: Search, hint: float, enough: float
) -> Fitted:
    """Return the candidate with the smallest distance, the lowest of them where several have it.

    Candidates are those given or, if there are none, every distinct observation. The first that is
    not below `hint` is tried first. With a positive `enough` the answer is only whether some
    distance is below it: the search stops there, and distances above it are not worked out.
    """
    work = new_work()
    look_at = int(np.int64(-1))  # a bare -1 is a type of its own, for which all compiles once more
    best = Fitted(math.inf, math.nan, math.nan, 0.0, look_at)
    given, end = candidates.shape[0] > 0, end_of_starts(points, search.least_distinct)
    n = candidates.shape[0] if given else end
    hinted = first_from(candidates if given else points[X], hint)
    for round_ in range(3):
        start, stop, stride = hinted, min(hinted + 1, n), 1
        if round_ > 0:
            start, stop = 0, n
        if round_ == 1:
            stop, stride = (n, n // _SPREAD) if n >= _WORTH_SPREADING else (0, 1)
        for index in range(start, stop, stride):
            q = candidates[index] if given else points[X, index]
            at = first_from(points[X], q) if given else index
            if at < end and math.isnan(points[LOG_SUM, at]):
                if not given:
                    continue
                at += 1  # no two points in a row are unobserved
            if at >= end:
                break
            limit = enough if enough > 0.0 else best.gap
            found = fit_at(points, at, q, search, limit, look_at, work)
            look_at = found.look_at
            if found.gap < best.gap or (found.gap == best.gap and found.xmin < best.xmin):
                best = found
                if found.gap < enough:
                    return best
    return best


@compiled
def write_fit(fitted: Fitted, fits: FloatArray, row: int) -> None:
    """Write xmin, exponent, distance and tail into a row."""
    # One by one: assigning a tuple to a row takes seconds to compile.
    fits[row, 0], fits[row, 1] = fitted.xmin, fitted.alpha
    fits[row, 2], fits[row, 3] = fitted.gap, fitted.n_tail


@compiled
def every_fit(points: FloatArray, candidates: FloatArray, search: Search) -> FloatArray:
    """Return xmin, exponent, distance and tail at each of the given candidates, shape (n, 4)."""
    fits = np.empty((candidates.shape[0], 4))
    one = np.empty(1)
    for index in range(candidates.shape[0]):
        one[0] = candidates[index]
        write_fit(best_fit(points, one, search, math.inf, 0.0), fits, index)
    return fits
