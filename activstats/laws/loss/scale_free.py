"""The best curve without a scale: flat, a line in ln D, or a power law with a floor."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc

from activstats.laws.loss.cells import Cells, gather
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.noise import expected, own_weights
from activstats.laws.loss.projection import directions

FloatArray = NDArray[np.float64]

# Parameters of the family: floor, slope, exponent.
N_PARAMS = 3
# Exponents; 0 is the line. A coarse grid would inflate the size of the test.
_BETAS = np.concatenate([[0.0], np.geomspace(0.005, 4.0, 400)])
# Rounds in which weights follow the fitted losses.
_ROUNDS = 2


@dataclass(frozen=True, eq=False)
class NullFit:
    """The best curve without scale, and its whole family.

    Parameters
    ----------
    cells : Cells
        The losses under the weights that the curve gives.
    weights : ndarray of float, shape (m,)
        Of each run.
    directions : ndarray of float, shape (q, n)
        What each exponent adds to the floor, in weighted space.
    curve : ndarray of float, shape (n,)
        Fitted losses.
    rss, total : float
        Weighted sum of squares over the runs, about the curve and about 0.
    beta : float
        Best exponent; 0 for the line, nan for a flat curve.
    falls : float
        p-value of the F test that the loss is flat.
    """

    cells: Cells
    weights: FloatArray
    directions: FloatArray
    curve: FloatArray
    rss: float
    total: float
    beta: float
    falls: float

    @property
    def variance(self) -> float:
        """Variance of a run of weight 1."""
        return self.rss / (self.cells.n_runs - N_PARAMS)


def fitted_null(curve: LossCurve, kept: FloatArray, *, proportional: bool) -> NullFit:
    """Return the best curve without scale.

    Parameters
    ----------
    curve : LossCurve
    kept : ndarray of float, shape (m,)
        Share of its weight that each run keeps.
    proportional : bool
        Whether weights are 1/L̂², in two rounds.
    """
    own = own_weights(curve) * kept
    place = np.searchsorted(curve.sizes, curve.d)
    fitted = gather(curve, own).mean
    for _ in range(1 + _ROUNDS * proportional):
        variance = np.square(expected(curve, fitted[place])) if proportional else 1.0
        weights = own / variance
        cells = gather(curve, weights)
        columns = _scale_free(cells.x)
        basis = directions(columns[:, None], cells)[:, 0]
        left = cells.above_floor
        shares = basis @ left
        best = int(np.argmax(shares))
        share = max(float(shares[best]), 0.0)
        floor = np.average(cells.mean, weights=cells.weight)
        fitted = floor + share * basis[best] / cells.root
    rss = max(float(left @ left) - share**2, 0.0) + cells.pure_error
    falls = _falls(share**2, rss, curve.n_runs - N_PARAMS)
    total = float(cells.weight @ np.square(cells.mean)) + cells.pure_error
    beta = float(_BETAS[best]) if share else math.nan
    return NullFit(cells, weights, basis, fitted, rss, total, beta, falls)


def _falls(explained: float, rss: float, df: int) -> float:
    if explained <= 0:
        return 1.0
    return float(fdtrc(2, df, explained / 2 / (rss / df))) if rss > 0 else 0.0


def _scale_free(x: FloatArray) -> FloatArray:
    """Return columns e^(−beta x), shape (q, n); a falling line for beta = 0."""
    fall = x - x[0]
    columns = np.exp(-_BETAS[:, None] * fall)
    columns[0] = -fall
    return np.asarray(columns)
