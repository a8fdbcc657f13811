"""The table of a series of checkpoints: which weights each step of a recording is of.

It is kept as `_checkpoints.json` beside `_run.json`, and read without torch.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import pandas as pd

from activstats.errors import DamagedRecordingError
from activstats.recording.atomic import replace_text
from activstats.recording.layout import CHECKPOINTS_FILE
from activstats.recording.store import Store, said


@dataclass(frozen=True)
class CheckpointRow:
    """One checkpoint of a series.

    Parameters
    ----------
    step : int
        Step of the training, and of the recording.
    path : str
        Where the weights were read from.
    sha256 : str
        Of the names, types, shapes and bytes of the tensors that were loaded, not of the file.
    duplicate_of : int, optional
        Step of the checkpoint that has the same weights and stands for this one; the step itself
        where all of several equal checkpoints were left out.
    missing, unexpected : tuple of str
        Names that the model has and the checkpoint lacks, and the other way round.
    prefix : str
        What was taken off the front of the checkpoint's names.
    commit : str
        Of the repository on a hub that it was read from, empty elsewhere.
    recorded : bool
        Whether all of it is on the disk.
    """

    step: int
    path: str
    sha256: str
    duplicate_of: int | None = None
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    prefix: str = ""
    commit: str = ""
    recorded: bool = False

    def with_(self, **changes: Any) -> CheckpointRow:
        """Return a copy with some fields changed."""
        return replace(self, **changes)


def checkpoints_table(rows: Iterable[CheckpointRow]) -> pd.DataFrame:
    """Return checkpoints as a table, one row each: the fields of `CheckpointRow`."""
    names = [field.name for field in fields(CheckpointRow)]
    frame = pd.DataFrame([asdict(row) for row in rows], columns=names)
    return frame.astype({"step": "int64", "duplicate_of": "Int64", "recorded": "bool"})


def write_checkpoints(folder: Path, rows: Iterable[CheckpointRow]) -> None:
    """Replace the table in the folder of a recording, in one move."""
    content = {"checkpoints": [asdict(row) for row in rows]}
    replace_text(folder / CHECKPOINTS_FILE, json.dumps(content, indent=1) + "\n")


def read_checkpoints(store: Store, path: str) -> tuple[CheckpointRow, ...]:
    """Return the table of a recording; empty if it has none.

    Raises
    ------
    DamagedRecordingError
        If it is there but cannot be read.
    """
    try:
        return _parse(store.text(CHECKPOINTS_FILE), f"'{path}'")
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise _damaged(f"'{path}'", said(error)) from error


def _parse(text: str, where: str) -> tuple[CheckpointRow, ...]:
    try:
        return tuple(_parse_row(row) for row in json.loads(text)["checkpoints"])
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(where, str(error)) from error


def _parse_row(content: dict[str, Any]) -> CheckpointRow:
    names = {key: tuple(content[key]) for key in ("missing", "unexpected")}
    return CheckpointRow(**(content | names))


def _damaged(where: str, got: str) -> DamagedRecordingError:
    return DamagedRecordingError(
        f"the table of checkpoints of the recording {where} cannot be read.",
        got=f"{CHECKPOINTS_FILE}: {got}",
    )
