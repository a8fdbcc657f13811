"""A straight line through estimates that err together and scatter beyond their errors."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

FloatArray = NDArray[np.float64]

# Added to variances, so that estimates without error can be weighed; in squares of the scatter.
_LEAST_VARIANCE = 1e-12
_DOUBLINGS, _HALVINGS = 60, 80


@dataclass(frozen=True, eq=False)
class MetaSlope:
    """A line y = level + slope (z − centre).

    Parameters
    ----------
    slope, se : float
        Slope and its standard error.
    df : float
        Degrees of freedom behind the errors; infinite where they are those of the estimates alone.
    level, level_se : float
        Height at the centre, whose error is independent of the slope's.
    centre : float
        Place z of that height.
    tau : float
        Standard deviation of the true values about the line, beyond the errors.
    """

    slope: float = math.nan
    se: float = math.nan
    df: float = math.nan
    level: float = math.nan
    level_se: float = math.nan
    centre: float = math.nan
    tau: float = math.nan

    def interval(self, confidence: float) -> tuple[float, float]:
        """Return Student's interval of the slope; nan without errors to make one of."""
        if not self.se > 0:
            return math.nan, math.nan
        reach = float(stdtrit(self.df, (1 + confidence) / 2)) * self.se
        return self.slope - reach, self.slope + reach

    def pvalue(self, slope: float) -> float:
        """Return p of the test that the slope is another one; nan without errors."""
        if not self.se > 0:
            return math.nan
        return 2 * float(stdtr(self.df, -abs(self.slope - slope) / self.se))

    def band(self, z: FloatArray, confidence: float) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the line and its pointwise interval at places z."""
        line = self.level + self.slope * (z - self.centre)
        half = np.sqrt(self.level_se**2 + np.square((z - self.centre) * self.se))
        reach = float(stdtrit(self.df, (1 + confidence) / 2)) * half
        return line, line - reach, line + reach


def meta_slope(z: FloatArray, y: FloatArray, covariance: FloatArray) -> MetaSlope:
    """Return the line through estimates y at places z.

    Parameters
    ----------
    z, y : ndarray of float, shape (k,)
        Places, not all the same, and estimates.
    covariance : ndarray of float, shape (k, k)
        Of the estimates.

    Returns
    -------
    MetaSlope
        Without a slope for fewer than two places.

    Notes
    -----
    Random-effects regression: y ~ N(α + γz, V + τ²I), τ² after Paule & Mandel 1982 from Q(τ²) =
    k − 2. With three estimates or more the standard errors are scaled by √(Q/(k − 2)) and referred
    to Student's t on k − 2 degrees of freedom (Knapp & Hartung 2003, Statistics in Medicine 22,
    2693), never less than the scatter about the line warrants and, unlike the errors themselves,
    right also where noise is common to the estimates. With two there is no scatter to see: the
    errors are those of V, and the interval is normal.

    Examples
    --------
    >>> line = meta_slope(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.1, 1.9]), 0.01 * np.eye(3))
    >>> round(line.slope, 2), line.df, round(line.se, 3)
    (0.95, 1.0, 0.087)
    """
    k = z.size
    if k < 2 or np.ptp(z) == 0:
        return MetaSlope()
    left = y - y.mean()
    floor = _LEAST_VARIANCE * max(float(left @ left) / k, 1e-12)
    variance = covariance + floor * np.eye(k)
    tau2 = _paule_mandel(z, y, variance) if k > 2 else 0.0
    beta, spread, q = _line(z, y, variance + tau2 * np.eye(k))
    known = k > 2 or bool((np.diag(covariance) > 0).any())
    scale = q / (k - 2) if k > 2 else float(known)
    # Where height and slope err independently of each other.
    centre = -float(spread[0, 1] / spread[1, 1]) if spread[1, 1] > 0 else float(z.mean())
    at_centre = np.array([1.0, centre])
    return MetaSlope(
        slope=float(beta[1]),
        se=math.sqrt(max(float(spread[1, 1]) * scale, 0.0)),
        df=float(k - 2) if k > 2 else math.inf,
        level=float(at_centre @ beta),
        # Noise common to all estimates moves the line and leaves no scatter about it.
        level_se=math.sqrt(max(float(at_centre @ spread @ at_centre) * max(scale, 1.0), 0.0)),
        centre=centre,
        tau=math.sqrt(tau2),
    )


def _line(
    z: FloatArray, y: FloatArray, variance: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    """Return coefficients, their covariance, and the weighted sum of squares."""
    design = np.stack([np.ones(z.size), z], axis=1)
    weighed = np.linalg.solve(variance, np.column_stack([design, y]))
    spread = np.linalg.inv(design.T @ weighed[:, :2])
    beta = spread @ (design.T @ weighed[:, 2])
    left = y - design @ beta
    return beta, spread, float(left @ np.linalg.solve(variance, left))


def _paule_mandel(z: FloatArray, y: FloatArray, variance: FloatArray) -> float:
    """Return τ² with Q(τ²) = k − 2, or 0 if Q(0) is no larger."""
    unit, aim = np.eye(z.size), z.size - 2

    def excess(tau2: float) -> float:
        return _line(z, y, variance + tau2 * unit)[2] - aim

    if excess(0.0) <= 0:
        return 0.0
    low, high = 0.0, max(float(np.trace(variance)) / z.size, float(np.var(y)), 1e-12)
    for _ in range(_DOUBLINGS):
        if excess(high) <= 0:
            break
        high *= 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return (low + high) / 2
