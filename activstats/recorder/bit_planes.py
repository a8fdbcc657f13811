"""The bits of one rule over a chunk; counts and first activations are read off them when it is full."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from activstats.recorder import bit_kernels
from activstats.recorder.images import Block, Images
from activstats.recorder.moment_sums import MomentSums
from activstats.recorder.packing import packer, threshold_of
from activstats.rules import Rule

ByteArray = npt.NDArray[np.uint8]

_FIRST_PLANES = 8


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
        self._threshold = threshold_of(rule)
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
        self.make_room(offset + len(values))
        self._pack(values, offset, self._planes)

    def set_with_moments(self, values: Block, offset: int, moments: MomentSums) -> None:
        """Set the bits of a block and add it to the moments, in one pass where there is one."""
        if self._threshold is None or isinstance(values, Images):
            moments.add(values)
            self.set(values, offset)
            return
        self.make_room(offset + len(values))
        moments.add_and_set(values, self._threshold, offset, self._planes)

    def make_room(self, n_samples: int) -> None:
        """See to it that the chunk can take so many samples; to say it ahead saves copies."""
        needed = -(-n_samples // 64) * 8
        if needed > len(self._planes):
            before = self._planes
            height = min(max(needed, 2 * len(before)), self._capacity)
            self._planes = np.zeros((height, self._n_neurons), np.uint8)
            self._planes[: len(before)] = before

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
        bit_kernels.count_planes(self.planes, n_act, first)
        if rows is not None:
            _by_neuron(self.planes, rows)
        if self.returned is not None:
            self.planes[:] = 0
            self.returned.append(self.planes)
        return RuleColumns(n_act, first, rows)


def _by_neuron(planes: ByteArray, rows: ByteArray) -> None:
    """Write bit planes as one row of bytes a neuron."""
    if planes.shape[1] % 8:
        rows[:] = planes.T
    else:
        bit_kernels.transpose_blocks(planes.view(np.uint64), rows.view(np.uint64))
