"""Moments of the activations of a chunk."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from activstats.recorder import image_kernels, moment_kernels
from activstats.recorder.images import Block, Images, as_rows

FloatArray = npt.NDArray[np.floating[Any]]
ByteArray = npt.NDArray[np.uint8]


class MomentSums:
    """Running moments of the activations of a chunk; values that are not finite are only counted."""

    def __init__(self, n_neurons: int) -> None:
        self.total = np.zeros(n_neurons)
        self.total_squares = np.zeros(n_neurons)
        self.lowest = np.full(n_neurons, np.inf)
        self.highest = np.full(n_neurons, -np.inf)
        self.n_nonfinite = np.zeros(n_neurons, np.uint32)

    def add(self, block: Block) -> None:
        """Add a block of activations of shape (rows, n_neurons)."""
        if isinstance(block, Images):
            added = image_kernels.add_image_moments(
                block.values, block.start, block.stop, *self._sums
            )
        else:
            added = moment_kernels.add_moments(block, *self._sums)
        if not added:
            self._add_carefully(as_rows(block))

    def add_and_set(
        self, values: FloatArray, threshold: float, offset: int, planes: ByteArray
    ) -> None:
        """Add a block of rows and set the bits of those above a threshold, fetching them once."""
        level = values.dtype.type(threshold)
        if not moment_kernels.add_moments_and_above(values, level, offset, planes, *self._sums):
            self._add_carefully(values)

    @property
    def _sums(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        return self.total, self.total_squares, self.lowest, self.highest

    def _add_carefully(self, values: FloatArray) -> None:
        """Leave out the values that are not finite, at the price of copies."""
        finite = np.isfinite(values)
        kept = np.where(finite, values, 0).astype(np.float64)
        with np.errstate(over="ignore"):  # squares of huge float64 values may be infinite in truth
            self.total += kept.sum(axis=0)
            self.total_squares += (kept * kept).sum(axis=0)
        lowest = np.where(finite, values, np.inf).min(axis=0)
        highest = np.where(finite, values, -np.inf).max(axis=0)
        np.minimum(self.lowest, lowest, out=self.lowest)
        np.maximum(self.highest, highest, out=self.highest)
        self.n_nonfinite += np.count_nonzero(~finite, axis=0).astype(np.uint32)

    def within(self, largest: float) -> bool:
        """Return whether every finite value so far is at most so large in size."""
        return bool(self.highest.max() <= largest and self.lowest.min() >= -largest)

    def extremes(self) -> tuple[FloatArray, FloatArray]:
        """Return lowest and highest as float32, NaN where no value was finite."""
        seen = self.lowest <= self.highest
        with np.errstate(over="ignore"):  # beyond float32 the format keeps an infinity
            lowest = np.where(seen, self.lowest, np.nan).astype(np.float32)
            highest = np.where(seen, self.highest, np.nan).astype(np.float32)
        return lowest, highest
