"""The crossover's shape, and the places on it that have names."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


def crossover(
    x: ArrayLike, x_star: ArrayLike, b: ArrayLike, sharpness: ArrayLike = 1.0
) -> FloatArray:
    """Return the share of the drop that is left, (1 + (D/D*)^s)^(−b/s).

    Parameters
    ----------
    x, x_star : array_like of float
        ln D and ln D*.
    b : array_like of float
        Exponent far beyond D*, above 0.
    sharpness : array_like of float
        s, above 0; 1 is the theory's form, large s a kink.

    Returns
    -------
    ndarray of float, of the shape to which the arguments broadcast

    Notes
    -----
    With s = 1 this is S = 1 − K/N of the growth law (Zhang & Sui 2024) with D* = bN/c.

    Examples
    --------
    >>> crossover(0.0, 0.0, 1.0)
    np.float64(0.5)
    """
    s = np.asarray(sharpness, dtype=np.float64)
    z = s * (np.asarray(x, dtype=np.float64) - np.asarray(x_star, dtype=np.float64))
    # The larger half of ln(1 + e^z) is taken out, so that nothing overflows.
    softplus = np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))
    return np.asarray(np.exp(-(np.asarray(b) / s) * softplus))[()]


def steepest_shift(b: ArrayLike, sharpness: ArrayLike = 1.0) -> FloatArray:
    """Return ln(D/D*) where the curve falls fastest in ln D: ln(s/b)/s (derived).

    For s = 1 that is D = D*/b = N/c.
    """
    s = np.asarray(sharpness, dtype=np.float64)
    return np.asarray(np.log(s / np.asarray(b)) / s)[()]


def drop_shift(share: float, b: ArrayLike, sharpness: ArrayLike = 1.0) -> FloatArray:
    """Return ln(D/D*) where this share of the drop has happened (derived).

    That is ln((1 − share)^(−s/b) − 1)/s.

    Examples
    --------
    >>> round(float(np.exp(drop_shift(0.5, 1.0))), 6)
    1.0
    """
    s = np.asarray(sharpness, dtype=np.float64)
    power = -(s / np.asarray(b)) * math.log1p(-share)
    # ln(e^p − 1) as p + ln(1 − e^−p): e^p may be beyond all numbers.
    return np.asarray((power + np.log(-np.expm1(-power))) / s)[()]


def width_in_decades(b: ArrayLike, sharpness: ArrayLike = 1.0) -> FloatArray:
    """Return how many decades of D the drop takes from 10 % to 90 %.

    Examples
    --------
    >>> width_in_decades([0.3, 1.0]).round(2)
    array([3.71, 1.91])
    """
    ends = drop_shift(0.9, b, sharpness) - drop_shift(0.1, b, sharpness)
    return np.asarray(ends / math.log(10))[()]
