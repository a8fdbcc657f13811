"""Exponent, xmin and distance of a power law's tail, and the same at every candidate for xmin."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from activstats.laws.tail_sample import TailSample
from activstats.laws.tail_settings import DISTINCT_FIXED, DISTINCT_SEARCHED, INTEGERS, TailSettings

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
# Candidates, lowest and highest xmin, distinct observations and observations that must reach it, and
# the step of alpha: as `best_fits` takes them.
Search = tuple[FloatArray, float, float, int, float, float]
# To both sides, for a derivative: of alpha - 1 or, if that is less, of xmin. Exponentials of alpha/xmin
# are what E[ln x] is made of where alpha is large.
_STEP = 1e-4


@dataclass(frozen=True)
class TailFit:
    """The best candidate; all nan and no tail where there is none.

    Parameters
    ----------
    xmin, alpha : float
        Where the tail begins, and its exponent.
    distance : float
        Of Kolmogorov and Smirnov, between tail and law.
    n_tail : int
        Observations at xmin or above.
    """

    xmin: float
    alpha: float
    distance: float
    n_tail: int


def fit_tail(sample: TailSample, settings: TailSettings) -> TailFit:
    """Return xmin and exponent with the smallest distance between tail and law.

    Parameters
    ----------
    sample : TailSample
    settings : TailSettings

    Returns
    -------
    TailFit

    Notes
    -----
    Clauset, Shalizi & Newman (2009), section 3: at each candidate for xmin the exponent of highest
    likelihood, eq. 3.1 or the maximum of eq. 3.5 (exact, not the approximation 3.7); then the
    candidate at which eq. 3.9 is smallest.

    Examples
    --------
    >>> from activstats.laws.tail_sample import tail_sample
    >>> fit_tail(tail_sample([1, 1, 1, 2, 2, 3, 5, 9]), TailSettings()).xmin
    2.0
    """
    if sample.values.size == 0:
        return TailFit(math.nan, math.nan, math.nan, 0)
    xmin, alpha, gap, n_tail = _scanned(sample, settings, [search(settings)])[0].tolist()
    if math.isinf(gap):
        return TailFit(math.nan, math.nan, math.nan, 0)
    if not settings.discrete:
        xmin = float(from_logs(np.asarray([xmin]), sample, settings)[0])
    return TailFit(xmin, alpha, gap, int(n_tail))


def scan_tail(sample: TailSample, settings: TailSettings) -> FloatArray:
    """Return xmin, alpha, distance and n_tail of every candidate, shape (n, 4), those refused out.

    Examples
    --------
    >>> from activstats.laws.tail_sample import tail_sample
    >>> scan_tail(tail_sample([1, 1, 1, 2, 2, 3, 5, 9]), TailSettings()).round(2).tolist()
    [[1.0, 1.81, 0.16, 8.0], [2.0, 2.25, 0.14, 5.0], [3.0, 2.44, 0.23, 3.0]]
    """
    if sample.values.size == 0:
        return np.empty((0, 4))
    candidates, low, high, least_distinct, least_tail, step = search(settings)
    if not candidates.size:
        candidates = sample.values if settings.discrete else sample.logs
    # Compiled code takes read-only arrays for another type, and would be compiled once more.
    each = candidates.copy().reshape(-1, 1)
    fits = _scanned(
        sample, settings, [(one, low, high, least_distinct, least_tail, step) for one in each]
    )
    fits = fits[np.isfinite(fits[:, 2])]
    if not settings.discrete:
        fits[:, 0] = from_logs(fits[:, 0], sample, settings)
    return fits


def _scanned(sample: TailSample, settings: TailSettings, searches: list[Search]) -> FloatArray:
    """Return xmin, alpha, distance and n_tail of the best candidate in each search."""
    from activstats.laws._tail_scan import best_fits, no_fits, work_memory

    points, begins = points_of(sample, settings)
    memory = work_memory(discrete=settings.discrete)
    fits = no_fits(len(searches))
    for i, one in enumerate(searches):
        best_fits(points, begins, *one, math.inf, 0.0, *memory, fits[i : i + 1])
    return fits


def standard_error(fit: TailFit, *, discrete: bool) -> float:
    """Return the standard error of alpha for the xmin found.

    Clauset, Shalizi & Newman (2009), eqs. 3.2 and 3.6: from the curvature of the likelihood.

    Examples
    --------
    >>> standard_error(TailFit(1.0, 2.5, 0.01, 900), discrete=False)
    0.05
    """
    from activstats.laws._tail_zeta import mean_log

    if fit.n_tail == 0:
        return math.nan
    if not discrete:
        return (fit.alpha - 1) / math.sqrt(fit.n_tail)
    # E[ln x] falls by the variance of ln x.
    step = _STEP * min(fit.alpha - 1, fit.xmin)
    log_xmin = math.log(fit.xmin)
    above, below = (mean_log(fit.alpha + d, fit.xmin, log_xmin) for d in (step, -step))
    variance = (below - above) / (2 * step)
    return 1 / math.sqrt(variance * fit.n_tail) if variance > 0 else math.nan


def points_of(sample: TailSample, settings: TailSettings) -> tuple[FloatArray, IntArray]:
    """Return the sample as the compiled search reads it, and where it begins."""
    from activstats.laws._tail_points import COLUMNS, arrange_counts, arrange_logs

    begins = np.zeros(1, dtype=np.int64)
    size = sample.values.size
    if not settings.discrete:
        points = np.empty((size, COLUMNS))
        points[:, 0], points[:, 2] = sample.logs, sample.multiplicities
        arrange_logs(points, begins)
        return points, begins
    integers = settings.ks == INTEGERS
    points = np.empty((size << integers, COLUMNS))
    # Compiled code takes read-only arrays for another type, and would be compiled once more.
    values, counts = sample.values.copy(), sample.multiplicities.reshape(1, size).copy()
    nothing, ends = np.empty(0), np.zeros(2, dtype=np.int64)
    arrange_counts(values, counts, nothing, ends, integers, points, begins)
    return points, begins


def search(settings: TailSettings) -> Search:
    """Return the settings as the compiled search reads them; bounds are logarithms for a continuous law."""
    candidates = np.asarray(settings.candidates, dtype=np.float64)
    low, high = settings.xmin_range
    if not settings.discrete:
        candidates = np.log(candidates)
        low, high = (math.log(end) if end > 0 else -math.inf for end in (low, high))
    least = DISTINCT_FIXED if settings.fixed else DISTINCT_SEARCHED
    others = float(settings.min_tail), float(settings.alpha_step)
    return candidates, float(low), float(high), least, *others


def from_logs(logs: FloatArray, sample: TailSample, settings: TailSettings) -> FloatArray:
    """Return the values with these logarithms, as they were observed or given; nan gives any of them."""
    known, known_logs = sample.values, sample.logs
    if settings.candidates:
        known = np.asarray(settings.candidates)
        known_logs = np.log(known)
    places = np.searchsorted(known_logs, logs)
    return known[np.minimum(places, known.size - 1)]
