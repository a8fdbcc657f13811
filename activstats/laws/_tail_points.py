"""Samples arranged for the search of their tails, compiled.

All functions work in memory that they are handed: what allocates none compiles faster.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from activstats.compiled import inlined, kernel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Columns of the points where the distance may be largest, ascending in x: x itself, its logarithm, the
# observations there or above, and the sum of their logarithms (UNOBSERVED where x was not). For a
# continuous law x is the logarithm as well. Samples lie one below the other in rows of the same array,
# as many for each; a sample fills its part from the end.
X, LOG_X, ABOVE, LOG_SUM = 0, 1, 2, 3
COLUMNS = 4
UNOBSERVED = -math.inf


@kernel
def arrange_counts(
    values: FloatArray,
    counts: IntArray,
    beyond: FloatArray,
    ends: IntArray,
    integers: bool,  # noqa: FBT001  (compiled code takes no keywords)
    points: FloatArray,
    begins: IntArray,
) -> None:
    """Arrange samples of whole numbers, and say where the points of each begin.

    A sample is a row of `counts`, shape (r, m), of `values`, and its part of the sorted numbers
    `beyond`, which lie above; `ends`, shape (r + 1,), tells where parts end. `integers` adds the
    points next above a number, where no observation is.
    """
    size = points.shape[0] // begins.shape[0]
    for sample in range(begins.shape[0]):
        above, log_sum, x, log_x = 0.0, 0.0, 0.0, 0.0
        at = (sample + 1) * size
        i, k = values.shape[0], ends[sample + 1]
        while i > 0 or k > ends[sample]:
            previous, often = x, 1.0
            if k > ends[sample]:
                k -= 1
                x = beyond[k]
            else:
                i -= 1
                often = counts[sample, i]
                if often == 0.0:
                    continue
                x = values[i]  # type: ignore[assignment]  # an element, not an array
            if x != previous:
                log_x = math.log(x)
                at -= 1
                if integers and x + 1.0 != previous:
                    points[at, X], points[at, LOG_X] = x + 1.0, math.log(x + 1.0)
                    points[at, ABOVE], points[at, LOG_SUM] = above, UNOBSERVED
                    at -= 1
            above += often
            log_sum += often * log_x
            points[at, X], points[at, LOG_X] = x, log_x
            points[at, ABOVE], points[at, LOG_SUM] = above, log_sum
        begins[sample] = at


@kernel
def arrange_logs(points: FloatArray, begins: IntArray) -> None:
    """Arrange samples of logarithms, and say where the points of each begin.

    They are found in column X, ascending, and in ABOVE how often each occurs; equal ones become one.
    """
    size = points.shape[0] // begins.shape[0]
    for sample in range(begins.shape[0]):
        above, log_sum = 0.0, 0.0
        at = (sample + 1) * size
        i = at - 1
        while i >= sample * size:
            log_x, often = points[i, X], points[i, ABOVE]
            i -= 1
            while i >= sample * size and points[i, X] == log_x:
                often += points[i, ABOVE]
                i -= 1
            above += often
            log_sum += often * log_x
            at -= 1
            points[at, X], points[at, LOG_X] = log_x, log_x
            points[at, ABOVE], points[at, LOG_SUM] = above, log_sum
        begins[sample] = at


@inlined
def end_of_starts(points: FloatArray, begin: int, end: int, least_distinct: int) -> int:
    """Return the end of the points with so many distinct observations there or above, or begin."""
    at, distinct = end, 0
    while at > begin:
        at -= 1
        distinct += points[at, LOG_SUM] != UNOBSERVED
        if distinct >= least_distinct:
            return at + 1
    return begin
