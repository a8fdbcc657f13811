"""Log-likelihoods of counts in phi = 1/b, finite at phi = 0 where all neurons fire alike.

The binomial and multinomial coefficients, which do not depend on the law, are left out. Everything
runs over the counts that occur, never over neurons one by one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from activstats.laws._gamma import FloatArray, log_rising_excess
from activstats.laws._gamma_of_one import rising_excess_of_one
from activstats.laws._nodes import condensed

if TYPE_CHECKING:
    from activstats.laws.histogram import Histogram

# The parabola through which the best mean is looked for, in standard errors of the mean: how far
# apart its points stand, how short a last step must be, how long any step may be.
_POINTS_APART = 0.3
_LAST_STEP = 0.3
_LARGEST_STEP = 8.0
_MEAN_STEPS = 30
_FARTHEST_LOGIT = 20.0


class Likelihood(Protocol):
    """A log-likelihood of counts as a function of phi = 1/b alone."""

    @property
    def histogram(self) -> Histogram:
        """The counts."""

    @property
    def coefficient(self) -> float:
        """What the values contain of the binomial coefficients, to be taken off in the end."""

    @property
    def rounding(self) -> float:
        """Size of the rounding errors of the values."""

    def rough(self, phi: float) -> float:
        """Return a quick approximation, good enough to find the neighbourhood of the maximum."""

    def __call__(self, phi: float) -> float:
        """Return the log-likelihood, maximised over whatever else the law leaves free."""


@dataclass(frozen=True)
class BetaBinomial:
    """Neurons that fire independently at rates drawn from Beta(b, A − b), mean m = c/N.

    For every phi the likelihood is maximised over m. Putting the measured mean in its place is
    as good for sparse layers, but where a sample activates half of the layer the 95 % interval
    would cover the truth in 90 % of the cases only (simulated: N = 1024, c/N = .5, b = .3, 60
    samples).

    Notes
    -----
    With r = m·phi the log-likelihood is Σ_j [S_j ln(m + rj) + T_j ln(1 − m + rj) − N ln(1 + rj)],
    where S_j = #{D_i > j} and T_j = #{D − D_i > j}. The sums over j are rising factorials, which
    `log_rising_excess` gives in closed form.
    """

    histogram: Histogram

    @property
    def coefficient(self) -> float:
        """Nothing: the binomial coefficients are left out from the start."""
        return 0.0

    @property
    def rounding(self) -> float:
        """Size of the rounding errors of the values."""
        return rounding_of(self.histogram.n_neurons * self.histogram.n_samples)

    @cached_property
    def nodes(self) -> tuple[FloatArray, FloatArray]:
        """Counts at which the likelihood is worked out, and how many neurons each stands for."""
        return condensed(self.histogram)

    @property
    def measured_odds(self) -> float:
        """Odds m / (1 − m) of the measured mean firing rate."""
        silences = self.histogram.n_neurons * self.histogram.n_samples - self.histogram.total
        return self.histogram.total / silences

    def at(self, phi: float, odds: float) -> float:
        """Return the log-likelihood at phi and at the odds m / (1 − m) of the mean firing rate."""
        return self._fired(phi) + self._silent(phi, odds)

    def rough(self, phi: float) -> float:
        """Return the log-likelihood with the measured mean in place of the best one."""
        return self.at(phi, self.measured_odds)

    def __call__(self, phi: float) -> float:
        """Return the log-likelihood maximised over the mean firing rate."""
        if phi == 0:
            return self.rough(0.0)
        return self._fired(phi) + self._best_silent(phi)

    def _fired(self, phi: float) -> float:
        """Part of the log-likelihood that does not know the mean."""
        counts, weights = self.nodes
        return sum_of(weights * log_rising_excess(phi, counts))

    def _silent(self, phi: float, odds: float) -> float:
        counts, weights = self.nodes
        d, n = self.histogram.n_samples, self.histogram.n_neurons
        excess = log_rising_excess(phi * odds, d - counts)
        together = rising_excess_of_one(phi * odds / (1 + odds), d)
        return self._equal_rates(odds) + sum_of(weights * excess) - n * together

    def _equal_rates(self, odds: float) -> float:
        total = self.histogram.total
        silences = self.histogram.n_neurons * self.histogram.n_samples - total
        return -total * math.log1p(1 / odds) - silences * math.log1p(odds)

    def _best_silent(self, phi: float) -> float:
        """Maximise over the logit of the mean, by parabolas through three points."""
        start, scale = math.log(self.measured_odds), _POINTS_APART * self._logit_error(phi)
        shift, middle = 0.0, self._silent(phi, self.measured_odds)
        for _ in range(_MEAN_STEPS):
            left = self._silent(phi, math.exp(start + shift - scale))
            right = self._silent(phi, math.exp(start + shift + scale))
            move = _vertex(left, middle, right)
            shift = min(max(shift + move * scale, -_FARTHEST_LOGIT), _FARTHEST_LOGIT)
            middle = self._silent(phi, math.exp(start + shift))
            if abs(move) * _POINTS_APART < _LAST_STEP:
                break
        return middle

    def _logit_error(self, phi: float) -> float:
        """Return the standard error of the logit of the mean under the law."""
        m, d = self.measured_odds / (1 + self.measured_odds), self.histogram.n_samples
        spread = 1 / d + m * phi / (1 + m * phi)
        return math.sqrt(spread / (self.histogram.n_neurons * m * (1 - m)))


@dataclass(frozen=True)
class DirichletMultinomial:
    """Exactly one neuron wins each sample; rates drawn from a symmetric Dirichlet(b).

    Notes
    -----
    ln Γ(bN)/Γ(bN + D) + Σ_i ln Γ(b + D_i)/Γ(b).
    """

    histogram: Histogram

    @property
    def coefficient(self) -> float:
        """Nothing: the multinomial coefficient is left out from the start."""
        return 0.0

    @property
    def rounding(self) -> float:
        """Size of the rounding errors of the values."""
        return rounding_of(self.histogram.total)

    def rough(self, phi: float) -> float:
        """Return the log-likelihood: there is nothing to leave out."""
        return self(phi)

    def __call__(self, phi: float) -> float:
        """Return the log-likelihood."""
        counts, n = self.histogram, self.histogram.n_neurons
        single = log_rising_excess(phi, counts.values)
        together = rising_excess_of_one(phi / n, counts.n_samples)
        equal_rates = -counts.n_samples * math.log(n)
        return equal_rates + sum_of(counts.weights * single) - together


def rounding_of(activations: int) -> float:
    """Return the rounding error of a sum of so many logarithms of large numbers."""
    return float(np.finfo(np.float64).eps) * activations * math.log(2 + activations)


def sum_of(terms: FloatArray) -> float:
    """Return the sum of terms."""
    # Not as a dot product: the threads of a BLAS cost more than they save here, and round anew.
    return float(terms.sum())


def _vertex(left: float, middle: float, right: float) -> float:
    """Return where the parabola through values at −1, 0, 1 is highest, within reason."""
    farthest = _LARGEST_STEP / _POINTS_APART
    bend = 2 * middle - left - right
    slope = (right - left) / 2
    if bend <= 0:
        return math.copysign(farthest, slope) if slope else 0.0
    return min(max(slope / bend, -farthest), farthest)
