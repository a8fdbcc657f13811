"""A full chunk of one layer, and the tables that it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from activstats.recorder.bit_planes import FullPlanes, RuleColumns
from activstats.recorder.columns import column
from activstats.recorder.moment_sums import MomentSums
from activstats.recorder.values import FullValues
from activstats.recording.schema import SCALAR_COLUMNS, stats_schema

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
    arrays = [column(rows[name]) for name in SCALAR_COLUMNS]
    bits = [] if columns.bits is None else [_binary(columns.bits)]
    return pa.RecordBatch.from_arrays([*arrays, *bits], schema=schema)


def _binary(bits: np.ndarray[Any, np.dtype[np.uint8]]) -> pa.Array:
    """Wrap rows of bytes as an Arrow column without copying them one by one."""
    rows, width = bits.shape
    if rows * width >= 2**31:
        return pa.array([row.tobytes() for row in bits], pa.large_binary()).cast(pa.binary())
    offsets = np.arange(0, rows * width + 1, width, dtype=np.int32)
    return pa.Array.from_buffers(
        pa.binary(), rows, [None, pa.py_buffer(offsets), pa.py_buffer(bits)]
    )
