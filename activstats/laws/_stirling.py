"""The series that ratios of gamma functions are made of, alike for single numbers and arrays."""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Numbers = TypeVar("Numbers", float, NDArray[np.float64])

# Beyond this argument five terms of Stirling's series are exact to a double's last digit.
STIRLING_FROM = 16
HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)
# Below this ratio (1+u) ln(1+u) − u cancels, and `entropy_series` takes its place.
SERIES_BELOW = 0.05
# B_2k / (2k (2k - 1)) for k = 1..5, the coefficients of z^-1, z^-3, …, z^-9.
_C1, _C3, _C5, _C7, _C9 = 1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188
_SERIES = tuple(1 / (j * (j - 1)) for j in range(14, 1, -1))


def remainder(z: Numbers) -> Numbers:
    """Return μ(z) = ln Γ(z) − (z − ½) ln z + z − ½ ln 2π.

    Parameters
    ----------
    z : float or ndarray of float
        From 16 on.
    """
    inverse = 1 / z
    square = inverse * inverse
    return inverse * (_C1 + square * (_C3 + square * (_C5 + square * (_C7 + square * _C9))))


def remainder_step(z: Numbers, s: Numbers) -> Numbers:
    """Return μ(z + s) − μ(z) without cancellation.

    Parameters
    ----------
    z, s : float or ndarray of float
        z from 16 on, s not negative.

    Notes
    -----
    With a = 1/z and c = 1/(z+s) the difference of their odd powers is c − a = −s·a·c times the sum
    h of all products of their even powers in between, h_2k = c^2k + a·c^(2k−1) + … + a^2k, which
    follow from each other by h_2k+2 = c^2k (c² + a·c) + a² h_2k.
    """
    a, c = 1 / z, 1 / (z + s)
    mixed, near, far = a * c, a * a, c * c
    new = far + mixed
    second = new + near
    fourth = far * new + near * second
    sixth = far * far * new + near * fourth
    eighth = far * far * far * new + near * sixth
    series = _C1 + _C3 * second + _C5 * fourth + _C7 * sixth + _C9 * eighth
    return -s * mixed * series


def entropy_series(u: Numbers) -> Numbers:
    """Return (1+u) ln(1+u) − u as Σ (−u)^j / (j (j−1)) from j = 2.

    Parameters
    ----------
    u : float or ndarray of float
        From 0 to .05.
    """
    last, before, *others = _SERIES
    series = before - u * last
    for coefficient in others:
        series = coefficient - u * series
    return series * u * u
