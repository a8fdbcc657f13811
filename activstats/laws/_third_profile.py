"""Likelihood interval of a number that stands beside b and the mean rate, both maximised over."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtri

from activstats.laws._ascent import ascend, highest
from activstats.laws._count_terms import log_silence

if TYPE_CHECKING:
    from activstats.laws._gamma import FloatArray
    from activstats.laws._profile import Profile
    from activstats.laws._zero_likelihood import ZeroLikelihood

# Slopes are taken over this part of a standard error, which itself is kept within reason.
_STEP = 0.3
_LEAST_ERROR, _LARGEST_ERROR = 1e-5, 1.0
# How far from the best values ln b and the logit of the mean rate are followed.
_REACH = 20.0
# An end of an interval is found to this part of its distance from the estimate.
_END_WITHIN = 1e-3

Change = Callable[[float], float]


@dataclass(frozen=True)
class Beside:
    """The likelihood maximised over b and the mean rate, for any account of the silent neurons.

    Parameters
    ----------
    likelihood : ZeroLikelihood
        Of the counts.
    found : Profile
        Its maximum.
    """

    likelihood: ZeroLikelihood
    found: Profile

    @cached_property
    def logit(self) -> float:
        """Logit of the best mean rate of the neurons that can fire."""
        return self.likelihood.best_logit(self.found.phi)

    @cached_property
    def _start(self) -> FloatArray:
        # At b = ∞ there is no slope to follow: begin just above the lower end of the interval.
        phi = self.found.phi or self.found.high / math.e
        return np.array([[-math.log(phi), self.logit]])

    @cached_property
    def _steps(self) -> FloatArray:
        phi = math.exp(-self._start[0, 0])
        errors = [self.found.se_log, self.likelihood.logit_error(phi, self.logit)]
        return _STEP * np.clip(errors, _LEAST_ERROR, _LARGEST_ERROR)

    def __call__(self, change: Change) -> float:
        """Return the highest log-likelihood with `change(ln p0)` added to the beta-binomial one."""
        samples = self.likelihood.histogram.n_samples

        def at(phi: float, logit: float) -> float:
            odds = math.exp(logit)
            silence = log_silence(phi, odds, samples)
            return self.likelihood.base.at(phi, odds) + change(silence)

        def several(points: FloatArray) -> FloatArray:
            return np.array([at(math.exp(-log_b), logit) for log_b, logit in points])

        start = self._start
        _, values = ascend(several, start, self._steps, (start[0] - _REACH, start[0] + _REACH))
        best = float(values[0])
        if self.found.low > 0:
            return best
        width = self.likelihood.logit_error(0.0, self.logit)
        equal = highest(lambda logit: at(0.0, logit), self.logit, width, _REACH)
        return max(best, equal[1])


def drop_at(level: float) -> float:
    """Return how far below its maximum the log-likelihood may lie within the interval."""
    return float(chdtri(1, 1 - level)) / 2


def crossing(value: Callable[[float], float], inside: float, outside: float) -> float:
    """Return where a function changes its sign between two places."""
    within = _END_WITHIN * abs(outside - inside)
    return float(brentq(value, inside, outside, xtol=max(within, 1e-12)))
