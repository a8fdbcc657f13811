"""Rows of `values` tables as arrays of samples by neurons, whichever form they were written in."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from activstats.errors import DamagedRecordingError
from activstats.recording.schema import ACT, INDICES, VALUES_AT

FloatArray = npt.NDArray[np.floating[Any]]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ValueBlock:
    """Activations of some samples of one layer, in the order in which they were recorded.

    Parameters
    ----------
    activations : ndarray of float16 or float32, shape (rows, n_neurons)
    steps, samples : ndarray of int, shape (rows,)
        Step of each row, and its number within the step.
    """

    activations: FloatArray
    steps: IntArray
    samples: IntArray

    def runs(self) -> list[tuple[int, int]]:
        """Return the half-open ranges of rows whose samples follow each other within a step."""
        breaks = (np.diff(self.steps) != 0) | (np.diff(self.samples) != 1)
        edges = [0, *(np.flatnonzero(breaks) + 1).tolist(), len(self.steps)]
        return [pair for pair in itertools.pairwise(edges) if pair[0] < pair[1]]


def block_of(table: pa.Table, n_neurons: int) -> ValueBlock:
    """Return the rows of a `values` table as arrays.

    Parameters
    ----------
    table : pyarrow.Table
        Dense, with a column `act`, or sparse, with columns `indices` and `values`.
    n_neurons : int
        Neurons of the layer.

    Raises
    ------
    DamagedRecordingError
        If the table is neither, or its rows do not fit the layer.
    """
    try:
        values = (
            _dense(table, n_neurons) if ACT in table.schema.names else _sparse(table, n_neurons)
        )
    except (KeyError, ValueError, IndexError) as error:
        raise DamagedRecordingError(
            "a table of values cannot be what was written.",
            got=f"{', '.join(table.schema.names)} for {n_neurons} neurons: {error}",
        ) from error
    steps, samples = (table[name].to_numpy().astype(np.int64) for name in ("step", "sample"))
    return ValueBlock(values, steps, samples)


def _dense(table: pa.Table, n_neurons: int) -> FloatArray:
    values = _numbers(table[ACT])
    return values.reshape(table.num_rows, n_neurons)


def _sparse(table: pa.Table, n_neurons: int) -> FloatArray:
    lengths = table[INDICES].combine_chunks().value_lengths().to_numpy().astype(np.int64)
    neurons, kept = _numbers(table[INDICES]), _numbers(table[VALUES_AT])
    values = np.zeros((table.num_rows, n_neurons), kept.dtype)
    values[np.repeat(np.arange(table.num_rows), lengths), neurons] = kept
    return values


def _numbers(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    numbers: npt.NDArray[Any] = column.combine_chunks().flatten().to_numpy(zero_copy_only=False)
    return numbers
