"""Is the crossover as sharp as the theory says? The F test of s = 1."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import fdtrc

from activstats.laws.loss.families import SHARP_CROSSOVER
from activstats.laws.loss.family_fit import FamilyFit
from activstats.laws.loss.fit import refit
from activstats.laws.loss.profile import profile_interval

# Share of 1 − level below which p rejects s = 1. Rejecting changes the fit that is reported, and a
# change that chance brings about as often as 1 − level would take the interval of D* from .95 to
# .91 of true crossovers; at a fifth of that it keeps .94.
_SHARE = 0.2


def form_rejected(pvalue: float, level: float) -> bool:
    """Return whether a p-value of the F test rejects s = 1 at (1 − level)/5."""
    return bool(pvalue <= _SHARE * (1 - level))


@dataclass(frozen=True)
class Sharpness:
    """The crossover with free sharpness beside the one with s = 1.

    Parameters
    ----------
    fit : FamilyFit
        With s free, under the weights of the other.
    low, high : float
        Interval of s; 0 and infinite where it is open.
    pvalue : float
        Of the F test of s = 1; nan without degrees of freedom.
    """

    fit: FamilyFit
    low: float
    high: float
    pvalue: float

    @property
    def estimate(self) -> float:
        """S."""
        return self.fit.params["sharpness"]


def sharpness_test(smooth: FamilyFit, level: float) -> Sharpness:
    """Return the fit with free s and the F test of s = 1.

    Parameters
    ----------
    smooth : FamilyFit
        The crossover with s = 1.
    level : float
        Confidence level of the interval of s.

    Notes
    -----
    F = (RSS(s = 1) − RSS(s free)) / (RSS(s free)/(m − 5)), on 1 and m − 5 degrees of freedom.
    """
    free = refit(SHARP_CROSSOVER, smooth)
    low, high = profile_interval(free, "sharpness", level)
    if free.df <= 0:
        return Sharpness(free, low, high, math.nan)
    gain = max(smooth.rss - free.rss, 0.0)
    pvalue = float(fdtrc(1, free.df, gain / free.variance)) if free.rss > 0 else float(gain == 0)
    return Sharpness(free, low, high, pvalue)
