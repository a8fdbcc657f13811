"""The growth law with dead neurons: a share of them cannot fire at all.

A neuron is dead with probability w; otherwise its count is beta-binomial, as the exact form of the
law of Zhang & Sui 2024 (arXiv 2412.18073) has it. Zero inflation after Lambert 1992
(Technometrics 34, 1); the test of w = 0 lies on the boundary of what w can be, where the likelihood
ratio is half chi-square with one degree of freedom and half zero (Self & Liang 1987, JASA 82, 605,
case 5).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from activstats.laws._checks import check_level
from activstats.laws._count_model import CountModelFit, Estimate
from activstats.laws._dead_share import of_dead, pvalue_on_boundary
from activstats.laws._profile import inverse, profile
from activstats.laws._summary import significant
from activstats.laws._third_profile import Beside
from activstats.laws._zero_likelihood import ZeroInflated
from activstats.laws.curves import expected_activated
from activstats.laws.histogram import Histogram
from activstats.laws.identifiability import too_wide, what_hides_b
from activstats.laws.results import Status

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from activstats.laws._gamma import FloatArray

__all__ = ["ZERO_INFLATED", "ZeroInflatedFit", "fit_zero_inflated", "pvalue_on_boundary"]

ZERO_INFLATED = "zero-inflated"


@dataclass(frozen=True, kw_only=True)
class ZeroInflatedFit(CountModelFit):
    """The zero-inflated beta-binomial fitted to the counts of one layer.

    Parameters
    ----------
    b, b_low, b_high : float
        Constant of the live neurons and its interval; ``inf`` if all live neurons fire alike, nan
        if the status is not identifiable.
    bse : float
        Standard error of log b.
    dead_share, dead_low, dead_high : float
        Share w of neurons that cannot fire and its interval, which may reach down to 0.
    mean : float
        Mean firing rate of the live neurons.
    log_likelihood, log_likelihood_plain : float
        With dead neurons and without, binomial coefficients left out of both.
    pvalue_dead : float
        Of the test that no neuron is dead.

    Notes
    -----
    The remaining parameters are those of `Result`. Neurons are taken to be independent given their
    rates. A dead neuron here is one that the law of the others does not expect to be silent: one
    that fires in a sample not seen yet cannot be told from it.
    """

    b: float = math.nan
    b_low: float = 0.0
    b_high: float = math.inf
    bse: float = math.nan
    dead_share: float = math.nan
    dead_low: float = 0.0
    dead_high: float = 1.0
    mean: float = math.nan
    log_likelihood_plain: float = math.nan
    pvalue_dead: float = math.nan

    title: ClassVar[str] = "Growth law with dead neurons"

    @property
    def estimates(self) -> tuple[Estimate, ...]:
        """The constant b and the share of dead neurons."""
        return (
            Estimate("b", self.b, self.b_low, self.b_high, self.bse),
            Estimate("dead_share", self.dead_share, self.dead_low, self.dead_high),
        )

    @property
    def measures(self) -> tuple[tuple[str, str], ...]:
        """The likelihoods with and without dead neurons and the test of the difference."""
        return (
            ("log-likelihood", significant(self.log_likelihood, 7)),
            ("without dead neurons", significant(self.log_likelihood_plain, 7)),
            ("p (no neuron dead)", significant(self.pvalue_dead, 2)),
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
            N (1 − w) times the chance of a live neuron to fire; nan if there is no b.
        """
        if math.isnan(self.b):
            return np.full(np.shape(n_samples), math.nan)[()]
        each = expected_activated(n_samples, n_neurons=1, b=self.b, c=self.mean)
        return np.asarray(self.n_neurons * (1 - self.dead_share) * each)[()]

    def _at_level(self, level: float) -> Self:
        return type(self)(**_fitted(self.histogram, level, self.provenance))


def fit_zero_inflated(
    histogram: Histogram, level: float = 0.95, provenance: dict[str, Any] | None = None
) -> ZeroInflatedFit:
    """Find b and the share of dead neurons by maximum likelihood, and test that there are none.

    Parameters
    ----------
    histogram : Histogram
        Counts of one layer, see `histogram_of`.
    level : float
        Confidence level of the intervals, which are those of the likelihood ratio.
    provenance : dict, optional
        Where the counts come from.

    Returns
    -------
    ZeroInflatedFit
        With a status; where b cannot be had, the reason in words and b = nan.

    Raises
    ------
    DomainError
        If the level is not between 0 and 1.

    Examples
    --------
    >>> from activstats.laws.histogram import histogram_of
    >>> counts = histogram_of(([0, 18, 20, 22, 31], [40, 30, 20, 20, 10]), n_samples=900)
    >>> fit = fit_zero_inflated(counts)
    >>> round(fit.dead_share, 3), fit.pvalue_dead < 1e-9
    (0.333, True)
    """
    check_level(level)
    return ZeroInflatedFit(**_fitted(histogram, level, provenance or {}))


def _fitted(histogram: Histogram, level: float, provenance: dict[str, Any]) -> dict[str, Any]:
    known: dict[str, Any] = {
        "method": ZERO_INFLATED,
        "level": level,
        "n_obs": histogram.n_neurons,
        "provenance": provenance,
        "histogram": histogram,
        "status": Status.NOT_IDENTIFIABLE,
    }
    if reason := what_hides_b(histogram):
        return known | {"reason": reason}
    likelihood = ZeroInflated(histogram)
    plain, found = profile(likelihood.base, level), profile(likelihood, level)
    if plain.log_likelihood >= found.log_likelihood:  # no share does better than 0
        found = replace(found, phi=plain.phi, log_likelihood=plain.log_likelihood)
    known |= of_dead(Beside(likelihood, found), plain.log_likelihood, level)
    known |= {"b_low": inverse(found.high), "b_high": inverse(found.low)}
    if reason := too_wide(known["b_low"], known["b_high"], histogram.total / histogram.n_neurons):
        return known | {"reason": reason}
    b_known = {"b": inverse(found.phi), "bse": found.se_log}
    return known | b_known | _status(known, b_known["b"])


def _status(known: dict[str, Any], b: float) -> dict[str, Any]:
    warnings = []
    if math.isinf(b):
        reason = "the neurons that fire do so equally often, as far as the counts can tell"
        return {"status": Status.EQUAL_RATES, "reason": reason}
    if math.isinf(known["b_high"]):
        warnings.append("equal firing rates of the live neurons (b = ∞) lie within the interval")
    if known["dead_share"] > 0:
        return {"status": Status.CONVERGED, "warnings": tuple(warnings)}
    reason = "no share of dead neurons describes the counts better than none"
    return {"status": Status.AT_BOUNDARY, "reason": reason, "warnings": tuple(warnings)}
