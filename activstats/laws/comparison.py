"""Which law describes the counts best: likelihoods of the same counts, side by side.

Four laws of how often a neuron fires: beta-binomial (the growth law), beta-binomial with dead
neurons, logit-normal-binomial, one common rate. They are compared by the likelihood of the counts
alone; points of a curve are not independent, and an information criterion of a fitted curve means
nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from activstats.laws._profile import inverse, profile
from activstats.laws._zero_likelihood import ZeroInflated
from activstats.laws.common_rate import COMMON_RATE, fit_common_rate
from activstats.laws.comparison_result import LawComparison, LawFit
from activstats.laws.histogram import as_provenance, histogram_of
from activstats.laws.identifiability import what_hides_b
from activstats.laws.logit_normal import (
    LARGEST_SIGMA,
    LOGIT_NORMAL,
    fit_logit_normal,
)
from activstats.laws.results import Status
from activstats.laws.zero_inflated import pvalue_on_boundary

if TYPE_CHECKING:
    from activstats.laws.histogram import Histogram

__all__ = ["LAWS", "LawComparison", "LawFit", "compare_laws"]

BETA_BINOMIAL = "beta-binomial"
ZERO_INFLATED = "zero-inflated beta-binomial"
LAWS = (BETA_BINOMIAL, ZERO_INFLATED, LOGIT_NORMAL, COMMON_RATE)


def compare_laws(counts: object, n_samples: int | None = None) -> LawComparison:
    """Compare four laws of counts by their likelihoods.

    Parameters
    ----------
    counts : Counts, array_like of int with shape (n_neurons,), or tuple of two array_like
        Counts of a recording, the number of samples that activated each neuron, or a histogram
        ``(values, multiplicities)``.
    n_samples : int, optional
        Samples seen, D; needed unless the counts know it.

    Returns
    -------
    LawComparison
        With a status; where nothing can be compared, the reason in words and no laws.

    Raises
    ------
    InputError
        If the counts cannot be counts of `n_samples` samples.

    Notes
    -----
    AIC = 2 (parameters − ln L) (Akaike 1974, IEEE Trans. Autom. Control 19, 716). All parameters
    are bounded: a mixture of two free rates, say, would put one of them on a single neuron and
    gain without end. A share of dead neurons has its bound at 0, where AIC is a little harder on
    the zero-inflated law than it means to be; `pvalue_dead` is the test for that case.

    Examples
    --------
    >>> comparison = compare_laws([0, 0, 0, 1, 1, 2, 3, 5, 9, 30], n_samples=60)
    >>> comparison.best, comparison.differences["one common rate"] > 10
    ('logit-normal-binomial', True)
    """
    histogram = histogram_of(counts, n_samples)
    known: dict[str, Any] = {
        "method": "maximum likelihood, AIC",
        "level": 0.95,
        "n_obs": histogram.n_neurons,
        "n_samples": histogram.n_samples,
        "provenance": as_provenance(counts),
    }
    if reason := what_hides_b(histogram):
        return LawComparison(status=Status.NOT_IDENTIFIABLE, reason=reason, **known)
    plain, inflated = _beta_binomial(histogram), _zero_inflated(histogram)
    dead = inflated.estimates["dead_share"] > 0
    gain = max(inflated.log_likelihood - plain.log_likelihood, 0.0) if dead else 0.0
    inflated = inflated._replace(log_likelihood=plain.log_likelihood + gain)
    laws = (plain, inflated, _logit_normal(histogram), _common_rate(histogram))
    p = pvalue_on_boundary(2 * gain, ZeroInflated(histogram).rounding)
    return LawComparison(status=Status.CONVERGED, laws=laws, pvalue_dead=p, **known)


def _beta_binomial(histogram: Histogram) -> LawFit:
    found = profile(ZeroInflated(histogram).base, 0.95)
    note = "" if found.phi else "b = ∞: the same as one common rate"
    return LawFit(BETA_BINOMIAL, 2, found.log_likelihood, {"b": inverse(found.phi)}, note)


def _zero_inflated(histogram: Histogram) -> LawFit:
    likelihood = ZeroInflated(histogram)
    found = profile(likelihood, 0.95)
    share = likelihood.dead_share(found.phi)
    estimates = {"b": inverse(found.phi), "dead_share": share}
    note = "" if share > 0 else "no dead neurons: the same as the beta-binomial"
    return LawFit(ZERO_INFLATED, 3, found.log_likelihood, estimates, note)


def _logit_normal(histogram: Histogram) -> LawFit:
    fit = fit_logit_normal(histogram)
    estimates = {"mu": fit.mu, "sigma": fit.sigma}
    note = f"sigma at its bound of {LARGEST_SIGMA:g}" if fit.status is Status.AT_BOUNDARY else ""
    return LawFit(LOGIT_NORMAL, 2, fit.log_likelihood, estimates, note)


def _common_rate(histogram: Histogram) -> LawFit:
    fit = fit_common_rate(histogram)
    return LawFit(COMMON_RATE, 1, fit.log_likelihood, {"rate": fit.rate})
