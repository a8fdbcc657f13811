"""The folder of a study while it is being made: what was asked for, and the rows done so far."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from activstats.errors import NewerFormatError, RecordingError, StudyError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from activstats.studies.making import Run

FORMAT = 1
DESCRIPTION = "_study.json"
ROWS = "_rows"
_RUN = re.compile(
    r"(trained|untrained|random-labels|same-start|deep)-w\d+(-h\d+)?-n\d+-s\d+(-o\d+)?(-along)?"
)


@dataclass(frozen=True)
class StudyFolder:
    """A folder that holds one study, or is to hold it.

    Parameters
    ----------
    path : path
        The folder.
    run_names : re.Pattern
        Names that folders of runs can have; no other folder is ever removed.
    """

    path: Path
    run_names: re.Pattern[str] = _RUN

    def for_workers(self) -> StudyFolder:
        """Return the same folder by its whole path: workers keep the place they were started in."""
        return replace(self, path=self.path.absolute())

    def prepare(self, description: Mapping[str, Any], *, resume: bool, overwrite: bool) -> None:
        """Make the folder ready for a study, new or to be gone on with.

        Parameters
        ----------
        description : mapping
            The study as `describe` gives it.
        resume : bool
            Whether the same study may be gone on with.
        overwrite : bool
            Whether an earlier study is removed; files that no study made are never touched.

        Raises
        ------
        StudyError
            If the folder holds something else, or another study and `overwrite` was not said.
        """
        if self.path.exists() and not self.path.is_dir():
            raise StudyError("a study needs a folder, this is a file.", got=self.path)
        if (self.path / DESCRIPTION).exists():
            if not overwrite:
                self._check_same(description, resume=resume)
                return
            self._remove()
        elif self.path.exists() and _holds_files(self.path):
            raise StudyError(
                "the folder holds files and no study.", got=self.path, hint="a new or empty folder"
            )
        try:
            (self.path / ROWS).mkdir(parents=True, exist_ok=True)
            write_json(self.path / DESCRIPTION, description)
        except OSError as error:
            raise StudyError(
                "the folder of the study cannot be written to.", got=f"{self.path}: {error}"
            ) from error

    def _check_same(self, description: Mapping[str, Any], *, resume: bool) -> None:
        if not resume:
            raise StudyError(
                "the folder already holds a study.",
                got=self.path,
                hint="resume=True to go on with it, overwrite=True to make it anew",
            )
        found = read_json(self.path / DESCRIPTION)
        if found is None:
            raise StudyError(
                "the description of the study is damaged.",
                got=self.path / DESCRIPTION,
                hint="overwrite=True to make the study anew",
            )
        if found.get("format", 0) > FORMAT:
            raise NewerFormatError(
                "the study was made by a later version of activstats.",
                got=f"format {found['format']}",
                allowed=f"format {FORMAT}",
            )
        if found.get("hash") != description["hash"]:
            raise StudyError(
                "the folder holds a study with other settings or other data.",
                got="; ".join(_differences(found, description)),
                hint="another folder, the same settings, or overwrite=True to make it anew",
            )

    def _remove(self) -> None:
        # The description goes last: while it is there the folder is known to be ours.
        for entry in sorted(self.path.iterdir()):
            if entry.is_dir() and (entry.name == ROWS or self.run_names.fullmatch(entry.name)):
                shutil.rmtree(entry)
        (self.path / "runs.parquet").unlink(missing_ok=True)
        (self.path / DESCRIPTION).unlink()

    def store_row(self, run: Run, row: Mapping[str, Any]) -> None:
        """Store the row of a finished run, whole or not at all."""
        write_json(self._row_file(run), row)

    def row(self, run: Run) -> dict[str, Any] | None:
        """Return the stored row of a run, None if there is none."""
        return read_json(self._row_file(run))

    def is_done(self, run: Run) -> bool:
        """Tell whether the row of a run and all of its recordings are there, whole."""
        recordings = [name for name in (run.recording_name, run.along_name) if name]
        return self.row(run) is not None and all(_is_whole(self.path / name) for name in recordings)

    def _row_file(self, run: Run) -> Path:
        return self.path / ROWS / f"{run.name}.json"


def _holds_files(path: Path) -> bool:
    return any(not entry.name.startswith(".") for entry in path.iterdir())


def _is_whole(path: Path) -> bool:
    from activstats.recording.reader import RecordingFiles

    try:
        recording = RecordingFiles(str(path))
    except RecordingError:
        return False
    return recording.info.status == "complete" and not recording.verify()


def _differences(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    before, now = found.get("settings", {}), wanted["settings"]
    changed = [
        f"{key} was {before.get(key)}, is now {now.get(key)}"
        for key in sorted({*before, *now})
        if before.get(key) != now.get(key)
    ]
    if found.get("data") != wanted.get("data"):
        changed.append(f"the data was {found.get('data')}, is now {wanted['data']}")
    return changed


def read_json(path: Path) -> dict[str, Any] | None:
    """Return the object in a file, None if it is missing or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write an object so that nobody ever sees half of it."""
    from activstats.recording.atomic import replace_text

    replace_text(path, json.dumps(content, indent=1, allow_nan=False) + "\n")
