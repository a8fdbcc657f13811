"""Exponent, xmin and distance of a power law's tail, and the same at every candidate for xmin."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from activstats.laws.tail_sample import TailSample
from activstats.laws.tail_settings import DISTINCT_FIXED, DISTINCT_SEARCHED, INTEGERS, TailSettings

if TYPE_CHECKING:
    from activstats.laws._tail_scan import Search

FloatArray = NDArray[np.float64]


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
    from activstats.laws._tail_scan import best_fit

    if sample.values.size == 0:
        return TailFit(math.nan, math.nan, math.nan, 0)
    found = best_fit(points_of(sample, settings), *search(settings), math.inf, 0.0)
    if math.isinf(found.gap):
        return TailFit(math.nan, math.nan, math.nan, 0)
    xmin = found.xmin if settings.discrete else from_log(found.xmin, sample, settings)
    return TailFit(xmin, found.alpha, found.gap, int(found.n_tail))


def scan_tail(sample: TailSample, settings: TailSettings) -> FloatArray:
    """Return xmin, alpha, distance and n_tail of every candidate, shape (n, 4), those refused out.

    Examples
    --------
    >>> from activstats.laws.tail_sample import tail_sample
    >>> scan_tail(tail_sample([1, 1, 1, 2, 2, 3, 5, 9]), TailSettings()).round(2).tolist()
    [[1.0, 1.81, 0.16, 8.0], [2.0, 2.25, 0.14, 5.0], [3.0, 2.44, 0.23, 3.0]]
    """
    from activstats.laws._tail_scan import every_fit

    if sample.values.size == 0:
        return np.empty((0, 4))
    candidates, searched = search(settings)
    if not candidates.size:
        candidates = sample.values if settings.discrete else np.log(sample.values)
    fits = every_fit(points_of(sample, settings), candidates.copy(), searched)
    fits = fits[np.isfinite(fits[:, 2])]
    if not settings.discrete:
        fits[:, 0] = [from_log(log, sample, settings) for log in fits[:, 0]]
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
    _, slope = mean_log(fit.alpha, fit.xmin, math.log(fit.xmin))
    return 1 / math.sqrt(-slope * fit.n_tail) if slope < 0 else math.nan


def points_of(sample: TailSample, settings: TailSettings) -> FloatArray:
    """Return the sample as the compiled search reads it."""
    from activstats.laws._tail_points import points_of_counts, points_of_logs

    often = sample.multiplicities.astype(np.float64)
    # Compiled code takes read-only arrays for another type, and would be compiled once more.
    if settings.discrete:
        return points_of_counts(sample.values.copy(), often, settings.ks == INTEGERS)
    return points_of_logs(np.log(sample.values), often)


def search(settings: TailSettings) -> tuple[FloatArray, Search]:
    """Return the candidates and the other settings as the compiled search reads them."""
    from activstats.laws._tail_scan import Search

    candidates = np.asarray(settings.candidates, dtype=np.float64)
    low, high = settings.xmin_range
    if not settings.discrete:
        candidates = np.log(candidates)
        low, high = (math.log(end) if end > 0 else -math.inf for end in (low, high))
    return candidates, Search(
        discrete=settings.discrete,
        low=float(low),
        high=float(high),
        least_distinct=DISTINCT_FIXED if settings.fixed else DISTINCT_SEARCHED,
        least_tail=float(settings.min_tail),
        step=float(settings.alpha_step),
    )


def from_log(log: float, sample: TailSample, settings: TailSettings) -> float:
    """Return the value with this logarithm, as it was observed or given."""
    known = np.asarray(settings.candidates) if settings.candidates else sample.values
    place = int(np.searchsorted(np.log(known), log))
    return float(known[min(place, known.size - 1)])
