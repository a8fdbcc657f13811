"""Firing rates along the steps of a recording, by layer and rule; masks named beside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.counts import each_counts
from activstats.dynamics.firing import FiringCourse

if TYPE_CHECKING:
    from activstats.counts import Recording
    from activstats.dynamics.firing import FiringCourseResult


def each_course(
    recording: Recording,
    layer: str | None = None,
    rule: str | None = None,
    *,
    course: FiringCourse | None = None,
) -> Iterator[FiringCourseResult]:
    """Yield the firing rate of each layer and rule at every recorded step.

    Parameters
    ----------
    recording : Recording
        Made in any mode.
    layer, rule : str, optional
        One layer or rule; all by default.
    course : FiringCourse, optional
        Level of the intervals.

    Yields
    ------
    FiringCourseResult
        Over all neurons, masked ones included; their number, where the notes of the recording name a
        mask of the layer, is in the provenance as `masked_neurons`.
    """
    model = course or FiringCourse()
    for last in each_counts(recording, layer, rule):
        name, chosen = str(last.provenance["layer"]), str(last.provenance["rule"])
        steps = [int(step) for step in recording.steps(name, chosen)["step"]]
        every = [recording.counts(name, chosen, step=step) for step in steps]
        yield model.fit(
            steps,
            np.stack([one.counts for one in every]),
            [one.n_samples for one in every],
            provenance={**last.provenance, **_masked(recording, name)},
        )


def _masked(recording: Recording, layer: str) -> dict[str, Any]:
    told = recording.info.notes.get("lambda_masks", {})
    mask = told.get(layer) if isinstance(told, dict) else None
    return {"masked_neurons": len(mask["masked"])} if isinstance(mask, dict) else {}
