"""Ratios of gamma functions that keep their digits where differences of `gammaln` lose them.

Two quantities carry every law of this package: the double ratio behind the exact growth law and
behind rarefaction, and the rising factorial behind the likelihoods. Both are written as sums of
terms that are small when the result is small.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from activstats.laws._stirling import (
    HALF_LOG_TWO_PI,
    SERIES_BELOW,
    STIRLING_FROM,
    entropy_series,
    remainder,
    remainder_step,
)

FloatArray = NDArray[np.float64]

_FACTORS = np.arange(STIRLING_FROM)
# A product of factors above the first is told apart from one by its logarithms alone; one below the
# second may have lost digits on its way to zero.
_NEAR_ONE, _NEAR_ZERO = 0.5, 1e-280


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
    if small.any():
        result[small] += _recurrence(flat[small], lesser[small], greater[small])
    return result.reshape(base.shape)


def _double_ratio_stirling(base: FloatArray, s: FloatArray, t: FloatArray) -> FloatArray:
    whole = base + s + t
    leading = (base - 0.5) * np.log1p(s / base * (t / whole))
    leading -= t * np.log1p(s / (base + t)) + s * np.log1p(t / (base + s))
    return leading + remainder_step(base, s) - remainder_step(base + t, s)


def _recurrence(base: FloatArray, s: FloatArray, t: FloatArray) -> FloatArray:
    """Return the logarithm of the product of z (z+s+t) / ((z+s)(z+t)) over z = base … base + 15."""
    z = base[:, None] + _FACTORS
    s, t = s[:, None], t[:, None]
    to_s, to_t = z + s, z + t
    factors = z / to_s * ((to_s + t) / to_t)
    product = factors.prod(axis=1)
    near, far = product > _NEAR_ONE, product < _NEAR_ZERO
    product[far] = 1.0
    result = np.log(product)
    if near.any():
        share = s[near] / to_s[near] * (t[near] / to_t[near])
        result[near] = np.log1p(-share).sum(axis=1)
    if far.any():
        result[far] = np.log(factors[far]).sum(axis=1)
    return np.asarray(result)


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
    rest = remainder(z + k) - remainder(z)
    return np.asarray(z * _entropy_excess(ratio, log_ratio) - 0.5 * log_ratio + rest)


def _log_gamma(z: FloatArray) -> FloatArray:
    """Return ln Γ(z), ten times as fast as `gammaln` where Stirling's formula is exact."""
    result = np.asarray((z - 0.5) * np.log(z) - z + HALF_LOG_TWO_PI + remainder(z))
    small = z < STIRLING_FROM
    if small.any():
        result[small] = gammaln(z[small])
    return result


def _entropy_excess(u: FloatArray, log1p_u: FloatArray) -> FloatArray:
    """Return (1+u) ln(1+u) − u for u ≥ 0; its series is Σ (−u)^j / (j (j−1)) from j = 2."""
    result = np.asarray((1 + u) * log1p_u - u)
    small = u < SERIES_BELOW
    if small.any():
        result[small] = entropy_series(u[small])
    return result
