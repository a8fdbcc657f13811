"""Writes a recording: shards that appear whole or not at all, and a manifest that vouches for them."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from activstats.errors import DamagedRecordingError, RecordingError, RecordingExistsError
from activstats.recording.atomic import replace_text, write_then_rename
from activstats.recording.layout import (
    MANIFEST_FILE,
    RUN_FILE,
    Stream,
    aside_name,
    temporary_name,
)
from activstats.recording.manifest import Manifest, ShardEntry, digest, parse_manifest
from activstats.recording.run_info import RunInfo, parse_run_info
from activstats.recording.schema import to_parquet

_MEBIBYTE = 2**20


@dataclass
class _Pending:
    batches: list[pa.RecordBatch] = field(default_factory=list)
    first: tuple[int, int] = (0, 0)
    last: tuple[int, int] = (0, 0)


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
        Age of the oldest table in memory, in seconds, that causes a flush.

    Raises
    ------
    RecordingExistsError
        If the folder holds a recording, or anything else, and neither `overwrite` nor `resume` is said.
    RecordingError
        If the folder cannot be written.
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
        self.path = Path(path)
        self.info = info
        self.resumed: tuple[ShardEntry, ...] = ()
        self._rotate_bytes = rotate_bytes
        self._rotate_seconds = rotate_seconds
        self._pending: dict[Stream, _Pending] = defaultdict(_Pending)
        self._pending_bytes = 0
        self._oldest: float | None = None
        self._next_part: dict[Stream, int] = defaultdict(int)
        self._next_flush = 0
        with self._disk_errors("prepare"):
            self._prepare(overwrite=overwrite, resume=resume)

    def _prepare(self, *, overwrite: bool, resume: bool) -> None:
        occupied = self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir()))
        if occupied and not is_recording(self.path):
            raise RecordingExistsError(
                f"'{self.path}' is there already and is no recording; it is left as it is.",
                hint="choose another folder",
            )
        if occupied and not (overwrite or resume):
            raise RecordingExistsError(
                f"'{self.path}' already holds a recording.",
                hint="say overwrite to replace it, resume to go on with it, or choose another folder",
            )
        if occupied and overwrite:
            shutil.rmtree(self.path)
        self.path.mkdir(parents=True, exist_ok=True)
        if occupied and resume:
            self._take_up()
        else:
            self.write_info(self.info)
            replace_text(self.path / MANIFEST_FILE, "")

    def _take_up(self) -> None:
        """Continue after the last whole flush; set aside what no whole flush vouches for."""
        manifest = read_manifest(self.path)
        if manifest.problems:
            raise DamagedRecordingError(
                f"'{self.path}' cannot be resumed: its manifest is damaged.",
                got="; ".join(manifest.problems),
                hint="open_recording still reads what the manifest lists; record into a new folder",
            )
        entries = manifest.whole_flushes()
        listed = {entry.path for entry in entries}
        for shard in sorted(self.path.glob("*/**/part-*.parquet")):
            if shard.relative_to(self.path).as_posix() not in listed:
                shard.rename(shard.with_name(aside_name(shard.name)))
        replace_text(self.path / MANIFEST_FILE, "".join(entry.line() for entry in entries))
        for entry in entries:
            self._next_part[entry.stream] = max(self._next_part[entry.stream], entry.part + 1)
            self._next_flush = max(self._next_flush, entry.flush + 1)
        self.resumed = tuple(entries)
        before = read_info(self.path)
        if before.mode != self.info.mode:
            raise RecordingError(
                f"'{self.path}' was recorded in another mode and cannot be resumed in this one.",
                got=self.info.mode,
                allowed=before.mode,
            )
        self.write_info(before.with_(status="recording", versions=self.info.versions))

    def add(
        self,
        stream: Stream,
        batch: pa.RecordBatch,
        *,
        first: tuple[int, int],
        last: tuple[int, int],
    ) -> None:
        """Take a table of a stream, to be written with the next flush.

        Parameters
        ----------
        stream : Stream
            Where it belongs.
        batch : pyarrow.RecordBatch
            Rows, sorted as the format asks.
        first, last : tuple of int
            (step, sample) of its first and last sample.
        """
        pending = self._pending[stream]
        if not pending.batches:
            pending.first = first
        # Into Arrow's own memory: blocks that wait here among the large ones of a model would keep
        # the heap from giving anything back.
        pending.batches.append(batch.copy_to(pa.default_cpu_memory_manager()))
        pending.last = last
        self._pending_bytes += batch.nbytes
        if self._oldest is None:
            self._oldest = time.monotonic()

    def rotate(self) -> None:
        """Flush if what is in memory is large or old enough; call it where all streams are even."""
        old = self._oldest is not None and time.monotonic() - self._oldest >= self._rotate_seconds
        if old or self._pending_bytes >= self._rotate_bytes:
            self.flush()

    def flush(self) -> None:
        """Write everything in memory: one shard a stream, then their lines in the manifest."""
        if not self._pending:
            return
        pending, self._pending = self._pending, defaultdict(_Pending)
        self._pending_bytes, self._oldest = 0, None
        with self._disk_errors("write to"):
            lines = [
                self._write_shard(stream, pending[stream], of=len(pending)).line()
                for stream in sorted(pending)
            ]
            with (self.path / MANIFEST_FILE).open("a", encoding="utf-8") as file:
                file.write("".join(lines))
                file.flush()
                os.fsync(file.fileno())
        self._next_flush += 1

    def _write_shard(self, stream: Stream, pending: _Pending, *, of: int) -> ShardEntry:
        table = pa.Table.from_batches(pending.batches)
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
            first=pending.first,
            last=pending.last,
            sha256=digest([memoryview(content)]),
            flush=self._next_flush,
            of=of,
        )

    def discard_if_empty(self) -> bool:
        """Remove a recording that never came to hold a shard; return whether it did so."""
        if self._next_flush or self._pending:
            return False
        with self._disk_errors("remove"):
            for name in (RUN_FILE, MANIFEST_FILE):
                (self.path / name).unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # somebody put something beside it
                self.path.rmdir()
        return True

    def write_info(self, info: RunInfo) -> None:
        """Replace `_run.json`."""
        self.info = info
        with self._disk_errors("write to"):
            replace_text(self.path / RUN_FILE, info.to_json())

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


def is_recording(path: Path) -> bool:
    """Return whether a local folder holds a recording."""
    return (path / RUN_FILE).is_file() or (path / MANIFEST_FILE).is_file()


def read_manifest(path: Path) -> Manifest:
    """Read the manifest of a local recording; one that is not there is empty."""
    file = path / MANIFEST_FILE
    return parse_manifest(file.read_text(encoding="utf-8") if file.exists() else "")


def read_info(path: Path) -> RunInfo:
    """Read `_run.json` of a local recording."""
    try:
        text = (path / RUN_FILE).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise DamagedRecordingError(
            f"'{path}' has no {RUN_FILE}.", hint="overwrite=True"
        ) from error
    return parse_run_info(text, where=f"'{path}'")
