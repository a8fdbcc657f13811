"""A study of any kind made in its folder: every run that is not yet done, then the table of runs."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from activstats.progress import progress_bar
from activstats.studies.folder import FORMAT, StudyFolder
from activstats.studies.workers import check_n_jobs, perform_each

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence


class Run(Protocol):
    """What every run of a study says about itself before it is done."""

    @property
    def name(self) -> str:
        """Identifier, and name of its folder."""

    @property
    def recording_name(self) -> str:
        """Folder of its recording, empty if there is none."""

    @property
    def along_name(self) -> str:
        """Folder of its recording along training, empty if there is none."""


def make_study(  # noqa: PLR0913  (what a study is, then how it is run: all by keyword)
    out: Path | str,
    runs: Sequence[Run],
    perform: Callable[[Any, Any, Path], Any],
    *,
    study: str,
    settings: Mapping[str, object],
    given: Any,
    columns: Sequence[str],
    about: Mapping[str, str] | None = None,
    together: Callable[[Any], Hashable] | None = None,
    n_jobs: int = 2,
    progress: bool = True,
    resume: bool = True,
    overwrite: bool = False,
) -> Path:
    """Do the runs of a study that are not yet done, and write its table of runs.

    Parameters
    ----------
    out : path
        Folder of the study.
    runs : sequence of Run
        In the order of the runs table.
    perform : callable
        A function of a module: takes a run, `given` and the folder; returns the run's row in types
        that JSON has, lists among them. It runs in a process of its own.
    study : str
        Name of the study; folders of its runs begin with it.
    settings : mapping
        In types that JSON has; another study, with other settings, is not gone on with.
    given : object
        Handed to every run; it must survive pickling.
    columns : sequence of str
        Of the runs table, `run` and `recording` among them.
    about : mapping of str, optional
        Label and words of what a report says of data, networks and splits.
    together : callable, optional
        Runs of which it says the same are done together, all or none of them: `perform` takes them
        as a tuple, and returns a row for each.
    n_jobs : int
        Processes, each with one thread; 1 works in this one, −1 uses every core.
    progress, resume, overwrite : bool
        As for `run_study`.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    StudyError
        If the folder holds something else, or another study and `overwrite` was not said.
    """
    import pandas as pd

    from activstats.recording.study import write_runs

    check_n_jobs(n_jobs)
    folder = StudyFolder(Path(out), re.compile(rf"{re.escape(study)}-[a-z0-9.+-]+"))
    folder.prepare(_description(study, settings, about or {}), resume=resume, overwrite=overwrite)
    parts = _parts(runs, together)
    todo = [part for part in parts if not all(map(folder.is_done, part))]
    with progress_bar(f"study {study}", len(parts), len(parts) - len(todo), shown=progress) as done:
        there = folder.for_workers()
        tasks = ((perform, part, given, there, together is not None) for part in todo)
        with closing(perform_each(_perform_part, tasks, n_jobs)) as each:
            for _ in each:
                done()
    rows = [folder.row(run) for run in runs]
    write_runs(folder.path, pd.DataFrame(rows, columns=list(columns)))
    return folder.path


def _description(
    study: str, settings: Mapping[str, object], about: Mapping[str, str]
) -> dict[str, Any]:
    plain = {"study": study, **settings}
    text = json.dumps(plain, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    said = {"about": dict(about)} if about else {}
    return {"format": FORMAT, "study": study, "hash": digest, "settings": json.loads(text), **said}


def _parts(
    runs: Sequence[Run], together: Callable[[Any], Hashable] | None
) -> list[tuple[Run, ...]]:
    """Return what is done at once: one run, or those that go together."""
    if together is None:
        return [(run,) for run in runs]
    found: dict[Hashable, list[Run]] = {}
    for run in runs:
        found.setdefault(together(run), []).append(run)
    return [tuple(part) for part in found.values()]


def _perform_part(
    perform: Callable[[Any, Any, Path], Any],
    part: tuple[Run, ...],
    given: Any,
    folder: StudyFolder,
    is_together: bool,  # noqa: FBT001  (tasks are handed over as tuples)
) -> None:
    rows = (
        perform(part, given, folder.path) if is_together else [perform(part[0], given, folder.path)]
    )
    for run, row in zip(part, rows, strict=True):
        folder.store_row(run, row)
