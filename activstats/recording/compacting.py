"""Makes few large shards of many small ones: the same rows in the same order."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from activstats.errors import InputError, RecordingError
from activstats.recording.compaction_journal import finish_compacting
from activstats.recording.local import local_path
from activstats.recording.locking import all_locked
from activstats.recording.opening import read_run_info
from activstats.recording.replacing import RankShards
from activstats.recording.run_info import RunInfo
from activstats.recording.store import Store, said
from activstats.recording.taking_up import remove_unfinished

TARGET_BYTES = 128 * 2**20


@dataclass(frozen=True)
class CompactionReport:
    """What a compaction did.

    Parameters
    ----------
    path : str
        The recording.
    shards_before, shards_after : int
    bytes_before, bytes_after : int
        Of all shards.
    """

    path: str
    shards_before: int
    shards_after: int
    bytes_before: int
    bytes_after: int

    def summary(self) -> str:
        """Return the report as text."""
        return (
            f"{self.path}: {self.shards_before} shards of {self.bytes_before:,} bytes became "
            f"{self.shards_after} of {self.bytes_after:,}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the report as what JSON can hold."""
        return asdict(self)


def compact(path: str | os.PathLike[str], *, target_bytes: int = TARGET_BYTES) -> CompactionReport:
    """Put the small shards of a recording together into larger ones.

    The rows, their order and their cut into chunks stay as they are, so that every count does to
    the last digit. One large shard is made after the other: it is written, read back and compared,
    listed in the manifest, and only then are the small ones removed. A compaction that is killed at
    any point leaves a recording that reads the same, and is finished or undone by the next one, by
    `repair`, or by a recorder that goes on. For a moment the rows of one large shard are there twice
    to readers that take all files of a folder and not those of the manifest.

    Parameters
    ----------
    path : path-like
        Folder of a recording.
    target_bytes : int
        Shards are put together as long as they are no larger than this, in bytes on the disk. Memory
        is that of a row group, however large it is.

    Returns
    -------
    CompactionReport

    Raises
    ------
    RecordingNotFoundError, NewerFormatError
        If there is no recording that this version can read.
    DamagedRecordingError
        If anything in it is not what was written; see `repair`.
    RecordingError
        If somebody is writing to it, which the lock of its folder tells; where the file system keeps
        no locks, a recording that was not finished counts as one that is being written. And if the
        disk refuses.
    InputError
        If `target_bytes` is no positive number.
    """
    if type(target_bytes) is not int or target_bytes < 1:
        raise InputError(
            "shards are compacted to a number of bytes.", got=repr(target_bytes), allowed="1, 2, …"
        )
    folder = local_path(path)
    info = read_run_info(Store(folder), str(folder))
    try:
        with all_locked(folder, info.world) as locked:
            _check_at_rest(folder, info, locked=locked)
            finish_compacting(folder)
            for rank in range(info.world if locked else 0):
                remove_unfinished(folder, rank)
            parts = [RankShards(folder, rank) for rank in range(info.world)]
            before = [entry for part in parts for entry in part.entries]
            for part in parts:
                part.compact(target_bytes)
    except RecordingError:
        raise
    except OSError as error:
        raise RecordingError(
            f"'{folder}' cannot be compacted.",
            got=said(error),
            hint="check free space and permissions, then compact it again; nothing is lost",
        ) from error
    after = [entry for part in parts for entry in part.entries]
    sizes = [sum(entry.bytes for entry in entries) for entries in (before, after)]
    return CompactionReport(str(folder), len(before), len(after), *sizes)


def _check_at_rest(folder: Path, info: RunInfo, *, locked: bool) -> None:
    if not locked and info.status == "recording":
        raise RecordingError(
            f"'{folder}' may be being written, and its file system keeps no locks to tell.",
            got="status 'recording'",
            hint="finish it with resume first, or copy it to another file system",
        )
