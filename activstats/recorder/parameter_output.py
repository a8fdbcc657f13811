"""Where recorded parameters go: rows in pieces of bounded size, to the thread that writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import torch

from activstats.errors import RecorderError
from activstats.recorder.finishing import Finisher
from activstats.recording.layout import PARAMETERS, Stream
from activstats.recording.parameter_info import ParameterInfo
from activstats.recording.parameter_tables import (
    SUMS,
    FloatArray,
    moments_table,
    rows_and_columns,
    snapshot_table,
)
from activstats.recording.writer import RecordingWriter

Place = tuple[int, int]


class ParameterOutput:
    """Writes tables of parameters, passing over what a resumed recording holds already.

    Parameters
    ----------
    writer : RecordingWriter
    finisher : Finisher
    memory_limit : int
        Bytes; a piece of a table takes at most an eighth of it.
    is_own : bool
        Whether the recording is of parameters alone, to be closed with them.
    """

    def __init__(
        self, writer: RecordingWriter, finisher: Finisher, memory_limit: int, *, is_own: bool
    ) -> None:
        self._writer, self._finisher = writer, finisher
        self._piece_bytes = memory_limit // 8
        self._is_own = is_own
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._done: dict[Stream, Place] = {}
        for entry in writer.resumed:
            if entry.stream.kind == PARAMETERS:
                self._done[entry.stream] = max(self._done.get(entry.stream, (-1, -1)), entry.last)

    @property
    def failed(self) -> bool:
        """Whether the disk refused something; nothing is written after that."""
        return self._finisher.failed or self._writer.failed

    def describe(self, parameters: Sequence[ParameterInfo]) -> None:
        """Note in `_run.json` which parameters are recorded.

        Raises
        ------
        RecorderError
            If a resumed recording has others.
        """
        before = {one.name: one for one in self._writer.info.parameters}
        for one in parameters:
            if self._done and before.get(one.name) != one:
                raise RecorderError(
                    f"'{self._writer.path}' cannot be resumed with other parameters.",
                    got=f"{one.name} {one.shape} {one.dtype}",
                    allowed=", ".join(f"{b.name} {b.shape} {b.dtype}" for b in before.values()),
                    hint="say the same as before, or record into a new folder",
                )
        self._shapes = {one.name: one.shape for one in parameters}
        named = before | {one.name: one for one in parameters}
        self._writer.write_info(self._writer.info.with_(parameters=tuple(named.values())))

    def check_shape(self, name: str, shape: tuple[int, ...]) -> None:
        """Refuse a parameter that is not what it was.

        Raises
        ------
        RecorderError
        """
        if shape != self._shapes[name]:
            raise RecorderError(
                f"parameter '{name}' changed its shape while it was recorded.",
                got=f"{shape} after {self._shapes[name]}",
            )

    def holds(self, name: str, table: str, step: int) -> bool:
        """Return whether everything up to a step was recorded before, all rows of it."""
        rows, _ = rows_and_columns(self._shapes[name])
        return (step, rows - 1) <= self._done.get(self._stream(name, table), (-1, -1))

    def snapshot(self, name: str, table: str, step: int, values: torch.Tensor) -> None:
        """Take values as they are now."""
        if self.holds(name, table, step):
            return
        kind = torch.float64 if values.dtype == torch.float64 else torch.float32
        kept = values.detach().to(device="cpu", dtype=kind, copy=True)
        matrix: FloatArray = kept.reshape(rows_and_columns(self._shapes[name])).numpy()
        self._write(
            name, table, step, matrix.shape[1] * matrix.itemsize,
            lambda a, b: snapshot_table(step, a, matrix[a:b]),
        )  # fmt: skip

    def moments(
        self, name: str, table: str, window: dict[str, Any], sums: dict[str, FloatArray]
    ) -> None:
        """Take the sums over a window that has ended."""
        row_bytes = len(SUMS) * sums[SUMS[0]].shape[1] * np.dtype(np.float64).itemsize
        self._write(
            name, table, int(window["step"]), row_bytes,
            lambda a, b: moments_table(a, window, {key: one[a:b] for key, one in sums.items()}),
        )  # fmt: skip

    def _write(
        self,
        name: str,
        table: str,
        step: int,
        row_bytes: int,
        rows_of: Callable[[int, int], pa.RecordBatch],
    ) -> None:
        stream = self._stream(name, table)
        n_rows, _ = rows_and_columns(self._shapes[name])
        at, done = self._done.get(stream, (-1, -1))
        height = max(1, self._piece_bytes // row_bytes)
        for a in range(done + 1 if at == step else 0, n_rows, height):
            b = min(a + height, n_rows)
            self._finisher.add_tables({stream: rows_of(a, b)}, first=(step, a), last=(step, b - 1))
            self._finisher.flush_if_full()

    def _stream(self, name: str, table: str) -> Stream:
        return Stream(PARAMETERS, name, table, self._writer.info.rank)

    def rotate(self) -> None:
        """Put everything on the disk where the last time is long ago."""
        if self._is_own and self._writer.is_due:
            self._finisher.flush()

    def abandon(self) -> None:
        """Give up before anything was recorded."""
        if self._is_own:
            self._finisher.close()
            self._writer.discard_if_empty()
            self._writer.close()

    def close(self, error: BaseException | None) -> None:
        """Put everything on the disk and, if the recording is of parameters alone, end it."""
        if not self._is_own:
            return
        try:
            self._finisher.wait()
            if not self._writer.failed:
                self._finisher.flush()
                if not self._writer.discard_if_empty():
                    status = "complete" if error is None else "interrupted"
                    self._writer.write_info(self._writer.info.with_(status=status))
        finally:
            self._finisher.close()
            self._writer.close()
