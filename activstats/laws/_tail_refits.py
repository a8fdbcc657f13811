"""Replicates of a tail: arranged, or drawn, and fitted anew, by compiled functions.

Whole numbers are drawn as histograms by NumPy and come here as counts. Continuous replicates are made
here, in ascending order: sums of exponential spacings (Rényi 1953) make sorted uniform numbers, and
sorted draws of a power law after taking logarithms.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from activstats.compiled import kernel
from activstats.laws._tail_points import (
    ABOVE,
    COLUMNS,
    FloatArray,
    IntArray,
    X,
    arrange_counts,
    arrange_logs,
)
from activstats.laws._tail_scan import best_fits, no_fits, work_memory
from activstats.laws.tail_fit import Search

# Points that are fitted before the next are arranged: as many as stay near the processor.
_NEAR = 8192


def refit_counts(
    values: FloatArray,
    counts: IntArray,
    beyond: FloatArray,
    ends: IntArray,
    search: Search,
    hint: float,
    enough: float,
    *,
    integers: bool,
) -> FloatArray:
    """Fit every row of `counts`, shape (r, m), with its part of `beyond`, which ends at `ends`."""
    ends = np.concatenate([[0], ends])
    size = max(values.size + int(np.diff(ends).max()), 1) << integers
    fits, memory, hint = no_fits(len(counts)), work_memory(discrete=True), _hinted(search, hint)
    for rows, points, begins in _parts(len(counts), size):
        parts = ends[rows.start : rows.stop + 1]
        arrange_counts(values, counts[rows], beyond, parts, integers, points, begins)
        best_fits(points, begins, *search, hint, enough, *memory, fits[rows])
    return fits


def refit_logs(
    generator: np.random.Generator,
    body: FloatArray,
    n_bodies: IntArray,
    n: int,
    search: Search,
    log_xmin: float,
    rate: float,
    enough: float,
) -> FloatArray:
    """Draw and fit replicates of n numbers, of which `n_bodies`, shape (r,), come from the body."""
    starts = np.concatenate([[0], np.cumsum(n + (n_bodies > 0))])
    spacings = generator.standard_exponential(int(starts[-1]))
    fits, memory = no_fits(n_bodies.size), work_memory(discrete=False)
    hint = _hinted(search, log_xmin)
    for rows, points, begins in _parts(n_bodies.size, n):
        draw_logs(spacings, starts[rows], body, n_bodies[rows], log_xmin, rate, points)
        arrange_logs(points, begins)
        best_fits(points, begins, *search, hint, enough, *memory, fits[rows])
    return fits


def _hinted(search: Search, hint: float) -> float:
    """Return the candidate to try first: the first given one that is not below the hint."""
    candidates = search[0]
    if not candidates.size:
        return hint
    at = int(np.searchsorted(candidates, hint))
    return float(candidates[at]) if at < candidates.size else math.inf


def _parts(rows: int, size: int) -> Iterator[tuple[slice, FloatArray, IntArray]]:
    """Return some rows after the other, and memory for their points and where those begin."""
    at_once = max(min(_NEAR // size, rows), 1)
    points, begins = np.empty((at_once * size, COLUMNS)), np.empty(at_once, dtype=np.int64)
    for start in range(0, rows, at_once):
        n = min(at_once, rows - start)
        yield slice(start, start + n), points[: n * size], begins[:n]


@kernel
def draw_logs(
    spacings: FloatArray,
    starts: IntArray,
    body: FloatArray,
    n_bodies: IntArray,
    log_xmin: float,
    rate: float,
    points: FloatArray,
) -> None:
    """Draw with replacement from a sorted body, and from the law above."""
    n = points.shape[0] // n_bodies.shape[0]
    for sample in range(n_bodies.shape[0]):
        n_body, start, first = n_bodies[sample], starts[sample], sample * n
        total = 0.0
        for i in range(n_body):
            total += spacings[start + i]
            points[first + i, X] = total
        if n_body > 0:
            total += spacings[start + n_body]
            start += 1
        at = log_xmin
        for i in range(n):
            if i < n_body:
                place = int(points[first + i, X] / total * body.shape[0])
                points[first + i, X] = body[place if place < body.shape[0] else body.shape[0] - 1]
            else:
                at += spacings[start + i] / (rate * (n - i))
                points[first + i, X] = at
            points[first + i, ABOVE] = 1.0
