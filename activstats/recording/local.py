"""The local folder that a recording is written to: made, replaced or taken up again."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from activstats.errors import RecordingError, RecordingExistsError
from activstats.recording.atomic import replace_text
from activstats.recording.layout import (
    CHECKPOINTS_FILE,
    COMPACTING_FILE,
    KINDS,
    SET_ASIDE,
    manifest_file,
    run_file,
)
from activstats.recording.locking import FolderLock, is_lock_file, is_locked
from activstats.recording.manifest import ShardEntry
from activstats.recording.run_info import RunInfo
from activstats.recording.taking_up import remove_unfinished, take_up


@dataclass(frozen=True)
class Start:
    """From where a writer goes on: the description to continue, and what is on the disk already."""

    info: RunInfo
    lock: FolderLock
    entries: tuple[ShardEntry, ...] = ()


def local_path(path: str | os.PathLike[str]) -> Path:
    """Return the folder to write to.

    Raises
    ------
    RecordingError
        If a URI is given: recordings are written where files can be renamed in one move.
    """
    text = os.fspath(path)
    if "://" in text:
        raise RecordingError(
            f"'{text}' is no local folder, and recordings are written to local folders.",
            hint="record locally, then copy the finished folder there",
        )
    return Path(text)


def prepare(path: Path, info: RunInfo, *, overwrite: bool, resume: bool) -> Start:
    """Make the folder ready to be written to.

    Raises
    ------
    RecordingExistsError
        If it holds a recording and neither `overwrite` nor `resume` is said, or something else.
    RecordingError
        If what is there cannot be gone on with, or somebody else is writing to it.

    Notes
    -----
    Processes that record together must come one after the other: the first replaces what is there,
    and the others find their part of the folder empty.
    """
    info.to_json()  # first, so that what cannot be written removes nothing
    _is_taken(path, info, may_be=overwrite or resume)
    path.mkdir(parents=True, exist_ok=True)
    lock = FolderLock(path, info.rank)
    try:
        remove_unfinished(path, info.rank)
        # Asked again: somebody else may have come in between.
        taken = _is_taken(path, info, may_be=overwrite or resume)
        if taken and resume:
            before, entries = take_up(path, info)
            return Start(before, lock, entries)
        if taken:
            _check_alone(path, info.rank)
            remove(path)
        replace_text(path / run_file(info.rank), info.to_json())
        replace_text(path / manifest_file(info.rank), "")
    except BaseException:
        lock.release()
        raise
    return Start(info, lock)


def _is_taken(path: Path, info: RunInfo, *, may_be: bool) -> bool:
    """Return whether a recording is there; refuse one that must not be, and anything else."""
    occupied = path.exists() and (not path.is_dir() or any(map(_is_content, path.iterdir())))
    if occupied and info.rank and any(path.glob("_run*.json")):
        occupied = _is_recording(path, info.rank)
    elif occupied and not _is_recording(path, info.rank):
        raise RecordingExistsError(
            f"'{path}' is there already and is no recording; it is left as it is.",
            hint="choose another folder",
        )
    if occupied and not may_be:
        raise RecordingExistsError(
            f"'{path}' already holds a recording.",
            hint="say overwrite to replace it, resume to go on with it, or choose another folder",
        )
    return occupied


def _is_content(file: Path) -> bool:
    """Return whether a file is more than what a process leaves that is killed before it begins."""
    return not is_lock_file(file.name) and not file.name.startswith((".tmp-_run", ".tmp-_manifest"))


def _check_alone(path: Path, rank: int) -> None:
    if is_locked(path, but_for=rank):
        raise RecordingError(
            f"'{path}' cannot be replaced: another process is writing to it.",
            hint="wait until it has ended, or choose another folder",
        )


def remove(path: Path) -> None:
    """Remove the files of a recording; the folder stays.

    One that is killed half way leaves a recording without a shard, never one that lists lost ones.
    """
    manifests = [path / manifest_file(0), *path.glob("_manifest-*.jsonl")]
    for manifest in manifests:
        if manifest.exists():
            replace_text(manifest, "")
    for name in (*KINDS, SET_ASIDE):
        if (path / name).is_dir():
            shutil.rmtree(path / name)
    beside = (path / CHECKPOINTS_FILE, path / COMPACTING_FILE, *path.glob(".tmp-_*"))
    for file in (*beside, *manifests, *path.glob("_run-*.json"), path / run_file(0)):
        file.unlink(missing_ok=True)


def _is_recording(path: Path, rank: int) -> bool:
    return (path / run_file(rank)).is_file() or (path / manifest_file(rank)).is_file()
