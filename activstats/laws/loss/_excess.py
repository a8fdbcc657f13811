"""The excess of the loss over its floor at each size, and how precisely it is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from activstats.laws.loss.family_fit import FamilyFit

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Excess:
    """Excess losses with what their errors are made of.

    Parameters
    ----------
    x : ndarray of float, shape (n,)
        ln D.
    excess : ndarray of float, shape (n,)
        Mean loss of each size less the floor.
    variance : ndarray of float, shape (n,)
        Of the means.
    influence : ndarray of float, shape (n,)
        By how much the floor moves with each mean; 0 for a floor that is given.
    floor, floor_se : float
        L_inf, and its standard error where it does not come from these losses.
    df : int
        Degrees of freedom behind the variance.
    """

    x: FloatArray
    excess: FloatArray
    variance: FloatArray
    influence: FloatArray
    floor: float
    floor_se: float
    df: int

    @property
    def se(self) -> FloatArray:
        """Standard error of each excess, shape (n,)."""
        of_floor = float(self.variance @ np.square(self.influence)) + self.floor_se**2
        square = self.variance * (1 - 2 * self.influence) + of_floor
        return np.sqrt(np.maximum(square, 0.0))

    def lost(self, level: float) -> NDArray[np.bool_]:
        """Return which sizes have an excess that is not told from 0, shape (n,)."""
        return np.asarray(self.excess <= self.quantile(level) * self.se)

    def quantile(self, level: float) -> float:
        """Return Student's t for an interval of this level."""
        return float(stdtrit(self.df, (1 + level) / 2))


def excess_above(
    scatter: FamilyFit, floor: float, *, influence: FloatArray | None = None, floor_se: float = 0.0
) -> Excess:
    """Return the excess losses of a curve over a floor.

    Parameters
    ----------
    scatter : FamilyFit
        Of the curve about which the runs scatter.
    floor : float
    influence : ndarray of float, shape (n,), optional
        Of each mean on the floor.
    floor_se : float
        Standard error of a floor that was given.
    """
    cells = scatter.cells
    moved = np.zeros(cells.n_sizes) if influence is None else influence
    variance = scatter.variance / cells.weight
    return Excess(cells.x, cells.mean - floor, variance, moved, floor, floor_se, scatter.df)


def floor_influence(fit: FamilyFit) -> FloatArray:
    """Return ∂L_inf/∂ȳ, shape (n,): how the fitted floor follows the mean loss of each size."""
    root = np.sqrt(fit.cells.weight)
    scaled = fit.jacobian(fit.cells.x) * root
    length = np.sqrt(np.einsum("pn,pn->p", scaled, scaled))
    length[length == 0] = 1.0
    inverse = np.linalg.pinv((scaled / length[:, None]).T)
    row = len(fit.family.coordinates)
    return np.asarray(inverse[row] / length[row] * root)
