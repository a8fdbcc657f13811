"""A sample arranged for the search of its tail, compiled."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from activstats.compiled import compiled

FloatArray = NDArray[np.float64]

# Rows of the points where the distance may be largest, ascending in x: x itself, its logarithm, the
# observations there or above, and the sum of their logarithms (nan where x was not observed). For a
# continuous law x is the logarithm as well. One array for all: compiled code counts the references to
# every array at every call, which would cost more than the rest.
X, LOG_X, ABOVE, LOG_SUM = 0, 1, 2, 3


@compiled
def points_of_counts(
    values: FloatArray,
    multiplicities: FloatArray,
    integers: bool,  # noqa: FBT001  (compiled code takes no keywords)
) -> FloatArray:
    """Arrange whole numbers; `integers` adds the points next above, where no observation is."""
    n = values.shape[0]
    size = n
    if integers:
        for i in range(n):
            size += i == n - 1 or values[i + 1] != values[i] + 1.0
    points = np.empty((4, size))
    above, log_sum, at = 0.0, 0.0, size - 1
    for i in range(n - 1, -1, -1):
        if integers and (i == n - 1 or values[i + 1] != values[i] + 1.0):
            points[X, at], points[LOG_X, at] = values[i] + 1.0, math.log(values[i] + 1.0)
            points[ABOVE, at], points[LOG_SUM, at] = above, math.nan
            at -= 1
        log_x = math.log(values[i])
        above += multiplicities[i]
        log_sum += multiplicities[i] * log_x
        points[X, at], points[LOG_X, at] = values[i], log_x
        points[ABOVE, at], points[LOG_SUM, at] = above, log_sum
        at -= 1
    return points


@compiled
def points_of_logs(logs: FloatArray, multiplicities: FloatArray) -> FloatArray:
    """Arrange logarithms of numbers."""
    points = np.empty((4, logs.shape[0]))
    above, log_sum = 0.0, 0.0
    for i in range(logs.shape[0] - 1, -1, -1):
        above += multiplicities[i]
        log_sum += multiplicities[i] * logs[i]
        points[X, i], points[LOG_X, i] = logs[i], logs[i]
        points[ABOVE, i], points[LOG_SUM, i] = above, log_sum
    return points


@compiled
def first_from(values: FloatArray, q: float) -> int:
    """Return the index of the first value that is not below q."""
    low, high = 0, values.shape[0]
    while low < high:
        middle = (low + high) >> 1
        if values[middle] < q:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def end_of_starts(points: FloatArray, least_distinct: int) -> int:
    """Return the index after the last point with so many distinct observations there or above."""
    distinct = 0
    for at in range(points.shape[1] - 1, -1, -1):
        distinct += not math.isnan(points[LOG_SUM, at])
        if distinct >= least_distinct:
            return at + 1
    return 0
