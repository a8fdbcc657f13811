"""The highest point of smooth functions of one or two variables, a few evaluations each.

Log-likelihoods of many neurons are sums with rounding errors, so slopes are taken over a good part
of a standard error, where the rise of the function stands far above its noise.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from activstats.laws._gamma import FloatArray

_MOST_ROUNDS = 60
# A last step shorter than this part of the distance between the points changes nothing that counts.
_SHORT = 0.05
# Nor does a rise of the log-likelihood as small as this.
_LITTLE = 1e-6
# Longest step in either variable, both being logarithms.
_LONGEST = 2.0
_GOLDEN = (3 - math.sqrt(5)) / 2
_LEAST_PART = 1e-3


def highest(
    function: Callable[[float], float], start: float, scale: float, reach: float
) -> tuple[float, float]:
    """Return where a function with one peak is highest, and its value there.

    Parameters
    ----------
    function : callable
        Of one variable.
    start : float
        Where to begin.
    scale : float
        Width of the peak, roughly: the standard error.
    reach : float
        How far from the start to look at most.
    """
    left, middle, right = _bracket(function, start, scale, reach)
    steady = False
    for _ in range(_MOST_ROUNDS):
        x = _vertex(left, middle, right)
        # One short step may be the end of a parabola through points far away: two are the top.
        short, new = abs(x - middle[0]) < _SHORT * scale, (x, function(x))
        if short and steady:
            return max(new, middle, key=_height)
        steady = short
        if new[1] > middle[1]:
            left, middle, right = (middle, new, right) if x > middle[0] else (left, new, middle)
        else:
            left, right = (left, new) if x > middle[0] else (new, right)
    return middle


Point = tuple[float, float]


def _height(point: Point) -> float:
    return point[1]


def _bracket(
    function: Callable[[float], float], start: float, scale: float, reach: float
) -> tuple[Point, Point, Point]:
    """Walk uphill with growing steps until a point stands above both its neighbours."""
    middle = (start, function(start))
    ahead = (start + scale, function(start + scale))
    step = scale
    if ahead[1] < middle[1]:
        middle, ahead, step = ahead, middle, -scale
    behind = middle
    middle = ahead
    while abs(middle[0] - start) < reach:
        step *= 2
        x = min(max(middle[0] + step, start - reach), start + reach)
        ahead = (x, function(x))
        if ahead[1] <= middle[1]:
            break
        behind, middle = middle, ahead
    return (behind, middle, ahead) if step > 0 else (ahead, middle, behind)


def _vertex(left: Point, middle: Point, right: Point) -> float:
    """Return the top of the parabola through three points, or a golden section if it is no help."""
    (a, fa), (x, fx), (c, fc) = left, middle, right
    p, q = (x - a) * (fx - fc), (x - c) * (fx - fa)
    if p != q:
        top = x - 0.5 * ((x - a) * p - (x - c) * q) / (p - q)
        if a < top < c:
            return top
    return x + _GOLDEN * (c - x) if c - x > x - a else x - _GOLDEN * (x - a)


def ascend(
    function: Callable[[FloatArray], FloatArray],
    start: FloatArray,
    steps: FloatArray,
    bounds: tuple[FloatArray, FloatArray],
) -> tuple[FloatArray, FloatArray]:
    """Return where functions of two variables are highest, many of them at once, by Newton's steps.

    Parameters
    ----------
    function : callable
        From points, shape (r, 2), one for each function, to their values, shape (r,).
    start : ndarray of float, shape (r, 2)
        Where to begin.
    steps : ndarray of float, shape (2,)
        Distances over which slopes are taken, about a third of a standard error.
    bounds : pair of ndarray of float, shape (2,)
        Lowest and highest values of both variables.

    Returns
    -------
    points : ndarray of float, shape (r, 2)
    values : ndarray of float, shape (r,)
    """
    points = np.clip(start, *bounds)
    values, part = function(points), np.ones(len(points))
    for _ in range(_MOST_ROUNDS):
        move = _newton(function, points, values, steps)
        trial = np.clip(points + part[:, None] * move, *bounds)
        tried = function(trial)
        better = tried > values
        moved = np.max(np.abs(trial - points) / steps, axis=1)
        done = (moved < _SHORT) | (part < _LEAST_PART) | (better & (tried - values < _LITTLE))
        points = np.where(better[:, None], trial, points)
        values = np.where(better, tried, values)
        part = np.where(better, np.minimum(1.0, 3 * part), part / 4)
        if np.all(done):
            break
    return points, values


def _newton(
    function: Callable[[FloatArray], FloatArray],
    points: FloatArray,
    values: FloatArray,
    steps: FloatArray,
) -> FloatArray:
    first, second = np.array([steps[0], 0.0]), np.array([0.0, steps[1]])
    right, left = function(points + first), function(points - first)
    up, down = function(points + second), function(points - second)
    corners = function(points + first + second) + function(points - first - second)
    slopes = np.stack([right - left, up - down]) / 2
    bends = np.stack([right + left, up + down]) - 2 * values
    # Both corners hold the sum of all second differences, the mixed one twice.
    mixed = (corners - 2 * values - bends[0] - bends[1]) / 2
    concave = (bends[0] < 0) & (bends[0] * bends[1] > mixed**2)
    mixed = np.where(concave, mixed, 0.0)
    safe = np.where(concave, bends, -np.maximum(np.abs(bends), np.abs(slopes) * steps[:, None]))
    safe = np.where(safe < 0, safe, -1.0)
    determinant = safe[0] * safe[1] - mixed**2
    move = np.stack(
        [mixed * slopes[1] - safe[1] * slopes[0], mixed * slopes[0] - safe[0] * slopes[1]]
    )
    return np.asarray(np.clip((move / determinant).T * steps, -_LONGEST, _LONGEST))
