"""The exponent by which the theory's crossover falls along its way."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activstats.errors import DomainError

FloatArray = NDArray[np.float64]


def crossover_exponent(d: ArrayLike, *, b: float, d_star: float) -> FloatArray:
    """Return the local exponent of the theory's crossover, b·u/(1 + u) with u = D/D* (derived).

    Parameters
    ----------
    d : array_like of float
        Sizes D, in samples.
    b : float
        Exponent far beyond D*, above 0.
    d_star : float
        Scale D* = bN/c, in samples, above 0.

    Returns
    -------
    ndarray of float, of the shape of `d`

    Raises
    ------
    DomainError
        If b or D* is not above 0.

    Examples
    --------
    >>> crossover_exponent([100, 300, 1e9], b=0.4, d_star=100).round(2)
    array([0.2, 0.3, 0.4])
    """
    for name, value in (("b", b), ("d_star", d_star)):
        if not 0 < value < math.inf:
            raise DomainError(f"{name} must be a number above 0.", got=value)
    sizes = np.asarray(d, dtype=np.float64)
    return np.asarray(b * sizes / (sizes + d_star))


class Crossover(NamedTuple):
    """The theory's crossover of given constants."""

    b: float
    d_star: float

    def exponent(self, d: FloatArray) -> FloatArray:
        """Return b·u/(1 + u) at sizes D."""
        return crossover_exponent(d, b=self.b, d_star=self.d_star)

    def slope(self, x: FloatArray, pull: FloatArray) -> float:
        """Return the exponent of the line through ln S at a few sizes x = ln D.

        `pull` says how much each of them moves the slope of the line, shape (k,).
        """
        # ln S = −b ln(1 + u), without overflow of u.
        return float(self.b * (pull @ np.logaddexp(0.0, x - math.log(self.d_star))))


def crossover_of(b: float | None, d_star: float | None) -> Crossover | None:
    """Return the crossover of these constants, or None where neither is given."""
    if b is None and d_star is None:
        return None
    if b is None or d_star is None:
        raise DomainError("the theory's exponent needs both b and d_star.", got=f"{b}, {d_star}")
    crossover_exponent(1.0, b=b, d_star=d_star)  # refuses constants that make no sense
    return Crossover(b, d_star)
