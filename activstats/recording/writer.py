"""Writes a recording: shards that appear whole or not at all, and a manifest that vouches for them."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pyarrow as pa

from activstats.errors import RecordingError
from activstats.recording import local
from activstats.recording.atomic import replace_text
from activstats.recording.layout import Stream, run_file
from activstats.recording.manifest import ShardEntry
from activstats.recording.run_info import RunInfo
from activstats.recording.shards import Shards, Waiting

_MEBIBYTE = 2**20


class RecordingWriter:
    """Writes one recording to a local folder.

    Tables are kept in memory until they come to `rotate_bytes` or are `rotate_seconds` old. Then one
    flush writes a shard for each stream under a temporary name, puts it on the disk, gives it its
    name, and adds its line to the manifest: a process killed at any moment loses less than one flush.

    Parameters
    ----------
    path : path-like
        Folder of the recording; made if need be.
    info : RunInfo
        What is recorded.
    overwrite : bool
        Replace a recording that is there.
    resume : bool
        Go on with a recording that is there.
    rotate_bytes : int
        Bytes in memory, all streams together, that cause a flush.
    rotate_seconds : float
        Seconds since the last flush that cause another.

    Attributes
    ----------
    failed : bool
        Whether a flush was broken off. Nothing is written after that, so that what is on the disk has
        no gaps and can be gone on with.
    resumed : tuple of ShardEntry
        What an earlier recording left here.

    Raises
    ------
    RecordingExistsError
        If the folder holds a recording, or anything else, and neither `overwrite` nor `resume` is said.
    RecordingError
        If the folder cannot be written, or cannot be gone on with.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        info: RunInfo,
        *,
        overwrite: bool = False,
        resume: bool = False,
        rotate_bytes: int = 64 * _MEBIBYTE,
        rotate_seconds: float = 30.0,
    ) -> None:
        self.path = local.local_path(path)
        self.failed = False
        self._rotate_bytes = rotate_bytes
        self._rotate_seconds = rotate_seconds
        self._waiting: list[Waiting] = []
        self._waiting_bytes = 0
        self._last_flush = time.monotonic()
        with self._disk_errors("prepare"):
            start = local.prepare(self.path, info, overwrite=overwrite, resume=resume)
        self._lock = start.lock
        self.resumed: tuple[ShardEntry, ...] = start.entries
        self._shards = Shards(self.path, start.entries)
        self.info = info
        if start.info != info:
            self.write_info(start.info)

    def add(
        self,
        tables: Mapping[Stream, pa.RecordBatch],
        *,
        first: tuple[int, int],
        last: tuple[int, int],
    ) -> None:
        """Take tables that stand for the same samples, to be written with the next flush.

        Parameters
        ----------
        tables : mapping of Stream to pyarrow.RecordBatch
            Rows, sorted as the format asks; kept as they are until the flush.
        first, last : tuple of int
            (step, sample) of their first and last sample.
        """
        ours = {replace(stream, rank=self.info.rank): table for stream, table in tables.items()}
        self._waiting.append(Waiting(ours, first, last))  # one move: all of them or none
        self._waiting_bytes += sum(int(table.nbytes) for table in tables.values())
        self._shards.prepare(ours, self.info)

    @property
    def is_full(self) -> bool:
        """Whether the tables in memory are as many bytes as cause a flush."""
        return self._waiting_bytes >= self._rotate_bytes

    def may_be_full_with(self, nbytes: int) -> bool:
        """Return whether so many bytes more would cause a flush."""
        return self._waiting_bytes + nbytes >= self._rotate_bytes

    @property
    def is_due(self) -> bool:
        """Whether the last flush was as long ago as causes another."""
        return time.monotonic() - self._last_flush >= self._rotate_seconds

    def flush(self) -> None:
        """Write everything in memory: one shard a stream, then their lines in the manifest.

        Raises
        ------
        RecordingError
            If the disk refuses, now or at an earlier flush.
        """
        if self.failed:
            raise RecordingError(
                f"the recording '{self.path}' was broken off; nothing more is written to it.",
                hint="record again and say resume; finished shards are whole",
            )
        self._last_flush = time.monotonic()
        if not self._waiting:
            return
        self.failed = True  # until it is done, however it may be broken off
        with self._disk_errors("write to"):
            self._shards.write(self._waiting, self.info)
        self._waiting.clear()
        self._waiting_bytes = 0
        self.failed = False

    def discard_if_empty(self) -> bool:
        """Remove a recording that never came to hold a shard; return whether it did so.

        One that several processes share stays: the others may have something in it.
        """
        if self.info.world > 1 or self._shards.n_flushes or self._waiting or self.failed:
            return False
        with self._disk_errors("remove"):
            local.remove(self.path)
            self.close()
            with contextlib.suppress(OSError):  # somebody put something beside it
                self.path.rmdir()
        return True

    def close(self) -> None:
        """Let others write to the folder again."""
        self._lock.release()

    def write_info(self, info: RunInfo) -> None:
        """Replace `_run.json`."""
        self.info = info
        with self._disk_errors("write to"):
            replace_text(self.path / run_file(info.rank), info.to_json())

    @contextlib.contextmanager
    def _disk_errors(self, doing: str) -> Iterator[None]:
        try:
            yield
        except RecordingError:
            raise
        except OSError as error:
            raise RecordingError(
                f"cannot {doing} the recording '{self.path}'.",
                got=error.strerror or str(error),
                hint="check free space and permissions, then record again and say resume; "
                "finished shards are whole",
            ) from error
