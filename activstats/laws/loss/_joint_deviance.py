"""How far several estimates are from one number, each with an error of its own on either side.

An estimate with ends l and u at level γ is given the log-likelihood −z²/2 with z = (estimate − θ)/s,
s = (estimate − l)/z_γ for θ below it and (u − estimate)/z_γ above: the usual reading of unequal
errors (Barlow 2004, arXiv physics/0406120). With equal errors everything here is the chi-square of
generalised least squares.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from activstats.laws.loss._exponent_inputs import Exponent

FloatArray = NDArray[np.float64]

# Correlations nearer to ±1 would make one of two estimates superfluous.
MOST_CORRELATED = 0.999
_TRIED = 81


def deviance(exponents: Sequence[Exponent], correlation: float, pair: tuple[int, int]) -> float:
    """Return the least squared distance of the estimates from one number.

    Parameters
    ----------
    exponents : sequence of Exponent
        With numbers, k of them.
    correlation : float
        Between the two at the places `pair`; all others are independent.
    pair : tuple of int

    Returns
    -------
    float
        min over θ of zᵀ R⁻¹ z, which has about a chi-square distribution on k − 1 degrees of freedom
        if all estimate one number.
    """
    between = np.eye(len(exponents))
    between[pair, pair[::-1]] = correlation
    precision = np.asarray(np.linalg.inv(between), dtype=np.float64)
    estimates = np.array([one.estimate for one in exponents])
    errors = np.array([one.errors for one in exponents])
    turns = np.concatenate([[-np.inf], np.sort(estimates), [np.inf]])
    return min(
        _least_within(estimates, errors, precision, (low, high)) for low, high in pairwise(turns)
    )


def least_deviance(exponents: Sequence[Exponent], pair: tuple[int, int]) -> float:
    """Return the deviance under the correlation that speaks least against one number."""

    def at(correlation: float) -> float:
        return deviance(exponents, correlation, pair)

    tried = np.linspace(-MOST_CORRELATED, MOST_CORRELATED, _TRIED)
    heights = [at(float(correlation)) for correlation in tried]
    best = int(np.argmin(heights))
    around = (tried[max(best - 1, 0)], tried[min(best + 1, _TRIED - 1)])
    found = minimize_scalar(at, bounds=around, method="bounded")
    return float(min(heights[best], found.fun))


def _least_within(
    estimates: FloatArray, errors: FloatArray, precision: FloatArray, ends: tuple[float, float]
) -> float:
    """Return the least deviance over θ between two neighbouring estimates, where it is a parabola."""
    middle = float(np.mean(np.clip(ends, estimates.min() - 1, estimates.max() + 1)))
    slopes = 1 / np.where(middle < estimates, errors[:, 0], errors[:, 1])
    # Taken relative to one of them, so that large numbers do not eat up small differences.
    origin = estimates[0]
    offsets = (estimates - origin) * slopes
    curvature = float(slopes @ precision @ slopes)
    theta = float(slopes @ precision @ offsets) / curvature if curvature > 0 else 0.0
    theta = min(max(theta, ends[0] - origin), ends[1] - origin)
    z = offsets - theta * slopes
    return max(float(z @ precision @ z), 0.0)


def difference_ends(first: Exponent, second: Exponent, correlation: float) -> tuple[float, float]:
    """Return the interval of first − second, from the intervals of both.

    Parameters
    ----------
    first, second : Exponent
        At one level.
    correlation : float
        Between them; −1 gives the longest interval that any correlation can give.

    Notes
    -----
    With estimates x, ends l and u: it begins at x₁ − x₂ − √(A² + B² − 2rAB) with A = x₁ − l₁ and
    B = u₂ − x₂, and ends likewise (Zou & Donner 2008, Statistics in Medicine 27, 1693).
    """
    gap = first.estimate - second.estimate
    below = _joined(first.estimate - first.low, second.high - second.estimate, correlation)
    above = _joined(first.high - first.estimate, second.estimate - second.low, correlation)
    return gap - below, gap + above


def _joined(one: float, other: float, correlation: float) -> float:
    if math.isinf(one) or math.isinf(other):
        return math.inf
    return math.sqrt(max(one**2 + other**2 - 2 * correlation * one * other, 0.0))
