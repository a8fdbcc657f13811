"""The shards of one flush: files that appear whole, then their lines in the manifest."""

from __future__ import annotations

import itertools
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from activstats.recording.atomic import write_then_rename
from activstats.recording.encoding import Encoder
from activstats.recording.layout import Stream, manifest_file, temporary_name
from activstats.recording.manifest import ShardEntry, digest
from activstats.recording.run_info import RunInfo


@dataclass(frozen=True)
class Waiting:
    """Tables of several streams that stand for the same samples; they come and go together."""

    tables: Mapping[Stream, pa.RecordBatch]
    first: tuple[int, int]
    last: tuple[int, int]


class Shards:
    """Writes shards to a folder, numbered on from those that are there.

    Parameters
    ----------
    path : Path
        Folder of the recording.
    entries : sequence of ShardEntry
        What is there.
    """

    def __init__(self, path: Path, entries: Sequence[ShardEntry]) -> None:
        self._path = path
        self.n_flushes = max((entry.flush + 1 for entry in entries), default=0)
        self._encoder = Encoder()
        self._next_part: dict[Stream, int] = defaultdict(int)
        for entry in entries:
            self._next_part[entry.stream] = max(self._next_part[entry.stream], entry.part + 1)

    def prepare(self, tables: Mapping[Stream, pa.RecordBatch], info: RunInfo) -> None:
        """Do what can be done already for tables that will be written, in this order."""
        self._encoder.take(tables, info)

    def write(self, waiting: Sequence[Waiting], info: RunInfo) -> None:
        """Write one shard a stream, then their lines in the manifest.

        Raises
        ------
        OSError
            If the disk refuses.
        """
        streams = sorted({stream for one in waiting for stream in one.tables})
        shards = [(stream, some) for stream in streams for some in _of_one_form(waiting, stream)]
        lines = [self._write_shard(*shard, info, of=len(shards)).line() for shard in shards]
        with (self._path / manifest_file(info.rank)).open("a", encoding="utf-8") as file:
            file.write("".join(lines))
            file.flush()
            os.fsync(file.fileno())
        self._encoder.clear()
        self.n_flushes += 1

    def _write_shard(
        self, stream: Stream, waiting: list[Waiting], info: RunInfo, *, of: int
    ) -> ShardEntry:
        tables = [one.tables[stream] for one in waiting]
        content = self._encoder.content(stream, tables, info.essentials())
        part = self._next_part[stream]
        target = self._path / stream.shard(part)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_then_rename(target.with_name(temporary_name(part)), target, memoryview(content))
        self._next_part[stream] = part + 1
        return ShardEntry(
            path=stream.shard(part),
            rows=sum(table.num_rows for table in tables),
            bytes=content.size,
            first=waiting[0].first,
            last=waiting[-1].last,
            sha256=digest([memoryview(content)]),
            flush=self.n_flushes,
            of=of,
        )


def _of_one_form(waiting: Sequence[Waiting], stream: Stream) -> Iterator[list[Waiting]]:
    """Yield what waits for a stream, cut where its columns change: values have two forms."""
    of_stream = [one for one in waiting if stream in one.tables]
    for _, some in itertools.groupby(of_stream, key=lambda one: one.tables[stream].schema):
        yield list(some)
