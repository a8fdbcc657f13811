"""Ratios of gamma functions that keep their digits where differences of `gammaln` lose them.

Two quantities carry every law of this package: the double ratio behind the exact growth law and
behind rarefaction, and the rising factorial behind the likelihoods. Both are written as sums of
terms that are small when the result is small.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

FloatArray = NDArray[np.float64]

# Beyond this argument five terms of Stirling's series are exact to a double's last digit.
STIRLING_FROM = 16
# B_2k / (2k (2k - 1)) for k = 1..5, the coefficients of z^-1, z^-3, …, z^-9.
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188)
_HALF_LOG_TWO_PI = 0.5 * np.log(2 * np.pi)
# Below this ratio the closed form of `_entropy_excess` cancels and its series takes over.
_SERIES_BELOW = 0.05
_SERIES_TERMS = 14


def log_double_ratio(base: ArrayLike, s: ArrayLike, t: ArrayLike) -> FloatArray:
    """Return ln[Γ(base+s) Γ(base+t) / (Γ(base) Γ(base+s+t))], accurate relative to itself.

    Parameters
    ----------
    base : array_like of float
        Positive.
    s, t : array_like of float
        Not negative; they broadcast with `base`.

    Returns
    -------
    ndarray of float
        Never positive: ln Γ is convex.

    Notes
    -----
    The recurrence of Γ moves a small `base` to 16 and beyond; every factor it takes out is below
    one. There Stirling's formula is used with its leading terms combined by hand, so that only
    logarithms of 1 + something remain (derived here; checked against 50-digit arithmetic).

    Examples
    --------
    >>> bool(np.isclose(log_double_ratio(1.0, 1.0, 1.0), np.log(1 / 2), rtol=1e-14))
    True
    """
    base, s, t = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (base, s, t)))
    flat = base.ravel()
    lesser, greater = np.minimum(s, t).ravel(), np.maximum(s, t).ravel()
    small = flat < STIRLING_FROM
    result = _double_ratio_stirling(flat + STIRLING_FROM * small, lesser, greater)
    if np.any(small):
        result[small] += _recurrence(flat[small], lesser[small], greater[small])
    return result.reshape(base.shape)


def _double_ratio_stirling(base: FloatArray, s: FloatArray, t: FloatArray) -> FloatArray:
    whole = base + s + t
    leading = (base - 0.5) * np.log1p(s / base * (t / whole))
    leading -= t * np.log1p(s / (base + t)) + s * np.log1p(t / (base + s))
    return leading + _remainder_step(base, s) - _remainder_step(base + t, s)


def _recurrence(base: FloatArray, s: FloatArray, t: FloatArray) -> FloatArray:
    z = base[:, None] + np.arange(STIRLING_FROM)
    s, t = s[:, None], t[:, None]
    # ln[z (z+s+t) / ((z+s)(z+t))]: near zero as one logarithm, near -inf as two.
    share = s / (z + s) * (t / (z + t))
    near = np.log1p(-np.minimum(share, 0.5))
    far = np.log1p(s / (z + t)) - np.log1p(s / z)
    return np.asarray(np.where(share < 0.5, near, far).sum(axis=1))


def _remainder_step(z: FloatArray, s: FloatArray) -> FloatArray:
    """Return μ(z+s) − μ(z), with μ the remainder of Stirling's formula, without cancellation."""
    step = np.log1p(s / z)
    inverse = 1 / z
    square = inverse * inverse
    total = np.zeros_like(z)
    for k, coefficient in enumerate(_STIRLING):
        total += coefficient * inverse * np.expm1(-(2 * k + 1) * step)
        inverse = inverse * square
    return total


def log_rising_excess(phi: float, k: ArrayLike) -> FloatArray:
    """Return Σ ln(1 + phi·j) over j = 0 … k−1, the rising factorial (1/phi)_k over (1/phi)^k.

    Parameters
    ----------
    phi : float
        Not negative; 0 gives 0.
    k : array_like of int or float
        Number of factors, not negative.

    Returns
    -------
    ndarray of float
        Of the shape of `k`.

    Examples
    --------
    >>> log_rising_excess(0.5, [0, 1, 2, 3]).round(6)
    array([0.      , 0.      , 0.405465, 1.098612])
    """
    k = np.asarray(k, dtype=np.float64)
    if phi == 0:
        return np.zeros_like(k)
    z = 1 / phi
    if z < STIRLING_FROM:
        return np.asarray(_log_gamma(z + k) - gammaln(z) - k * np.log(z))
    ratio = k * phi
    log_ratio = np.log1p(ratio)
    remainder = _remainder(z + k) - _remainder(np.float64(z))
    return np.asarray(z * _entropy_excess(ratio, log_ratio) - 0.5 * log_ratio + remainder)


def _log_gamma(z: FloatArray) -> FloatArray:
    """Return ln Γ(z), ten times as fast as `gammaln` where Stirling's formula is exact."""
    result = (z - 0.5) * np.log(z) - z + _HALF_LOG_TWO_PI + _remainder(z)
    return np.asarray(np.where(z < STIRLING_FROM, gammaln(np.minimum(z, STIRLING_FROM)), result))


def _remainder(z: FloatArray | np.float64) -> FloatArray:
    inverse = 1 / z
    square = inverse * inverse
    total = np.zeros_like(inverse)
    for coefficient in reversed(_STIRLING):
        total = total * square + coefficient
    return np.asarray(total * inverse)


def _entropy_excess(u: FloatArray, log1p_u: FloatArray) -> FloatArray:
    """Return (1+u) ln(1+u) − u for u ≥ 0; its series is Σ (−u)^j / (j (j−1)) from j = 2."""
    result = np.asarray((1 + u) * log1p_u - u)
    small = u < _SERIES_BELOW
    if np.any(small):
        x = u[small]
        series = np.zeros_like(x)
        for j in range(_SERIES_TERMS, 1, -1):
            series = 1 / (j * (j - 1)) - x * series
        result[small] = series * x * x
    return result
