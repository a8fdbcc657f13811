"""Levenberg–Marquardt on the projected residuals of many shapes at once.

One call polishes every start of a fit, or every point of a profile: the shapes are rows of arrays,
and each step costs a handful of array operations whatever their number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from activstats.laws.loss._crossover_descent import descend_crossovers
from activstats.laws.loss.cells import Cells
from activstats.laws.loss.family import Family, bounds_of
from activstats.laws.loss.projection import directions, residue

FloatArray = NDArray[np.float64]

_MOST_STEPS = 60
# Half-width of the central differences, where truncation and rounding are about equal.
_DIFFERENCE = 1e-5
# Relative gain in the sum of squares, and step, below which a shape has come to rest.
_GAIN, _STEP = 1e-14, 1e-9
_DAMPING, _LEAST_DAMPING, _MOST_DAMPING = 1e-3, 1e-12, 1e8
_RIDGE = 1e-13


def residuals(family: Family, cells: Cells, theta: FloatArray) -> FloatArray:
    """Return what is left of the means in weighted space, shape (q, n), for shapes (q, p)."""
    found = directions(family.columns(cells.x, theta), cells, floor=family.floor)
    left = residue(cells, floor=family.floor)
    shares = found @ left
    if family.falling:
        shares = np.maximum(shares, 0)
    return np.asarray(left - (shares[:, None] @ found)[:, 0])


def descend(
    family: Family, cells: Cells, start: FloatArray, fixed: tuple[int, ...] = ()
) -> tuple[FloatArray, FloatArray]:
    """Walk downhill from each start until it rests.

    Parameters
    ----------
    family : Family
    cells : Cells
    start : ndarray of float, shape (q, p)
        Shapes, within the bounds of the family.
    fixed : tuple of int
        Coordinates that stay where they are.

    Returns
    -------
    theta : ndarray of float, shape (q, p)
    rss : ndarray of float, shape (q,)
        Weighted sums of squares over the means of the sizes.
    """
    free = np.array([i for i in range(start.shape[1]) if i not in fixed], dtype=int)
    low, high = bounds_of(family, cells.x)
    if family.crossover is not None:
        held = np.array([i in fixed for i in range(start.shape[1])])
        walk = (np.ascontiguousarray(start), held, low, high, family.crossover)
        return descend_crossovers(cells.x, cells.root, cells.above_floor, *walk)
    theta = np.clip(start, low, high)
    left = residuals(family, cells, theta)
    rss = np.einsum("qn,qn->q", left, left)
    damping = np.full(len(theta), _DAMPING)
    moving = np.arange(len(theta)) if free.size else np.arange(0)
    for _ in range(_MOST_STEPS):
        if not moving.size:
            break
        here = theta[moving]
        step = _steps(family, cells, here, left[moving], damping[moving], free, (low, high))
        there = np.clip(here + step, low, high)
        tried = residuals(family, cells, there)
        squares = np.einsum("qn,qn->q", tried, tried)
        better = squares <= rss[moving]
        gain = rss[moving] - squares
        rests = (better & (gain <= _GAIN * squares)) | (np.abs(there - here).max(1) < _STEP)
        won = moving[better]
        theta[won], left[won], rss[won] = there[better], tried[better], squares[better]
        factor = np.where(better, 0.2, 5.0)
        damping[moving] = np.maximum(damping[moving] * factor, _LEAST_DAMPING)
        moving = moving[~rests & (damping[moving] < _MOST_DAMPING)]
    return theta, rss


def _steps(
    family: Family,
    cells: Cells,
    theta: FloatArray,
    left: FloatArray,
    damping: FloatArray,
    free: NDArray[np.int_],
    bounds: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """Return the damped Gauss–Newton step of each shape, 0 in coordinates that may not move."""
    slopes = _slopes(family, cells, theta, free)
    downhill = -np.einsum("qnf,qn->qf", slopes, left)
    at = theta[:, free]
    stuck = ((at <= bounds[0][free]) & (downhill < 0)) | ((at >= bounds[1][free]) & (downhill > 0))
    slopes *= ~stuck[:, None]
    downhill *= ~stuck
    bend = np.einsum("qnf,qng->qfg", slopes, slopes)
    diagonal = np.einsum("qff->qf", bend)
    ridge = _RIDGE * np.maximum(diagonal.max(axis=1, keepdims=True), 1e-300)
    added = damping[:, None] * diagonal + np.where(stuck, 1.0, ridge)
    bend[:, range(free.size), range(free.size)] += added
    step = np.zeros_like(theta)
    step[:, free] = np.linalg.solve(bend, downhill[..., None])[..., 0]
    return step


def _slopes(family: Family, cells: Cells, theta: FloatArray, free: NDArray[np.int_]) -> FloatArray:
    """Return derivatives of the residuals by the free coordinates, shape (q, n, f)."""
    shifts = np.zeros((2 * free.size, theta.shape[1]))
    shifts[range(free.size), free] = _DIFFERENCE
    shifts[range(free.size, 2 * free.size), free] = -_DIFFERENCE
    around = (theta[:, None] + shifts).reshape(-1, theta.shape[1])
    values = residuals(family, cells, around).reshape(len(theta), 2, free.size, -1)
    return np.asarray((values[:, 0] - values[:, 1]).transpose(0, 2, 1) / (2 * _DIFFERENCE))
