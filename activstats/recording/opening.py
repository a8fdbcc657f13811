"""What opening a recording reads: its description and its manifest, or what stands in for one."""

from __future__ import annotations

from activstats.errors import DamagedRecordingError, RecordingError, RecordingNotFoundError
from activstats.recording.layout import MANIFEST_FILE, RUN_FILE, parse_shard
from activstats.recording.manifest import Manifest, ShardEntry, parse_manifest
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
            got=f"no {RUN_FILE} in it" if store.exists() else "no such folder",
            hint="the folder given to Recorder; a study holds one folder a recording",
        ) from error
    except OSError as error:
        raise RecordingError(f"'{path}' cannot be reached or read.", got=said(error)) from error
    if _NO_TEXT in text:
        raise DamagedRecordingError(
            f"the description of the recording '{path}' cannot be read.",
            got=f"{RUN_FILE}: bytes that are not UTF-8",
            hint="the shards below stats/ are ordinary Parquet files and can be read without it",
        )
    return parse_run_info(text, where=f"'{path}'")


def read_manifest(store: Store, path: str) -> Manifest:
    """Return the manifest; where it is lost, the shards that are there stand in for it.

    Raises
    ------
    RecordingError
        If it is there but may not be read.
    """
    try:
        return parse_manifest(store.text(MANIFEST_FILE))
    except FileNotFoundError:
        return _manifest_by_listing(store)
    except OSError as error:
        raise RecordingError(
            f"the manifest of '{path}' cannot be read.", got=said(error)
        ) from error


def _manifest_by_listing(store: Store) -> Manifest:
    """Stand in for a lost manifest: shards only have their names once they are whole."""
    entries: list[ShardEntry] = []
    problems = [f"{MANIFEST_FILE} is missing"]
    for path in store.files():
        if parse_shard(path) is None:
            continue
        try:
            entries.append(store.entry_of(path))
        except DamagedRecordingError as error:
            problems.append(str(error.got))
    return Manifest(tuple(entries), tuple(problems))
