"""Likelihoods of counts among which silence has causes of its own.

Both are the beta-binomial likelihood plus what another account of the silent neurons changes. With
n0 silent neurons of N, K = N − n0, and p0 the law's own probability of silence:

- a share w of neurons that cannot fire gives n0 ln[(w + (1−w) p0) / p0] + K ln(1 − w), highest at
  w = (n0/N − p0) / (1 − p0), or at w = 0 if that is negative;
- the neurons that fired, given that they did, give −n0 ln p0 − K ln(1 − p0).

Where w > 0 both are highest at the same b and the same mean rate.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from scipy.optimize import brentq

from activstats.laws._ascent import highest
from activstats.laws._count_terms import log_silence
from activstats.laws._large_counts import LargeBetaBinomial
from activstats.laws._likelihood import BetaBinomial

if TYPE_CHECKING:
    from activstats.laws.histogram import Histogram

# Above this rounding error an interval, which ends 1.9 below the maximum, would begin to move.
_TOLERABLE_ROUNDING = 1e-3
# How far from its first guess the logit of the mean rate may lie.
_REACH = 20.0
# A guess this near, in standard errors, is near enough to climb from.
_GUESS_WITHIN = 0.1
_GUESS_STEPS = 30


def one_minus_exp(log_p: float) -> float:
    """Return ln(1 − p) from ln p."""
    return math.log(-math.expm1(log_p)) if log_p < 0 else -math.inf


@dataclass(frozen=True)
class ZeroLikelihood(ABC):
    """A beta-binomial likelihood with its own account of the silent neurons, in phi = 1/b.

    For every phi it is maximised over the mean firing rate of the neurons that can fire.

    Parameters
    ----------
    histogram : Histogram
        The counts; some neuron fired.
    """

    histogram: Histogram

    @cached_property
    def base(self) -> BetaBinomial:
        """The beta-binomial likelihood, in the form that suits the size of the counts."""
        plain = BetaBinomial(self.histogram)
        return plain if plain.rounding < _TOLERABLE_ROUNDING else LargeBetaBinomial(self.histogram)

    @property
    def coefficient(self) -> float:
        """What the values contain of the binomial coefficients."""
        return self.base.coefficient

    @property
    def rounding(self) -> float:
        """Size of the rounding errors of the values."""
        return self.base.rounding

    @cached_property
    def silent(self) -> int:
        """Number of neurons that never fired, n0."""
        return self.histogram.n_neurons - self.histogram.k

    @cached_property
    def rate_if_all_live_fired(self) -> float:
        """Mean firing rate of the neurons that fired: what that of all live ones cannot exceed."""
        return self.histogram.total / self.histogram.k / self.histogram.n_samples

    def at(self, phi: float, odds: float) -> float:
        """Return the log-likelihood at phi and at the odds of the mean rate of live neurons."""
        silence = log_silence(phi, odds, self.histogram.n_samples)
        return self.base.at(phi, odds) + self.correction(silence)

    @abstractmethod
    def correction(self, log_silence: float) -> float:
        """Return what the account of the silent neurons adds, from the log of p0."""

    @abstractmethod
    def guess(self, phi: float) -> float:
        """Return the logit of the mean rate that agrees with the measured mean."""

    def rough(self, phi: float) -> float:
        """Return the log-likelihood with a mean rate near the best one."""
        return self.at(phi, math.exp(self.guess(phi)))

    def __call__(self, phi: float) -> float:
        """Return the log-likelihood maximised over the mean rate."""
        return self.at(phi, math.exp(self.best_logit(phi)))

    def best_logit(self, phi: float) -> float:
        """Return the logit of the best mean rate for this phi."""
        guess = self.guess(phi)
        return highest(
            lambda logit: self.at(phi, math.exp(logit)), guess, self.logit_error(phi, guess), _REACH
        )[0]

    def logit_error(self, phi: float, logit: float) -> float:
        """Return the standard error of the logit of the mean rate under the law, roughly."""
        m = 1 / (1 + math.exp(-logit))
        spread = 1 / self.histogram.n_samples + m * phi / (1 + m * phi)
        return min(1.0, math.sqrt(spread / (self.histogram.k * m * (1 - m))))

    def _agreeing(self, phi: float, low: float) -> float:
        """Return the logit above `low` at which neurons that fire do so as often as measured."""
        d, fired = self.histogram.n_samples, self.rate_if_all_live_fired
        high = math.log(fired / (1 - fired)) if fired < 1 else low + 1

        def excess(logit: float) -> float:
            silence = log_silence(phi, math.exp(logit), d)
            return -math.log1p(math.exp(-logit)) - one_minus_exp(silence) - math.log(fired)

        if low >= high or excess(high) <= 0:
            return high
        within = _GUESS_WITHIN * self.logit_error(phi, high)
        return float(brentq(excess, low, high, xtol=within))


class ZeroInflated(ZeroLikelihood):
    """A share of neurons cannot fire; the likelihood is maximised over that share as well."""

    def best_share(self, log_silence: float) -> float:
        """Return the best share w of neurons that cannot fire, from the log of p0."""
        if not self.silent:
            return 0.0
        p0 = math.exp(log_silence)
        share = self.silent / self.histogram.n_neurons
        return (share - p0) / -math.expm1(log_silence) if p0 < share else 0.0

    def dead_share(self, phi: float) -> float:
        """Return the best share for this phi, at the best mean rate."""
        odds = math.exp(self.best_logit(phi))
        return self.best_share(log_silence(phi, odds, self.histogram.n_samples))

    def correction(self, log_silence: float) -> float:
        """Return the gain over the law without dead neurons, at the best share of them."""
        return self.gain(log_silence, self.best_share(log_silence))

    def gain(self, log_silence: float, share: float) -> float:
        """Return the gain over the law without dead neurons, at any share of them."""
        if share == 0:
            return 0.0
        fired = self.histogram.k * math.log1p(-share)
        if not self.silent:
            return fired
        alive = math.log1p(-share) + log_silence
        together = max(alive, math.log(share))
        unseen = together + math.log1p(math.exp(min(alive, math.log(share)) - together))
        return fired + self.silent * (unseen - log_silence)

    def guess(self, phi: float) -> float:
        """Return the logit of the measured mean, or where neurons fire as often as measured."""
        measured = math.log(self.base.measured_odds)
        silence = log_silence(phi, self.base.measured_odds, self.histogram.n_samples)
        if self.best_share(silence) == 0:
            return measured
        return self._agreeing(phi, measured)


class ZeroTruncated(ZeroLikelihood):
    """Only the neurons that fired are looked at, given that they did."""

    def correction(self, log_silence: float) -> float:
        """Return the change from dropping the silent neurons and conditioning on the others."""
        fired = self.histogram.k * one_minus_exp(log_silence)
        return -fired - (self.silent * log_silence if self.silent else 0.0)

    def given(self, log_silence: float, n_live: float) -> float:
        """Return the change if `n_live` neurons can fire, their number's own factor left out."""
        return (n_live - self.histogram.k - self.silent) * log_silence

    def guess(self, phi: float) -> float:
        """Return the logit at which neurons that fire do so as often as measured."""
        low = math.log(self.base.measured_odds)
        for _ in range(_GUESS_STEPS):
            if self._fires_too_rarely(phi, low):
                break
            low -= 1.0
        return self._agreeing(phi, low)

    def _fires_too_rarely(self, phi: float, logit: float) -> bool:
        silence = log_silence(phi, math.exp(logit), self.histogram.n_samples)
        rate = 1 / (1 + math.exp(-logit))
        return math.log(rate) - one_minus_exp(silence) < math.log(self.rate_if_all_live_fired)
