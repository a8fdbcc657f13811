"""Runs on a grid: seeds in rows, learning rates in columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activstats.errors import InputError


@dataclass(frozen=True, eq=False)
class RunGrid:
    """One number of every run, by seed and learning rate.

    Parameters
    ----------
    rates : ndarray of float, shape (n_rates,)
        Learning rates, ascending.
    values : ndarray of float, shape (n_seeds, n_rates)
        nan where there is no run.
    """

    rates: NDArray[np.float64]
    values: NDArray[np.float64]

    @classmethod
    def of(cls, rates: ArrayLike, values: ArrayLike) -> RunGrid:
        """Return a grid, checked.

        Parameters
        ----------
        rates : array_like of float, shape (n_rates,)
            Positive, ascending.
        values : array_like of float, shape (n_seeds, n_rates)
            Seeds without any number are left out; infinite ones count as missing.

        Raises
        ------
        InputError
            If shapes do not fit, or the rates are not positive and ascending.
        """
        r, v = np.asarray(rates, dtype=np.float64), np.asarray(values, dtype=np.float64)
        if v.ndim != 2 or r.shape != v.shape[1:]:  # noqa: PLR2004  (seeds by rates)
            raise InputError(
                "values must have a row for each seed and a column for each learning rate.",
                got=f"values of shape {v.shape}, {r.size} rates",
            )
        if not (np.isfinite(r).all() and (r > 0).all() and (np.diff(r) > 0).all()):
            raise InputError("learning rates must be positive and ascend.", got=r.tolist())
        v = np.where(np.isfinite(v), v, np.nan)
        return cls(r, v[np.isfinite(v).any(axis=1)])

    @property
    def n_runs(self) -> int:
        """Runs that have a number."""
        return int(np.isfinite(self.values).sum())

    @property
    def n_seeds(self) -> int:
        """Seeds that have a number."""
        return len(self.values)

    @property
    def complete(self) -> NDArray[np.float64]:
        """The seeds that have a number at every rate."""
        return np.asarray(self.values[np.isfinite(self.values).all(axis=1)])

    @property
    def log_rates(self) -> NDArray[np.float64]:
        """Decimal logarithms of the rates."""
        return np.asarray(np.log10(self.rates))
