"""An estimate with its standard error, on the scale on which its interval is symmetric."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

LINEAR, LOG, FISHER = "linear", "log", "fisher"


@dataclass(frozen=True)
class Estimate:
    """A number that was estimated.

    Parameters
    ----------
    name : str
        What it is.
    value : float
        The estimate; nan where it cannot be had.
    error : float
        Standard error of the estimate on its `scale`; nan where it is not known.
    df : float
        Degrees of freedom of the error.
    scale : {"linear", "log", "fisher"}
        Where the interval is symmetric: the number itself, its logarithm, or the inverse hyperbolic
        tangent of a correlation (Fisher 1921).

    Examples
    --------
    >>> Estimate("slope", 1.0, 0.1, 4).interval(0.95)
    (0.722..., 1.277...)
    """

    name: str
    value: float
    error: float = math.nan
    df: float = math.inf
    scale: str = LINEAR

    def interval(self, level: float) -> tuple[float, float]:
        """Return Student's interval at a confidence level; nan where there is none."""
        if not (math.isfinite(self.value) and math.isfinite(self.error) and self.df > 0):
            return math.nan, math.nan
        normal = math.isinf(self.df)
        quantile = float(stdtrit(1e9 if normal else self.df, (1 + level) / 2))
        if self.scale == LOG:
            if self.value <= 0:
                return math.nan, math.nan
            factor = math.exp(min(quantile * self.error, 700.0))  # beyond it floats end
            return self.value / factor, self.value * factor
        if self.scale == FISHER:
            centre = math.atanh(max(-1 + 1e-15, min(self.value, 1 - 1e-15)))
            return (
                math.tanh(centre - quantile * self.error),
                math.tanh(centre + quantile * self.error),
            )
        return self.value - quantile * self.error, self.value + quantile * self.error


def read_estimates(content: list[dict[str, Any]]) -> tuple[Estimate, ...]:
    """Return estimates from the types that JSON has."""
    return tuple(
        Estimate(
            str(one["name"]),
            float(one["value"]),
            float(one["error"]),
            float(one["df"]),
            str(one["scale"]),
        )
        for one in content
    )


def over_units(name: str, values: ArrayLike, *, scale: str = LINEAR) -> Estimate:
    """Return the mean over independent units, such as seeds, with its standard error.

    Parameters
    ----------
    name : str
        What it is.
    values : array_like of float, shape (n_units,)
        One a unit, on their own scale; those that are not finite are left out.
    scale : {"linear", "log", "fisher"}
        The mean is taken there and taken back.

    Returns
    -------
    Estimate
        Its error is s/sqrt(n) with n − 1 degrees of freedom; without error for a single unit.

    Examples
    --------
    >>> over_units("slope", [1.0, 2.0, 3.0]).value
    2.0
    """
    numbers = np.asarray(values, dtype=np.float64).ravel()
    numbers = numbers[np.isfinite(numbers)]
    if scale == LOG:
        numbers = np.log(numbers[numbers > 0])
    elif scale == FISHER:
        numbers = np.arctanh(np.clip(numbers, -1 + 1e-12, 1 - 1e-12))
    if not numbers.size:
        return Estimate(name, math.nan, scale=scale)
    back = {LINEAR: float, LOG: math.exp, FISHER: math.tanh}[scale]
    value = back(float(numbers.mean()))
    if numbers.size == 1:
        return Estimate(name, value, df=0.0, scale=scale)
    error = float(numbers.std(ddof=1)) / math.sqrt(numbers.size)
    return Estimate(name, value, error, float(numbers.size - 1), scale)
