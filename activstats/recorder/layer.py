"""What the recorder keeps of one layer while it records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import torch

from activstats.errors import RecorderError
from activstats.recorder.chunk import Chunk
from activstats.recorder.columns import column
from activstats.recorder.finishing import Finisher
from activstats.recorder.images import images_of
from activstats.recorder.layer_buffer import LayerBuffer
from activstats.recorder.matrix import Reading, item_of_samples, on_host, to_rows
from activstats.recorder.sample_ids import tokens_of_samples
from activstats.recording.run_info import LayerInfo
from activstats.recording.schema import samples_schema


@dataclass(frozen=True)
class Place:
    """Where a layer stands: samples below `sample` of `step` are on the disk, in chunks below `chunk`."""

    step: int = -1
    sample: int = 0
    chunk: int = 0


class LayerRecorder:
    """Takes a layer's activations batch by batch and hands full chunks over to be written.

    Parameters
    ----------
    info : LayerInfo
    reading : Reading
    buffer : LayerBuffer
    finisher : Finisher
        Takes the full chunks.
    done : Place
        What an earlier, interrupted recording has on the disk; samples up to there are passed over.
    """

    def __init__(
        self,
        info: LayerInfo,
        reading: Reading,
        buffer: LayerBuffer,
        finisher: Finisher,
        done: Place,
    ) -> None:
        self.info = info
        self.n_samples = 0
        self.left_out = False
        self._reading = reading
        self._buffer = buffer
        self._finisher = finisher
        self._done = done
        self._step = -1
        self._fed = 0
        self._origins: list[pa.RecordBatch] = []
        self._names_samples: bool | None = None
        self._samples_schema: pa.Schema | None = None
        self._torn = False

    def add(
        self,
        tensor: torch.Tensor,
        *,
        step: int,
        mask: torch.Tensor | None,
        sample_ids: npt.NDArray[np.generic] | None,
        tokens: npt.NDArray[np.generic] | None = None,
        items: torch.Tensor | None = None,
    ) -> None:
        """Take one batch; see `Batch`."""
        self._check(tensor, sample_ids)
        values, kept = self._read(tensor, mask, items)
        self._torn = True  # until all of it is in, however it may be broken off
        self._turn_to(step)
        skip = max(min(self._already_recorded(step) - self._fed, len(values)), 0)
        first = self._fed + skip
        self._fed += len(values)
        self.n_samples += len(values)
        self.left_out = self.left_out or items is not None
        if sample_ids is not None:
            shape = tuple(tensor.shape)
            places = None if kept is None else kept.cpu().numpy()
            item, position = item_of_samples(self._reading, shape, places)
            item, position = item[skip:], position[skip:]
            of_samples = tokens_of_samples(
                tokens, self._reading, shape, item, position, self.info.layer
            )
            self._note_origins(sample_ids[item], position, first, of_samples)
        self._hand_over(self._buffer.add(values[skip:]))
        self._torn = False

    def _read(
        self, tensor: torch.Tensor, mask: torch.Tensor | None, items: torch.Tensor | None
    ) -> tuple[Any, torch.Tensor | None]:
        """Return a batch as the buffer takes it, and the places of its samples if some are left out."""
        by_position, in_host = (
            self._reading.sample_unit == "position",
            not self._buffer.takes_tensors,
        )
        if in_host and by_position and mask is None and items is None:
            images = images_of(tensor, self._reading.neuron_axis)
            if images is not None:
                return images, None
        rows, kept = to_rows(tensor, self._reading, mask, self.info.layer, items)
        return on_host(rows) if in_host else rows, kept

    @property
    def nbytes(self) -> int:
        """Bytes that the open chunk takes."""
        return self._buffer.nbytes

    def close(self) -> None:
        """Hand over the chunk that is open, unless a batch was broken off half way into it."""
        if not self._torn:
            self._hand_over(self._buffer.close())

    def _turn_to(self, step: int) -> None:
        if step == self._step:
            return
        self._hand_over(self._buffer.close())
        self._step, self._fed = step, 0
        if step == self._done.step:
            self._buffer.begin_step(step, self._done.sample, self._done.chunk)
        else:
            self._buffer.begin_step(step)

    def _already_recorded(self, step: int) -> int:
        if step < self._done.step:
            return np.iinfo(np.int64).max
        return self._done.sample if step == self._done.step else 0

    def _check(self, tensor: torch.Tensor, ids: npt.NDArray[np.generic] | None) -> None:
        width = tensor.shape[self._reading.neuron_axis] if tensor.ndim > 1 else 0
        if tensor.ndim != len(self.info.shape) or width != self.info.n_neurons:
            raise RecorderError(
                f"layer '{self.info.layer}' changed its shape while it was recorded.",
                got=f"{tuple(tensor.shape)} after {self.info.shape}",
                hint="neuron_axis= names the axis of fixed length that runs along the neurons",
            )
        if self._names_samples not in (None, ids is not None):
            raise RecorderError("sample_ids were given for some batches and not for others.")
        self._names_samples = ids is not None
        if ids is not None and len(ids) != tensor.shape[0]:
            raise RecorderError(
                f"layer '{self.info.layer}' met another number of items than there are sample_ids.",
                got=f"{len(ids)} ids, {tensor.shape[0]} items",
            )

    def _note_origins(
        self,
        ids: npt.NDArray[np.generic],
        position: npt.NDArray[np.uint32],
        first: int,
        tokens: npt.NDArray[np.generic] | None,
    ) -> None:
        n = len(ids)
        token_type = None if tokens is None else _arrow_type(tokens)
        schema = samples_schema(_arrow_type(ids), token_type)
        if self._samples_schema not in (None, schema):
            raise RecorderError("tokens were given for some batches and not for others.")
        self._samples_schema = schema
        numbers = np.arange(first, first + n, dtype=np.uint64)
        columns = [np.full(n, self._step, np.int64), numbers, ids, position]
        columns += [] if tokens is None else [tokens]
        arrays = [column(values) for values in columns]
        self._origins.append(pa.RecordBatch.from_arrays(arrays, schema=schema))

    def _hand_over(self, chunks: Iterator[Chunk]) -> None:
        for chunk in chunks:
            origins = self._take_origins(chunk.n_samples) if self._origins else None
            self._finisher.add(self.info.layer, chunk, origins)

    def _take_origins(self, n_samples: int) -> pa.RecordBatch:
        """Take the origins of a chunk's samples, so that both always end together."""
        noted = pa.concat_batches(self._origins)
        self._origins = [noted.slice(n_samples)] if noted.num_rows > n_samples else []
        return noted.slice(0, n_samples)


def _arrow_type(ids: npt.NDArray[np.generic]) -> pa.DataType:
    return pa.int64() if ids.dtype.kind == "i" else pa.string()
