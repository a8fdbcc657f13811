"""What the recorder keeps of one layer while it records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import torch

from activstats.errors import RecorderError
from activstats.recorder.chunk import Chunk, LayerBuffer
from activstats.recorder.matrix import Reading, item_of_samples, to_matrix
from activstats.recording.layout import SAMPLES, STATS, Stream
from activstats.recording.run_info import LayerInfo
from activstats.recording.schema import samples_schema
from activstats.recording.writer import RecordingWriter


@dataclass(frozen=True)
class Place:
    """Where a layer stands: samples below `sample` of `step` are on the disk, in chunks below `chunk`."""

    step: int = -1
    sample: int = 0
    chunk: int = 0


class LayerRecorder:
    """Takes a layer's activations batch by batch and hands finished chunks to the writer.

    Parameters
    ----------
    info : LayerInfo
    reading : Reading
    buffer : LayerBuffer
    writer : RecordingWriter
    done : Place
        What an earlier, interrupted recording has on the disk; samples up to there are passed over.
    """

    def __init__(
        self,
        info: LayerInfo,
        reading: Reading,
        buffer: LayerBuffer,
        writer: RecordingWriter,
        done: Place,
    ) -> None:
        self.info = info
        self.n_samples = 0
        self._reading = reading
        self._buffer = buffer
        self._writer = writer
        self._done = done
        self._step = -1
        self._fed = 0
        self._origins: list[pa.RecordBatch] = []
        self._names_samples: bool | None = None

    def add(
        self,
        tensor: torch.Tensor,
        *,
        step: int,
        mask: torch.Tensor | None,
        sample_ids: npt.NDArray[np.generic] | None,
    ) -> None:
        """Take one batch."""
        self._turn_to(step)
        self._check(tensor)
        values, kept = to_matrix(tensor, self._reading, mask, self.info.layer)
        known = min(self._already_recorded(step) - self._fed, len(values))
        skip = max(known, 0)
        first = self._fed + skip
        self._fed += len(values)
        self.n_samples += len(values)
        self._note_origins(tensor, kept, sample_ids, first=first, skip=skip)
        self._hand_over(self._buffer.add(values[skip:]))

    def close(self) -> None:
        """Hand over the chunk that is open."""
        self._hand_over(self._buffer.close())

    def _turn_to(self, step: int) -> None:
        if step == self._step:
            return
        self.close()
        self._step, self._fed = step, 0
        if step == self._done.step:
            self._buffer.begin_step(step, self._done.sample, self._done.chunk)
        else:
            self._buffer.begin_step(step)

    def _already_recorded(self, step: int) -> int:
        if step < self._done.step:
            return np.iinfo(np.int64).max
        return self._done.sample if step == self._done.step else 0

    def _check(self, tensor: torch.Tensor) -> None:
        width = tensor.shape[self._reading.neuron_axis] if tensor.ndim > 1 else 0
        if tensor.ndim != len(self.info.shape) or width != self.info.n_neurons:
            raise RecorderError(
                f"layer '{self.info.layer}' changed its shape while it was recorded.",
                got=f"{tuple(tensor.shape)} after {self.info.shape}",
                hint="neuron_axis= names the axis of fixed length that runs along the neurons",
            )

    def _note_origins(
        self,
        tensor: torch.Tensor,
        kept: npt.NDArray[np.int64] | None,
        sample_ids: npt.NDArray[np.generic] | None,
        *,
        first: int,
        skip: int,
    ) -> None:
        named = sample_ids is not None
        if self._names_samples not in (None, named):
            raise RecorderError("sample_ids were given for some batches and not for others.")
        self._names_samples = named
        if sample_ids is None:
            return
        item, position = item_of_samples(self._reading, tuple(tensor.shape), kept)
        if len(sample_ids) != tensor.shape[0]:
            raise RecorderError(
                f"layer '{self.info.layer}' met another number of items than there are sample_ids.",
                got=f"{len(sample_ids)} ids, {tensor.shape[0]} items",
            )
        n = len(item) - skip
        schema = samples_schema(pa.int64() if sample_ids.dtype.kind in "iu" else pa.string())
        columns = [
            np.full(n, self._step, np.int64),
            np.arange(first, first + n, dtype=np.uint64),
            sample_ids[item[skip:]],
            position[skip:],
        ]
        arrays = [pa.array(c, field.type) for c, field in zip(columns, schema, strict=True)]
        self._origins.append(pa.RecordBatch.from_arrays(arrays, schema=schema))

    def _hand_over(self, chunks: Iterator[Chunk]) -> None:
        for chunk in chunks:
            for rule, table in chunk.tables.items():
                stream = Stream(STATS, self.info.layer, rule)
                self._writer.add(stream, table, first=chunk.first, last=chunk.last)
            self._hand_over_origins(chunk)

    def _hand_over_origins(self, chunk: Chunk) -> None:
        """Pass on the origins of a chunk's samples with it, so that both always end together."""
        left = chunk.last[1] - chunk.first[1] + 1
        stream = Stream(SAMPLES, self.info.layer)
        while left and self._origins:
            batch = self._origins.pop(0)
            if batch.num_rows > left:
                self._origins.insert(0, batch.slice(left))
                batch = batch.slice(0, left)
            left -= batch.num_rows
            if batch.num_rows:
                self._writer.add(stream, batch, first=chunk.first, last=chunk.last)
