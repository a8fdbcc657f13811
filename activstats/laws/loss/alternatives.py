"""Every family of curves fitted to the same losses, for the reader to compare."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

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
from activstats.laws.loss.family_fit import FamilyFit
from activstats.laws.loss.fit import fit_family
from activstats.laws.loss.noise import ADDITIVE, MULTIPLICATIVE, own_weights

POWER_LAW_TO_ZERO = replace(POWER_LAW, name="power law", floor=False)

FAMILIES = (
    FLAT,
    LINE,
    POWER_LAW_TO_ZERO,
    POWER_LAW,
    CROSSOVER,
    SHARP_CROSSOVER,
    LOGISTIC,
    TWO_SEGMENTS,
    BROKEN_POWER_LAW,
)

AICC, BIC = "AICc", "BIC"
# Where the correction of AICc for few runs no longer matters and BIC finds the true family better.
MOST_FOR_AICC = 30
# Sums of squares below this share of the total are rounding, whatever the family.
_ROUNDING = 1e-13


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
    bic : float
        Schwarz's criterion; infinite where there are too few sizes.
    """

    family: str
    n_params: int
    rss: float
    log_likelihood: float
    aicc: float
    params: dict[str, float] = field(default_factory=dict)
    bic: float = math.inf

    def value(self, criterion: str) -> float:
        """Return the criterion of this name."""
        return self.aicc if criterion == AICC else self.bic


def criterion_for(curve: LossCurve) -> str:
    """Return which criterion compares families on so many runs."""
    return AICC if curve.n_runs <= MOST_FOR_AICC else BIC


def alternatives(
    curve: LossCurve, *, noise: str = MULTIPLICATIVE, robust: bool = False
) -> tuple[Alternative, ...]:
    """Return the fits of all families, best first: the lowest AICc, or beyond 30 runs BIC.

    Parameters
    ----------
    curve : LossCurve
    noise, robust
        As for `fit_family`; runs that a robust fit of the crossover with free sharpness weighs down
        weigh as little in every family, or their likelihoods could not be compared.

    Returns
    -------
    tuple of Alternative
        A lower criterion says that a curve predicts better; it is no test, and no evidence of a
        transition. A family with no fewer parameters than there are sizes cannot be judged.
    """
    if robust:
        curve, noise = _weighed_down(curve, noise)
    found = [_judged(fit_family(family, curve, noise=noise)) for family in FAMILIES]
    criterion = criterion_for(curve)
    return tuple(sorted(found, key=lambda one: (one.value(criterion), -one.log_likelihood)))


def _weighed_down(curve: LossCurve, noise: str) -> tuple[LossCurve, str]:
    """Return the curve with less weight for its outliers, and the noise that goes with it."""
    kept = fit_family(SHARP_CROSSOVER, curve, noise=noise, robust=True).kept
    # Standard errors go before any noise model; as weights they must still do so.
    used = noise if curve.se is None else ADDITIVE
    return replace(curve, weight=own_weights(curve) * kept, se=None), used


def _judged(fit: FamilyFit) -> Alternative:
    family, m = fit.family, fit.data.n_runs
    likelihood = _log_likelihood(fit)
    k = family.n_params + 1  # the variance is one, too
    spare = m - k - 1
    judged = family.n_params < fit.cells.n_sizes
    aicc = 2 * k - 2 * likelihood + 2 * k * (k + 1) / spare if spare > 0 else math.inf
    bic = k * math.log(m) - 2 * likelihood
    return Alternative(
        family.name,
        family.n_params,
        fit.rss,
        likelihood,
        aicc if judged else math.inf,
        fit.params,
        bic if judged else math.inf,
    )


def _log_likelihood(fit: FamilyFit) -> float:
    """Return the log-likelihood, with rounding in the place of residuals that are smaller."""
    total = float(fit.weights @ np.square(fit.data.loss))
    rounding = max(_ROUNDING * total, np.finfo(np.float64).tiny)
    if fit.rss > rounding:
        return fit.log_likelihood
    m = fit.data.n_runs
    spread = m * (math.log(2 * math.pi * rounding / m) + 1)
    return 0.5 * (float(np.log(fit.weights).sum()) - spread)
