"""Goes on with the recording of a series: what is there already, and what is still to be recorded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from activstats.errors import RecordingError, RecordingExistsError
from activstats.recorder.checkpoints.survey import Duplicates, with_duplicates
from activstats.recording.atomic import replace_text
from activstats.recording.checkpoints import CheckpointRow, read_checkpoints
from activstats.recording.layout import CHECKPOINTS_FILE, RUN_FILE
from activstats.recording.opening import read_manifest, read_run_info
from activstats.recording.store import Store


def check_free(path: Path, *, overwrite: bool, resume: bool) -> None:
    """Refuse a folder that is taken before any checkpoint is read.

    Raises
    ------
    RecordingExistsError
    """
    taken = path.is_dir() and any(path.iterdir())
    if taken and not (overwrite or resume):
        raise RecordingExistsError(
            f"'{path}' is not empty.",
            hint="say overwrite to replace a recording, resume to go on with it, or choose another "
            "folder",
        )


def rows_before(path: Path) -> tuple[CheckpointRow, ...]:
    """Return the table of a series that is to be gone on with; empty if there is none yet.

    Raises
    ------
    RecordingError
        If a recording is there that is not of a series.
    """
    if (path / RUN_FILE).exists() and not (path / CHECKPOINTS_FILE).exists():
        raise RecordingError(
            f"'{path}' is no recording of checkpoints and cannot be resumed with some.",
            got=f"no {CHECKPOINTS_FILE}",
            hint="choose another folder",
        )
    return read_checkpoints(Store(path), str(path))


def taken_up(
    path: Path,
    rows: Sequence[CheckpointRow],
    before: Sequence[CheckpointRow],
    duplicates: Duplicates,
) -> list[CheckpointRow]:
    """Return the rows of the whole series, those that are recorded marked so.

    Recorded checkpoints that are no longer given stay in the table.

    Raises
    ------
    RecordingError
        If a checkpoint that is recorded has other weights now, or if one is to come in between.
    """
    last = _last_step(path) if before else -1
    known = {row.step: row for row in before}
    for row in rows:
        _check_same(path, row, known.get(row.step), last)
    standing = {row.step for row in before if row.duplicate_of is None and row.step <= last}
    gone = [row for row in before if row.recorded and row.step not in {one.step for one in rows}]
    marked = [row.with_(recorded=row.step in known and known[row.step].recorded) for row in rows]
    whole = sorted([*marked, *gone], key=lambda row: row.step)
    whole = with_duplicates(whole, duplicates, standing=standing)
    for row in whole:
        if row.duplicate_of is None and row.step < last and row.step not in standing:
            raise RecordingError(
                f"step {row.step} cannot be added to '{path}' before step {last}.",
                hint="record into a new folder, or overwrite",
            )
    return whole


def _check_same(path: Path, row: CheckpointRow, known: CheckpointRow | None, last: int) -> None:
    if known is None or known.step > last or known.duplicate_of is not None:
        return
    if known.sha256 != row.sha256:
        raise RecordingError(
            f"the checkpoint of step {row.step} has other weights than '{path}' was recorded with.",
            got=f"{row.path}: {row.sha256[:12]}",
            allowed=f"{known.path}: {known.sha256[:12]}",
            hint="record into a new folder, or overwrite",
        )


def _last_step(path: Path) -> int:
    """Return the last step of which anything is on the disk."""
    entries = read_manifest(Store(path), str(path)).whole_flushes()
    return max((entry.last[0] for entry in entries), default=-1)


def note_complete(path: Path) -> None:
    """Say of a recording to which nothing is left to add that it is complete."""
    info = read_run_info(Store(path), str(path))
    if info.status != "complete":
        replace_text(path / RUN_FILE, info.with_(status="complete").to_json())
