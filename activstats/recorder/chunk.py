"""One layer's way from activations to rows: chunks that fill, and full ones that become tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from activstats.recorder.images import Block, as_rows
from activstats.recorder.packing import (
    BitPlanes,
    FullPlanes,
    MomentSums,
    RuleColumns,
    block_rows,
    takes_images,
)
from activstats.recorder.values import FullValues, ValueBuffer
from activstats.recording.schema import SCALAR_COLUMNS, stats_schema
from activstats.rules import Rule

_ROW_BYTES = 128  # the sums of a neuron and the scalars of its row


@dataclass(frozen=True)
class Chunk:
    """A full chunk of one layer, reduced but not yet turned into the rows of the format.

    Parameters
    ----------
    step, number, sample0, n_samples : int
        Its step, its number within the step, its first sample, and how many it has.
    moments : MomentSums
    planes : tuple of FullPlanes
        One for each rule.
    values : FullValues, optional
        The activations themselves, where they are kept.
    """

    step: int
    number: int
    sample0: int
    n_samples: int
    moments: MomentSums
    planes: tuple[FullPlanes, ...]
    values: FullValues | None = None

    @property
    def first(self) -> tuple[int, int]:
        """(step, sample) of the first sample."""
        return self.step, self.sample0

    @property
    def last(self) -> tuple[int, int]:
        """(step, sample) of the last sample."""
        return self.step, self.sample0 + self.n_samples - 1

    @property
    def nbytes(self) -> int:
        """Bytes that the bits and the values take, and the rows that they will become."""
        values = 0 if self.values is None else self.values.nbytes
        rows = len(self.planes) * len(self.moments.total) * _ROW_BYTES
        return rows + values + sum(planes.nbytes for planes in self.planes)

    def value_table(self) -> pa.RecordBatch | None:
        """Return the table of the values, if they are kept; to be called once."""
        return None if self.values is None else self.values.table(self.step, self.sample0)

    def tables(self, *, with_bits: bool) -> dict[str, pa.RecordBatch]:
        """Return the table of each rule by its name; to be called once."""
        shared = self._shared_columns()
        schema = stats_schema(with_bits=with_bits)
        rows = np.empty(self.planes[0].planes.shape[::-1], np.uint8) if with_bits else None
        return {
            planes.rule.name: to_arrow_memory(_table(shared, planes.columns(rows), schema))
            for planes in self.planes
        }

    def _shared_columns(self) -> dict[str, Any]:
        moments, n = self.moments, len(self.moments.total)
        lowest, highest = moments.extremes()
        return {
            "step": np.full(n, self.step, np.int64),
            "chunk": np.full(n, self.number, np.uint32),
            "sample0": np.full(n, self.sample0, np.uint64),
            "n": np.full(n, self.n_samples, np.uint32),
            "neuron": np.arange(n, dtype=np.uint32),
            "sum": moments.total,
            "sumsq": moments.total_squares,
            "min": lowest,
            "max": highest,
            "n_nonfinite": moments.n_nonfinite,
        }


def to_arrow_memory(table: pa.RecordBatch) -> pa.RecordBatch:
    """Copy a table that will wait to be written.

    Blocks that wait among the large ones of a model would keep the heap from giving anything back.
    """
    return table.copy_to(pa.default_cpu_memory_manager())


def _table(shared: dict[str, Any], columns: RuleColumns, schema: pa.Schema) -> pa.RecordBatch:
    rows = shared | {"n_act": columns.n_act, "first": columns.first}
    arrays = [pa.array(rows[name]) for name in SCALAR_COLUMNS]
    bits = [] if columns.bits is None else [_binary(columns.bits)]
    return pa.RecordBatch.from_arrays([*arrays, *bits], schema=schema)


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
        self._moments = MomentSums(n_neurons)
        self._values = ValueBuffer(n_neurons, values_dtype) if values_dtype else None
        self._takes_images = not values_dtype and all(map(takes_images, rules))
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
        height = block_rows(self.n_neurons, values.itemsize)
        row = 0
        while row < len(values):
            # A block ends where the chunk does, and where the bit planes come to a whole byte.
            room = min(self.capacity - self._filled, height - self._filled % 8)
            block = values[row : row + room]
            if not self._takes_images:  # turned round once for all, and in the cache
                block = as_rows(block)
            self._moments.add(block)
            for planes in self._planes:
                planes.set(block, self._filled)
            if self._values is not None:  # cast last: rules have seen them as they were
                within = self._moments.within(self._values.largest)
                self._values.add(as_rows(block), within_range=within)
            self._filled += len(block)
            row += len(block)
            if self._filled == self.capacity:
                yield self._close()

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


def _binary(bits: np.ndarray[Any, np.dtype[np.uint8]]) -> pa.Array:
    """Wrap rows of bytes as an Arrow column without copying them one by one."""
    rows, width = bits.shape
    if rows * width >= 2**31:
        return pa.array([row.tobytes() for row in bits], pa.large_binary()).cast(pa.binary())
    offsets = np.arange(0, rows * width + 1, width, dtype=np.int32)
    return pa.Array.from_buffers(
        pa.binary(), rows, [None, pa.py_buffer(offsets), pa.py_buffer(bits)]
    )
