"""The beta-binomial likelihood where neurons and samples are so many that plain sums lose it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from activstats.laws._count_terms import fired_term, silent_term
from activstats.laws._gamma import log_double_ratio
from activstats.laws._gamma_of_one import double_ratio_of_one
from activstats.laws._likelihood import BetaBinomial, rounding_of, sum_of


@dataclass(frozen=True)
class LargeBetaBinomial(BetaBinomial):
    """The same law as `BetaBinomial`, its terms arranged so that none is larger than it must be.

    Notes
    -----
    With shapes b and β the probability of a count k is the chance of silence
    Γ(β+D)Γ(A)/(Γ(β)Γ(A+D)) times (b)_k / k! times (D−k+1)_k / (β+D−k)_k. Each of the three is one
    call of `log_double_ratio`, exact relative to itself, while sums of rising factorials, of size
    N·D, would leave less than one digit for what the law says. The binomial coefficients are
    part of these terms.
    """

    @cached_property
    def coefficient(self) -> float:
        """Sum of the logarithms of the binomial coefficients."""
        counts, weights = self.nodes
        return -sum_of(weights * log_double_ratio(1.0, counts, self.histogram.n_samples - counts))

    @property
    def rounding(self) -> float:
        """Size of the rounding errors of the values."""
        return rounding_of(self.histogram.total + self.histogram.n_neurons)

    def at(self, phi: float, odds: float) -> float:
        """Return the log-likelihood at phi and at the odds m / (1 − m) of the mean firing rate."""
        if phi == 0:
            return self._equal_rates(odds) + self.coefficient
        return super().at(phi, odds)

    def _fired(self, phi: float) -> float:
        counts, weights = self.nodes
        return sum_of(weights * fired_term(1 / phi, counts))

    def _silent(self, phi: float, odds: float) -> float:
        counts, weights = self.nodes
        d, beta = self.histogram.n_samples, 1 / phi / odds
        never = double_ratio_of_one(beta, 1 / phi, d)
        return self.histogram.n_neurons * never + sum_of(weights * silent_term(beta, counts, d))
