"""Takes a recording up again: what is whole is gone on with, and what is not is set aside."""

from __future__ import annotations

import itertools
from pathlib import Path

from activstats.errors import DamagedRecordingError, RecordingError
from activstats.recording.atomic import replace_text
from activstats.recording.compaction_journal import finish_compacting
from activstats.recording.layout import (
    CHECKPOINTS_FILE,
    COMPACTING_FILE,
    RANK_FOLDER,
    aside_name,
    manifest_file,
    run_file,
)
from activstats.recording.manifest import Manifest, ShardEntry, parse_manifest
from activstats.recording.run_info import RunInfo, parse_run_info


def take_up(path: Path, info: RunInfo) -> tuple[RunInfo, tuple[ShardEntry, ...]]:
    """Continue after the last whole flush; set aside what no whole flush vouches for.

    Parameters
    ----------
    path : Path
        Folder of the recording, locked.
    info : RunInfo
        What is to be recorded now.

    Returns
    -------
    tuple of RunInfo and tuple of ShardEntry
        The description to go on with, and the shards that stay.

    Raises
    ------
    RecordingError
        If something else was recorded there.
    DamagedRecordingError, NewerFormatError
        If what is there cannot be gone on with.
    """
    before = _read_info(path, info.rank)
    _check_same(path, before, info)
    finish_compacting(path)
    manifest = _read_manifest(path, info.rank)
    entries = tuple(manifest.whole_flushes())
    _check_there(path, entries)
    listed = {entry.path for entry in entries}
    for shard in _shards(path, info.rank):
        if shard.relative_to(path).as_posix() not in listed:
            shard.rename(_free(shard.with_name(aside_name(shard.name))))
    replace_text(path / manifest_file(info.rank), "".join(entry.line() for entry in entries))
    chunk = max(before.chunk_samples, info.chunk_samples)
    again = before.with_(status="recording", versions=info.versions, chunk_samples=chunk)
    return again, entries


def remove_unfinished(path: Path, rank: int) -> None:
    """Remove what killed processes had not yet given its name; the rank's part must be locked."""
    names = [run_file(rank), manifest_file(rank)]
    names += [] if rank else [CHECKPOINTS_FILE, COMPACTING_FILE]
    for pattern in (*names, f"*/**/{RANK_FOLDER.format(rank)}/"):
        folder, _, name = pattern.rpartition("/")
        for unfinished in path.glob(f"{folder}/.tmp-{name}*" if folder else f".tmp-{name}.*"):
            unfinished.unlink()


def _free(name: Path) -> Path:
    """Return a name under which nothing was set aside before: numbers of processes come again."""
    names = (name.with_name(f"{name.name}.{number}") for number in itertools.count(1))
    return next(one for one in itertools.chain([name], names) if not one.exists())


def _check_there(path: Path, entries: tuple[ShardEntry, ...]) -> None:
    """Refuse to go on after shards that are not as long as they were, or not there at all."""
    for entry in entries:
        file = path / entry.path
        size = file.stat().st_size if file.is_file() else None
        if size != entry.bytes:
            raise DamagedRecordingError(
                f"'{path}' cannot be resumed: a shard is damaged.",
                got=f"{entry.path}: {'missing' if size is None else f'{size} bytes'}",
                allowed=f"{entry.bytes} bytes",
                hint="activstats verify --repair sets aside what is broken",
            )


def _check_same(path: Path, before: RunInfo, now: RunInfo) -> None:
    told = {
        "mode": (now.mode, before.mode),
        "type of values": (now.values_dtype, before.values_dtype),
        "number of processes": (now.world, before.world),
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


def _read_info(path: Path, rank: int) -> RunInfo:
    name = run_file(rank)
    try:
        text = (path / name).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError as error:
        raise DamagedRecordingError(
            f"'{path}' cannot be resumed: it has no {name}.", hint="say overwrite to replace it"
        ) from error
    return parse_run_info(text, where=f"'{path}'")


def _read_manifest(path: Path, rank: int) -> Manifest:
    file = path / manifest_file(rank)
    if file.exists():
        manifest = parse_manifest(file.read_text(encoding="utf-8", errors="replace"))
        problems = manifest.problems
    else:
        manifest = Manifest((), ())
        problems = (f"{file.name} is missing",) if _shards(path, rank) else ()
    if problems:
        raise DamagedRecordingError(
            f"'{path}' cannot be resumed: its manifest is damaged.",
            got="; ".join(problems),
            hint="open_recording still reads what is there; record into a new folder",
        )
    return manifest


def _shards(path: Path, rank: int) -> list[Path]:
    return sorted(path.glob(f"*/**/{RANK_FOLDER.format(rank)}/part-*.parquet"))
