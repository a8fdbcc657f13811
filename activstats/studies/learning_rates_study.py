"""The study of learning rates: how fluctuation, participation and loss go with them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from activstats.studies.learning_rates_columns import COLUMNS
from activstats.studies.learning_rates_data import TaskData, task_data
from activstats.studies.learning_rates_settings import (
    STUDY,
    LearningRateRun,
    LearningRatesSettings,
    plan_learning_rates,
)
from activstats.studies.making import make_study


def run_learning_rates(
    out: Path | str,
    settings: LearningRatesSettings | None = None,
    *,
    quick: bool = False,
    n_jobs: int = 2,
    progress: bool = True,
    resume: bool = True,
    overwrite: bool = False,
) -> Path:
    """Train networks at many learning rates, watch their weights, and write the table of runs.

    The setting of Pareek et al. 2025 (arXiv 2511.10435) as far as it is public: an autoencoder on
    pictures of eight shapes at learning rates .0001, .001, .01, and finer; beside it a classifier
    on digits, and SGD beside Adam. Sizes of layers, epochs, pictures and measures are ours.

    Parameters
    ----------
    out : path
        Folder of the study.
    settings : LearningRatesSettings, optional
        `LearningRatesSettings()` if left out.
    quick : bool
        Use `LearningRatesSettings.quick()` where no settings are given.
    n_jobs : int
        Processes, each with one thread; the quick form is over before a second one has begun, and
        takes one.
    progress, resume, overwrite : bool
        As for `run_study`.

    Returns
    -------
    Path
        The folder, to be read with `activstats fluctuation`.

    Raises
    ------
    StudyError
        If the folder holds something else, or another study.
    """
    chosen = settings or (LearningRatesSettings.quick() if quick else LearningRatesSettings())
    return make_study(
        out,
        plan_learning_rates(chosen),
        _perform,
        study=STUDY,
        settings=chosen.to_dict(),
        given=_Given({task: task_data(task, chosen) for task in chosen.tasks}, chosen),
        columns=COLUMNS,
        n_jobs=1 if chosen == LearningRatesSettings.quick() else n_jobs,
        progress=progress,
        resume=resume,
        overwrite=overwrite,
    )


@dataclass(frozen=True, eq=False)
class _Given:
    """What every run is handed."""

    data: dict[str, TaskData]
    settings: LearningRatesSettings


def _perform(run: LearningRateRun, given: _Given, folder: Path) -> dict[str, Any]:
    # Imported by the workers alone: torch takes seconds to load, and this process can do without.
    from activstats.studies.learning_rates_run import perform_rate_run

    return perform_rate_run(run, given.data[run.task], given.settings, folder)
