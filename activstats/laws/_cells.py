"""Cells of counts, on which many layers drawn from one law are worked on at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, polygamma

from activstats.laws._count_terms import log_probability
from activstats.laws._gamma import log_double_ratio

if TYPE_CHECKING:
    from activstats.laws._gamma import FloatArray
    from activstats.laws.histogram import Histogram

# With so few samples every possible count is a cell of its own.
_FEW = 4096
# Width of a cell in the logit of k/D: at most this much, and this part of the law's own spread.
_WIDTH = 0.004
_PART_OF_SPREAD = 1 / 16
# Cells reach so many spreads to either side of the mean; what lies beyond is one cell.
_SPREADS = 40.0


@dataclass(frozen=True)
class Cells:
    """Counts 0 … D cut into cells of neighbours; 0 and D stand alone.

    Parameters
    ----------
    starts : ndarray of int64, shape (u,)
        First count of each cell, ascending from 0.
    n_samples : int
        Samples seen, D.
    """

    starts: NDArray[np.int64]
    n_samples: int

    @cached_property
    def sizes(self) -> FloatArray:
        """Counts in each cell."""
        return np.diff(self.starts, append=self.n_samples + 1).astype(np.float64)

    @cached_property
    def middles(self) -> FloatArray:
        """Mean count of each cell."""
        return np.asarray(self.starts + (self.sizes - 1) / 2)

    def gather(self, counts: Histogram) -> FloatArray:
        """Return the number of neurons in each cell, shape (u,)."""
        place = np.searchsorted(self.starts, counts.values, side="right") - 1
        sums = np.bincount(place, weights=counts.weights, minlength=self.starts.size)
        return np.asarray(sums, dtype=np.float64)

    def probabilities(self, b: float, odds: float, dead_share: float = 0.0) -> FloatArray:
        """Return the probability of each cell under the law, shape (u,)."""
        log_p = log_probability(self.middles, self.n_samples, b, odds)
        return np.asarray(self.normalised(log_p[None, :], np.array([dead_share]))[0])

    def normalised(self, log_p: FloatArray, dead_share: FloatArray) -> FloatArray:
        """Return probabilities of cells from log probabilities at their middles, row by row."""
        p = np.exp(log_p - log_p.max(axis=1, keepdims=True)) * self.sizes
        p *= ((1 - dead_share) / p.sum(axis=1))[:, None]
        p[:, 0] += dead_share
        return np.asarray(p)

    def seen(self, grid: NDArray[np.int64]) -> FloatArray:
        """Return the chance that d random samples hold an activation, shape (u, len(grid))."""
        k, d = np.broadcast_arrays(self.middles[:, None], grid.astype(np.float64))
        left = self.n_samples - k - d
        possible = left >= 0
        ratio = log_double_ratio(np.where(possible, left, 0.0) + 1, k, d)
        return np.asarray(np.where(possible, -np.expm1(ratio), 1.0))


def cells_for(n_samples: int, b: float, odds: float) -> Cells:
    """Return the cells that suit counts of a law: narrow where it is narrow."""
    if n_samples < _FEW:
        return Cells(np.arange(n_samples + 1), n_samples)
    mean = odds / (1 + odds)
    spread = math.sqrt(_rate_variance(b, odds) + 1 / (n_samples * mean * (1 - mean)))
    width = min(_WIDTH, _PART_OF_SPREAD * spread)
    centre, farthest = math.log(odds), math.log(n_samples)
    low, high = (
        max(centre - _SPREADS * spread, -farthest),
        min(centre + _SPREADS * spread, farthest),
    )
    cuts = np.ceil(n_samples * expit(np.arange(low, high + width, width))).astype(np.int64)
    ends = [0, 1, n_samples]
    return Cells(np.unique(np.concatenate([ends, cuts[cuts <= n_samples]])), n_samples)


def _rate_variance(b: float, odds: float) -> float:
    """Return the variance of the logit of a Beta rate."""
    if math.isinf(b):
        return 0.0
    return float(polygamma(1, b) + polygamma(1, b / odds))
