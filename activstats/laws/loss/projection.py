"""Weighted least squares with the linear parameters projected out.

Golub & Pereyra 1973 (SIAM J. Numer. Anal. 10, 413): for a fixed shape θ the loss levels follow by
linear regression, so the search runs over θ alone; first on a grid, then from its best points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from activstats.laws.loss.cells import Cells
from activstats.laws.loss.family import Family

FloatArray = NDArray[np.float64]

# A column shorter than this share of itself once the others are taken out adds nothing to them.
_COLLINEAR = 1e-9


@dataclass(frozen=True, eq=False)
class Shape:
    """Best curve of a family.

    Parameters
    ----------
    theta : ndarray of float, shape (p,)
        Coordinates of the shape.
    linear : ndarray of float, shape (floor + k,)
        Floor, if the family has one, then slopes.
    curve : ndarray of float, shape (n,)
        Fitted loss at each size.
    rss : float
        Weighted sum of squares over the means of the sizes, without pure error.
    """

    theta: FloatArray
    linear: FloatArray
    curve: FloatArray
    rss: float


def directions(columns: FloatArray, cells: Cells, *, floor: bool = True) -> FloatArray:
    """Return orthonormal directions, in weighted space, that columns add to the floor.

    Parameters
    ----------
    columns : ndarray of float, shape (q, k, n)
    cells : Cells
    floor : bool
        Whether a constant is part of the fit.

    Returns
    -------
    ndarray of float, shape (q, k, n)
        A direction is 0 where its column adds nothing.
    """
    found = columns * cells.root
    size = np.sqrt(np.einsum("qkn,qkn->qk", found, found))
    if floor:
        unit = cells.root / np.sqrt(cells.weight.sum())
        found -= (found @ unit)[..., None] * unit
    for k in range(found.shape[1]):
        for before in range(k):
            shared = np.einsum("qn,qn->q", found[:, k], found[:, before])
            found[:, k] -= shared[:, None] * found[:, before]
        length = np.sqrt(np.einsum("qn,qn->q", found[:, k], found[:, k]))
        adds = length > _COLLINEAR * size[:, k]
        found[:, k] *= np.where(adds, 1 / np.where(adds, length, 1), 0)[:, None]
    return found


def residue(cells: Cells, *, floor: bool = True) -> FloatArray:
    """Return the means in weighted space without their floor, shape (n,)."""
    return cells.above_floor if floor else cells.in_weighted_space


def sums_of_squares(family: Family, cells: Cells, theta: FloatArray) -> FloatArray:
    """Return the weighted sum of squares for each of many shapes.

    Parameters
    ----------
    family : Family
    cells : Cells
    theta : ndarray of float, shape (q, p)

    Returns
    -------
    ndarray of float, shape (q,)
        Over the means of the sizes, without pure error.
    """
    found = directions(family.columns(cells.x, theta), cells, floor=family.floor)
    left = residue(cells, floor=family.floor)
    shares = found @ left
    if family.falling:
        shares = np.maximum(shares, 0)
    explained = np.einsum("qk,qk->q", shares, shares)
    return np.asarray(np.maximum(left @ left - explained, 0.0))


def solve(family: Family, cells: Cells, theta: FloatArray) -> Shape:
    """Return the curve of one shape with its best loss levels.

    Parameters
    ----------
    family : Family
    cells : Cells
    theta : ndarray of float, shape (p,)
    """
    columns = family.columns(cells.x, theta[None])[0]
    design = np.vstack([np.ones((int(family.floor), cells.x.size)), columns])
    linear = _least_squares(design * cells.root, cells.in_weighted_space)
    if family.falling and linear[-1] < 0:
        linear = np.zeros(len(design))
        linear[:-1] = np.average(cells.mean, weights=cells.weight)
    curve = linear @ design if len(design) else np.zeros(cells.x.size)
    return Shape(theta, linear, curve, float(cells.weight @ np.square(cells.mean - curve)))


def _least_squares(rows: FloatArray, y: FloatArray) -> FloatArray:
    """Return coefficients of the rows; each is scaled, so that no unit hides another."""
    scale = np.sqrt(np.einsum("kn,kn->k", rows, rows))
    scale[scale == 0] = 1.0
    return np.asarray(np.linalg.lstsq((rows / scale[:, None]).T, y, rcond=None)[0] / scale)
