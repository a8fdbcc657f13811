"""The power laws that an F test accepts, and how far they let a quantity range.

With the exponent held, floor and excess enter linearly, and the sum of squares is a parabola in any
quantity v that is linear in them: its ends are v̂(beta) ± √((threshold − RSS(beta)) · var v / σ²), and
the interval runs over all exponents that are accepted. That is the profile interval of v (Bates &
Watts 1988, Nonlinear Regression Analysis, ch. 6), taken exactly and without a second search.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri

from activstats.laws.loss.family import bounds_of
from activstats.laws.loss.family_fit import FamilyFit

FloatArray = NDArray[np.float64]

# Exponents between the ends of their interval.
_EXPONENTS = 241
# A column shorter than this share of itself, once its mean is taken out, is constant.
_CONSTANT = 1e-9


@dataclass(frozen=True, eq=False)
class Region:
    """Accepted power laws, one row for each exponent.

    Parameters
    ----------
    beta : ndarray of float, shape (q,)
        Exponents.
    level, excess : ndarray of float, shape (q,)
        Best mean loss, and best excess loss at the smallest size.
    centre : ndarray of float, shape (q,)
        Weighted mean of the column e^(−beta (x − x₀)); floor = level − excess · centre.
    spread : ndarray of float, shape (q,)
        Weighted sum of squares of the column about its mean.
    slack : ndarray of float, shape (q,)
        How far the sum of squares may still rise.
    weight : float
        Sum of all weights.
    """

    beta: FloatArray
    level: FloatArray
    excess: FloatArray
    centre: FloatArray
    spread: FloatArray
    slack: FloatArray
    weight: float

    def ends(
        self, floor: float, excess: FloatArray, extra: FloatArray | float = 0.0
    ) -> tuple[FloatArray, FloatArray]:
        """Return the least and the largest value of floor · L_inf + excess · (excess loss).

        Parameters
        ----------
        floor : float
            Factor of L_inf.
        excess : ndarray of float, shape (q, k)
            Factor of the excess at the smallest size, for each exponent and each of k quantities.
        extra : ndarray of float, shape (k,), or float
            Variance over σ² of noise that comes on top.

        Returns
        -------
        low, high : ndarray of float, shape (k,)
        """
        with np.errstate(over="ignore", invalid="ignore"):
            of_excess = excess - floor * self.centre[:, None]
            value = floor * self.level[:, None] + of_excess * self.excess[:, None]
            variance = floor**2 / self.weight + of_excess**2 / self.spread[:, None] + extra
            half = np.sqrt(self.slack[:, None] * variance)
            low, high = value - half, value + half
        known = np.isfinite(half) & np.isfinite(value)
        return (
            np.where(known, low, -math.inf).min(axis=0),
            np.where(known, high, math.inf).max(axis=0),
        )


def region(fit: FamilyFit, beta: tuple[float, float], level: float) -> Region:
    """Return the power laws that an F test accepts.

    Parameters
    ----------
    fit : FamilyFit
        Of the power law with floor.
    beta : pair of float
        The profile interval of the exponent at this level; ends may be open.
    level : float
        Confidence level.
    """
    cells, best = fit.cells, fit.shape.theta[0]
    theta = np.append(_between(beta, bounds_of(fit.family, cells.x)[:, 0]), best)
    columns = fit.family.columns(cells.x, theta[:, None])[:, 0]
    total = float(cells.weight.sum())
    centre = columns @ cells.weight / total
    apart = columns - centre[:, None]
    spread = np.square(apart) @ cells.weight
    varies = spread > np.square(_CONSTANT * columns) @ cells.weight
    mean = float(cells.weight @ cells.mean) / total
    left = cells.mean - mean
    excess = (apart @ (cells.weight * left)) / np.where(varies, spread, 1.0)
    rss = np.square(left - excess[:, None] * apart) @ cells.weight
    slack = _threshold(fit, level) - rss
    kept = varies & ((slack >= 0) | (theta == best))
    return Region(
        beta=np.exp(theta[kept]),
        level=np.full(int(kept.sum()), mean),
        excess=excess[kept],
        centre=centre[kept],
        spread=spread[kept],
        slack=np.maximum(slack[kept], 0.0),
        weight=total,
    )


def _between(beta: tuple[float, float], bounds: FloatArray) -> FloatArray:
    """Return logarithms of exponents from end to end; an open end is where the search stops."""
    low = bounds[0] if beta[0] <= 0 else max(math.log(beta[0]), bounds[0])
    high = min(math.log(beta[1]), bounds[1]) if math.isfinite(beta[1]) else bounds[1]
    return np.linspace(low, high, _EXPONENTS)


def _threshold(fit: FamilyFit, level: float) -> float:
    """Return up to which sum of squares over the means a curve is accepted."""
    return fit.rss * (1 + float(fdtri(1, fit.df, level)) / fit.df) - fit.cells.pure_error
