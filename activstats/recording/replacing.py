"""Replaces small shards of one rank by larger ones, each in a move that can be undone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from activstats.errors import DamagedRecordingError
from activstats.recording.atomic import replace_text, sync_folder
from activstats.recording.compaction_journal import Replacement, finish_compacting
from activstats.recording.layout import Stream, manifest_file, temporary_name
from activstats.recording.manifest import Manifest, ShardEntry, parse_manifest, renumbered
from activstats.recording.merging import merge, sha256_of


class RankShards:
    """The shards of one rank, which one manifest lists; its folder must be locked.

    Parameters
    ----------
    folder : Path
        Folder of the recording.
    rank : int

    Attributes
    ----------
    entries : list of ShardEntry
        What the manifest lists.

    Raises
    ------
    DamagedRecordingError
        If the manifest cannot be read.
    """

    def __init__(self, folder: Path, rank: int) -> None:
        self._folder = folder
        self._file = folder / manifest_file(rank)
        manifest = self._read()
        whole = {entry.path for entry in manifest.whole_flushes()}
        self.entries = list(manifest.entries)
        self._unfinished = {entry.path for entry in self.entries} - whole

    def _read(self) -> Manifest:
        try:
            text = self._file.read_text(encoding="utf-8", errors="replace")
            problems = (manifest := parse_manifest(text)).problems
        except FileNotFoundError:
            problems = (f"{self._file.name} is missing",)
        if problems:
            raise DamagedRecordingError(
                f"'{self._folder}' cannot be compacted: its manifest is damaged.",
                got="; ".join(problems),
                hint="activstats verify --repair",
            )
        return manifest

    def compact(self, target_bytes: int) -> None:
        """Put together what fits, one group after the other.

        Raises
        ------
        DamagedRecordingError
            If a shard is not what was written.
        OSError
            If the disk refuses.
        """
        streams = dict.fromkeys(entry.stream for entry in self.entries)
        for stream in streams:
            for group in self._groups(stream, target_bytes):
                self._replace(stream, group)

    def _groups(self, stream: Stream, target_bytes: int) -> list[list[ShardEntry]]:
        """Return shards that follow each other, have the same columns, and fit into one."""
        groups: list[list[ShardEntry]] = []
        room, columns = 0, None
        for entry, schema in self._with_columns(stream):
            if not groups or entry.bytes > room or schema != columns:
                groups.append([])
                room, columns = target_bytes, schema
            groups[-1].append(entry)
            room -= entry.bytes
        return [group for group in groups if len(group) > 1]

    def _with_columns(self, stream: Stream) -> Iterator[tuple[ShardEntry, pa.Schema]]:
        """Yield the finished shards of a stream; unfinished ones stay as they are."""
        for entry in self.entries:
            if entry.stream == stream and entry.path not in self._unfinished:
                yield entry, self._columns(entry)

    def _columns(self, entry: ShardEntry) -> pa.Schema:
        try:
            return pq.read_schema(self._folder / entry.path).remove_metadata()
        except (OSError, pa.ArrowException) as error:
            raise self._damaged(entry) from error

    def _check(self, entry: ShardEntry) -> None:
        if sha256_of(self._folder / entry.path) != entry.sha256:
            raise self._damaged(entry)

    def _damaged(self, entry: ShardEntry) -> DamagedRecordingError:
        return DamagedRecordingError(
            f"'{self._folder}' cannot be compacted: a shard is damaged.",
            got=entry.path,
            hint="activstats verify --repair sets aside what is broken",
        )

    def _replace(self, stream: Stream, group: Sequence[ShardEntry]) -> None:
        """Put one large shard in the place of several."""
        part = self._free_number(stream)
        target = self._folder / stream.shard(part)
        temporary = target.with_name(temporary_name(part))
        old = [entry.path for entry in group]
        for entry in group:
            self._check(entry)
        merged = merge([self._folder / path for path in old], temporary)
        new = ShardEntry(
            path=stream.shard(part), rows=merged.rows, bytes=merged.bytes, first=group[0].first,
            last=group[-1].last, sha256=merged.sha256, flush=0, of=0,
        )  # fmt: skip
        try:
            Replacement(new.path, tuple(old)).note(self._folder)
            temporary.rename(target)
            sync_folder(target.parent)
            kept = [entry for entry in self.entries if entry.path not in old[1:]]
            self._list([new if entry.path == old[0] else entry for entry in kept])
        finally:
            temporary.unlink(missing_ok=True)
            finish_compacting(self._folder)

    def _list(self, entries: Sequence[ShardEntry]) -> None:
        now = renumbered(entries, self._unfinished)
        replace_text(self._file, "".join(entry.line() for entry in now))
        self.entries = now

    def _free_number(self, stream: Stream) -> int:
        names = (self._folder / stream.folder).glob("part-*.parquet")
        return max(int(name.stem.removeprefix("part-")) for name in names) + 1
