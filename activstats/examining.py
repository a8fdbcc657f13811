"""Looks at the layers of a study from all sides: what their counts say beyond the growth law."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from activstats.claims.evidence import TRAINED, FittedLayer
from activstats.claims.examination import Examination, ExaminedLayer
from activstats.counts import Counts, Recording, Study
from activstats.examining_layers import compared_layers, documents_of, layer_intervals
from activstats.laws.bounded import BoundedPowerLaw
from activstats.laws.capacity import capacity
from activstats.laws.capacity_scaling import CapacityScaling, capacity_scaling
from activstats.laws.comparison import compare_laws
from activstats.laws.exponent import exponent_agreement
from activstats.laws.goodness import goodness_of_fit
from activstats.laws.misfit import log_grid
from activstats.laws.order import order_tests
from activstats.laws.order_result import OrderTests
from activstats.laws.pooled import Pooled
from activstats.laws.pooling import pool
from activstats.laws.replicates import replicate_agreement
from activstats.laws.replicates_result import ReplicateAgreement
from activstats.laws.rule_sweep import sweep
from activstats.laws.tail import PowerLawTail
from activstats.laws.two_way import two_way
from activstats.laws.two_way_result import TwoWay
from activstats.rules import DEFAULT_RULE

SAME_START = "same start"
_TWO = 2
_CAPACITY_POINTS = 24


def random_stream(seed: int, *names: object) -> np.random.Generator:
    """Return the random numbers of one purpose, whatever else is drawn.

    Examples
    --------
    >>> int(random_stream(0, "run", "relu").integers(100))
    8
    """
    digest = hashlib.sha256("/".join(map(str, names)).encode()).digest()
    return np.random.default_rng([seed, int.from_bytes(digest[:8], "big")])


def examine(study: Study, fits: Sequence[FittedLayer], *, n_boot: int, seed: int) -> Examination:
    """Return what the counts of a study say beyond the growth law's fit.

    Parameters
    ----------
    study : Study
        Its recordings are read again where single activations are wanted.
    fits : sequence of FittedLayer
        As the claims have them.
    n_boot : int
        Draws of every bootstrap and orders of every permutation test.
    seed : int
        Of these draws; every layer has a stream of its own.
    """
    trained = [fit for fit in fits if fit.kind == TRAINED]
    default = [fit for fit in trained if fit.rule == DEFAULT_RULE.name]
    shown = _one_of_each_width(fit for fit in default if fit.fit.k)
    widest = [fit for fit in trained if shown and fit.run == shown[-1].run]
    return Examination(
        layers=tuple(_examined(study, fit, n_boot, seed) for fit in shown),
        pooled=_pooled(default, "width"),
        pooled_by_rule=_pooled(
            [f for f in trained if shown and f.width == shown[-1].width], "rule"
        ),
        sweep=sweep({fit.rule: fit.fit for fit in widest}) if len(widest) >= _TWO else None,
        scaling=_scaling(default),
        order=tuple(_order(study, n_boot, seed)),
        replicates=tuple(_replicates(study, n_boot, seed)),
        compared=tuple(compared_layers(study)),
        intervals=tuple(layer_intervals(study, fits)),
    )


def _one_of_each_width(fits: Iterable[FittedLayer]) -> list[FittedLayer]:
    """Return the first seed's layer of each width whose counts tell b, the narrowest first."""
    found: dict[int, FittedLayer] = {}
    for fit in sorted(fits, key=lambda fit: (fit.width, not fit.tells, fit.seed)):
        found.setdefault(fit.width, fit)
    return list(found.values())


def _examined(study: Study, layer: FittedLayer, n_boot: int, seed: int) -> ExaminedLayer:
    counts = layer.fit.histogram

    def stream(purpose: str) -> np.random.Generator:
        return random_stream(seed, purpose, layer.run, layer.layer)

    return ExaminedLayer(
        layer=layer,
        goodness=goodness_of_fit(layer.fit, n_boot, stream("fit")) if layer.has_b else None,
        models=compare_laws(counts),
        two_way=_two_way(study, layer),
        tail=PowerLawTail(n_boot=n_boot).fit(counts, rng=stream("tail")),
        bounded=BoundedPowerLaw(n_boot=n_boot).fit(counts, rng=stream("bounded law")),
        exponent=exponent_agreement(counts, n_boot=n_boot, rng=stream("exponent")),
        capacity=capacity(layer.fit, grid=log_grid(counts.n_samples, _CAPACITY_POINTS)),
    )


def _two_way(study: Study, layer: FittedLayer) -> TwoWay | None:
    recording = study.recording(layer.run)
    if recording.info.mode != "mask" or not layer.has_b:
        return None
    mask = recording.mask(layer.layer, layer.rule, step=layer.step)
    return two_way(layer.fit, mask, groups=documents_of(recording, layer.layer, layer.step))


def _pooled(fits: Sequence[FittedLayer], by: str) -> Pooled | None:
    told = _without_repeats(fit for fit in fits if fit.tells)
    if len(told) < _TWO or len({getattr(fit, by) for fit in told}) < _TWO:
        return None
    rows = [
        {
            "width": fit.width, "rule": fit.rule, "seed": fit.seed, "run": fit.run, "b": fit.fit.b,
            "b_low": fit.fit.b_low, "b_high": fit.fit.b_high, "bse": fit.fit.bse,
        }
        for fit in told
    ]  # fmt: skip
    return pool(pd.DataFrame(rows), by=by)


def _without_repeats(fits: Iterable[FittedLayer]) -> list[FittedLayer]:
    """Leave out rules that give a layer the same counts as one before: in narrow layers they do."""
    first: dict[object, FittedLayer] = {}
    for fit in fits:
        first.setdefault((fit.run, fit.layer, fit.fit.histogram), fit)
    return list(first.values())


def _scaling(fits: Sequence[FittedLayer]) -> CapacityScaling | None:
    working = [fit.fit for fit in fits if fit.fit.k]
    return capacity_scaling(working) if len(working) >= _TWO else None


def _order(study: Study, n_boot: int, seed: int) -> Iterable[tuple[str, OrderTests]]:
    """Yield the tests of order of every layer that was recorded along training as a mask."""
    if "along_recording" not in study.runs:
        return
    for name in filter(None, study.runs["along_recording"]):
        recording = Recording(study.path / str(name))
        if recording.info.mode != "mask":
            continue
        layers = recording.layers
        named = layers.loc[layers["rule"] == DEFAULT_RULE.name, "layer"]
        for layer in named:
            mask = recording.mask(layer, DEFAULT_RULE.name, step=None)
            stream = random_stream(seed, "order", name, layer)
            place = f"{name}, {layer}" if len(named) > 1 else str(name)
            yield place, order_tests(mask, groups="steps", n_permutations=n_boot, rng=stream)


def _replicates(study: Study, n_boot: int, seed: int) -> Iterable[tuple[str, ReplicateAgreement]]:
    """Yield the agreement of firing rates between runs of one start, and of different starts."""
    runs = study.runs
    for width in sorted(runs.loc[runs["kind"] == SAME_START, "width"].unique()):
        again = runs[(runs["kind"] == SAME_START) & (runs["width"] == width)]
        trained = runs[(runs["kind"] == TRAINED) & (runs["width"] == width)]
        trained = trained[trained["n_train"] == again["n_train"].max()]
        first = trained[trained["seed"].isin(again["seed"])]
        for start, chosen in (("same", pd.concat([first, again])), ("different", trained)):
            counts = [c for run in chosen["run"] for c in _default_counts(study, run)]
            if len(counts) < _TWO:
                continue
            stream = random_stream(seed, "replicates", width, start)
            yield (
                f"width {width}, {start} start",
                replicate_agreement(counts, start=start, n_permutations=n_boot, rng=stream),
            )


def _default_counts(study: Study, run: str) -> list[Counts]:
    """Return the counts of a run's first layer under the default rule, if it was recorded so."""
    recording = study.recording(run)
    layers = recording.layers
    names = layers.loc[layers["rule"] == DEFAULT_RULE.name, "layer"]
    return [recording.counts(name, DEFAULT_RULE.name) for name in names[:1]]
