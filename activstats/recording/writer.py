"""Writes a recording: shards that appear whole or not at all, and a manifest that vouches for them."""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa

from activstats.errors import RecordingError
from activstats.recording import local
from activstats.recording.atomic import replace_text, write_then_rename
from activstats.recording.layout import Stream, manifest_file, run_file, temporary_name
from activstats.recording.manifest import ShardEntry, digest
from activstats.recording.run_info import RunInfo
from activstats.recording.schema import to_parquet

_MEBIBYTE = 2**20


@dataclass(frozen=True)
class _Waiting:
    """Tables of several streams that stand for the same samples; they come and go together."""

    tables: Mapping[Stream, pa.RecordBatch]
    first: tuple[int, int]
    last: tuple[int, int]


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
        self._waiting: list[_Waiting] = []
        self._waiting_bytes = 0
        self._last_flush = time.monotonic()
        with self._disk_errors("prepare"):
            start = local.prepare(self.path, info, overwrite=overwrite, resume=resume)
        self._lock = start.lock
        self.resumed: tuple[ShardEntry, ...] = start.entries
        self._next_flush = max((entry.flush + 1 for entry in start.entries), default=0)
        self._next_part: dict[Stream, int] = defaultdict(int)
        for entry in start.entries:
            self._next_part[entry.stream] = max(self._next_part[entry.stream], entry.part + 1)
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
        self._waiting.append(_Waiting(ours, first, last))  # one move: all of them or none
        self._waiting_bytes += sum(int(table.nbytes) for table in tables.values())

    @property
    def is_full(self) -> bool:
        """Whether the tables in memory are as many bytes as cause a flush."""
        return self._waiting_bytes >= self._rotate_bytes

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
            self._write_shards()
        self._waiting.clear()
        self._waiting_bytes = 0
        self._next_flush += 1
        self.failed = False

    def _write_shards(self) -> None:
        streams = sorted({stream for one in self._waiting for stream in one.tables})
        shards = [(stream, some) for stream in streams for some in self._of_one_form(stream)]
        lines = [self._write_shard(*shard, of=len(shards)).line() for shard in shards]
        with (self.path / manifest_file(self.info.rank)).open("a", encoding="utf-8") as file:
            file.write("".join(lines))
            file.flush()
            os.fsync(file.fileno())

    def _of_one_form(self, stream: Stream) -> Iterator[list[_Waiting]]:
        """Yield what waits for a stream, cut where its columns change: values have two forms."""
        waiting = [one for one in self._waiting if stream in one.tables]
        for _, some in itertools.groupby(waiting, key=lambda one: one.tables[stream].schema):
            yield list(some)

    def _write_shard(self, stream: Stream, waiting: list[_Waiting], *, of: int) -> ShardEntry:
        table = pa.Table.from_batches([one.tables[stream] for one in waiting])
        content = to_parquet(table, self.info.essentials())
        part = self._next_part[stream]
        target = self.path / stream.shard(part)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_then_rename(target.with_name(temporary_name(part)), target, memoryview(content))
        self._next_part[stream] = part + 1
        return ShardEntry(
            path=stream.shard(part),
            rows=table.num_rows,
            bytes=content.size,
            first=waiting[0].first,
            last=waiting[-1].last,
            sha256=digest([memoryview(content)]),
            flush=self._next_flush,
            of=of,
        )

    def discard_if_empty(self) -> bool:
        """Remove a recording that never came to hold a shard; return whether it did so.

        One that several processes share stays: the others may have something in it.
        """
        if self.info.world > 1 or self._next_flush or self._waiting or self.failed:
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
