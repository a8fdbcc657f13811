"""Intervals from the profile of the sum of squares, open where the search ends first."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri

from activstats.laws.loss.cells import Cells
from activstats.laws.loss.descent import descend
from activstats.laws.loss.family import Family, bounds_of
from activstats.laws.loss.family_fit import FamilyFit

FloatArray = NDArray[np.float64]

# Values of a coordinate at which the profile is taken first, then within each bracket, and how often.
_FIRST, _WITHIN, _ROUNDS = 25, 5, 2
# A coordinate this close to an end of the search is at it.
_AT_END = 1e-6


def profile(
    family: Family, cells: Cells, index: int, values: FloatArray, starts: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the least sum of squares with one coordinate held at each of several values.

    Parameters
    ----------
    family : Family
    cells : Cells
    index : int
        The coordinate.
    values : ndarray of float, shape (q,)
    starts : ndarray of float, shape (q, p)
        Shapes from which the other coordinates set out.

    Returns
    -------
    theta : ndarray of float, shape (q, p)
    rss : ndarray of float, shape (q,)
        Over the means of the sizes, without pure error.
    """
    held = starts.copy()
    held[:, index] = values
    return descend(family, cells, held, fixed=(index,))


def profile_interval(fit: FamilyFit, name: str, level: float) -> tuple[float, float]:
    """Return the interval of a coordinate, in natural units, that an F test accepts.

    Parameters
    ----------
    fit : FamilyFit
    name : str
        Of the coordinate.
    level : float
        Confidence level, 0 < level < 1.

    Returns
    -------
    low, high : float
        Ends of {θ: RSS(θ) ≤ RSS_min [1 + F(1, df; level)/df]}. Where the set reaches an end of the
        search, or is stopped by another coordinate's, it is open: that end is 0 (−∞ for a
        coordinate that is no logarithm) or ∞. Without degrees of freedom both are.

    Notes
    -----
    Bates & Watts 1988, Nonlinear Regression Analysis, ch. 6.
    """
    names = [coordinate.name for coordinate in fit.family.coordinates]
    index = names.index(name)
    coordinate = fit.family.coordinates[index]
    ends = _ends(fit, index, level) if fit.df > 0 else (-math.inf, math.inf)
    low, high = (float(coordinate.natural(end)) for end in ends)
    return low, high


def _ends(fit: FamilyFit, index: int, level: float) -> tuple[float, float]:
    cells = fit.cells
    threshold = fit.rss * (1 + float(fdtri(1, fit.df, level)) / fit.df) - cells.pure_error
    values, starts = _first(fit, index)
    theta, rss = _profile_from(fit.family, cells, index, values, starts)
    inside = np.flatnonzero((rss <= threshold) | (values == fit.shape.theta[index]))
    ends = []
    for side, last in ((-1, inside[0]), (1, inside[-1])):
        if not 0 <= last + side < values.size:
            ends.append(side * math.inf)
            continue
        pair = [last, last + side]
        bracket = (values[pair], theta[pair], rss[pair])
        end, inside_it = _crossing(fit, index, bracket, threshold)
        ends.append(side * math.inf if _held_up(fit, index, inside_it) else end)
    return ends[0], ends[1]


def _held_up(fit: FamilyFit, index: int, theta: FloatArray) -> bool:
    """Return whether a shape is accepted with another coordinate held up at its upper end."""
    at_end = bounds_of(fit.family, fit.cells.x)[1] - theta < _AT_END
    others = enumerate(fit.family.coordinates)
    return any(at_end[i] and other.runs_on for i, other in others if i != index)


def _first(fit: FamilyFit, index: int) -> tuple[FloatArray, FloatArray]:
    """Return values of the coordinate and, for each, shapes to start from, shape (q, t, p)."""
    family, cells, best = fit.family, fit.cells, fit.shape.theta
    axes = [coordinate.grid(cells.x) for coordinate in family.coordinates]
    grid, at_points = fit.landscape
    squares = at_points.reshape([axis.size for axis in axes])
    by_value = np.moveaxis(squares, index, 0).reshape(axes[index].size, -1)
    places = np.moveaxis(np.arange(len(grid)).reshape(squares.shape), index, 0)
    nearest = places.reshape(by_value.shape)[np.arange(len(by_value)), by_value.argmin(axis=1)]
    thinned = nearest[np.unique(np.linspace(0, nearest.size - 1, _FIRST).round().astype(int))]
    values = np.append(grid[thinned, index], best[index])
    near = np.vstack([grid[thinned], best])
    starts = near[:, None]
    if len(axes) > 2:  # these grids are coarse
        starts = np.stack([near, np.broadcast_to(best, near.shape)], axis=1)
    order = np.argsort(values, kind="stable")
    return values[order], starts[order]


def _profile_from(
    family: Family, cells: Cells, index: int, values: FloatArray, starts: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the profile from the better of several starts each, shape (q, t, p)."""
    q, t, p = starts.shape
    theta, rss = profile(family, cells, index, np.repeat(values, t), starts.reshape(-1, p))
    best = np.argmin(rss.reshape(q, t), axis=1)
    rows = np.arange(q)
    return theta.reshape(q, t, p)[rows, best], rss.reshape(q, t)[rows, best]


def _crossing(
    fit: FamilyFit,
    index: int,
    bracket: tuple[FloatArray, FloatArray, FloatArray],
    threshold: float,
) -> tuple[float, FloatArray]:
    """Return where the profile rises through the threshold, and the last shape that it accepts.

    The bracket has values, shapes and heights of a point that is accepted and one that is not.
    """
    values, theta, rss = bracket
    share = np.linspace(0, 1, _WITHIN + 2)
    for _ in range(_ROUNDS):
        inner = share[1:-1, None]
        between = values[0] + inner[:, 0] * (values[1] - values[0])
        starts = theta[0] + inner * (theta[1] - theta[0])
        shapes, heights = profile(fit.family, fit.cells, index, between, starts)
        places = np.concatenate([values[:1], between, values[1:]])
        shapes = np.concatenate([theta[:1], shapes, theta[1:]])
        heights = np.concatenate([rss[:1], heights, rss[1:]])
        below = np.flatnonzero(heights[:-1] <= threshold)
        last = int(below[-1]) if below.size else 0
        ends = slice(last, last + 2)
        values, theta, rss = places[ends], shapes[ends], heights[ends]
    # Roots of the rise above the minimum are nearly straight lines.
    roots = np.sqrt(np.maximum(np.append(rss, threshold) - fit.shape.rss, 0))
    part = (roots[2] - roots[0]) / (roots[1] - roots[0]) if roots[1] > roots[0] else 0.0
    return float(values[0] + np.clip(part, 0, 1) * (values[1] - values[0])), theta[0]
