"""The exponent of counts between 1 and the end of their body, for thousands of histograms at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from activstats.laws._bounded_support import FloatArray, IntArray, Support

_STEPS = 60
_TOLERANCE = 1e-9
_STEEPEST = 60.0
_LEAST_CELLS = 3


def middles(cells: Support) -> FloatArray:
    """Return the middle of each cell of a support."""
    return np.asarray((cells.starts[:-1] + cells.starts[1:] - 1) / 2, dtype=np.float64)


def body_end(n_samples: int, beta: FloatArray) -> FloatArray:
    """Return the last count of the body, half of the law's cutoff D / (A − b)."""
    half = np.floor(n_samples / (2 * beta))
    return np.minimum(half, n_samples // 2)


def body_exponents(cells: Support, held: FloatArray, ends: FloatArray) -> FloatArray:
    """Return the exponent of k^−alpha on 1 … end for each histogram over the cells of 1 … D.

    Parameters
    ----------
    cells : Support
        Counts 1 … D.
    held : ndarray of float, shape (m, n_cells)
        Neurons in each cell.
    ends : ndarray of float, shape (m,)
        Last count of each body; cells that reach beyond it are left out.

    Returns
    -------
    ndarray of float, shape (m,)
    """
    inside = cells_within(cells, ends)
    most = int(inside.max())
    log_k = np.log(middles(cells)[:most])
    kept = np.arange(most) < inside[:, None]
    neurons = held[:, :most] * kept
    with np.errstate(invalid="ignore"):
        seen = (neurons * log_k).sum(axis=1) / neurons.sum(axis=1)
    # Neighbours in a cell differ so little that their middle stands for them.
    width = np.where(kept, np.log(cells.lengths[:most]), -math.inf)
    return _solved(width, log_k, seen)


def _solved(width: FloatArray, log_k: FloatArray, seen: FloatArray) -> FloatArray:
    """Return alpha such that the mean of ln k under the law is what was seen, by Newton's method."""
    alpha = np.full(seen.size, 0.5)
    for _ in range(_STEPS):
        exponent = width - alpha[:, None] * log_k
        masses = np.exp(exponent - exponent.max(axis=1, keepdims=True))
        masses /= masses.sum(axis=1, keepdims=True)
        mean = (masses * log_k).sum(axis=1)
        spread = (masses * log_k**2).sum(axis=1) - mean**2
        with np.errstate(invalid="ignore", divide="ignore"):
            step = np.clip((mean - seen) / spread, -1, 1)
        alpha = np.clip(alpha + step, -_STEEPEST, _STEEPEST)
        if not np.any(np.abs(step) > _TOLERANCE):
            break
    return alpha


def cells_within(cells: Support, ends: FloatArray) -> IntArray:
    """Return how many cells lie wholly within 1 … end, but never fewer than three."""
    found = np.searchsorted(cells.starts[1:] - 1, ends, side="right")
    return np.maximum(found, min(_LEAST_CELLS, cells.lengths.size))
