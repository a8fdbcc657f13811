"""The normaliser of a power law with exponential cutoff, x^-alpha e^(-rate x) from xmin on."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

# Terms of the sum that are added one by one before the integral takes over.
_TERMS = 40
_NODES = 240
# Where e^(-rate x) has fallen by so many nats, nothing is left to integrate.
_NOTHING = 60.0


@cache
def _legendre() -> tuple[FloatArray, FloatArray]:
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return (nodes + 1) / 2, weights / 2


def cutoff_integral(alpha: float, rate: float, start: float) -> float:
    """Return ∫ x^-alpha e^(-rate x) dx from `start` on, for a positive rate.

    Gauss and Legendre's rule in ln x, in which the integrand is smooth for every alpha.

    Examples
    --------
    >>> round(cutoff_integral(0.0, 2.0, 1.0), 9) == round(math.exp(-2) / 2, 9)
    True
    """
    reach = math.log1p(_NOTHING / (rate * start))
    nodes, weights = _legendre()
    y = reach * nodes
    inner = np.exp((1 - alpha) * y - rate * start * np.exp(y))
    return float(start ** (1 - alpha) * reach * (weights @ inner))


def cutoff_sum(alpha: float, rate: float, start: float) -> float:
    """Return Σ x^-alpha e^(-rate x) over start, start + 1, …, for a positive rate.

    Some terms, then Euler and Maclaurin's formula up to the third derivative (NIST DLMF 2.10.1).

    Examples
    --------
    >>> round(cutoff_sum(0.0, 0.5, 3.0), 9) == round(math.exp(-1.5) / (1 - math.exp(-0.5)), 9)
    True
    """
    x = start + np.arange(_TERMS)
    total = float(np.sum(x**-alpha * np.exp(-rate * x)))
    end = start + _TERMS
    f = math.exp(-alpha * math.log(end) - rate * end)
    slope, bend, turn = alpha / end + rate, alpha / end**2, 2 * alpha / end**3
    third = -f * (slope**3 + 3 * slope * bend + turn)
    correction = f / 2 + f * slope / 12 + third / 720
    return total + cutoff_integral(alpha, rate, end) + float(correction)
