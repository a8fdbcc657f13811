"""Moments of weights over a window of training: what is left of them when a line is taken away."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activstats.dynamics._snapshots import as_rows, checked_times, matrices
from activstats.errors import InputError

FloatArray = NDArray[np.float64]

LEAST_TIMES = 4  # two go into the line, and one number left would have no spread of its own
_CHUNK = 1 << 22  # numbers brought to double precision at once


@dataclass(frozen=True, eq=False)
class WeightMoments:
    """Moments of weights, and of weights with time, over a window.

    Parameters
    ----------
    n : int
        Times at which the weights were observed.
    time_mean, time_squares : float
        Mean of the times, and sum of their squared deviations from it.
    mean : ndarray of float, shape (n_neurons, n_inputs)
        Mean of each weight.
    squares : ndarray of float, same shape
        Sum of squared deviations of each weight from its mean.
    products : ndarray of float, same shape
        Sum of products of the deviations of weight and time.

    Notes
    -----
    Windows that follow one another add up: ``early + late`` are the moments of both.
    """

    n: int
    time_mean: float
    time_squares: float
    mean: FloatArray
    squares: FloatArray
    products: FloatArray

    @classmethod
    def of_snapshots(cls, snapshots: ArrayLike, times: ArrayLike | None = None) -> WeightMoments:
        """Return the moments of snapshots.

        Parameters
        ----------
        snapshots : array_like of float, shape (n_times, n_neurons, ...)
            The first axis of a weight runs along the neurons that it leads to; a bias has no other.
        times : array_like of float, shape (n_times,), optional
            Training steps, ascending; 0, 1, 2, … if left out.

        Raises
        ------
        InputError
            If shapes do not fit, times do not ascend, or a number is not finite.

        Examples
        --------
        >>> WeightMoments.of_snapshots([[[0.0]], [[1.0]], [[2.0]]]).slope
        array([[1.]])
        """
        values = matrices(snapshots)
        t = checked_times(times, len(values))
        since = t - t.mean()
        n, rows, columns = values.shape
        flat = values.reshape(n, rows * columns)
        mean, squares, products = (np.empty(rows * columns) for _ in range(3))
        wide = max(_CHUNK // max(n, 1), 1)
        for start in range(0, rows * columns, wide):
            part = slice(start, start + wide)
            block = flat[:, part].astype(np.float64)
            # From the first snapshot on: weights that stay as they are have no rounding left.
            block -= flat[0, part]
            centre = block.mean(axis=0)
            mean[part] = centre + flat[0, part]
            block -= centre
            squares[part] = np.einsum("ij,ij->j", block, block)
            products[part] = since @ block
        if not np.isfinite(squares).all():
            raise InputError(
                "weights are not finite.",
                got=f"{int((~np.isfinite(squares)).sum())} of {squares.size}",
                hint="leave out the part of training after it diverged",
            )
        shape = (rows, columns)
        sums = (one.reshape(shape) for one in (mean, squares, products))
        return cls(n, float(t.mean()), float(since @ since), *sums)

    @classmethod
    def of_sums(
        cls,
        *,
        n: int,
        sum_t: float,
        sum_tt: float,
        sum_w: ArrayLike,
        sum_ww: ArrayLike,
        sum_tw: ArrayLike,
    ) -> WeightMoments:
        """Return the moments from plain sums.

        Parameters
        ----------
        n : int
            Times.
        sum_t, sum_tt : float
            Σt and Σt².
        sum_w, sum_ww, sum_tw : array_like of float, shape (n_neurons, ...)
            Σw, Σw² and Σtw of each weight.

        Raises
        ------
        InputError
            If shapes differ or sums cannot be those of numbers.

        Notes
        -----
        Squares cancel where weights are large beside their fluctuation: with sums in double
        precision, a spread under some 1e-8 of the weight is lost and comes out as 0. Sums of the
        differences from the first snapshot have no such bound.

        Examples
        --------
        >>> found = WeightMoments.of_sums(n=3, sum_t=3, sum_tt=5, sum_w=[3.0], sum_ww=[5.0], sum_tw=[5.0])
        >>> found.slope, found.fluctuation
        (array([[1.]]), array([[0.]]))
        """
        w, ww, tw = (as_rows(one) for one in (sum_w, sum_ww, sum_tw))
        if n < 1 or w.shape != ww.shape or w.shape != tw.shape:
            raise InputError(
                "the sums do not fit together.", got=f"n = {n}, {w.shape}, {ww.shape}, {tw.shape}"
            )
        time_squares = sum_tt - sum_t * sum_t / n
        lost = 16 * n * np.finfo(np.float64).eps
        squares = ww - w * w / n
        if time_squares < -lost * abs(sum_tt) or (squares < -lost * np.abs(ww)).any():
            raise InputError("no numbers have these sums: a sum of squares would be negative.")
        squares = np.where(squares < lost * np.abs(ww), 0.0, squares)
        products = np.where(squares > 0, tw - sum_t * w / n, 0.0)
        return cls(n, sum_t / n, max(time_squares, 0.0), w / n, squares, products)

    def __add__(self, other: WeightMoments) -> WeightMoments:
        """Return the moments of two windows taken together (Chan, Golub & LeVeque 1979)."""
        if self.mean.shape != other.mean.shape:
            raise InputError(
                "the windows are of other weights.", got=f"{self.mean.shape}, {other.mean.shape}"
            )
        n = self.n + other.n
        weight = self.n * other.n / n
        step, change = other.time_mean - self.time_mean, other.mean - self.mean
        return WeightMoments(
            n,
            self.time_mean + step * other.n / n,
            self.time_squares + other.time_squares + weight * step * step,
            self.mean + change * (other.n / n),
            self.squares + other.squares + weight * change * change,
            self.products + other.products + weight * step * change,
        )

    @property
    def slope(self) -> FloatArray:
        """Slope of the least-squares line of each weight, per unit of time."""
        if self.time_squares <= 0:
            return np.zeros_like(self.mean)
        return np.asarray(self.products / self.time_squares)

    @property
    def drift(self) -> FloatArray:
        """Change of the line over the window: slope times span, with its sign.

        The span is that of evenly spaced times of the same variance, sqrt(12 Σ(t − t̄)² (n − 1) /
        (n (n + 1))), which is the last time less the first where times are evenly spaced.
        """
        n = self.n
        span = math.sqrt(12 * self.time_squares * (n - 1) / (n * (n + 1)))
        return np.asarray(self.slope * span)

    @property
    def fluctuation(self) -> FloatArray:
        """Standard deviation of each weight around its line, with n − 2 degrees of freedom."""
        left = self.squares - self.slope * self.products
        if self.n <= 2:  # noqa: PLR2004  (a line goes through any two points)
            return np.full_like(self.mean, math.nan)
        floor = 8 * np.finfo(np.float64).eps * self.n * self.squares
        left = np.where(left <= floor, 0.0, left)
        return np.asarray(np.sqrt(left / (self.n - 2)))

    @property
    def spread(self) -> FloatArray:
        """Standard deviation of each weight with its trend left in, n − 1 degrees of freedom."""
        if self.n <= 1:
            return np.full_like(self.mean, math.nan)
        return np.asarray(np.sqrt(self.squares / (self.n - 1)))
