"""The growth law fitted to the runs of a study that its claims are judged by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from activstats.claims import FittedLayer
from activstats.claims.evidence import RANDOM_LABELS, TRAINED, UNTRAINED
from activstats.counts import Counts, Recording, Study, each_counts
from activstats.laws.growth import GrowthLaw
from activstats.laws.misfit import log_grid
from activstats.rules import DEFAULT_RULE

# Recorded-order curves are drawn, not computed with: as many points as a picture can show.
_CURVE_POINTS = 300


def judged_runs(study: Study) -> list[Any]:
    """Return the trained runs of the largest training size, and the controls."""
    runs = study.runs[study.runs["recording"].astype(bool)]
    trained = runs[runs["kind"] == TRAINED]
    largest = trained[trained["n_train"] == trained["n_train"].max()]
    controls = [runs[runs["kind"] == kind] for kind in (UNTRAINED, RANDOM_LABELS)]
    return [row for part in (largest, *controls) for row in part.itertuples()]


def after_training(study: Study, run: Any, rule: str | None = None) -> Iterator[FittedLayer]:
    """Fit every layer of a run's recording, under every rule or one."""
    for counts in each_counts(study.recording(run.run), rule=rule):
        yield _fitted(run, counts)


def along_training(study: Study, run: Any) -> Iterator[FittedLayer]:
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
