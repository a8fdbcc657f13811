"""Activations of one layer on their way into chunks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from activstats.recorder.bit_planes import BitPlanes, FullPlanes
from activstats.recorder.chunk import Chunk
from activstats.recorder.images import Block, Images, as_rows
from activstats.recorder.moment_sums import MomentSums
from activstats.recorder.packing import block_rows, takes_images, threshold_of
from activstats.recorder.values import ValueBuffer
from activstats.rules import Rule


class LayerBuffer:
    """Collects the activations of one layer into chunks.

    Parameters
    ----------
    n_neurons : int
        Neurons of the layer.
    rules : sequence of Rule
        All are applied to the same activations.
    capacity : int
        Most samples in a chunk, a multiple of 64.
    values_dtype : str
        Type to keep the activations themselves in; empty to let them go.
    """

    takes_tensors = False

    def __init__(
        self, n_neurons: int, rules: Sequence[Rule], *, capacity: int, values_dtype: str = ""
    ) -> None:
        self.n_neurons = n_neurons
        self.capacity = capacity
        self._planes = [BitPlanes(rule, n_neurons, capacity) for rule in rules]
        # The first of these has its bits set in the pass that adds up the moments.
        self._one_pass = sorted(self._planes, key=lambda planes: threshold_of(planes.rule) is None)
        self._moments = MomentSums(n_neurons)
        self._values = ValueBuffer(n_neurons, values_dtype) if values_dtype else None
        self._takes_images = not values_dtype and all(map(takes_images, rules))
        self._in_one_pass = len(rules) == 1 and self._takes_images
        self._step = 0
        self._chunk = 0
        self._sample0 = 0
        self._filled = 0

    @property
    def nbytes(self) -> int:
        """Bytes that the open chunk takes."""
        values = 0 if self._values is None else self._values.nbytes
        return values + sum(planes.nbytes for planes in self._planes)

    def begin_step(self, step: int, next_sample: int = 0, next_chunk: int = 0) -> None:
        """Turn to another step; the chunk before must have been closed."""
        self._step, self._sample0, self._chunk = step, next_sample, next_chunk

    def add(self, values: Block) -> Iterator[Chunk]:
        """Take activations of shape (rows, n_neurons) and yield the chunks that they fill.

        Parameters
        ----------
        values : ndarray of float32 or float64, shape (rows, n_neurons), or Images
            C-contiguous; read before this returns, so that they may be overwritten afterwards.
        """
        read_once = self._in_one_pass and not isinstance(values, Images)
        height = block_rows(self.n_neurons, values.itemsize, read_once=read_once)
        row = 0
        while row < len(values):
            for planes in self._planes:
                planes.make_room(min(self._filled + len(values) - row, self.capacity))
            # A block ends where the chunk does, and where the bit planes come to a whole byte.
            room = min(self.capacity - self._filled, height - self._filled % 8)
            block = values[row : row + room]
            if not self._takes_images:  # turned round once for all, and in the cache
                block = as_rows(block)
            self._reduce(block)
            if self._values is not None:  # cast last: rules have seen them as they were
                self._values.add(as_rows(block), self._moments)
            self._filled += len(block)
            row += len(block)
            if self._filled == self.capacity:
                yield self._close()

    def _reduce(self, block: Block) -> None:
        first, *others = self._one_pass
        first.set_with_moments(block, self._filled, self._moments)
        for planes in others:
            planes.set(block, self._filled)

    def close(self) -> Iterator[Chunk]:
        """Yield the chunk that is open, if it holds any sample."""
        if self._filled:
            yield self._close()

    def _close(self) -> Chunk:
        n, start = self._filled, self._sample0
        moments, planes = self._take_moments(), self._take_planes(n)
        values = None if self._values is None else self._values.hand_over()
        full = Chunk(self._step, self._chunk, start, n, moments, planes, values)
        self._sample0, self._chunk, self._filled = start + n, self._chunk + 1, 0
        return full

    def _take_moments(self) -> MomentSums:
        taken, self._moments = self._moments, MomentSums(self.n_neurons)
        return taken

    def _take_planes(self, n_samples: int) -> tuple[FullPlanes, ...]:
        return tuple(planes.hand_over(n_samples) for planes in self._planes)
