"""How far the law's curve is from the data: the effect size to look at before any p-value."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from activstats.laws._fitted_curve import FittedCurve
from activstats.laws._nodes import condensed
from activstats.laws.curves import expected_activated_equal_rates
from activstats.laws.rarefaction import rarefied

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from activstats.laws._gamma import FloatArray
    from activstats.laws.histogram import Histogram

# Points of the grid; between two of them, 7 % apart at most over 4 decades, no curve turns.
_GRID_POINTS = 96


@dataclass(frozen=True)
class Misfits:
    """Largest distance between the rarefied curve and three laws, as a share of all neurons.

    Parameters
    ----------
    exact, mean_field, equal_rates : float
        sup over D of |K_rarefied − K_law| / N.
    """

    exact: float
    mean_field: float
    equal_rates: float


def log_grid(n_samples: int, points: int = _GRID_POINTS) -> NDArray[np.int64]:
    """Return distinct whole numbers from 1 to `n_samples`, evenly spread in the logarithm.

    Examples
    --------
    >>> log_grid(100, points=5)
    array([  1,   3,  10,  32, 100])
    """
    return np.unique(np.geomspace(1, n_samples, points).round().astype(np.int64))


def misfits(counts: Histogram, b: float, n_live: float | None = None) -> Misfits:
    """Return how far three laws with the measured c are from the rarefied curve.

    Parameters
    ----------
    counts : Histogram
        Counts of one layer.
    b : float
        Constant of the exact and the mean-field law; nan leaves these two undefined.
    n_live : float, optional
        Neurons that could fire under these two, where it is another number than all.
    """
    n, c = counts.n_neurons, counts.c
    if not 0 < c < n:
        return Misfits(math.nan, math.nan, math.nan)
    grid = log_grid(counts.n_samples)
    measured = rarefied(*condensed(counts), counts.n_samples, grid.astype(np.float64))

    def distance(curve: FloatArray) -> float:
        return float(np.max(np.abs(measured - curve)) / n)

    equal = distance(expected_activated_equal_rates(grid, n_neurons=n, c=c))
    if math.isnan(b):
        return Misfits(math.nan, math.nan, equal)
    live = FittedCurve(n if n_live is None else n_live, b, c)
    exact = distance(live.expected(grid))
    mean_field = distance(dataclasses.replace(live, law="mean-field").expected(grid))
    return Misfits(exact, mean_field, equal)
