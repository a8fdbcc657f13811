"""The study of stamina: Hebbian layers made smaller in several ways, and their table of runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from activstats.errors import StudyError
from activstats.studies.on_table import OnTable, make_on_table
from activstats.studies.stamina_settings import StaminaRun, StaminaSettings, plan_stamina

STUDY = "stamina"
# Columns of the table of runs, one row a run.
COLUMNS = (
    "run", "condition", "seed", "width", "unused_share", "recording", "dataset", "safe_ratio", "layers",
)  # fmt: skip
# Name and meaning of what is in `layers`: one entry for each layer that a run trained and tells of.
# What an entry does not have is missing.
MEANINGS = {
    "method": "how neurons were chosen: whole layer, stamina, or one of the prunings",
    "signal": "what stamina gains at a firing: output or 1",
    "ratio": "penalty over the median p* after the warm-up",
    "chosen_by": "whether a ratio was given, or a number of neurons",
    "target": "neurons wanted",
    "search": "how the penalty was searched for",
    "search_runs": "new training runs that the search took",
    "hit": "whether the target was met within the tolerance",
    "kept": "neurons left",
    "ledger_kept": "neurons that the ledger of the whole layer's recording leaves",
    "expected_kept": "neurons of the whole layer with p* > p",
    "accuracy": "share of the test split that a linear read-out classifies right",
    "entropy": "normalised entropy of the neurons' mean outputs on the training pool",
    "gini": "Gini coefficient of these",
}


def run_stamina(  # noqa: PLR0913  (the arguments of every study, and a table)
    out: Path | str,
    settings: StaminaSettings | None = None,
    *,
    quick: bool = False,
    data: Path | str | None = None,
    target: str | int | None = None,
    n_jobs: int = 2,
    progress: bool = True,
    resume: bool = True,
    overwrite: bool = False,
) -> Path:
    """Train Hebbian layers with stamina and with prunings, record them, write their table of runs.

    Interrupted or killed, it goes on where it was when it is called again. The answers do not depend
    on the number of processes.

    Parameters
    ----------
    out : path
        Folder of the study.
    settings : StaminaSettings, optional
        `StaminaSettings()` if left out.
    quick : bool
        Use `StaminaSettings.quick()` where no settings are given.
    data, target : path and str or int, optional
        A table of your own and the column of its labels; the digits otherwise.
    n_jobs : int
        Processes, each with one thread; the quick form is over before a second one has begun, and
        takes one.
    progress : bool
        Whether to draw a progress bar on stderr.
    resume, overwrite : bool
        What to do about an earlier study in the folder.

    Returns
    -------
    Path
        The folder, to be opened with `activstats.open_study`.

    Raises
    ------
    InputError, DomainError, StudyError
        As for `run_study`.
    """
    chosen = settings or (StaminaSettings.quick() if quick else StaminaSettings())
    return make_on_table(
        out,
        plan_stamina(chosen),
        _perform,
        study=STUDY,
        settings=chosen,
        columns=COLUMNS,
        data=data,
        target=target,
        n_jobs=1 if chosen == StaminaSettings.quick() else n_jobs,
        progress=progress,
        resume=resume,
        overwrite=overwrite,
    )


def _perform(run: StaminaRun, given: OnTable[StaminaSettings], folder: Path) -> dict[str, Any]:
    # Imported by the workers alone: torch takes seconds to load, and this process can do without.
    from activstats.studies.stamina_run import perform_stamina

    whole, *others = perform_stamina(run, given.splits, given.settings, folder)
    unused = whole.pop("unused_share")
    return {
        "run": run.name,
        "condition": run.condition,
        "seed": run.seed,
        "width": given.settings.width,
        "unused_share": unused,
        "recording": run.recording_name,
        "dataset": given.splits.table,
        "safe_ratio": given.settings.safe_ratio,
        # A table of lists wants the same entries everywhere.
        "layers": [{name: one.get(name) for name in MEANINGS} for one in (whole, *others)],
    }


def layers_of(runs: Any) -> Any:
    """Return a table with a row for each layer from the table of runs.

    Raises
    ------
    StudyError
        If this is no table of a study of stamina.
    """
    import pandas as pd

    if "layers" not in runs or "condition" not in runs:
        raise StudyError(
            "this is no study of stamina.",
            got=", ".join(map(str, runs.columns)),
            hint="activstats study stamina",
        )
    each = runs.explode("layers", ignore_index=True)
    told = pd.DataFrame(each["layers"].tolist(), columns=list(MEANINGS))
    return pd.concat([each.drop(columns="layers"), told], axis=1)
