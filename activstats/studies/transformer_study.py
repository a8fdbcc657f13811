"""The study of transformers: tokens as samples, several layers, gated blocks beside ReLU and GELU."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from activstats.studies.making import make_study
from activstats.studies.transformer_columns import COLUMNS
from activstats.studies.transformer_data import TextSplits, pool_tokens, split_text
from activstats.studies.transformer_plan import TransformerRun, plan_transformers
from activstats.studies.transformer_settings import STUDY, TransformerSettings
from activstats.studies.transformer_text import Text, help_topics
from activstats.studies.transformer_words import about


@dataclass(frozen=True, eq=False)
class Given:
    """What every run is handed.

    Parameters
    ----------
    splits : TextSplits
        Of the text.
    settings : TransformerSettings
        Of the study.
    names : tuple of str
        Names of the documents.
    largest : int
        Tokens of the largest training set.
    """

    splits: TextSplits
    settings: TransformerSettings
    names: tuple[str, ...]
    largest: int


def run_transformers(
    out: Path | str,
    settings: TransformerSettings | None = None,
    *,
    text: Text | None = None,
    quick: bool = False,
    n_jobs: int = 2,
    progress: bool = True,
    resume: bool = True,
    overwrite: bool = False,
) -> Path:
    """Train small character-level transformers, record every token, and write the table of runs.

    The table is that of `run_study`, with a column `block`, so that `activstats.validate` judges all
    claims by it. Interrupted or killed, it goes on where it was when it is called again. The answers
    do not depend on the number of processes.

    Tokens of one document are not independent samples. Documents are kept in the recording, so that
    intervals can take them as what is independent; splits are by whole documents.

    Parameters
    ----------
    out : path
        Folder of the study.
    settings : TransformerSettings, optional
        `TransformerSettings()` if left out.
    text : Text, optional
        Documents to train on and to record; the help topics that ship with Python if left out.
    quick : bool
        Use `TransformerSettings.quick()` where no settings are given.
    n_jobs : int
        Processes, each with one thread.
    progress, resume, overwrite : bool
        As for `run_study`.

    Returns
    -------
    Path
        The folder, to be judged with `activstats validate`.

    Raises
    ------
    InputError, DomainError, StudyError
        If the text or the settings cannot be used, as for `run_study`.
    """
    chosen = settings or (TransformerSettings.quick() if quick else TransformerSettings())
    read = text or help_topics()
    splits = split_text(read, chosen)
    pool = pool_tokens(splits)
    sizes = chosen.size_grid(pool)
    return make_study(
        out,
        plan_transformers(chosen, pool),
        _perform,
        study=STUDY,
        settings={**chosen.to_dict(), "data": read.fingerprint},
        given=Given(splits, chosen, read.names, sizes[-1]),
        columns=COLUMNS,
        about=about(read, splits, chosen, sizes),
        n_jobs=n_jobs,
        progress=progress,
        resume=resume,
        overwrite=overwrite,
    )


def _perform(run: TransformerRun, given: Given, folder: Path) -> dict[str, Any]:
    # Imported by the workers alone: torch takes seconds to load, and this process can do without.
    from activstats.studies.transformer_run import perform_transformer

    return perform_transformer(run, given, folder)
