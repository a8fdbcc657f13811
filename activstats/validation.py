"""The whole way on one page: study → counts → laws → claims → report."""

from __future__ import annotations

import os
from collections.abc import Iterator
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
from activstats.claims.evidence import RANDOM_LABELS, TRAINED, UNTRAINED
from activstats.claims.holm import with_holm
from activstats.counts import Counts, Recording, Study, each_counts, open_study
from activstats.errors import InputError
from activstats.examining import examine, random_stream
from activstats.examining_losses import examine_losses
from activstats.examining_seeds import examine_seeds
from activstats.judged import Validation
from activstats.laws.chance import chance_misfit
from activstats.laws.growth import GrowthLaw
from activstats.laws.misfit import log_grid
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
# Recorded-order curves are drawn, not computed with: as many points as a picture can show.
_CURVE_POINTS = 300
_NEEDED = ("run", "kind", "width", "n_train", "seed", "recording")


def validate(
    study: Study | str | os.PathLike[str],
    *,
    n_draws: int = CHANCE_DRAWS,
    n_boot: int = EXAMINATION_DRAWS,
    rng: int = 0,
    command: str = "",
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

    Returns
    -------
    Validation
        With `verdicts`, and `write(path)` for the report in HTML, Markdown or JSON.

    Raises
    ------
    InputError
        If the runs table lacks a column.
    RecordingError
        If a recording cannot be read.
    """
    opened = study if isinstance(study, Study) else open_study(study)
    for column in _NEEDED:
        if column not in opened.runs:
            raise InputError(
                f"the runs table has no column '{column}'.",
                got=", ".join(map(str, opened.runs.columns)),
                allowed=", ".join(_NEEDED),
            )
    judged = _judged_runs(opened)
    fits = [fit for run in judged for fit in _after_training(opened, run)]
    examination = examine(opened, fits, n_boot=n_boot, seed=rng)
    losses = examine_losses(opened.runs, fits, examination.layers, n_boot=n_boot, seed=rng)
    seeds = examine_seeds(opened.runs, fits, losses, n_boot=n_boot, seed=rng)
    evidence = Evidence(
        runs=opened.runs,
        fits=tuple(_with_chance(fit, n_draws, rng) for fit in fits),
        examination=replace(examination, loss=losses),
        along=tuple(fit for run in judged for fit in _along_training(opened, run)),
        seeds=seeds,
    )
    origin = origin_of(opened, [fit.run for fit in fits], command)
    return Validation(evidence, judge(evidence), origin)


def judge(evidence: Evidence) -> tuple[Verdict, ...]:
    """Return a verdict for each claim, in the order of `CLAIMS`, p-values adjusted after Holm."""
    return with_holm([claim.decide(evidence) for claim in CLAIMS])


def _judged_runs(study: Study) -> list[Any]:
    """Return the trained runs of the largest training size, and the controls."""
    runs = study.runs[study.runs["recording"].astype(bool)]
    trained = runs[runs["kind"] == TRAINED]
    largest = trained[trained["n_train"] == trained["n_train"].max()]
    controls = [runs[runs["kind"] == kind] for kind in (UNTRAINED, RANDOM_LABELS)]
    return [row for part in (largest, *controls) for row in part.itertuples()]


def _after_training(study: Study, run: Any) -> Iterator[FittedLayer]:
    for counts in each_counts(study.recording(run.run)):
        yield _fitted(run, counts)


def _along_training(study: Study, run: Any) -> Iterator[FittedLayer]:
    """Fit every recorded step under the default rule."""
    name = getattr(run, "along_recording", "")
    if not name:
        return
    recording = Recording(study.path / name)
    layers = recording.layers
    for layer in layers.loc[layers["rule"] == DEFAULT_RULE.name, "layer"]:
        for step in recording.steps(layer, DEFAULT_RULE.name)["step"]:
            yield _fitted(run, recording.counts(layer, DEFAULT_RULE.name, step=int(step)))


def _fitted(run: Any, counts: Counts) -> FittedLayer:
    points = log_grid(max(counts.n_samples, 1), _CURVE_POINTS)
    points = points[points <= counts.n_samples]
    return FittedLayer(
        run=str(run.run),
        kind=str(run.kind),
        layer=str(counts.provenance["layer"]),
        rule=str(counts.provenance["rule"]),
        width=counts.n_neurons,
        n_train=int(run.n_train),
        seed=int(run.seed),
        step=int(counts.provenance["step"]),
        fit=GrowthLaw().fit(counts),
        samples_to_half=counts.samples_to(0.5),
        samples_to_most=counts.samples_to(0.9),
        ordered=(points, counts.growth_curve(points)),
    )


def _with_chance(fitted: FittedLayer, n_draws: int, seed: int) -> FittedLayer:
    """Draw what chance alone gives where a verdict rests on it."""
    if not (fitted.kind == TRAINED and fitted.rule == DEFAULT_RULE.name and fitted.tells):
        return fitted
    stream = random_stream(seed, fitted.run, fitted.layer)
    return replace(fitted, chance=chance_misfit(fitted.fit, n_draws, stream))
