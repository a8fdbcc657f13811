"""The growth law from the neurons that fired alone, and how many could fire.

The beta-binomial, the exact form of the law of Zhang & Sui 2024 (arXiv 2412.18073), conditional on
D_i > 0. The number of neurons that could fire follows as K / (1 − p0), with p0 the law's chance of
silence (conditional likelihood, Sanathanan 1972, Ann. Math. Stat. 43, 142); its interval is that
of the likelihood of K and of the counts together, maximised over the law.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from activstats.laws._checks import check_level
from activstats.laws._count_model import CountModelFit, Estimate
from activstats.laws._count_terms import log_silence
from activstats.laws._live_neurons import ENDLESS, live_interval
from activstats.laws._profile import inverse, profile
from activstats.laws._summary import significant
from activstats.laws._third_profile import Beside
from activstats.laws._zero_likelihood import ZeroTruncated
from activstats.laws.curves import expected_activated
from activstats.laws.histogram import Histogram
from activstats.laws.identifiability import too_wide, what_hides_b
from activstats.laws.results import Status

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from activstats.laws._gamma import FloatArray

ZERO_TRUNCATED = "zero-truncated"


@dataclass(frozen=True, kw_only=True)
class ZeroTruncatedFit(CountModelFit):
    """The zero-truncated beta-binomial fitted to the neurons of one layer that fired.

    Parameters
    ----------
    b, b_low, b_high : float
        Constant of the activation process and its interval; ``inf`` if all live neurons fire alike,
        0 if the best law is the limit b → 0, nan if the status is not identifiable.
    bse : float
        Standard error of log b.
    mean : float
        Mean firing rate of the neurons that could fire, silent ones among them.
    n_live, n_live_low, n_live_high : float
        Estimated number of neurons that could fire and its interval; not bounded by the width of
        the layer, and infinite where b → 0.

    Notes
    -----
    The remaining parameters are those of `Result`; `n_obs` is the number of neurons that fired.
    The log-likelihood is conditional, so that it cannot be compared with that of other models.
    """

    b: float = math.nan
    b_low: float = 0.0
    b_high: float = math.inf
    bse: float = math.nan
    mean: float = math.nan
    n_live: float = math.nan
    n_live_low: float = 0.0
    n_live_high: float = math.inf

    title: ClassVar[str] = "Growth law of the neurons that fired"

    @property
    def estimates(self) -> tuple[Estimate, ...]:
        """The constant b and the number of neurons that could fire."""
        return (
            Estimate("b", self.b, self.b_low, self.b_high, self.bse),
            Estimate("n_live", self.n_live, self.n_live_low, self.n_live_high),
        )

    @property
    def measures(self) -> tuple[tuple[str, str], ...]:
        """The conditional likelihood and the mean rate."""
        return (
            ("log-likelihood, cond.", significant(self.log_likelihood, 7)),
            ("mean rate, live ones", significant(self.mean)),
        )

    def expected_activated(self, n_samples: ArrayLike) -> FloatArray:
        """Return the expected number of neurons activated at least once in `n_samples` samples.

        Parameters
        ----------
        n_samples : array_like of int, shape (m,)
            Samples, fewer or more than were seen.

        Returns
        -------
        ndarray of float, shape (m,)
            The estimated number of live neurons times the chance of one to fire; nan if there is
            no number of them.
        """
        if not (self.b > 0 and math.isfinite(self.n_live)):
            return np.full(np.shape(n_samples), math.nan)[()]
        each = expected_activated(n_samples, n_neurons=1, b=self.b, c=self.mean)
        return np.asarray(self.n_live * each)[()]

    def _at_level(self, level: float) -> Self:
        return type(self)(**_fitted(self.histogram, level, self.provenance))


def fit_zero_truncated(
    histogram: Histogram, level: float = 0.95, provenance: dict[str, Any] | None = None
) -> ZeroTruncatedFit:
    """Find b by maximum likelihood from the neurons that fired, and how many could fire.

    Parameters
    ----------
    histogram : Histogram
        Counts of one layer, see `histogram_of`; silent neurons may be left out of it.
    level : float
        Confidence level of the intervals, which are those of the likelihood ratio.
    provenance : dict, optional
        Where the counts come from.

    Returns
    -------
    ZeroTruncatedFit
        With a status; where b cannot be had, the reason in words and b = nan.

    Raises
    ------
    DomainError
        If the level is not between 0 and 1.

    Examples
    --------
    >>> from activstats.laws.histogram import histogram_of
    >>> counts = histogram_of(([0, 1, 2, 3, 5, 8], [400, 30, 15, 9, 6, 2]), n_samples=900)
    >>> fit = fit_zero_truncated(counts)
    >>> bool(fit.n_live_low < fit.n_live < fit.n_live_high)
    True
    """
    check_level(level)
    return ZeroTruncatedFit(**_fitted(histogram, level, provenance or {}))


def _fitted(histogram: Histogram, level: float, provenance: dict[str, Any]) -> dict[str, Any]:
    known: dict[str, Any] = {
        "method": ZERO_TRUNCATED,
        "level": level,
        "n_obs": histogram.k,
        "provenance": provenance,
        "histogram": histogram,
        "status": Status.NOT_IDENTIFIABLE,
        "n_live_low": float(histogram.k),
    }
    if reason := _what_hides_b(histogram):
        return known | {"reason": reason}
    likelihood = ZeroTruncated(histogram)
    found = profile(likelihood, level)
    known |= {"b_low": inverse(found.high), "b_high": inverse(found.low)}
    known |= {"log_likelihood": found.log_likelihood}
    if known["b_low"] == 0 and math.isinf(known["b_high"]):
        return known | {"reason": "b may be anything: the counts set no bound on it"}
    beside = Beside(likelihood, found)
    odds = math.exp(beside.logit)
    silence = log_silence(found.phi, odds, histogram.n_samples)
    live = histogram.k / -math.expm1(silence)
    if live > ENDLESS * histogram.k:
        reason = "the best law is the limit b → 0, of neurons without end that hardly ever fire"
        edge = {"b": 0.0, "mean": 0.0, "n_live": math.inf, "reason": reason}
        low, _ = live_interval(beside, ENDLESS * histogram.k, level)
        return known | edge | {"status": Status.AT_BOUNDARY, "n_live_low": low}
    ends = dict(zip(("n_live_low", "n_live_high"), live_interval(beside, live, level), strict=True))
    reason = too_wide(known["b_low"], known["b_high"], histogram.total / live)
    if known["b_low"] > 0 and reason:
        return known | ends | {"reason": reason}
    known |= ends | {"b": inverse(found.phi), "bse": found.se_log, "mean": odds / (1 + odds)}
    return known | {"n_live": live} | _status(known)


def _what_hides_b(histogram: Histogram) -> str:
    """Return why no b can be had from the neurons that fired; empty if nothing stands against it."""
    if histogram.k == 1:
        return "a single neuron fired, and b describes differences between neurons"
    return what_hides_b(histogram)


def _status(known: dict[str, Any]) -> dict[str, Any]:
    warnings, histogram = [], known["histogram"]
    if known["n_live_low"] > histogram.n_neurons > histogram.k:
        warnings.append("the neurons that fired speak of more silent ones than the layer has")
    if known["b_low"] == 0:
        warnings.append("b → 0, with neurons without end, lies within the interval")
    if math.isinf(known["b"]):
        reason = "the neurons that fire do so equally often, as far as the counts can tell"
        return {"status": Status.EQUAL_RATES, "reason": reason, "warnings": tuple(warnings)}
    return {"status": Status.CONVERGED, "warnings": tuple(warnings)}
