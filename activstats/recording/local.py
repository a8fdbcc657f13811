"""The local folder that a recording is written to: made, replaced or taken up again."""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from activstats.errors import DamagedRecordingError, RecordingError, RecordingExistsError
from activstats.recording.atomic import replace_text
from activstats.recording.layout import KINDS, MANIFEST_FILE, RUN_FILE, aside_name
from activstats.recording.manifest import Manifest, ShardEntry, parse_manifest
from activstats.recording.run_info import RunInfo, parse_run_info


@dataclass(frozen=True)
class Start:
    """From where a writer goes on: the description to continue, and what is on the disk already."""

    info: RunInfo
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
        If what is there cannot be gone on with.
    """
    text = info.to_json()  # first, so that what cannot be written removes nothing
    occupied = path.exists() and (not path.is_dir() or any(path.iterdir()))
    if occupied and not _is_recording(path):
        raise RecordingExistsError(
            f"'{path}' is there already and is no recording; it is left as it is.",
            hint="choose another folder",
        )
    if occupied and not (overwrite or resume):
        raise RecordingExistsError(
            f"'{path}' already holds a recording.",
            hint="say overwrite to replace it, resume to go on with it, or choose another folder",
        )
    if occupied and resume:
        return _take_up(path, info)
    if occupied:
        remove(path)
    path.mkdir(parents=True, exist_ok=True)
    replace_text(path / RUN_FILE, text)
    replace_text(path / MANIFEST_FILE, "")
    return Start(info)


def remove(path: Path) -> None:
    """Remove the files of a recording, and its folder if there is nothing else in it."""
    for kind in KINDS:
        if (path / kind).is_dir():
            shutil.rmtree(path / kind)
    for name in (RUN_FILE, MANIFEST_FILE):
        (path / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # somebody put something beside it
        path.rmdir()


def _is_recording(path: Path) -> bool:
    return (path / RUN_FILE).is_file() or (path / MANIFEST_FILE).is_file()


def _take_up(path: Path, info: RunInfo) -> Start:
    """Continue after the last whole flush; set aside what no whole flush vouches for."""
    before = _read_info(path)
    _check_same(path, before, info)
    manifest = _read_manifest(path)
    entries = tuple(manifest.whole_flushes())
    listed = {entry.path for entry in entries}
    for shard in _shards(path):
        if shard.relative_to(path).as_posix() not in listed:
            shard.rename(shard.with_name(aside_name(shard.name)))
    replace_text(path / MANIFEST_FILE, "".join(entry.line() for entry in entries))
    chunk = max(before.chunk_samples, info.chunk_samples)
    return Start(
        before.with_(status="recording", versions=info.versions, chunk_samples=chunk), entries
    )


def _check_same(path: Path, before: RunInfo, now: RunInfo) -> None:
    told = {
        "mode": (now.mode, before.mode),
        "model": (now.model.get("config_sha256"), before.model.get("config_sha256")),
    }
    for what, (ours, theirs) in told.items():
        if ours != theirs:
            raise RecordingError(
                f"'{path}' was recorded with another {what} and cannot be resumed with this one.",
                got=ours,
                allowed=theirs,
                hint="say the same as before, or record into a new folder",
            )


def _read_info(path: Path) -> RunInfo:
    try:
        text = (path / RUN_FILE).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError as error:
        raise DamagedRecordingError(
            f"'{path}' cannot be resumed: it has no {RUN_FILE}.", hint="say overwrite to replace it"
        ) from error
    return parse_run_info(text, where=f"'{path}'")


def _read_manifest(path: Path) -> Manifest:
    file = path / MANIFEST_FILE
    if file.exists():
        manifest = parse_manifest(file.read_text(encoding="utf-8", errors="replace"))
        problems = manifest.problems
    else:
        manifest = Manifest((), ())
        problems = (f"{MANIFEST_FILE} is missing",) if _shards(path) else ()
    if problems:
        raise DamagedRecordingError(
            f"'{path}' cannot be resumed: its manifest is damaged.",
            got="; ".join(problems),
            hint="open_recording still reads what is there; record into a new folder",
        )
    return manifest


def _shards(path: Path) -> list[Path]:
    return sorted(path.glob("*/**/part-*.parquet"))
