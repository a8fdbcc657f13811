"""Tables of parameters: snapshots, and moments over windows of steps.

A parameter is a matrix here: its first axis runs along the rows, which for the weight of a layer are
the neurons it leads to; all others are laid out side by side. A single number has one row.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

SNAPSHOT, MOMENTS = "snapshot", "moments"
OF_GRADIENTS = "gradient-"

# What a window knows of each weight: its mean, the sum of squared deviations from it, and the sum of
# products of the deviations of weight and step.
SUMS = ("mean", "m2", "trend")

FloatArray = npt.NDArray[np.floating[Any]]


def table_name(kind: str, of: str) -> str:
    """Return the name of a table of weights or of gradients."""
    return kind if of == "weight" else OF_GRADIENTS + kind


def rows_and_columns(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return the size of a parameter seen as a matrix."""
    rows = shape[0] if shape else 1
    return rows, math.prod(shape) // rows if rows else 0


def snapshot_table(step: int, row: int, values: FloatArray) -> pa.RecordBatch:
    """Return rows of a snapshot.

    Parameters
    ----------
    step : int
    row : int
        Number of the first of the rows.
    values : ndarray of float32 or float64, shape (rows, columns)
    """
    return _batch(_keys(step, row, len(values)) | {"values": _lists(values)})


def moments_table(row: int, window: dict[str, Any], sums: dict[str, FloatArray]) -> pa.RecordBatch:
    """Return rows of the moments over one window.

    Parameters
    ----------
    row : int
        Number of the first of the rows.
    window : dict
        `step0` and `step`, the first and last step observed; `n`, how many were; `time_mean`, their
        mean; `time_m2`, the sum of their squared deviations from it.
    sums : dict of str to ndarray of float64, shape (rows, columns)
        By the names `SUMS`.
    """
    n = len(sums["mean"])
    shared = {
        "step0": pa.array(np.full(n, window["step0"], np.int64)),
        "n": pa.array(np.full(n, window["n"], np.uint32)),
        "time_mean": pa.array(np.full(n, window["time_mean"], np.float64)),
        "time_m2": pa.array(np.full(n, window["time_m2"], np.float64)),
    }
    lists = {name: _lists(sums[name]) for name in SUMS}
    return _batch(_keys(window["step"], row, n) | shared | lists)


def _keys(step: int, row: int, n: int) -> dict[str, pa.Array]:
    return {
        "step": pa.array(np.full(n, step, np.int64)),
        "row": pa.array(np.arange(row, row + n, dtype=np.uint32)),
    }


def _lists(values: FloatArray) -> pa.Array:
    item = pa.field("element", pa.from_numpy_dtype(values.dtype), nullable=False)
    flat = pa.array(np.ascontiguousarray(values).reshape(-1))
    return pa.FixedSizeListArray.from_arrays(flat, type=pa.list_(item, values.shape[1]))


def _batch(columns: dict[str, pa.Array]) -> pa.RecordBatch:
    fields = [pa.field(name, array.type, nullable=False) for name, array in columns.items()]
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=pa.schema(fields))


def lists_of(table: pa.Table, name: str) -> FloatArray:
    """Return a column of lists as an array of shape (rows, columns)."""
    flat = table[name].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    values: FloatArray = flat.reshape(table.num_rows, -1)
    return values
