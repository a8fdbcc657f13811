"""Growth of the number of activated neurons with the number of samples.

The law (Zhang & Sui 2024, arXiv 2412.18073) says that the next activation goes to neuron i with
probability proportional to D_i + b. In its exact form each neuron's count is beta-binomial, and
that is the likelihood by which the constant b is found here. The curves themselves stand in
`activstats.laws.curves`, the other two estimators in `hazard` and `curve_fit`.
"""

from __future__ import annotations

from dataclasses import dataclass

from activstats.errors import DomainError, InputError
from activstats.laws import _estimators as names
from activstats.laws._checks import check_level
from activstats.laws._estimate import Observed
from activstats.laws._estimators import ESTIMATORS
from activstats.laws._growth_assembly import assembled, without_b
from activstats.laws.curve_fit import LAWS
from activstats.laws.curves import (
    expected_activated,
    expected_activated_equal_rates,
    mean_field_activated,
)
from activstats.laws.growth_result import GrowthLawResult
from activstats.laws.hazard import arrivals_of
from activstats.laws.histogram import Histogram, as_provenance, histogram_of
from activstats.laws.identifiability import what_hides_b
from activstats.laws.prediction import Prediction

__all__ = [
    "GrowthLaw",
    "GrowthLawResult",
    "Prediction",
    "expected_activated",
    "expected_activated_equal_rates",
    "mean_field_activated",
]

_LIKELIHOODS = (
    names.BETA_BINOMIAL,
    names.DIRICHLET_MULTINOMIAL,
    names.ZERO_INFLATED,
    names.ZERO_TRUNCATED,
)


@dataclass(frozen=True)
class GrowthLaw:
    """The growth law with unknown constant b.

    Parameters
    ----------
    method : {"likelihood", "hazard", "curve"}
        Likelihood of the counts, the best there is; hazard of first activations, from counts that
        know the order of the samples; or least squares on the rarefied curve.
    likelihood : {"beta-binomial", "dirichlet-multinomial", "zero-inflated", "zero-truncated"}
        For the likelihood only. Beta-binomial suits any number of activations a sample;
        Dirichlet-multinomial is for exactly one winner a sample, where it says the same with the
        sum of the counts held fixed. Zero-inflated adds a share of neurons that cannot fire;
        zero-truncated looks at the neurons that fired and at no others.
    law : {"exact", "mean-field"}
        For the curve only; the published mean-field law serves comparison.
    level : float
        Confidence level of the intervals.

    Raises
    ------
    DomainError
        If a setting has another value, the level is not between 0 and 1, or a setting is given
        that the method does not use.

    Notes
    -----
    The interval is that of the likelihood ratio in phi = 1/b on [0, ∞), so that b = ∞, equal firing
    rates, may lie in it; for the curve it is ln b ± z standard errors of a sandwich. All take
    neurons to be independent given their rates; where neurons fire together intervals can be far
    too narrow.

    Examples
    --------
    >>> result = GrowthLaw().fit([0, 0, 0, 1, 1, 2, 3, 5, 9, 30], n_samples=60)
    >>> result.status
    <Status.CONVERGED: 'converged'>
    >>> round(result.b, 3), round(result.b_low, 3), round(result.b_high, 3)
    (0.363, 0.127, 0.914)
    """

    method: str = names.LIKELIHOOD
    likelihood: str = names.BETA_BINOMIAL
    law: str = "exact"
    level: float = 0.95

    def __post_init__(self) -> None:
        _check_known("method", self.method, names.METHODS)
        _check_known("likelihood", self.likelihood, _LIKELIHOODS)
        _check_known("law", self.law, tuple(LAWS))
        if self.method != names.LIKELIHOOD:
            _check_unused("likelihood", self.likelihood, names.BETA_BINOMIAL, self.method)
        if self.method != names.CURVE:
            _check_unused("law", self.law, "exact", self.method)
        check_level(self.level)

    @property
    def estimator(self) -> str:
        """Name of the estimator, which its results carry as their `method`."""
        if self.method == names.LIKELIHOOD:
            return self.likelihood
        return names.MEAN_FIELD_CURVE if self.law == "mean-field" else self.method

    def fit(self, counts: object, n_samples: int | None = None) -> GrowthLawResult:
        """Find b from how often each neuron fired, or by method "hazard" from when it first did.

        Parameters
        ----------
        counts : Counts, array_like of int with shape (n_neurons,), or tuple of two array_like
            Counts of a recording, the number of samples that activated each neuron, or a histogram
            ``(values, multiplicities)``. The hazard needs counts with `first`.
        n_samples : int, optional
            Samples seen, D; needed unless the counts know it.

        Returns
        -------
        GrowthLawResult
            With a status; where b cannot be had, the reason in words and b = nan.

        Raises
        ------
        InputError
            If the counts cannot be counts of `n_samples` samples, or do not know what the method
            needs.
        """
        histogram = histogram_of(counts, n_samples)
        provenance = as_provenance(counts)
        if self.estimator == names.DIRICHLET_MULTINOMIAL:
            _check_one_winner(histogram)
        arrivals = arrivals_of(counts, histogram) if self.method == names.HAZARD else None
        observed = Observed(histogram, arrivals)
        if reason := what_hides_b(histogram):
            return without_b(self.estimator, self.level, observed, provenance, reason)
        found = ESTIMATORS[self.estimator](observed, self.level)
        return assembled(self.estimator, self.level, observed, provenance, found)


def _check_known(name: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise DomainError(
            f"there is no such {name}.",
            got=value,
            allowed=", ".join(allowed),
            hint=f'GrowthLaw({name}="{allowed[0]}")',
        )


def _check_unused(name: str, value: str, default: str, method: str) -> None:
    if value != default:
        raise DomainError(
            f"the method {method} has no choice of {name}.",
            got=f'{name}="{value}"',
            hint=f"leave {name} out",
        )


def _check_one_winner(histogram: Histogram) -> None:
    if histogram.total != histogram.n_samples:
        raise InputError(
            "the Dirichlet-multinomial likelihood needs exactly one activated neuron a sample.",
            got=f"{histogram.total} activations in {histogram.n_samples} samples",
            allowed="as many activations as samples, as the rule argmax gives",
            hint=f'GrowthLaw(likelihood="{names.BETA_BINOMIAL}")',
        )
