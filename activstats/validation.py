"""The whole way on one page: study → counts → laws → claims → report."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from activstats.claims import (
    Evidence,
    FittedLayer,
    Verdict,
    b_over_rules,
    b_over_widths,
    bounded_law,
    form_of_learning,
    free_share,
    growth_law,
    heavy_tail,
    loss_decay,
    model_shape,
    pruning_damage,
    reinforcement,
    samples_per_neuron,
    three_exponents,
    transition_exists,
    transition_location,
    transition_scaling,
    transition_width,
)
from activstats.claims.evidence import TRAINED
from activstats.claims.holm import with_holm
from activstats.counts import Study, open_study
from activstats.errors import DomainError, InputError
from activstats.examining import examine, random_stream
from activstats.examining_losses import examine_losses
from activstats.examining_seeds import examine_seeds
from activstats.fitted_runs import after_training, along_training, judged_runs
from activstats.judged import Validation
from activstats.laws.chance import chance_misfit
from activstats.laws.exponent import FEWEST_DRAWS
from activstats.progress import progress_bar
from activstats.report import origin_of
from activstats.rules import DEFAULT_RULE

__all__ = ["CLAIMS", "Validation", "judge", "validate"]

CLAIMS = (
    growth_law,
    form_of_learning,
    b_over_widths,
    b_over_rules,
    bounded_law,
    heavy_tail,
    samples_per_neuron,
    free_share,
    pruning_damage,
    reinforcement,
    transition_exists,
    transition_width,
    transition_location,
    transition_scaling,
    loss_decay,
    three_exponents,
    model_shape,
)
CHANCE_DRAWS = 99
EXAMINATION_DRAWS = 499
# The layers, the losses and the seeds are looked at once each, beside every run.
_LOOKS = 3
Step = Callable[[], None]
_NEEDED = ("run", "kind", "width", "n_train", "seed", "recording")


def validate(
    study: Study | str | os.PathLike[str],
    *,
    n_draws: int = CHANCE_DRAWS,
    n_boot: int = EXAMINATION_DRAWS,
    rng: int = 0,
    command: str = "",
    progress: bool = False,
) -> Validation:
    """Judge the claims of the theory by a study.

    Parameters
    ----------
    study : Study or path
        With the columns run, kind, width, n_train, seed and recording in its runs table. The
        trained networks of the largest training size that were recorded are fitted, and the
        controls.
    n_draws : int
        Draws of what chance alone gives, for each run that a verdict rests on.
    n_boot : int
        Draws of every other bootstrap and orders of every permutation test in the report.
    rng : int
        Seed of these draws; every run has a stream of its own, whatever other runs there are.
    command : str
        Command line that makes the study anew, for the report.
    progress : bool
        Whether to tell on stderr how far it has come.

    Returns
    -------
    Validation
        With `verdicts`, and `write(path)` for the report in HTML, Markdown or JSON.

    Raises
    ------
    InputError
        If the runs table lacks a column.
    DomainError
        If there are too few draws for a p-value below .05.
    RecordingError
        If a recording cannot be read.
    """
    if n_boot < FEWEST_DRAWS:
        raise DomainError("too few draws for a p-value.", got=n_boot, allowed=f">= {FEWEST_DRAWS}")
    opened = study if isinstance(study, Study) else open_study(study)
    for column in _NEEDED:
        if column not in opened.runs:
            raise InputError(
                f"the runs table has no column '{column}'.",
                got=", ".join(map(str, opened.runs.columns)),
                allowed=", ".join(_NEEDED),
            )
    judged = judged_runs(opened)
    with progress_bar("judging", 2 * len(judged) + _LOOKS, shown=progress) as done:
        evidence = _evidence(opened, judged, n_draws=n_draws, n_boot=n_boot, seed=rng, done=done)
    origin = origin_of(opened, [fit.run for fit in evidence.fits], command)
    return Validation(evidence, judge(evidence), origin)


def _evidence(
    study: Study, judged: list[Any], *, n_draws: int, n_boot: int, seed: int, done: Step
) -> Evidence:
    """Return what the claims are judged by; `done` is called after each run and each look."""
    fits = [fit for run in judged for fit in _told(after_training(study, run), done)]
    examination = examine(study, fits, n_boot=n_boot, seed=seed)
    done()
    losses = examine_losses(study.runs, fits, examination.layers, n_boot=n_boot, seed=seed)
    done()
    seeds = examine_seeds(study.runs, fits, losses, n_boot=n_boot, seed=seed)
    done()
    return Evidence(
        runs=study.runs,
        fits=tuple(_with_chance(fit, n_draws, seed) for fit in fits),
        examination=replace(examination, loss=losses),
        along=tuple(fit for run in judged for fit in _told(along_training(study, run), done)),
        seeds=seeds,
    )


def _told(fits: Iterator[FittedLayer], done: Step) -> Iterator[FittedLayer]:
    yield from fits
    done()


def judge(evidence: Evidence) -> tuple[Verdict, ...]:
    """Return a verdict for each claim, in the order of `CLAIMS`, p-values adjusted after Holm."""
    return with_holm([claim.decide(evidence) for claim in CLAIMS])


def _with_chance(fitted: FittedLayer, n_draws: int, seed: int) -> FittedLayer:
    """Draw what chance alone gives where a verdict rests on it."""
    if not (fitted.kind == TRAINED and fitted.rule == DEFAULT_RULE.name and fitted.tells):
        return fitted
    stream = random_stream(seed, fitted.run, fitted.layer)
    return replace(fitted, chance=chance_misfit(fitted.fit, n_draws, stream))
