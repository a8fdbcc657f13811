"""A study: many recordings and one table of the runs that made them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from activstats.errors import InputError, LayerNotFoundError, RecordingError, RecordingNotFoundError
from activstats.recording.atomic import write_then_rename
from activstats.recording.names import listing
from activstats.recording.reader import RecordingFiles
from activstats.recording.remote import RemotePath, hint_for, place
from activstats.recording.store import said

RUNS_FILE = "runs.parquet"
_NEEDED = ("run", "recording")


class StudyFiles:
    """A study on disk, read-only.

    Parameters
    ----------
    path : str or path-like
        Folder that holds `runs.parquet`, or a URI that fsspec understands.
    storage_options : mapping, optional
        What the file system of a URI is to be told.

    Attributes
    ----------
    path : Path or RemotePath
    runs : DataFrame
        One row a run, with at least the columns `run` (its name) and `recording` (relative path of
        its recording, empty where there is none).

    Raises
    ------
    RecordingNotFoundError
        If there is no study at the path.
    RecordingError
        If its table cannot be read, or is no table of runs.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | RemotePath,
        storage_options: Mapping[str, Any] | None = None,
    ) -> None:
        self.path = place(path, storage_options)
        try:
            content = pa.BufferReader((self.path / RUNS_FILE).read_bytes())
            self.runs: pd.DataFrame = pq.read_table(content).to_pandas()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise RecordingNotFoundError(
                f"there is no study at '{path}'.",
                got=f"no {RUNS_FILE} in it",
                hint=hint_for(path)
                or "the folder that a study was written to, such as the demo's --out",
            ) from error
        except (pa.ArrowException, OSError) as error:
            raise RecordingError(
                f"the runs table of '{path}' cannot be read.",
                got=said(error),
                hint=hint_for(path) or "run the study again; recordings that are there are kept",
            ) from error
        missing = [column for column in _NEEDED if column not in self.runs]
        if missing:
            raise RecordingError(
                f"the table {RUNS_FILE} in '{path}' is no table of runs.",
                got=f"no column '{missing[0]}', but {listing([str(c) for c in self.runs.columns])}",
                hint="the folder that a study was written to, such as the demo's --out",
            )

    def recording_path(self, run: str) -> Path | RemotePath:
        """Return the folder or the URI of a run's recording.

        Raises
        ------
        LayerNotFoundError
            If there is no such run, or it has no recording.
        """
        rows = self.runs.loc[self.runs["run"] == run, "recording"]
        if rows.empty or not rows.iloc[0]:
            raise LayerNotFoundError(
                f"the study '{self.path}' has no recording of a run '{run}'.",
                hint="study.runs lists the runs; their column `recording` says which have one",
            )
        return self.path / str(rows.iloc[0])

    def recording(self, run: str) -> RecordingFiles:
        """Open the recording of a run."""
        return RecordingFiles(self.recording_path(run))


def write_runs(path: str | os.PathLike[str], runs: pd.DataFrame) -> None:
    """Write the runs table of a study, replacing the one that is there in one move.

    Parameters
    ----------
    path : path-like
        Folder of the study; made if need be.
    runs : DataFrame
        One row a run; columns `run` and `recording` are needed, `run` must be unique.

    Raises
    ------
    InputError
        If a needed column is missing or a run stands twice.
    """
    for column in _NEEDED:
        if column not in runs:
            raise InputError(
                f"a runs table needs a column '{column}'.", got=", ".join(runs.columns)
            )
    if runs["run"].duplicated().any():
        twice = runs.loc[runs["run"].duplicated(), "run"].iloc[0]
        raise InputError("a run stands twice in the runs table.", got=twice)
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pandas(runs, preserve_index=False), sink, compression="zstd")
    target = folder / RUNS_FILE
    temporary = target.with_name(f".tmp-{RUNS_FILE}.{os.getpid()}")
    write_then_rename(temporary, target, memoryview(sink.getvalue()))
