"""The logarithm of Γ(z + s) / Γ(z) for many z, without the digits that differences lose."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from activstats.laws._gamma import FloatArray
from activstats.laws._stirling import STIRLING_FROM, remainder


def log_gamma_step(z: FloatArray, s: float) -> FloatArray:
    """Return ln Γ(z + s) − ln Γ(z).

    Parameters
    ----------
    z : ndarray of float, shape (m,)
        Positive.
    s : float
        Above −z.

    Returns
    -------
    ndarray of float, shape (m,)
        As large as s·ln z and right to a few units of its last digit.

    Notes
    -----
    Stirling's formula for both with the large terms combined by hand (derived); below 16, where
    it is not exact, both are small enough to subtract.

    Examples
    --------
    >>> log_gamma_step(np.array([3.0, 1e9]), 2.0).round(6)
    array([ 2.484907, 41.446532])
    """
    far = (z >= STIRLING_FROM) & (z + s >= STIRLING_FROM)
    result = np.empty_like(z)
    near = z[~far]
    result[~far] = gammaln(near + s) - gammaln(near)
    w = z[far]
    leading = (w - 0.5) * np.log1p(s / w) + s * (np.log(w + s) - 1)
    result[far] = leading + remainder(w + s) - remainder(w)
    return result
