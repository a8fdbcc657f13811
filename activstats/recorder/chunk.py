"""One layer's way from activations to rows: fills chunks and hands them over as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from activstats.recorder.packing import BitPlanes, FloatArray, MomentSums, RuleColumns, block_rows
from activstats.recording.schema import SCALAR_COLUMNS, stats_schema
from activstats.rules import Rule


@dataclass(frozen=True)
class Chunk:
    """A finished chunk of one layer: a table for each rule, and the samples it stands for."""

    tables: dict[str, pa.RecordBatch]
    first: tuple[int, int]
    last: tuple[int, int]

    @property
    def n_samples(self) -> int:
        """Samples of the chunk."""
        return self.last[1] - self.first[1] + 1


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
    with_bits : bool
        Whether the tables carry the bits.
    """

    def __init__(
        self, n_neurons: int, rules: Sequence[Rule], *, capacity: int, with_bits: bool
    ) -> None:
        self.n_neurons = n_neurons
        self.capacity = capacity
        self._with_bits = with_bits
        self._schema = stats_schema(with_bits=with_bits)
        self._planes = [BitPlanes(rule, n_neurons, capacity) for rule in rules]
        self._moments = MomentSums(n_neurons)
        self._step = 0
        self._chunk = 0
        self._sample0 = 0
        self._filled = 0

    @property
    def nbytes(self) -> int:
        """Bytes that the open chunk takes."""
        return sum(planes.nbytes for planes in self._planes)

    def begin_step(self, step: int, next_sample: int = 0, next_chunk: int = 0) -> None:
        """Turn to another step; the chunk before must have been closed."""
        self._step, self._sample0, self._chunk = step, next_sample, next_chunk

    def add(self, values: FloatArray) -> Iterator[Chunk]:
        """Take activations of shape (rows, n_neurons) and yield the chunks that they fill.

        Parameters
        ----------
        values : ndarray of float32 or float64, shape (rows, n_neurons)
            C-contiguous; read before this returns, so that they may be overwritten afterwards.
        """
        height = block_rows(self.n_neurons, values.itemsize)
        row = 0
        while row < len(values):
            # A block ends where the chunk does, and where the bit planes come to a whole byte.
            room = min(self.capacity - self._filled, height - self._filled % 8)
            block = values[row : row + room]
            self._moments.add(block)
            for planes in self._planes:
                planes.set(block, self._filled)
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
        shared = self._shared_columns()
        tables = {
            planes.rule.name: self._table(shared, planes.columns(n, with_bits=self._with_bits))
            for planes in self._planes
        }
        self._moments = MomentSums(self.n_neurons)
        self._sample0, self._chunk, self._filled = start + n, self._chunk + 1, 0
        return Chunk(tables, first=(self._step, start), last=(self._step, start + n - 1))

    def _shared_columns(self) -> dict[str, Any]:
        moments, n = self._moments, self.n_neurons
        lowest, highest = moments.extremes()
        return {
            "step": np.full(n, self._step, np.int64),
            "chunk": np.full(n, self._chunk, np.uint32),
            "sample0": np.full(n, self._sample0, np.uint64),
            "n": np.full(n, self._filled, np.uint32),
            "neuron": np.arange(n, dtype=np.uint32),
            "sum": moments.total,
            "sumsq": moments.total_squares,
            "min": lowest,
            "max": highest,
            "n_nonfinite": moments.n_nonfinite,
        }

    def _table(self, shared: dict[str, Any], columns: RuleColumns) -> pa.RecordBatch:
        rows = shared | {"n_act": columns.n_act, "first": columns.first}
        arrays = [pa.array(rows[name]) for name in SCALAR_COLUMNS]
        bits = [] if columns.bits is None else [_binary(columns.bits)]
        return pa.RecordBatch.from_arrays([*arrays, *bits], schema=self._schema)


def _binary(bits: np.ndarray[Any, np.dtype[np.uint8]]) -> pa.Array:
    """Wrap rows of bytes as an Arrow column without copying them one by one."""
    rows, width = bits.shape
    if rows * width >= 2**31:
        return pa.array([row.tobytes() for row in bits], pa.large_binary()).cast(pa.binary())
    offsets = np.arange(0, rows * width + 1, width, dtype=np.int32)
    return pa.Array.from_buffers(
        pa.binary(), rows, [None, pa.py_buffer(offsets), pa.py_buffer(bits)]
    )
