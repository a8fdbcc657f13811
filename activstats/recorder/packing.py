"""Reductions of a batch: what a chunk keeps of the activations that pass through it.

A chunk keeps moments once a layer and one bit a neuron and sample for each rule; counts and first
activations are read off the bits when the chunk is full.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np
import numpy.typing as npt

from activstats.recorder import image_kernels, kernels
from activstats.recorder.images import Block, Images, as_rows
from activstats.rules import Above, LayerQuantile, Rule, TopFraction, TopK

FloatArray = npt.NDArray[np.floating[Any]]
ByteArray = npt.NDArray[np.uint8]

Packer = Callable[[Block, int, ByteArray], None]
"""Sets the bits of the rows of a block, the first of them at a given place, in bit planes."""

# Rows that are reduced at a time: a block of a wide layer still fits the second-level cache, so that
# the rules meet the block there after the moments have fetched it.
_BLOCK_BYTES = 2**19
_FIRST_PLANES = 8


def block_rows(n_neurons: int, itemsize: int) -> int:
    """Return how many rows make a block: a multiple of 8, so that blocks end on whole planes."""
    return max(8, _BLOCK_BYTES // (n_neurons * itemsize) // 8 * 8)


def takes_images(rule: Rule) -> bool:
    """Return whether the bits of a rule can be set from images as they lie in memory."""
    return isinstance(rule, Above | LayerQuantile)


@singledispatch
def packer(rule: Rule, n_neurons: int) -> Packer:  # noqa: ARG001  (others need the width)
    """Return what sets the bits of a rule; any rule works, the common ones have loops of their own."""

    def pack(block: Block, offset: int, planes: ByteArray) -> None:
        kernels.pack_active(rule(as_rows(block)), offset, planes)

    return pack


@packer.register(Above)
@packer.register(LayerQuantile)
def _(rule: Above | LayerQuantile, n_neurons: int) -> Packer:  # noqa: ARG001
    threshold = rule.threshold

    def pack(block: Block, offset: int, planes: ByteArray) -> None:
        level = block.dtype.type(threshold)
        if isinstance(block, Images):
            image_kernels.pack_image_above(
                block.values, block.start, block.stop, level, offset, planes
            )
        else:
            kernels.pack_above(block, level, offset, planes)

    return pack


@packer.register
def _(rule: TopK, n_neurons: int) -> Packer:
    return _pack_top(rule.k, n_neurons)


@packer.register
def _(rule: TopFraction, n_neurons: int) -> Packer:
    return _pack_top(rule.k(n_neurons), n_neurons)


def _pack_top(k: int, n_neurons: int) -> Packer:
    track = np.zeros(2)
    words = np.zeros(-(-n_neurons // 8), np.uint64)
    marks = words.view(np.uint8)
    # One place more than there are neurons: the search writes before it knows whether to keep.
    index = np.zeros(len(marks) + 1, np.int64)
    scratch = {np.dtype(kind): np.zeros(n_neurons, kind) for kind in (np.float32, np.float64)}

    def pack(block: Block, offset: int, planes: ByteArray) -> None:
        values = as_rows(block)
        kernels.pack_top(
            values, min(k, n_neurons), track, offset, planes,
            marks, words, index, scratch[values.dtype],
        )  # fmt: skip

    return pack


def _by_neuron(planes: ByteArray, rows: ByteArray) -> None:
    """Write bit planes as one row of bytes a neuron."""
    if planes.shape[1] % 8:
        rows[:] = planes.T
    else:
        kernels.transpose_blocks(planes.view(np.uint64), rows.view(np.uint64))


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
        sums = (self.total, self.total_squares, self.lowest, self.highest)
        if isinstance(block, Images):
            added = image_kernels.add_image_moments(block.values, block.start, block.stop, *sums)
        else:
            added = kernels.add_moments(block, *sums)
        if not added:
            self._add_carefully(as_rows(block))

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


@dataclass(frozen=True)
class RuleColumns:
    """What one rule adds to the rows of a chunk: counts, first activations and, if wanted, bits."""

    n_act: npt.NDArray[np.uint32]
    first: npt.NDArray[np.int32]
    bits: ByteArray | None


class BitPlanes:
    """The bits of one rule over the chunk that is open.

    A full chunk is handed over to be turned into rows elsewhere, in another thread if need be, and
    its memory comes back to be filled again: large blocks that come and go would make the model's
    own allocations slower.

    Parameters
    ----------
    rule : Rule
        A rule with all it needs: a layer quantile must be calibrated.
    n_neurons : int
        Neurons of the layer.
    capacity : int
        Most samples in a chunk, a multiple of 64.
    """

    def __init__(self, rule: Rule, n_neurons: int, capacity: int) -> None:
        self.rule = rule
        self._pack = packer(rule, n_neurons)
        self._n_neurons, self._capacity = n_neurons, capacity // 8
        self._planes = self._cleared()
        self._returned: deque[ByteArray] = deque()

    def _cleared(self) -> ByteArray:
        return np.zeros((_FIRST_PLANES, self._n_neurons), np.uint8)

    @property
    def nbytes(self) -> int:
        """Bytes that the bits of the open chunk take."""
        return self._planes.nbytes

    def set(self, values: Block, offset: int) -> None:
        """Set the bits of a block whose first row is the chunk's sample number `offset`."""
        needed = -(-(offset + len(values)) // 64) * 8
        if needed > len(self._planes):
            more = min(max(needed, 2 * len(self._planes)), self._capacity) - len(self._planes)
            self._planes = np.pad(self._planes, ((0, more), (0, 0)))
        self._pack(values, offset, self._planes)

    def hand_over(self, n_samples: int) -> FullPlanes:
        """Give away the bits of the chunk's first `n_samples` samples and begin anew."""
        used = self._planes[: -(-n_samples // 64) * 8]
        is_full = len(used) == self._capacity
        # Full chunks follow each other: as much will be wanted again.
        self._planes = self._another() if is_full else self._cleared()
        return FullPlanes(self.rule, used, self._returned if is_full else None)

    def _another(self) -> ByteArray:
        try:
            return self._returned.popleft()
        except IndexError:
            return np.zeros((self._capacity, self._n_neurons), np.uint8)


@dataclass(frozen=True)
class FullPlanes:
    """The bits of one rule over a chunk that is full.

    Parameters
    ----------
    rule : Rule
    planes : ndarray of uint8, shape (8 · words, n_neurons)
    returned : deque, optional
        Where the memory goes once it has been read.
    """

    rule: Rule
    planes: ByteArray
    returned: deque[ByteArray] | None

    @property
    def nbytes(self) -> int:
        """Bytes that the bits take."""
        return self.planes.nbytes

    def columns(self, rows: ByteArray | None) -> RuleColumns:
        """Return the columns of the chunk and give its memory back; to be called once.

        Parameters
        ----------
        rows : ndarray of uint8, shape (n_neurons, n_planes), optional
            Where the bits are wanted, a row a neuron; left out, the columns have none.
        """
        n_neurons = self.planes.shape[1]
        n_act, first = np.zeros(n_neurons, np.uint32), np.full(n_neurons, -1, np.int32)
        kernels.count_planes(self.planes, n_act, first)
        if rows is not None:
            _by_neuron(self.planes, rows)
        if self.returned is not None:
            self.planes[:] = 0
            self.returned.append(self.planes)
        return RuleColumns(n_act, first, rows)
