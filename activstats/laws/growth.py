"""Growth of the number of activated neurons with the number of samples.

The law (Zhang & Sui 2024, arXiv 2412.18073) says that the next activation goes to neuron i with
probability proportional to D_i + b. In its exact form each neuron's count is beta-binomial, and
that is the likelihood by which the constant b is found here. The curves themselves stand in
`activstats.laws.curves`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from activstats.errors import DomainError, InputError
from activstats.laws._estimators import BETA_BINOMIAL, DIRICHLET_MULTINOMIAL, LIKELIHOODS
from activstats.laws._profile import Profile, inverse, profile
from activstats.laws.curves import (
    expected_activated,
    expected_activated_equal_rates,
    mean_field_activated,
)
from activstats.laws.growth_result import GrowthLawResult
from activstats.laws.histogram import Histogram, as_provenance, histogram_of
from activstats.laws.identifiability import saturation, too_wide, what_hides_b
from activstats.laws.misfit import misfits
from activstats.laws.prediction import Prediction
from activstats.laws.results import Status

__all__ = [
    "GrowthLaw",
    "GrowthLawResult",
    "Prediction",
    "expected_activated",
    "expected_activated_equal_rates",
    "mean_field_activated",
]


@dataclass(frozen=True)
class GrowthLaw:
    """The growth law with unknown constant b, found by maximum likelihood from counts.

    Parameters
    ----------
    likelihood : {"beta-binomial", "dirichlet-multinomial"}
        Beta-binomial suits any number of activations a sample; Dirichlet-multinomial is for exactly
        one winner a sample, where it says the same with the sum of the counts held fixed.
    level : float
        Confidence level of the intervals.

    Raises
    ------
    DomainError
        If the likelihood is not one of the two or the level not between 0 and 1.

    Notes
    -----
    The interval is that of the likelihood ratio in phi = 1/b on [0, ∞), so that b = ∞, equal firing
    rates, may lie in it. It takes neurons to be independent given their rates; where neurons fire
    together it can be far too narrow.

    Examples
    --------
    >>> result = GrowthLaw().fit([0, 0, 0, 1, 1, 2, 3, 5, 9, 30], n_samples=60)
    >>> result.status
    <Status.CONVERGED: 'converged'>
    >>> round(result.b, 3), round(result.b_low, 3), round(result.b_high, 3)
    (0.363, 0.127, 0.914)
    """

    likelihood: str = BETA_BINOMIAL
    level: float = 0.95

    def __post_init__(self) -> None:
        if self.likelihood not in LIKELIHOODS:
            raise DomainError(
                "there is no such likelihood.",
                got=self.likelihood,
                allowed=", ".join(LIKELIHOODS),
                hint=f'GrowthLaw(likelihood="{BETA_BINOMIAL}")',
            )
        if not 0 < self.level < 1:
            raise DomainError(
                "this is no confidence level.", got=self.level, allowed="0 < level < 1"
            )

    def fit(self, counts: object, n_samples: int | None = None) -> GrowthLawResult:
        """Find b from how often each neuron fired.

        Parameters
        ----------
        counts : Counts, array_like of int with shape (n_neurons,), or tuple of two array_like
            Counts of a recording, the number of samples that activated each neuron, or a histogram
            ``(values, multiplicities)``.
        n_samples : int, optional
            Samples seen, D; needed unless the counts know it.

        Returns
        -------
        GrowthLawResult
            With a status; where b cannot be had, the reason in words and b = nan.

        Raises
        ------
        InputError
            If the counts cannot be counts of `n_samples` samples.
        """
        histogram = histogram_of(counts, n_samples)
        provenance = as_provenance(counts)
        if self.likelihood == DIRICHLET_MULTINOMIAL:
            _check_one_winner(histogram)
        if reason := what_hides_b(histogram):
            return self._without_b(histogram, provenance, reason)
        found = profile(LIKELIHOODS[self.likelihood](histogram), self.level)
        b_low, b_high = inverse(found.high), inverse(found.low)
        mu = histogram.total / histogram.n_neurons
        if reason := too_wide(b_low, b_high, mu):
            wide = self._without_b(histogram, provenance, reason)
            return replace(wide, b_low=b_low, log_likelihood=found.log_likelihood)
        return self._with_b(histogram, provenance, found)

    def _with_b(
        self, histogram: Histogram, provenance: dict[str, Any], found: Profile
    ) -> GrowthLawResult:
        b, b_high = inverse(found.phi), inverse(found.low)
        status, reason, warnings = Status.CONVERGED, "", []
        if math.isinf(b):
            status, reason = (
                Status.EQUAL_RATES,
                "no finite b describes the counts better than b = ∞",
            )
        elif math.isinf(b_high):
            warnings.append("equal firing rates (b = ∞) lie within the interval")
        if saturated := saturation(histogram):
            warnings += [reason] if reason else []
            status, reason = Status.SATURATED, saturated
        misfit = misfits(histogram, b)
        return GrowthLawResult(
            method=self.likelihood,
            level=self.level,
            n_obs=histogram.n_neurons,
            status=status,
            reason=reason,
            warnings=tuple(warnings),
            provenance=provenance,
            histogram=histogram,
            b=b,
            b_low=inverse(found.high),
            b_high=b_high,
            bse=found.se_log,
            log_likelihood=found.log_likelihood,
            misfit=misfit.exact,
            misfit_mean_field=misfit.mean_field,
            misfit_equal_rates=misfit.equal_rates,
        )

    def _without_b(
        self, histogram: Histogram, provenance: dict[str, Any], reason: str
    ) -> GrowthLawResult:
        return GrowthLawResult(
            method=self.likelihood,
            level=self.level,
            n_obs=histogram.n_neurons,
            status=Status.NOT_IDENTIFIABLE,
            reason=reason,
            provenance=provenance,
            histogram=histogram,
            misfit_equal_rates=misfits(histogram, math.nan).equal_rates,
        )


def _check_one_winner(histogram: Histogram) -> None:
    if histogram.total != histogram.n_samples:
        raise InputError(
            "the Dirichlet-multinomial likelihood needs exactly one activated neuron a sample.",
            got=f"{histogram.total} activations in {histogram.n_samples} samples",
            allowed="as many activations as samples, as the rule argmax gives",
            hint=f'GrowthLaw(likelihood="{BETA_BINOMIAL}")',
        )
