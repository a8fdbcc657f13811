"""Looks at the losses of a study: transition, prediction, controls, decay, best loss, depth."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from activstats.claims.evidence import TRAINED, FittedLayer
from activstats.claims.examination import ExaminedLayer
from activstats.claims.loss_examination import LossExamination
from activstats.examining import random_stream
from activstats.examining_decay import best_loss_of, depth_of, exponents_of
from activstats.laws.loss.agreement import transition_agreement
from activstats.laws.loss.controls import compare_controls
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.decay import LossDecay
from activstats.laws.loss.measures import MEASURES, Knee, MeasureComparison, compare_measures
from activstats.laws.loss.over_width import LossOverWidth, loss_over_width
from activstats.laws.loss.predicted import PredictedTransition, predicted_transition
from activstats.laws.loss.scaling import transition_scaling
from activstats.laws.loss.transition import LossTransition
from activstats.laws.loss.transition_result import LossTransitionResult
from activstats.laws.loss.width_scaling import width_transition_scaling
from activstats.laws.results import Status
from activstats.rules import DEFAULT_RULE

# Kinds of a study's runs that have no hidden neurons.
CONTROLS = ("linear softmax", "nearest neighbours", "random forest")
MEASURE = next(iter(MEASURES))
# Sizes at which the loss is looked at over the width, spread over all there are.
_SIZES_OVER_WIDTH = 4
_NEEDED = frozenset({"kind", "width", "n_train", "seed", MEASURE})


def examine_losses(
    runs: pd.DataFrame,
    fits: Sequence[FittedLayer],
    layers: Sequence[ExaminedLayer],
    *,
    n_boot: int,
    seed: int,
) -> LossExamination | None:
    """Return what the losses of a study say.

    Parameters
    ----------
    runs : DataFrame
        The runs table; the losses are those of the checkpoint that validation chose.
    fits : sequence of FittedLayer
        As the claims have them; b and c under the default rule are the prediction.
    layers : sequence of ExaminedLayer
        One for each width, with the exponent of its counts.
    n_boot : int
        Curves drawn for each p-value.
    seed : int
        Of these draws; every curve has a stream of its own.

    Returns
    -------
    LossExamination or None
        None where no trained network has a loss and a width.
    """
    if not set(runs.columns) >= _NEEDED:
        return None
    usable = runs[(runs["n_train"] > 0) & runs[MEASURE].notna()]
    trained = usable[(usable["kind"] == TRAINED) & (usable["width"] > 0)]
    if trained.empty:
        return None
    test = _Test(n_boot, seed)
    transitions = {n: test.fit(part, TRAINED, MEASURE) for n, part in _by_width(trained)}
    controls = {
        kind: test.fit(usable[usable["kind"] == kind], kind, MEASURE)
        for kind in CONTROLS
        if (usable["kind"] == kind).any()
    }
    predicted = _predicted(fits)
    names = {f"N = {n}": one for n, one in transitions.items()}
    over_width = _over_width(trained, predicted, test)
    decay = {n: LossDecay().fit(one.curve) for n, one in transitions.items()}
    return LossExamination(
        measure=MEASURE,
        transitions=transitions,
        controls=controls,
        comparison=compare_controls(names, controls) if controls else None,
        measures=_measures(trained, transitions, test),
        agreements={
            n: transition_agreement(one, predicted[n])
            for n, one in transitions.items()
            if n in predicted
        },
        scaling=transition_scaling(transitions, predicted) if len(transitions) > 1 else None,  # type: ignore[arg-type]
        over_width=over_width,
        width_scaling=width_transition_scaling(over_width) if over_width else None,
        decay=decay,
        exponents=exponents_of(decay, transitions, predicted, layers),
        best_loss=best_loss_of(trained, MEASURE),
        depth=depth_of(usable, MEASURE),
    )


class _Test:
    """The transition test with a stream of random numbers for every curve."""

    def __init__(self, n_boot: int, seed: int) -> None:
        self.test = LossTransition(n_boot=n_boot)
        self.seed = seed

    def stream(self, *names: object) -> np.random.Generator:
        return random_stream(self.seed, "loss", *names)

    def fit(self, part: pd.DataFrame, kind: str, measure: str) -> LossTransitionResult:
        width = int(part["width"].iloc[0])
        known = {"kind": kind, "width": width} if width else {"kind": kind}
        curve = LossCurve.from_frame(part, loss=measure, width=None, provenance=known)
        return self.test.fit(curve, rng=self.stream(kind, width, measure))


def _by_width(runs: pd.DataFrame) -> Iterable[tuple[int, pd.DataFrame]]:
    return ((int(n), runs[runs["width"] == n]) for n in sorted(runs["width"].unique()))


def _predicted(fits: Sequence[FittedLayer]) -> dict[int, PredictedTransition]:
    """Return what the trained networks' recordings predict, for widths whose counts tell b."""
    chosen = [one for one in fits if one.kind == TRAINED and one.rule == DEFAULT_RULE.name]
    found = {}
    for width in sorted({one.width for one in chosen}):
        recorded = [one.fit for one in chosen if one.width == width]
        if any(fit.status is Status.CONVERGED and math.isfinite(fit.bse) for fit in recorded):
            found[width] = predicted_transition(recorded)
    return found


def _measures(
    trained: pd.DataFrame, transitions: dict[int, LossTransitionResult], test: _Test
) -> dict[int, MeasureComparison]:
    """Compare the knees of all measures that the runs table has, width by width."""
    others = [name for name in MEASURES if name != MEASURE and name in trained]
    found = {}
    for width, part in _by_width(trained):
        knees = [_knee(MEASURE, transitions[width])]
        for name in others:
            kept = part[part[name].notna() & (part[name] > 0)]
            if not kept.empty:
                knees.append(_knee(name, test.fit(kept, TRAINED, name)))
        if len(knees) > 1:
            found[width] = compare_measures(knees)
    return found


def _knee(measure: str, one: LossTransitionResult) -> Knee:
    if not one.found:
        return Knee(measure)
    low, high = min(one.d_star_low, one.d_star), max(one.d_star_high, one.d_star)
    return Knee(measure, one.d_star, low, high)


def _over_width(
    trained: pd.DataFrame, predicted: dict[int, PredictedTransition], test: _Test
) -> tuple[LossOverWidth, ...]:
    """Look at the loss over the width at some sizes, c as measured at each width."""
    c = {float(width): one.c for width, one in predicted.items()}
    known = trained[trained["width"].isin(predicted)]
    if known.empty:
        return ()
    curve = LossCurve.from_frame(known, loss=MEASURE)
    places = np.linspace(0, curve.n_sizes - 1, min(_SIZES_OVER_WIDTH, curve.n_sizes))
    sizes = curve.sizes[np.unique(places.round().astype(int))]
    return tuple(
        loss_over_width(curve, size, c, test=test.test, rng=test.stream("over width", size))
        for size in sizes.tolist()
    )
