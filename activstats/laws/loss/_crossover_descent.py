"""Compiled Levenberg–Marquardt for crossovers: projected residuals with their exact derivatives.

The same walk as `descent`, for the shapes that the transition test meets thousands of times.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from activstats.compiled import compiled

FloatArray = NDArray[np.float64]

# Kinds of crossover: s = 1, s free, and b = s.
SMOOTH, SHARP, LOGISTIC = 0, 1, 2

_MOST_STEPS = 60
_GAIN, _STEP = 1e-9, 1e-7
_DAMPING, _LEAST_DAMPING, _MOST_DAMPING = 1e-3, 1e-12, 1e8
_RIDGE = 1e-13
_COLLINEAR = 1e-9


@compiled
def descend_crossovers(
    x: FloatArray,
    root: FloatArray,
    centred: FloatArray,
    start: FloatArray,
    fixed: NDArray[np.bool_],
    low: FloatArray,
    high: FloatArray,
    kind: int,
) -> tuple[FloatArray, FloatArray]:
    """Walk downhill from each start, shape (q, p); return shapes and their sums of squares.

    `root` are square roots of the weights, `centred` the means times them less their floor; `fixed`
    says which coordinates stay, shape (p,).
    """
    q, p = start.shape
    found, squares = np.empty((q, p)), np.empty(q)
    # Rows: column, residuals, then derivatives; of the present shape and of the one tried.
    here, there = np.empty((2 + p, x.size)), np.empty((2 + p, x.size))
    theta, tried = np.empty(p), np.empty(p)
    for row in range(q):
        for j in range(p):
            theta[j] = min(max(start[row, j], low[j]), high[j])
        rss = _look(x, root, centred, theta, kind, here)
        damping = _DAMPING
        for _ in range(_MOST_STEPS):
            moved = _step(here, theta, tried, damping, fixed, low, high)
            sum_tried = _look(x, root, centred, tried, kind, there)
            gain = rss - sum_tried
            if gain >= 0:
                here, there = there, here
                theta, tried = tried, theta
                rss = sum_tried
                damping = max(damping * 0.2, _LEAST_DAMPING)
            else:
                damping *= 5.0
            if 0 <= gain <= _GAIN * rss or moved < _STEP or damping > _MOST_DAMPING:
                break
        squares[row] = rss
        for j in range(p):
            found[row, j] = theta[j]
    return found, squares


@compiled
def _look(
    x: FloatArray,
    root: FloatArray,
    centred: FloatArray,
    theta: FloatArray,
    kind: int,
    rows: FloatArray,
) -> float:
    """Fill in residuals and their derivatives by θ (Kaufman 1975); return the sum of squares."""
    n, p = x.size, theta.size
    b = math.exp(theta[1])
    s = 1.0 if kind == SMOOTH else b if kind == LOGISTIC else math.exp(theta[2])
    for i in range(n):
        z = s * (x[i] - theta[0])
        softplus = max(z, 0.0) + math.log1p(math.exp(-abs(z)))
        sigmoid = math.exp(z - softplus)
        log_g = -b / s * softplus
        g = math.exp(log_g) * root[i]
        rows[0, i] = g
        rows[2, i] = g * b * sigmoid
        rows[3, i] = -g * sigmoid * z if kind == LOGISTIC else g * log_g
        if kind == SHARP:
            rows[4, i] = g * (-log_g - b / s * sigmoid * z)
    size = math.sqrt(_dot(rows[0], rows[0]))
    _take_out(rows[0], root, 1 / _dot(root, root))
    length = math.sqrt(_dot(rows[0], rows[0]))
    share = 0.0
    if length > _COLLINEAR * size:
        for i in range(n):
            rows[0, i] /= length
        share = max(_dot(rows[0], centred), 0.0)
    for i in range(n):
        rows[1, i] = centred[i] - share * rows[0, i]
    for j in range(2, 2 + p):
        _take_out(rows[j], root, 1 / _dot(root, root))
        _take_out(rows[j], rows[0], 1.0)
        for i in range(n):
            rows[j, i] *= -share / length if share > 0 else 0.0
    return _dot(rows[1], rows[1])


@compiled
def _step(
    rows: FloatArray,
    theta: FloatArray,
    there: FloatArray,
    damping: float,
    fixed: NDArray[np.bool_],
    low: FloatArray,
    high: FloatArray,
) -> float:
    """Fill in the shape after a damped Gauss–Newton step; return the longest move."""
    p = theta.size
    bend, downhill = np.empty((p, p)), np.empty(p)
    largest = 1e-300
    for j in range(p):
        downhill[j] = -_dot(rows[2 + j], rows[1])
        for k in range(p):
            bend[j, k] = _dot(rows[2 + j], rows[2 + k])
        largest = max(largest, bend[j, j])
    for j in range(p):
        at_low, at_high = theta[j] <= low[j], theta[j] >= high[j]
        if fixed[j] or (at_low and downhill[j] < 0) or (at_high and downhill[j] > 0):
            downhill[j] = 0.0
            for k in range(p):
                bend[j, k] = bend[k, j] = 0.0
            bend[j, j] = 1.0
        else:
            bend[j, j] += damping * bend[j, j] + _RIDGE * largest
    _solve(bend, downhill)
    moved = 0.0
    for j in range(p):
        there[j] = min(max(theta[j] + downhill[j], low[j]), high[j])
        moved = max(moved, abs(there[j] - theta[j]))
    return moved


@compiled
def _solve(matrix: FloatArray, right: FloatArray) -> None:
    """Solve a small positive definite system by elimination, in place."""
    p = right.size
    for j in range(p):
        for k in range(j + 1, p):
            factor = matrix[k, j] / matrix[j, j]
            for i in range(j, p):
                matrix[k, i] -= factor * matrix[j, i]
            right[k] -= factor * right[j]
    for j in range(p - 1, -1, -1):
        for i in range(j + 1, p):
            right[j] -= matrix[j, i] * right[i]
        right[j] /= matrix[j, j]


@compiled
def _dot(left: FloatArray, right: FloatArray) -> float:
    total = 0.0
    for i in range(left.size):
        total += left[i] * right[i]
    return total


@compiled
def _take_out(row: FloatArray, other: FloatArray, factor: float) -> None:
    """Subtract from a row its share of another, whose squared length is 1/factor."""
    share = factor * _dot(row, other)
    for i in range(row.size):
        row[i] -= share * other[i]
