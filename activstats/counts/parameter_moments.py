"""Moments of a parameter over windows of steps, which join exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from activstats.errors import DomainError

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.floating[Any]]

_LINE = 2  # a straight line over the window has a height and a slope


@dataclass(frozen=True, eq=False)
class ParameterMoments:
    """Moments of each weight of one parameter over windows of steps.

    Parameters
    ----------
    name : str
        Name of the parameter.
    first_step, last_step, n : ndarray of int, shape (m,)
        First and last step observed in each window, and how many were.
    time_mean, time_m2 : ndarray of float, shape (m,)
        Mean of the steps observed, and sum of their squared deviations from it.
    mean, m2, trend : ndarray of float64, shape (m, *shape)
        Mean of each weight, sum of its squared deviations from it, and sum of the products of its
        deviations with those of the steps.
    provenance : mapping
        Where they are from: recording, parameter, of (weight or gradient).

    Notes
    -----
    Least squares of a weight w on the step t leave Σ (w − w̄)² − (Σ (t − t̄)(w − w̄))² / Σ (t − t̄)².

    Examples
    --------
    >>> from activstats.counts.parameters import ParameterSnapshots
    >>> steps = np.arange(5)
    >>> moments = ParameterSnapshots("w", steps, 2.0 * steps[:, None] + 1).moments()
    >>> moments.slope.item(), moments.sd().item().__round__(3), moments.sd(detrend=True).item()
    (2.0, 2.828, 0.0)
    """

    name: str
    first_step: IntArray
    last_step: IntArray
    n: IntArray
    time_mean: FloatArray
    time_m2: FloatArray
    mean: FloatArray
    m2: FloatArray
    trend: FloatArray
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the parameter."""
        return self.mean.shape[1:]

    @property
    def variance(self) -> FloatArray:
        """Variance of each weight over the window (divisor n), shape (m, *shape)."""
        found: FloatArray = self.m2 / self._along(self.n)
        return found

    @property
    def total(self) -> FloatArray:
        """Σ w, shape (m, *shape)."""
        found: FloatArray = self.mean * self._along(self.n)
        return found

    @property
    def total_squares(self) -> FloatArray:
        """Σ w², shape (m, *shape)."""
        found: FloatArray = self.m2 + self.mean**2 * self._along(self.n)
        return found

    @property
    def total_by_step(self) -> FloatArray:
        """Σ t·w with t the step, shape (m, *shape)."""
        found: FloatArray = self.trend + self.mean * self._along(self.n * self.time_mean)
        return found

    @property
    def slope(self) -> FloatArray:
        """Change of each weight a step by least squares, shape (m, *shape); NaN from one step."""
        spread = np.where(self.time_m2 > 0, self.time_m2, np.nan)
        found: FloatArray = self.trend / self._along(spread)
        return found

    def sd(self, *, detrend: bool = False, ddof: int = 0) -> FloatArray:
        """Return the temporal standard deviation of each weight over each window.

        Parameters
        ----------
        detrend : bool
            Whether to take out the straight line of least squares first.
        ddof : int
            The divisor is n − ddof: 1 without and 2 with a line for an unbiased variance of
            independent deviations.

        Returns
        -------
        ndarray of float, shape (m, *shape)
            NaN where the window has no more steps than ddof, or than a line has parameters.
        """
        if ddof < 0:
            raise DomainError("degrees of freedom are not negative.", got=f"ddof={ddof}")
        squares, least = self.m2, 0
        if detrend:
            slope = np.where(np.isnan(self.slope), 0.0, self.slope)
            squares, least = np.maximum(self.m2 - slope * self.trend, 0.0), _LINE - 1
        divisor = np.where(self.n > max(ddof, least), self.n - float(ddof), np.nan)
        found: FloatArray = np.sqrt(squares / self._along(divisor))
        return found

    def joined(self) -> ParameterMoments:
        """Return all windows as one, exactly as if it had been one from the start.

        Notes
        -----
        With deviations d of the windows' means from that of all: M = Σ M_j + Σ n_j d_j², and likewise
        for products (Chan, Golub & LeVeque 1979).
        """
        n = np.asarray(np.sum(self.n, keepdims=True))
        weights = self.n / n
        time_mean = np.asarray(np.sum(self.time_mean * weights, keepdims=True))
        mean = np.sum(self.mean * self._along(weights), axis=0, keepdims=True)
        d, time_d = self.mean - mean, self.time_mean - time_mean
        products = self._along(self.n * time_d) * d
        return replace(
            self,
            first_step=self.first_step.min(keepdims=True),
            last_step=self.last_step.max(keepdims=True),
            n=n,
            time_mean=time_mean,
            time_m2=np.sum(self.time_m2 + self.n * time_d**2, keepdims=True),
            mean=mean,
            m2=np.sum(self.m2 + self._along(self.n) * d**2, axis=0, keepdims=True),
            trend=np.sum(self.trend + products, axis=0, keepdims=True),
        )

    def between(self, first_step: int, last_step: int) -> ParameterMoments:
        """Return the windows that lie within a range of steps, both ends included."""
        kept = (self.first_step >= first_step) & (self.last_step <= last_step)
        names = (
            "first_step", "last_step", "n", "time_mean", "time_m2", "mean", "m2", "trend",
        )  # fmt: skip
        return replace(self, **{name: getattr(self, name)[kept] for name in names})

    def _along(self, of_windows: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return of_windows.reshape(-1, *[1] * len(self.shape))
