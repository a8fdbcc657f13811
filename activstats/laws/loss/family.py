"""What a family of curves is to a search: coordinates of its shape, and columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Coordinate:
    """One of the numbers θ that fix a shape, as the search moves along it.

    Parameters
    ----------
    name : str
        Of the parameter.
    grid : callable
        From x, shape (n,), to the ascending values that are tried first; the ends bound the search.
    logarithmic : bool
        Whether the coordinate is the natural logarithm of the parameter.
    runs_on : bool
        Whether beyond the upper end of the search the other coordinates go on to change, while the
        curve hardly does: so that where this one is held up there, their intervals are open.
    """

    name: str
    grid: Callable[[FloatArray], FloatArray]
    logarithmic: bool = True
    runs_on: bool = False

    def natural(self, value: ArrayLike) -> FloatArray:
        """Return the parameter itself."""
        array = np.asarray(value, dtype=np.float64)
        return np.exp(array) if self.logarithmic else array


@dataclass(frozen=True)
class Family:
    """A family of curves.

    Parameters
    ----------
    name : str
        In words.
    coordinates : tuple of Coordinate
        The p numbers θ of the shape.
    columns : callable
        From x, shape (n,), and θ, shape (q, p), to the columns, shape (q, k, n).
    slopes : tuple of str
        Name of each column's slope; k of them.
    floor : bool
        Whether a constant is added, with name ``loss_opt``.
    falling : bool
        Whether slopes below 0 count as 0; only for a single column.
    crossover : int, optional
        Kind of crossover, for those that have a compiled way downhill.
    """

    name: str
    coordinates: tuple[Coordinate, ...]
    columns: Callable[[FloatArray, FloatArray], FloatArray]
    slopes: tuple[str, ...]
    floor: bool = True
    falling: bool = True
    crossover: int | None = None

    @property
    def n_params(self) -> int:
        """Parameters of the curve: shape, slopes and floor."""
        return len(self.coordinates) + len(self.slopes) + self.floor


def grid_of(family: Family, x: FloatArray) -> FloatArray:
    """Return the points θ that are tried first, shape (q, p), the last coordinate fastest."""
    axes = [coordinate.grid(x) for coordinate in family.coordinates]
    if not axes:
        return np.empty((1, 0))
    return np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)


def bounds_of(family: Family, x: FloatArray) -> FloatArray:
    """Return the lower and upper ends of the search, shape (2, p)."""
    axes = [coordinate.grid(x) for coordinate in family.coordinates]
    return np.array([[axis[0] for axis in axes], [axis[-1] for axis in axes]])
