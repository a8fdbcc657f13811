"""Runs of one size gathered: their mean, their precision, and how far they lie apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from activstats.laws.loss.curve import LossCurve

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cells:
    """A curve as a weighted least-squares problem, one cell for each size.

    Parameters
    ----------
    x : ndarray of float, shape (n,)
        ln D, ascending.
    mean : ndarray of float, shape (n,)
        Weighted mean of the losses of each size.
    weight : ndarray of float, shape (n,)
        Precision of each mean: the sum of its runs' weights.
    pure_error : float
        Σ weight · (loss − mean of its size)², over all runs.
    n_runs : int
        Runs, m.

    Notes
    -----
    For any curve the sum of squares over the runs is that over the means plus the pure error, so
    nothing is lost by gathering.
    """

    x: FloatArray
    mean: FloatArray
    weight: FloatArray
    pure_error: float = 0.0
    n_runs: int = 0

    @property
    def n_sizes(self) -> int:
        """Sizes, n."""
        return int(self.x.size)

    @cached_property
    def root(self) -> FloatArray:
        """Square roots of the weights, shape (n,): by them the cells enter weighted space."""
        return np.asarray(np.sqrt(self.weight))

    @cached_property
    def in_weighted_space(self) -> FloatArray:
        """Means in weighted space, shape (n,)."""
        return np.asarray(self.root * self.mean)

    @cached_property
    def above_floor(self) -> FloatArray:
        """Means less their weighted mean, in weighted space, shape (n,)."""
        return np.asarray(self.root * (self.mean - np.average(self.mean, weights=self.weight)))


def gather(curve: LossCurve, weights: FloatArray) -> Cells:
    """Return the cells of a curve.

    Parameters
    ----------
    curve : LossCurve
    weights : ndarray of float, shape (m,)
        Precision of each run, up to a factor.

    Returns
    -------
    Cells
    """
    sizes, place = np.unique(curve.d, return_inverse=True)
    total = np.asarray(np.bincount(place, weights), dtype=np.float64)
    # Taken relative to the first run of a size: means of equal losses are then those losses.
    first = curve.loss[np.searchsorted(curve.d, sizes)]
    mean = first + np.bincount(place, weights * (curve.loss - first[place])) / total
    apart = float(weights @ np.square(curve.loss - mean[place]))
    return Cells(np.log(sizes), mean, total, apart, curve.n_runs)
