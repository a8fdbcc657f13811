"""Sums, extremes and non-finite values of a layer's activations, neuron by neuron."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Moments:
    """Moments of the finite activations of a layer's neurons; they add up like counts.

    Parameters
    ----------
    n_samples : int
        Samples that were seen.
    total, total_squares : ndarray of float, shape (n_neurons,)
        Sums of the activations and of their squares.
    lowest, highest : ndarray of float, shape (n_neurons,)
        Extremes; NaN where no activation was finite.
    n_nonfinite : ndarray of int, shape (n_neurons,)
        Activations that were NaN or infinite, which all other figures leave out.
    """

    n_samples: int
    total: FloatArray
    total_squares: FloatArray
    lowest: FloatArray
    highest: FloatArray
    n_nonfinite: IntArray

    def __add__(self, other: Moments) -> Moments:
        return Moments(
            n_samples=self.n_samples + other.n_samples,
            total=self.total + other.total,
            total_squares=self.total_squares + other.total_squares,
            lowest=np.fmin(self.lowest, other.lowest),
            highest=np.fmax(self.highest, other.highest),
            n_nonfinite=self.n_nonfinite + other.n_nonfinite,
        )

    @property
    def n_finite(self) -> IntArray:
        """Finite activations, shape (n_neurons,)."""
        return self.n_samples - self.n_nonfinite

    @property
    def mean(self) -> FloatArray:
        """Mean activation, shape (n_neurons,); NaN where none was finite."""
        return self.total / _nan_for_zero(self.n_finite)

    @property
    def variance(self) -> FloatArray:
        """Variance of the activations (divisor n), shape (n_neurons,); NaN where none was finite.

        From sums, which keep about sixteen digits: where the mean is 10^m standard deviations, 2m of
        them are lost. Activations with a mean of 10⁸ standard deviations give no variance this way.
        """
        square = self.total_squares / _nan_for_zero(self.n_finite)
        return np.maximum(square - self.mean**2, 0.0)


def _nan_for_zero(n: IntArray) -> FloatArray:
    return np.where(n > 0, n, np.nan)
