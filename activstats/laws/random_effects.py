"""Random-effects pooling of estimates with known standard errors.

Each estimate scatters about a true value of its own by its standard error, and the true values
about a common mean by tau: y_j ~ N(theta_j, s_j²), theta_j ~ N(mean, tau²). The weighted mean comes
from statsmodels' `combine_effects`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import chdtrc, stdtrit

from activstats.errors import DomainError
from activstats.laws._checks import check_level
from activstats.laws.heterogeneity import dersimonian_laird, heterogeneity, paule_mandel

if TYPE_CHECKING:
    from activstats.laws._gamma import FloatArray

PAULE_MANDEL, DERSIMONIAN_LAIRD = "paule-mandel", "dersimonian-laird"
METHODS = (PAULE_MANDEL, DERSIMONIAN_LAIRD)
MODIFIED_HARTUNG_KNAPP, HARTUNG_KNAPP, NORMAL = "modified-hartung-knapp", "hartung-knapp", "normal"
INTERVALS = (MODIFIED_HARTUNG_KNAPP, HARTUNG_KNAPP, NORMAL)
# Student's t for a new member needs one degree of freedom for the mean and one for tau.
_LEAST_TO_PREDICT = 3


@dataclass(frozen=True)
class RandomEffects:
    """A pooled mean and how much the true values scatter about it, on the scale of the estimates.

    Parameters
    ----------
    k : int
        Estimates pooled.
    mean, se : float
        Weighted mean and the standard error that its interval is made of.
    low, high : float
        Interval of the mean.
    tau2, tau2_low, tau2_high : float
        Variance of the true values, with its Q-profile interval.
    q, pvalue : float
        Cochran's Q on k − 1 degrees of freedom, and its p.
    i2, i2_low, i2_high : float
        Share of the total variance that is heterogeneity, between 0 and 1.
    predicted_low, predicted_high : float
        Where the true value of a new member is expected; nan for fewer than three estimates.
    """

    k: int
    mean: float = math.nan
    se: float = math.nan
    low: float = math.nan
    high: float = math.nan
    tau2: float = math.nan
    tau2_low: float = math.nan
    tau2_high: float = math.nan
    q: float = math.nan
    pvalue: float = math.nan
    i2: float = math.nan
    i2_low: float = math.nan
    i2_high: float = math.nan
    predicted_low: float = math.nan
    predicted_high: float = math.nan

    @property
    def df(self) -> int:
        """Degrees of freedom of Q, k − 1."""
        return max(self.k - 1, 0)

    @property
    def tau(self) -> float:
        """Standard deviation of the true values."""
        return math.sqrt(self.tau2)


def random_effects(
    effects: FloatArray,
    variances: FloatArray,
    *,
    level: float = 0.95,
    method: str = PAULE_MANDEL,
    interval: str = MODIFIED_HARTUNG_KNAPP,
) -> RandomEffects:
    """Pool estimates that may differ by more than their standard errors.

    Parameters
    ----------
    effects : ndarray of float, shape (k,)
        Estimates, finite.
    variances : ndarray of float, shape (k,)
        Squares of their standard errors, positive.
    level : float
        Confidence level.
    method : {"paule-mandel", "dersimonian-laird"}
        Estimator of tau².
    interval : {"modified-hartung-knapp", "hartung-knapp", "normal"}
        Interval of the mean.

    Returns
    -------
    RandomEffects
        Of one estimate only its own mean, standard error and normal interval; of none, nothing.

    Raises
    ------
    DomainError
        If there is no such method, interval or level.

    Notes
    -----
    tau² after Paule & Mandel (1982) solves Q(tau²) = k − 1, see `heterogeneity`; that of DerSimonian
    & Laird (1986) is its first moment step. Interval after Hartung & Knapp (2001): Student's t on
    k − 1 degrees of freedom, the variance of the mean scaled by Q(tau²)/(k − 1); modified: never by
    less than 1 (Röver, Knapp & Friede 2015), because results that agree by chance would otherwise
    give an interval narrower than their own errors allow. Prediction after Higgins, Thompson &
    Spiegelhalter (2009, J. R. Stat. Soc. A 172): mean ± t(k − 2) sqrt(tau² + se²), se from the
    random-effects weights.

    Examples
    --------
    >>> pooled = random_effects(np.array([-1.2, -1.6, -0.9]), np.array([0.01, 0.02, 0.01]))
    >>> round(pooled.mean, 3), round(pooled.tau, 3), pooled.df
    (-1.224, 0.329, 2)
    """
    _check_settings(level, method, interval)
    k = int(effects.size)
    if k == 0:
        return RandomEffects(0)
    if k == 1:
        mean, se = float(effects[0]), math.sqrt(float(variances[0]))
        reach = _quantile(level, math.inf) * se
        return RandomEffects(1, mean, se, mean - reach, mean + reach)
    combined = _combine(effects, variances, method)
    tau2, se = float(combined.tau2), float(combined.sd_eff_w_re)
    mean = float(combined.mean_effect_re) + float(np.mean(effects))
    scaled = se * math.sqrt(_scale(float(combined.scale_hksj_re), interval))
    reach = _quantile(level, math.inf if interval == NORMAL else k - 1) * scaled
    found = heterogeneity(effects, variances, tau2, level)
    predicted = math.nan
    if k >= _LEAST_TO_PREDICT:
        predicted = _quantile(level, k - 2) * math.sqrt(tau2 + se**2)
    return RandomEffects(
        k=k,
        mean=mean,
        se=scaled,
        low=mean - reach,
        high=mean + reach,
        tau2=tau2,
        tau2_low=found.tau2_low,
        tau2_high=found.tau2_high,
        q=found.q,
        pvalue=float(chdtrc(k - 1, found.q)),
        i2=found.i2,
        i2_low=found.i2_low,
        i2_high=found.i2_high,
        predicted_low=mean - predicted,
        predicted_high=mean + predicted,
    )


def _combine(effects: FloatArray, variances: FloatArray, method: str) -> Any:
    """Return statsmodels' combination of the estimates, their plain mean taken away."""
    from statsmodels.stats.meta_analysis import combine_effects

    # Far from zero, the sums of squares in it would lose their digits.
    centred = effects - np.mean(effects)
    tau2 = (paule_mandel if method == PAULE_MANDEL else dersimonian_laird)(centred, variances)
    # Its own tau² would come back negative or, where rounding carries the last step of Paule-Mandel
    # past the root, as 0: it is found here, and no further step is taken there.
    with np.errstate(divide="ignore", invalid="ignore"):  # its I² of estimates that are all alike
        return combine_effects(centred, variances, method_re="pm", tau2_start=tau2, maxiter=0)


def _scale(residual: float, interval: str) -> float:
    """Return by what the variance of the mean is multiplied."""
    factors = {NORMAL: 1.0, HARTUNG_KNAPP: residual, MODIFIED_HARTUNG_KNAPP: max(1.0, residual)}
    return factors[interval]


def _quantile(level: float, df: float) -> float:
    return float(stdtrit(df, (1 + level) / 2))


def _check_settings(level: float, method: str, interval: str) -> None:
    check_level(level)
    for name, value, known in (("method", method, METHODS), ("interval", interval, INTERVALS)):
        if value not in known:
            raise DomainError(
                f"there is no such {name} of pooling.",
                got=value,
                allowed=", ".join(known),
                hint=f'{name}="{known[0]}"',
            )
