"""Is there a transition? Likelihood ratio against curves without a scale, by bootstrap.

A power law with a floor is curved in ln D and has no scale, so bending is no evidence: the null
hypothesis is the whole family without scale, and the p-value comes from curves drawn from it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.families import CROSSOVER
from activstats.laws.loss.projection import directions
from activstats.laws.loss.replicates import draws
from activstats.laws.loss.rivals import rivals
from activstats.laws.loss.scale_free import fitted_null

FloatArray = NDArray[np.float64]

# Products in one matrix multiplication: few enough that it stays in the cache and in one thread,
# for starting more threads would cost more than the multiplication.
_PRODUCTS = 250_000
# Sums of squares below this share of the total are rounding.
_ROUNDING = 1e-13


@dataclass(frozen=True)
class Existence:
    """The test of the scale-free family against the crossover.

    Parameters
    ----------
    pvalue : float
        (1 + replicates with a statistic as large) / (B + 1).
    statistic : float
        T = m ln(RSS0/RSS1).
    beta : float
        Exponent of the best curve without scale; 0 for the line, nan for a flat one.
    falls : float
        p-value of the F test that the loss is flat, against the best curve without scale.
    """

    pvalue: float
    statistic: float
    beta: float
    falls: float


def existence(
    curve: LossCurve,
    kept: FloatArray,
    *,
    proportional: bool,
    n_boot: int,
    bootstrap: str,
    rng: np.random.Generator,
) -> Existence:
    """Test whether a curve has a scale.

    Parameters
    ----------
    curve : LossCurve
        Of at least five sizes, not constant.
    kept : ndarray of float, shape (m,)
        Share of its weight that each run keeps, 1 unless outliers are weighed down.
    proportional : bool
        Whether noise is proportional to the expected loss.
    n_boot : int
        Replicates, B; 0 leaves the p-value nan.
    bootstrap : {"parametric", "wild"}
        Replicates from the fitted curve without scale with Gaussian noise; or with the residuals
        themselves, their signs drawn anew (Wu 1986), which needs no equal variances.
    rng : Generator

    Returns
    -------
    Existence
    """
    null = fitted_null(curve, kept, proportional=proportional)
    cells, total = null.cells, null.total
    # The statistic of the data is taken on the same shapes as that of the replicates.
    columns = CROSSOVER.columns(cells.x, rivals(null, null.variance))
    bases = (null.directions, directions(columns, cells)[:, 0])
    target = cells.above_floor[:, None]
    floor = _ROUNDING * total
    statistic = float(_statistics(bases, target, cells.pure_error, curve.n_runs, floor)[0])
    exceeding = 0
    if n_boot:
        drawn = draws(curve, null, n_boot, bootstrap, rng)
        replicated = _statistics(bases, *drawn, curve.n_runs, floor)
        exceeding = int((replicated >= statistic - 1e-9).sum())
    pvalue = (1 + exceeding) / (n_boot + 1) if n_boot else math.nan
    return Existence(pvalue, statistic, null.beta, null.falls)


def _statistics(
    bases: tuple[FloatArray, FloatArray],
    means: FloatArray,
    apart: FloatArray | float,
    n_runs: int,
    floor: float,
) -> FloatArray:
    """Return m ln(RSS0/RSS1) for each column of weighted means without floor, shape (n, B)."""
    totals = np.einsum("nb,nb->b", means, means) + apart
    without, with_scale = (_explained(basis, means) for basis in bases)
    # The alternative holds the null: a crossover whose D* lies far below all sizes is a power law.
    with_scale = np.maximum(with_scale, without)
    rss0, rss1 = (np.maximum(totals - part, floor) for part in (without, with_scale))
    return np.asarray(n_runs * np.log(rss0 / rss1))


def _explained(basis: FloatArray, means: FloatArray) -> FloatArray:
    """Return the largest sum of squares that one falling direction explains, shape (B,)."""
    rows = max(1, int(_PRODUCTS / means.size))
    most = np.zeros(means.shape[1])
    for first in range(0, len(basis), rows):
        np.maximum(most, (basis[first : first + rows] @ means).max(axis=0), out=most)
    return np.square(most)
