"""A whole study: every run that is not yet done, in some processes, then the table of runs."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.progress import progress_bar
from activstats.studies.advised_sizes import ADVISED_SEEDS, ADVISED_SIZES
from activstats.studies.columns import COLUMNS
from activstats.studies.folder import FORMAT, StudyFolder
from activstats.studies.kinds import Kind
from activstats.studies.plan import plan_runs
from activstats.studies.planned import PlannedRun
from activstats.studies.settings import StudySettings
from activstats.studies.splits import Splits, split_table
from activstats.studies.table import Table, load_table
from activstats.studies.workers import check_n_jobs, perform_each

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence


def run_study(
    out: Path | str,
    settings: StudySettings | None = None,
    *,
    data: Path | str | None = None,
    target: str | int | None = None,
    n_jobs: int = 2,
    progress: bool = True,
    resume: bool = True,
    overwrite: bool = False,
) -> Path:
    """Train and record a study of networks, with its controls, and write its table of runs.

    Interrupted or killed, it goes on where it was when it is called again: a run is done once its
    row and its recordings are on disk. The answers do not depend on the number of processes.

    Parameters
    ----------
    out : path
        Folder of the study.
    settings : StudySettings, optional
        Widths, sizes, seeds and the rest; `StudySettings()` if left out.
    data, target : path and str or int, optional
        A table of your own and the column of its labels, see `read_table`; the digits otherwise.
    n_jobs : int
        Processes, each with one thread; 1 works in this one, −1 uses every core.
    progress : bool
        Whether to draw a progress bar on stderr.
    resume : bool
        Whether a study with the same settings and data is gone on with.
    overwrite : bool
        Whether an earlier study in the folder is removed first.

    Returns
    -------
    Path
        The folder, to be opened with `activstats.open_study`.

    Raises
    ------
    InputError
        If the table cannot be used.
    DomainError
        If the settings do not fit the table.
    StudyError
        If the folder holds something else, or training diverges.
    """
    from activstats.recording.study import write_runs

    check_n_jobs(n_jobs)
    settings = settings or StudySettings()
    table = load_table(data, target)
    splits = split_table(table, settings)
    plan = plan_runs(
        settings,
        pool=len(splits.pool),
        n_features=splits.n_features,
        n_classes=splits.n_classes,
    )
    folder = StudyFolder(Path(out))
    folder.prepare(describe(settings, table), resume=resume, overwrite=overwrite)
    todo = [run for run in plan if not folder.is_done(run)]
    with (
        progress_bar(
            f"study of {table.name}", len(plan), len(plan) - len(todo), shown=progress
        ) as done,
        closing(_perform(_longest_first(todo), splits, settings, folder, n_jobs)) as each,
    ):
        for _ in each:
            done()
    write_runs(folder.path, _runs_table(folder, plan))
    return folder.path


def describe(settings: StudySettings, table: Table) -> dict[str, Any]:
    """Return what makes a study this study and no other, with its hash."""
    data = {
        "name": table.name,
        "rows": table.n_samples,
        "features": table.n_features,
        "classes": list(table.classes),
        "largest_class": float(np.bincount(table.labels).max() / table.n_samples),
        "sha256": table.fingerprint(),
    }
    return {
        "format": FORMAT,
        "hash": settings.fingerprint(table.fingerprint()),
        "settings": settings.to_dict(),
        "data": data,
        "about": {"Choice of the sizes": _choice_of_sizes(settings)},
    }


def _choice_of_sizes(settings: StudySettings) -> str:
    if not isinstance(settings.sizes, int):
        return "given"
    return (
        "evenly over log D from the least to the whole training pool, for where a transition lies is not "
        "known beforehand; as many sizes and seeds as the advice on designs gives, or more, where "
        "N/c = 100 is guessed, which the rule top 1 % fixes"
        if settings.sizes >= ADVISED_SIZES and len(settings.seeds) >= ADVISED_SEEDS
        else "evenly over log D from the least to the whole training pool; fewer than the advice on "
        "designs gives"
    )


def _longest_first(runs: Iterable[PlannedRun]) -> list[PlannedRun]:
    # So that no process is left alone with a long run at the end.
    return sorted(
        runs,
        key=lambda run: (
            run.kind is Kind.UNTRAINED,
            -run.along,
            -run.width * run.depth,
            -run.n_train,
        ),
    )


def _perform(
    runs: Sequence[PlannedRun],
    splits: Splits,
    settings: StudySettings,
    folder: StudyFolder,
    n_jobs: int,
) -> Generator[None, None, None]:
    tasks = ((run, splits, settings, folder.for_workers()) for run in runs)
    yield from perform_each(_perform_one, tasks, n_jobs)


def _perform_one(
    run: PlannedRun, splits: Splits, settings: StudySettings, folder: StudyFolder
) -> None:
    # Imported by the workers alone: torch takes seconds to load, and this process can do without.
    from activstats.studies.onerun import perform_run

    folder.store_row(run, perform_run(run, splits, settings, folder.path))


def _runs_table(folder: StudyFolder, plan: Iterable[PlannedRun]) -> Any:
    import pandas as pd

    return pd.DataFrame([folder.row(run) for run in plan], columns=list(COLUMNS))
