"""Counts of a recording's values under rules that were not recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from activstats.counts import spans as spans_
from activstats.counts.counts import Counts
from activstats.errors import InputError, RuleError
from activstats.recording.asked import OnDamage
from activstats.recording.layout import VALUES
from activstats.recording.names import choose
from activstats.recording.reader import RecordingFiles
from activstats.rules import LayerQuantile, Rule, parse_rule

if TYPE_CHECKING:
    from activstats.counts.recording import Recording

FloatArray = npt.NDArray[np.floating[Any]]

# Types of activations whose every value a type of kept values can hold.
_EXACT = {"float16": ("float16",), "float32": ("float32", "float16", "bfloat16")}
_LOST = {
    "float16": "they were rounded to half precision before they were compared: sizes below 6e-8 may "
    "be lost, values near a threshold may fall on its other side, and ties are more frequent",
    "float32": "they were rounded to single precision before they were compared",
}


def rule_of_values(
    recording: RecordingFiles, layer: str | None, rule: str | Rule | None
) -> Rule | None:
    """Return the rule to be applied to a layer's values.

    Returns
    -------
    Rule or None
        None where the rule was recorded, where none is named, or where the layer has no values.

    Raises
    ------
    RuleError
        If there is no such rule.
    LayerNotFoundError
        If there is no such layer, or if one must be named.
    """
    kept = {stream.layer for stream in recording.streams_of_kind(VALUES)}
    if rule is None or not kept:
        return None
    layer = choose("layer", layer, [at for at, _ in recording.pairs], recording.path)
    recorded = [name for at, name in recording.pairs if at == layer]
    if layer not in kept or rule in recorded:
        return None
    parsed = parse_rule(rule)
    return None if parsed.name in recorded else parsed


def count_values(
    recording: Recording,
    layer: str | None,
    rules: Sequence[str | Rule],
    *,
    step: int | None = -1,
    on_damage: OnDamage = "raise",
) -> dict[str, Counts]:
    """Count a layer's values under several rules, reading them once.

    Parameters
    ----------
    recording : Recording
        Of mode ``"values"``.
    layer : str, optional
        May be left out where there is only one.
    rules : sequence of str or Rule
    step, on_damage
        As for `Recording.counts`.

    Returns
    -------
    dict of str to Counts
        By name of the rule. The provenance says what type the values were kept in, and what may be
        lost by that; moments are those that were taken while recording, before values were cast.

    Raises
    ------
    InputError
        If the recording holds no values, or there is no rule.
    RuleError
        If there is no such rule, or one is not calibrated.
    """
    parsed = _ready(rules)
    streams = recording.value_streams(layer)
    layer = streams[0].layer
    recorded = next(rule for at, rule in recording.pairs if at == layer)
    known = recording.counts(layer, recorded, step=step, on_damage=on_damage)
    number = known.provenance["step"]
    at = None if number == "all" else int(number)
    before = recording.places_before(recording.streams(layer, recorded), at)
    sums = [_Sums(rule, known.n_neurons) for rule in parsed]
    for rank, stream in enumerate(streams):
        if len(streams) > 1 and not recording.may_hold(stream, at):
            continue
        for block in recording.value_blocks(stream, step=at, on_damage=on_damage):
            # Half precision is slow to compute with; what it holds, single precision holds too.
            values = block.activations.astype(np.float32, copy=False)
            # A step has no place where all that damage has left of it are values.
            offset = before[rank].reindex(block.steps, fill_value=-1).to_numpy(dtype=np.int64)
            runs = [run for run in block.runs() if offset[run[0]] >= 0]
            for one in sums:
                one.add(values, block.samples + offset, runs)
    origin = {**known.provenance, **_source(recording, layer)}
    return {one.rule.name: one.counts(known, origin) for one in sums}


class _Sums:
    """Running counts under one rule."""

    def __init__(self, rule: Rule, n_neurons: int) -> None:
        self.rule = rule
        self._counts = np.zeros(n_neurons, np.int64)
        self._first = np.full(n_neurons, np.iinfo(np.int64).max)
        self._spans = [np.zeros((0, 2), np.int64)]

    def add(
        self, values: FloatArray, places: npt.NDArray[np.int64], runs: list[tuple[int, int]]
    ) -> None:
        active = np.asarray(self.rule(values))
        for a, b in runs:
            self._counts += np.count_nonzero(active[a:b], axis=0)
            first = int(places[a]) + active[a:b].argmax(axis=0)
            earlier = active[a:b].any(axis=0) & (first < self._first)
            self._first[earlier] = first[earlier]
            self._spans.append(np.array([[places[a], places[a] + b - a]]))

    def counts(self, known: Counts, origin: dict[str, Any]) -> Counts:
        spans = spans_.join(np.concatenate(self._spans))
        never = self._first == np.iinfo(np.int64).max
        return replace(
            known,
            counts=self._counts,
            first_sample=np.where(never, -1, self._first),
            spans=spans,
            moments=known.moments if np.array_equal(spans, known.spans) else None,
            provenance=origin | {"rule": self.rule.name},
        )


def _ready(rules: Sequence[str | Rule]) -> list[Rule]:
    parsed = list({rule.name: rule for rule in map(parse_rule, rules)}.values())
    if not parsed:
        raise InputError("counting needs a rule.", hint='"top1%"')
    for rule in parsed:
        if isinstance(rule, LayerQuantile) and not rule.is_calibrated:
            raise RuleError(
                f"rule '{rule.name}' has no threshold yet.",
                hint="rule.calibrate(activations of a fixed reference set); "
                "Recording.values gives activations",
            )
    return parsed


def _source(recording: RecordingFiles, layer: str) -> dict[str, str]:
    kept, made = recording.info.values_dtype, recording.layer_info(layer).dtype
    source = {"source": f"values in {kept}"}
    return source if made in _EXACT.get(kept, ()) else source | {"caution": _LOST.get(kept, "")}
