"""The best curve of a family: a grid of shapes, then downhill from its best points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from activstats.laws.loss.cells import Cells
from activstats.laws.loss.descent import descend
from activstats.laws.loss.family import Family, bounds_of, grid_of
from activstats.laws.loss.projection import Shape, solve, sums_of_squares

FloatArray = NDArray[np.float64]

# Starts lie farther apart than this share of the range of some coordinate.
_APART = 0.12
# Points of the grid among which they are looked for.
_LOOKED_AT = 200


def best_shape(
    family: Family, cells: Cells, *, starts: int = 4, grid: FloatArray | None = None
) -> Shape:
    """Return the best curve of a family.

    Parameters
    ----------
    family : Family
    cells : Cells
    starts : int
        Points of the grid, best first and apart from each other, from which the search sets out.
    grid : ndarray of float, shape (q, p), optional
        Points tried first; those of the family if left out.

    Returns
    -------
    Shape
    """
    grid = grid_of(family, cells.x) if grid is None else grid
    if not family.coordinates:
        return solve(family, cells, grid[0])
    squares = sums_of_squares(family, cells, grid)
    chosen = apart(grid, squares, bounds_of(family, cells.x), starts)
    return downhill(family, cells, grid[chosen])


def downhill(family: Family, cells: Cells, starts: FloatArray) -> Shape:
    """Return the best curve reached from some shapes, shape (q, p)."""
    theta, rss = descend(family, cells, starts)
    return solve(family, cells, theta[int(np.argmin(rss))])


def apart(grid: FloatArray, squares: FloatArray, bounds: FloatArray, starts: int) -> list[int]:
    """Return the best points of the grid that are no neighbours."""
    left = np.argsort(squares)[:_LOOKED_AT]
    scaled = grid / np.maximum(bounds[1] - bounds[0], 1e-12)
    chosen: list[int] = []
    while left.size and len(chosen) < starts:
        best = left[0]
        chosen.append(int(best))
        left = left[(np.abs(scaled[left] - scaled[best]) > _APART).any(axis=1)]
    return chosen
