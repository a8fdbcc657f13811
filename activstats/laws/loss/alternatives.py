"""Every family of curves fitted to the same losses, for the reader to compare."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.families import (
    BROKEN_POWER_LAW,
    CROSSOVER,
    FLAT,
    LINE,
    LOGISTIC,
    POWER_LAW,
    SHARP_CROSSOVER,
    TWO_SEGMENTS,
)
from activstats.laws.loss.fit import fit_family
from activstats.laws.loss.noise import MULTIPLICATIVE

FAMILIES = (
    FLAT,
    LINE,
    POWER_LAW,
    CROSSOVER,
    SHARP_CROSSOVER,
    LOGISTIC,
    TWO_SEGMENTS,
    BROKEN_POWER_LAW,
)


@dataclass(frozen=True)
class Alternative:
    """How well one family describes a loss curve.

    Parameters
    ----------
    family : str
    n_params : int
        Of the curve.
    rss : float
        Weighted sum of squares over the runs, under the family's own weights.
    log_likelihood : float
        Of Gaussian runs; comparable over families.
    aicc : float
        Akaike's criterion, corrected for few runs; infinite where there are too few.
    params : dict of str to float
        Estimates.
    """

    family: str
    n_params: int
    rss: float
    log_likelihood: float
    aicc: float
    params: dict[str, float] = field(default_factory=dict)


def alternatives(
    curve: LossCurve, *, noise: str = MULTIPLICATIVE, robust: bool = False
) -> tuple[Alternative, ...]:
    """Return the fits of all families, the lowest AICc first.

    Parameters
    ----------
    curve : LossCurve
    noise, robust
        As for `fit_family`.

    Returns
    -------
    tuple of Alternative
        A lower AICc says that a curve predicts better; it is no test, and no evidence of a
        transition.
    """
    found = []
    for family in FAMILIES:
        fit = fit_family(family, curve, noise=noise, robust=robust)
        numbers = (family.n_params, fit.rss, fit.log_likelihood, fit.aicc)
        found.append(Alternative(family.name, *numbers, fit.params))
    return tuple(sorted(found, key=lambda one: (one.aicc, -one.log_likelihood, math.inf)))
