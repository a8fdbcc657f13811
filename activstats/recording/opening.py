"""What opening a recording reads: its description and its manifest, or what stands in for one."""

from __future__ import annotations

from activstats.errors import DamagedRecordingError, RecordingError, RecordingNotFoundError
from activstats.recording.layout import RUN_FILE, manifest_file, parse_shard, run_file
from activstats.recording.manifest import Manifest, ShardEntry, parse_manifest
from activstats.recording.remote import hint_for
from activstats.recording.run_info import RunInfo, parse_run_info
from activstats.recording.store import Store, said

_NO_TEXT = "\ufffd"  # what bytes that are not UTF-8 are read as


def read_run_info(store: Store, path: str) -> RunInfo:
    """Return what `_run.json` says.

    Raises
    ------
    RecordingNotFoundError
        If there is nothing at the path, or no recording.
    RecordingError
        If the place cannot be reached or may not be read.
    NewerFormatError, DamagedRecordingError
        If this version cannot understand it.
    """
    try:
        text = store.text(RUN_FILE)
    except FileNotFoundError as error:
        raise RecordingNotFoundError(
            f"there is no recording at '{path}'.",
            got=_lacking(store, error),
            hint=hint_for(path)
            or "the folder given to Recorder; a study holds one folder a recording",
        ) from error
    except OSError as error:
        raise RecordingError(
            f"'{path}' cannot be reached or read.", got=said(error), hint=hint_for(path)
        ) from error
    if _NO_TEXT in text:
        raise DamagedRecordingError(
            f"the description of the recording '{path}' cannot be read.",
            got=f"{RUN_FILE}: bytes that are not UTF-8",
            hint="the shards below stats/ are ordinary Parquet files and can be read without it",
        )
    return parse_run_info(text, where=f"'{path}'")


def _lacking(store: Store, error: OSError) -> str:
    """Return what is missing: the description, the folder, or the bucket that would hold it."""
    try:
        found = store.exists()
    except OSError as further:
        return said(further)
    if found:
        return f"no {RUN_FILE} in it"
    return "no such bucket" if "bucket" in str(error).lower() else "no such folder"


def read_further_ranks(store: Store, path: str, info: RunInfo) -> tuple[RunInfo, tuple[str, ...]]:
    """Return what all processes of a recording say together, and what is wrong with it.

    Layers are those that any process met. The recording is complete when the part of every process
    is, and still being made while one of them is at it.
    """
    several, problems = [info], []
    for rank in range(1, info.world):
        name = run_file(rank)
        try:
            one = parse_run_info(store.text(name), where=f"'{path}', {name}")
        except FileNotFoundError:
            problems.append(f"{name} is missing: the samples of process {rank} are lost")
        except (OSError, DamagedRecordingError) as error:
            problems.append(f"{name} cannot be read: {said(error)}")
        else:
            several.append(one)
            if (one.created, one.rank, one.world) != (info.created, rank, info.world):
                problems.append(f"{name} is of another recording")
    layers = {layer.layer: layer for one in reversed(several) for layer in one.layers}
    ordered = dict.fromkeys(layer.layer for one in several for layer in one.layers)
    told = {one.status for one in several}
    status = next((s for s in ("recording", "interrupted") if s in told), info.status)
    merged = info.with_(layers=tuple(layers[name] for name in ordered), status=status)
    return merged, tuple(problems)


def read_manifest(store: Store, path: str, world: int = 1) -> Manifest:
    """Return the manifest; where it is lost, the shards that are there stand in for it.

    Parameters
    ----------
    store : Store
    path : str
        For messages.
    world : int
        How many processes recorded together; each has a manifest of its own.

    Raises
    ------
    RecordingError
        If it is there but may not be read.
    """
    several = [_read_manifest_of(store, path, rank) for rank in range(world)]
    return Manifest(
        tuple(entry for one in several for entry in one.entries),
        tuple(problem for one in several for problem in one.problems),
    )


def _read_manifest_of(store: Store, path: str, rank: int) -> Manifest:
    try:
        return parse_manifest(store.text(manifest_file(rank)))
    except FileNotFoundError:
        return _manifest_by_listing(store, rank)
    except OSError as error:
        raise RecordingError(
            f"the manifest of '{path}' cannot be read.", got=said(error)
        ) from error


def _manifest_by_listing(store: Store, rank: int) -> Manifest:
    """Stand in for a lost manifest: shards only have their names once they are whole."""
    entries: list[ShardEntry] = []
    problems = [f"{manifest_file(rank)} is missing"]
    for path in store.files():
        parsed = parse_shard(path)
        if parsed is None or parsed[0].rank != rank:
            continue
        try:
            entries.append(store.entry_of(path))
        except DamagedRecordingError as error:
            problems.append(str(error.got))
    return Manifest(tuple(entries), tuple(problems))
