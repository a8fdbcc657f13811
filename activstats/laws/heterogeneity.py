"""How far estimates differ beyond their standard errors: Cochran's Q, tau² and I²."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from activstats.laws._gamma import FloatArray

# Relative accuracy of a root; far finer than any interval is read.
_TOLERANCE = 1e-12


@dataclass(frozen=True)
class Heterogeneity:
    """Heterogeneity of estimates; see `RandomEffects` for the parameters."""

    q: float
    tau2_low: float
    tau2_high: float
    i2: float
    i2_low: float
    i2_high: float


def heterogeneity(
    effects: FloatArray, variances: FloatArray, tau2: float, level: float
) -> Heterogeneity:
    """Return Q and, around an estimate of tau², the intervals of tau² and I².

    Parameters
    ----------
    effects, variances : ndarray of float, shape (k,)
        Estimates and squared standard errors, k ≥ 2.
    tau2 : float
        Estimate of the variance of the true values.
    level : float
        Confidence level.

    Notes
    -----
    Q(t) = Σ (y_j − mean(t))²/(s_j² + t) falls with t, and is chi-square on k − 1 degrees of freedom
    at the true t: the interval holds every t at which it is not in the tails (Viechtbauer 2007,
    Stat. Med. 26). I² = tau²/(tau² + s²), s² as in `typical_variance`; its interval is that of
    tau², carried over.
    """
    df, tail = effects.size - 1, (1 - level) / 2
    low = _solve(effects, variances, float(chdtri(df, tail)))
    high = _solve(effects, variances, float(chdtri(df, 1 - tail)))
    typical = typical_variance(variances)
    shares = [t / (t + typical) for t in (tau2, low, high)]
    q = generalised_q(effects, variances, 0.0)
    return Heterogeneity(q, low, high, *map(float, shares))


def paule_mandel(
    effects: FloatArray, variances: FloatArray, groups: NDArray[np.intp] | None = None
) -> float:
    """Return the tau² at which Q(tau²) equals its degrees of freedom; 0 where it is below at once.

    Parameters
    ----------
    effects, variances : ndarray of float, shape (k,)
        Estimates and squared standard errors.
    groups : ndarray of int, shape (k,), optional
        Group of each estimate; each group then has a mean of its own.

    Notes
    -----
    Paule & Mandel (1982), in the form of DerSimonian & Kacker (2007).

    Examples
    --------
    >>> round(paule_mandel(np.array([0.0, 1.0, 2.0]), np.array([0.25, 0.25, 0.25])), 6)
    0.75
    """
    df = effects.size - (1 if groups is None else np.unique(groups).size)
    return _solve(effects, variances, float(df), groups)


def dersimonian_laird(effects: FloatArray, variances: FloatArray) -> float:
    """Return the tau² by which Q exceeds its degrees of freedom; 0 where it does not.

    Notes
    -----
    (Q − (k − 1))/(Σw − Σw²/Σw), w = 1/s² (DerSimonian & Laird 1986, Control. Clin. Trials 7).
    """
    df = effects.size - 1
    excess = generalised_q(effects, variances, 0.0) - df
    return max(excess, 0.0) * typical_variance(variances) / df


def typical_variance(variances: FloatArray) -> float:
    """Return what the squared standard errors amount to, taken together.

    Notes
    -----
    s² = (k − 1) Σw/((Σw)² − Σw²) of Higgins & Thompson (2002, Stat. Med. 21, eq. 9), w = 1/s_j².

    Examples
    --------
    >>> typical_variance(np.array([0.25, 0.25, 0.25]))
    0.25
    """
    weights = 1 / variances
    shares = weights / weights.sum()
    others = 1 - shares
    # One very precise estimate leaves the others a share that a difference from 1 would lose.
    heaviest = int(np.argmax(weights))
    others[heaviest] = np.delete(shares, heaviest).sum()
    return float((variances.size - 1) / (weights.sum() * (shares * others).sum()))


def generalised_q(
    effects: FloatArray,
    variances: FloatArray,
    tau2: float,
    groups: NDArray[np.intp] | None = None,
) -> float:
    """Return Σ (y_j − mean)²/(s_j² + tau²) about the weighted mean, of each group if there are any.

    Examples
    --------
    >>> generalised_q(np.array([0.0, 1.0, 2.0]), np.array([0.25, 0.25, 0.25]), 0.0)
    8.0
    """
    place = np.zeros(effects.size, dtype=np.intp) if groups is None else groups
    weights = 1 / (variances + tau2)
    totals = np.bincount(place, weights)
    # A number without members has no mean, and none is asked for.
    sums = np.bincount(place, weights * effects)
    means = np.divide(sums, totals, out=np.zeros_like(sums), where=totals > 0)
    return float((weights * (effects - means[place]) ** 2).sum())


def _solve(
    effects: FloatArray,
    variances: FloatArray,
    target: float,
    groups: NDArray[np.intp] | None = None,
) -> float:
    """Return t ≥ 0 at which the falling Q(t) meets a target; 0 if it starts below."""
    if generalised_q(effects, variances, 0.0, groups) <= target:
        return 0.0
    if target <= 0:
        return math.inf
    # Every weight is below 1/t, so that Q(t) is below the plain sum of squares over t; twice, since
    # the two come so close that rounding can turn them round.
    most = 2 * float(np.sum((effects - effects.mean()) ** 2)) / target
    root = brentq(
        lambda t: generalised_q(effects, variances, t, groups) - target,
        0.0,
        most,
        xtol=_TOLERANCE * most,
        rtol=_TOLERANCE,
        maxiter=500,
    )
    return float(root)
