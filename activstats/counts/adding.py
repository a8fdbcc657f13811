"""How two counts become one: parts of one recording by sample number, recordings one after another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from activstats.counts import spans as spans_
from activstats.counts.counts import Counts
from activstats.errors import InputError

IntArray = npt.NDArray[np.int64]

# Samples are numbered within a step of a recording.
_NUMBERED_WITHIN = ("recording", "step")
_SEVERAL = "several"


def add(a: Counts, b: Counts) -> Counts:
    """Return the counts of the samples of both.

    Raises
    ------
    InputError
        If they are of layers of different width, of different layers or under different rules.
    """
    _check_same_layer(a, b)
    if a.n_samples and b.n_samples and _follow(a, b):
        b = b.shifted(int(a.spans.max()) - int(b.spans.min()))
    both = a.moments is not None and b.moments is not None
    return Counts(
        counts=a.counts + b.counts,
        first_sample=_earlier(a.first_sample, b.first_sample),
        spans=spans_.join(np.concatenate([a.spans, b.spans])),
        moments=a.moments + b.moments if both else None,  # type: ignore[operator]
        provenance=_common(a.provenance, b.provenance),
    )


def _follow(a: Counts, b: Counts) -> bool:
    """Return whether the samples of b come after those of a, and not between them."""
    for key in _NUMBERED_WITHIN:
        mine, theirs = a.provenance.get(key), b.provenance.get(key)
        if mine is not None and theirs is not None and (mine != theirs or mine == _SEVERAL):
            return True
    return spans_.overlap(a.spans, b.spans)


def _check_same_layer(a: Counts, b: Counts) -> None:
    if a.n_neurons != b.n_neurons:
        raise InputError(
            "counts of layers of different width do not add up.",
            got=f"N = {a.n_neurons} and N = {b.n_neurons}",
        )
    for key in ("layer", "rule"):
        mine, theirs = a.provenance.get(key), b.provenance.get(key)
        if mine is not None and theirs is not None and mine != theirs:
            raise InputError(
                f"counts of different {key}s do not add up.", got=f"{mine} and {theirs}"
            )


def _earlier(a: IntArray, b: IntArray) -> IntArray:
    never = np.iinfo(np.int64).max
    first = np.minimum(np.where(a < 0, never, a), np.where(b < 0, never, b))
    return np.where(first == never, -1, first)


def _common(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what is the same in both; the rest would be true of a part only."""
    common = {key: value for key, value in a.items() if b.get(key) == value}
    several = {key: _SEVERAL for key in _NUMBERED_WITHIN if key in a and key in b}
    return {key: common.get(key, several.get(key)) for key in a if key in common | several}
