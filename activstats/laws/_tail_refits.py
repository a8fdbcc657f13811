"""Replicates of a tail: arranged, or drawn, and fitted anew, compiled.

Whole numbers are drawn as histograms by NumPy and come here as counts. Continuous replicates are
drawn here as they are needed, in ascending order: sums of exponential spacings (Rényi 1953) make
sorted uniform numbers, and sorted draws of a power law after taking logarithms.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from activstats.compiled import compiled
from activstats.laws._tail_points import FloatArray, points_of_counts, points_of_logs
from activstats.laws._tail_scan import Search, best_fit, write_fit

IntArray = NDArray[np.int64]


@compiled
def arranged(
    values: FloatArray, counts: IntArray, beyond: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return distinct values and multiplicities of a histogram row and sorted draws beyond it."""
    size = values.shape[0] + beyond.shape[0]
    distinct, multiplicities = np.empty(size), np.empty(size)
    n = 0
    for i in range(values.shape[0]):
        if counts[i] > 0:
            distinct[n], multiplicities[n] = values[i], counts[i]
            n += 1
    for k in range(beyond.shape[0]):
        if k > 0 and beyond[k] == beyond[k - 1]:
            multiplicities[n - 1] += 1.0
        else:
            distinct[n], multiplicities[n] = beyond[k], 1.0
            n += 1
    return distinct[:n], multiplicities[:n]


@compiled
def refit_counts(
    values: FloatArray,
    counts: IntArray,
    beyond: FloatArray,
    ends: IntArray,
    integers: bool,  # noqa: FBT001  (compiled code takes no keywords)
    candidates: FloatArray,
    search: Search,
    xmin: float,
    enough: float,
) -> FloatArray:
    """Fit every row of `counts`, shape (r, m), with its part of `beyond`, which ends at `ends`."""
    rows = counts.shape[0]
    fits = np.empty((rows, 4))
    start = 0
    for row in range(rows):
        distinct, multiplicities = arranged(values, counts[row], beyond[start : ends[row]])
        start = ends[row]
        points = points_of_counts(distinct, multiplicities, integers)
        write_fit(best_fit(points, candidates, search, xmin, enough), fits, row)
    return fits


@compiled
def draw_logs(
    generator: np.random.Generator,
    body: FloatArray,
    n_body: int,
    n_tail: int,
    log_xmin: float,
    rate: float,
    logs: FloatArray,
    multiplicities: FloatArray,
) -> int:
    """Draw with replacement from a sorted body, and from the law above; return distinct draws."""
    n, total = 0, 0.0
    for i in range(n_body):
        total += generator.standard_exponential()
        logs[i] = total
    if n_body > 0:
        total += generator.standard_exponential()
    for i in range(n_body):
        # logs[n - 1] has been read already: n never overtakes i.
        drawn = body[min(int(logs[i] / total * body.shape[0]), body.shape[0] - 1)]
        if n > 0 and logs[n - 1] == drawn:
            multiplicities[n - 1] += 1.0
        else:
            logs[n], multiplicities[n] = drawn, 1.0
            n += 1
    at = log_xmin
    for i in range(n_tail):
        at += generator.standard_exponential() / (rate * (n_tail - i))
        if n > 0 and logs[n - 1] == at:
            multiplicities[n - 1] += 1.0
        else:
            logs[n], multiplicities[n] = at, 1.0
            n += 1
    return n


@compiled
def refit_logs(
    generator: np.random.Generator,
    body: FloatArray,
    n_bodies: IntArray,
    n: int,
    candidates: FloatArray,
    search: Search,
    log_xmin: float,
    rate: float,
    enough: float,
) -> FloatArray:
    """Draw and fit replicates of n numbers, of which `n_bodies`, shape (r,), come from the body."""
    rows = n_bodies.shape[0]
    fits = np.empty((rows, 4))
    logs, multiplicities = np.empty(n), np.empty(n)
    for row in range(rows):
        n_body = n_bodies[row]
        size = draw_logs(generator, body, n_body, n - n_body, log_xmin, rate, logs, multiplicities)
        points = points_of_logs(logs[:size], multiplicities[:size])
        write_fit(best_fit(points, candidates, search, log_xmin, enough), fits, row)
    return fits
