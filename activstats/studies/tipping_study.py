"""The study of tipping points: learning rates, widths and masks, and their table of runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from activstats.studies.on_table import OnTable, make_on_table
from activstats.studies.tipping_settings import STUDY, TippingRun, TippingSettings, plan_tipping

# Name and meaning. What a run does not have is missing. Columns that begin with `look_` hold a list
# with a number for each look, the first one before any step.
MEANINGS = {
    "run": "name of the run",
    "recording": "folder of the recording: hidden layer on the validation split at every look",
    "dataset": "name of the table",
    "optimizer": "adam, or sgd without momentum",
    "width": "hidden neurons",
    "masking": "none; lambda, masked early and opened; static, masked for good",
    "learning_rate": "of the optimiser",
    "seed": "of weights, order of the batches and mask",
    "steps": "of the optimiser",
    "diverged": "whether a loss ceased to be finite",
    "firing_rate": "at the end, mean over the neurons not masked of the share of validation samples "
    "that they fire for",
    "dead_share": "share of these neurons that fire for none",
    "validation_loss": "at the end",
    "test_loss": "at the end",
    "test_accuracy": "share of the test split that is classified right, at the end",
    "speed": "one over the steps until the training loss was half of the first one; 0 if it never was",
    "look_step": "steps done",
    "look_firing": "firing rate as above",
    "look_masked": "share of the neurons that was masked",
    "look_train_loss": "on the training set",
    "look_validation_loss": "on the validation split",
}
COLUMNS = tuple(MEANINGS)


def run_tipping(  # noqa: PLR0913  (the arguments of every study, and a table)
    out: Path | str,
    settings: TippingSettings | None = None,
    *,
    quick: bool = False,
    data: Path | str | None = None,
    target: str | int | None = None,
    n_jobs: int = 2,
    progress: bool = True,
    resume: bool = True,
    overwrite: bool = False,
) -> Path:
    """Train networks over learning rates, widths and masks, record them, and write their table.

    Interrupted or killed, it goes on where it was when it is called again. The answers do not depend
    on the number of processes.

    Parameters
    ----------
    out : path
        Folder of the study.
    settings : TippingSettings, optional
        `TippingSettings()` if left out.
    quick : bool
        Use `TippingSettings.quick()` where no settings are given.
    data, target : path and str or int, optional
        A table of your own and the column of its labels; the digits otherwise.
    n_jobs : int
        Processes, each with one thread; the quick form is over before a second one has begun, and
        takes one.
    progress, resume, overwrite : bool
        As for `run_study`.

    Returns
    -------
    Path
        The folder, to be read with `activstats tipping`.

    Raises
    ------
    InputError, DomainError, StudyError
        As for `run_study`.
    """
    chosen = settings or (TippingSettings.quick() if quick else TippingSettings())
    return make_on_table(
        out,
        plan_tipping(chosen),
        _perform,
        study=STUDY,
        settings=chosen,
        columns=COLUMNS,
        together=_but_for_the_seed,
        data=data,
        target=target,
        n_jobs=1 if chosen == TippingSettings.quick() else n_jobs,
        progress=progress,
        resume=resume,
        overwrite=overwrite,
    )


def _but_for_the_seed(run: TippingRun) -> TippingRun:
    return replace(run, seed=0, recorded=False)


def _perform(
    runs: tuple[TippingRun, ...], given: OnTable[TippingSettings], folder: Path
) -> list[dict[str, Any]]:
    # Imported by the workers alone: torch takes seconds to load, and this process can do without.
    from activstats.studies.tipping_run import perform_tipping

    return perform_tipping(runs, given.splits, given.settings, folder)
