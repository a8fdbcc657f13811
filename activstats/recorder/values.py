"""The activations themselves: cast while the model runs, turned into rows of the format afterwards."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import torch

from activstats.recorder import value_kernels
from activstats.recorder.columns import column
from activstats.recorder.moment_sums import MomentSums
from activstats.recording.schema import index_type, values_schema

FloatArray = npt.NDArray[np.floating[Any]]

# Below this share of values that are not 0, rows of indices and values are smaller and read faster.
SPARSE_BELOW = 0.2

# Memory comes in pieces that are used again: one growing block would be copied as it grows.
_SEGMENT_VALUES = 2**17
_MOST_OFFSET = 2**31


class ValueBuffer:
    """The values of the chunk that is open.

    Parameters
    ----------
    n_neurons : int
        Neurons of the layer.
    dtype : str
        Type that values are cast to, ``"float16"`` or ``"float32"``.
    """

    def __init__(self, n_neurons: int, dtype: str) -> None:
        self._n_neurons = n_neurons
        self._dtype = np.dtype(dtype)
        self._largest = float(np.finfo(self._dtype).max)
        self._rows = max(1, _SEGMENT_VALUES // n_neurons)
        self._segments: list[FloatArray] = []
        self._filled = 0
        self._returned: deque[FloatArray] = deque()

    @property
    def nbytes(self) -> int:
        """Bytes that the values of the open chunk take."""
        return sum(segment.nbytes for segment in self._segments)

    def add(self, values: FloatArray, moments: MomentSums) -> None:
        """Take the rows of a block.

        Where the type cannot hold a finite value, the largest that it can stands for it, so that it
        does not come back as infinite.

        Parameters
        ----------
        values : ndarray of float32 or float64, shape (rows, n_neurons)
        moments : MomentSums
            Of these rows, and any others.
        """
        if values.dtype.itemsize > self._dtype.itemsize and not moments.within(self._largest):
            kept = np.clip(values, -self._largest, self._largest)
            values = np.where(np.isfinite(values), kept, values)
        row = 0
        while row < len(values):
            place = self._filled % self._rows
            if place == 0:
                self._segments.append(self._another())
            n = min(len(values) - row, self._rows - place)
            _cast(values[row : row + n], self._segments[-1][place : place + n])
            self._filled += n
            row += n

    def hand_over(self) -> FullValues:
        """Give away the values of the chunk and begin anew."""
        full = FullValues(tuple(self._segments), self._filled, self._returned)
        self._segments, self._filled = [], 0
        return full

    def _another(self) -> FloatArray:
        try:
            return self._returned.popleft()
        except IndexError:
            return np.empty((self._rows, self._n_neurons), self._dtype)


def _cast(values: FloatArray, kept: FloatArray) -> None:
    if values.dtype == kept.dtype:
        np.copyto(kept, values)
    else:  # torch casts to half precision many times faster than NumPy
        torch.from_numpy(kept).copy_(torch.from_numpy(values))


@dataclass(frozen=True)
class FullValues:
    """The values of a chunk that is full.

    Parameters
    ----------
    segments : tuple of ndarray, each of shape (rows, n_neurons)
        All full but the last.
    n_samples : int
    returned : deque
        Where the memory goes once it has been read.
    """

    segments: tuple[FloatArray, ...]
    n_samples: int
    returned: deque[FloatArray]

    @property
    def nbytes(self) -> int:
        """Bytes that the values take."""
        return sum(segment.nbytes for segment in self.segments)

    def table(self, step: int, sample0: int) -> pa.RecordBatch:
        """Return the rows of the chunk and give its memory back; to be called once.

        The form of the rows is the one that suits the share of values that are not 0.
        """
        parts = self._parts()
        per_row = np.zeros(self.n_samples, np.int64)
        row = 0
        for part in parts:
            value_kernels.count_nonzero(
                _as_bits(part), _but_sign(part), per_row[row : row + len(part)]
            )
            row += len(part)
        n_neurons, total = parts[0].shape[1], int(per_row.sum())
        is_sparse = total < min(SPARSE_BELOW * self.n_samples * n_neurons, _MOST_OFFSET)
        columns = _sparse(parts, per_row) if is_sparse else [_dense(parts)]
        self.returned.extend(self.segments)
        samples = np.arange(sample0, sample0 + self.n_samples, dtype=np.uint64)
        steps = np.full(self.n_samples, step, np.int64)
        return pa.RecordBatch.from_arrays(
            [column(steps), column(samples), *columns],
            schema=values_schema(parts[0].dtype.name, n_neurons, sparse=is_sparse),
        )

    def _parts(self) -> list[FloatArray]:
        rows = len(self.segments[0])
        return [
            segment[: self.n_samples - rows * number]
            for number, segment in enumerate(self.segments)
        ]


def _as_bits(part: FloatArray) -> npt.NDArray[np.unsignedinteger[Any]]:
    """See values as whole numbers: compiled code knows no half precision."""
    return part.view(f"u{part.dtype.itemsize}")


def _but_sign(part: FloatArray) -> np.unsignedinteger[Any]:
    """Return the bits that a value other than 0 and −0 has one of."""
    is_half = part.dtype.itemsize == np.dtype(np.float16).itemsize
    return np.uint16(0x7FFF) if is_half else np.uint32(0x7FFF_FFFF)


def _arrow(size: int, dtype: np.dtype[Any]) -> tuple[pa.Buffer, npt.NDArray[Any]]:
    """Return memory of Arrow's own, where what waits to be written does not split the heap."""
    buffer = pa.allocate_buffer(size * dtype.itemsize)
    return buffer, np.frombuffer(buffer, dtype)


def _dense(parts: list[FloatArray]) -> pa.Array:
    n_neurons, dtype = parts[0].shape[1], parts[0].dtype
    n_rows = sum(map(len, parts))
    buffer, content = _arrow(n_rows * n_neurons, dtype)
    np.concatenate(parts, out=content.reshape(n_rows, n_neurons))
    item = pa.field("element", pa.from_numpy_dtype(dtype), nullable=False)
    flat = pa.Array.from_buffers(item.type, n_rows * n_neurons, [None, buffer])
    return pa.FixedSizeListArray.from_arrays(flat, type=pa.list_(item, n_neurons))


def _sparse(parts: list[FloatArray], per_row: npt.NDArray[np.int64]) -> list[pa.Array]:
    n_neurons, dtype = parts[0].shape[1], parts[0].dtype
    ends = np.concatenate([[0], np.cumsum(per_row)])
    total = int(ends[-1])
    kinds = [index_type(n_neurons), np.dtype(f"u{dtype.itemsize}")]
    # One place more than is needed: what is not kept is overwritten by what comes next.
    (index_buffer, indices), (kept_buffer, kept) = (_arrow(total + 1, kind) for kind in kinds)
    row = 0
    for part in parts:
        at = int(ends[row])
        value_kernels.gather_nonzero(_as_bits(part), _but_sign(part), indices[at:], kept[at:])
        row += len(part)
    offsets = column(ends.astype(np.int32))
    return [
        pa.ListArray.from_arrays(
            offsets,
            pa.Array.from_buffers(kind, total, [None, buffer]),
            type=pa.list_(pa.field("element", kind, nullable=False)),
        )
        for kind, buffer in (
            (pa.from_numpy_dtype(kinds[0]), index_buffer),
            (pa.from_numpy_dtype(dtype), kept_buffer),
        )
    ]
