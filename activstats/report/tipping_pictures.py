"""The pictures of the report on tipping points, from the arms of a study."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from activstats.dynamics.tipping_places import DEFINITIONS

MOST_RATES = 5

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from activstats.claims.tipping_evidence import TippingArm
    from activstats.dynamics.tipping_shift import TippingShiftResult


def draw_relative(arms: Sequence[TippingArm], share: float) -> Axes:
    """Draw firing relative to that at the lowest rate, a line for each width."""
    from activstats.figures.tipping import Curve, relative_firing

    curves = [Curve(f"{a.width} neurons", a.rates, a.table("firing_rate")) for a in arms]
    return relative_firing(curves, share=share)


def draw_places(arms: Sequence[TippingArm]) -> Axes:
    """Draw the tipping points of arms by every definition."""
    from activstats.figures.tipping_places import Place, places

    rows = []
    for name in DEFINITIONS:
        for arm in arms:
            found = arm.tipping(name)
            rows.append(Place(f"{name}, {arm.width} neurons", found.rate, *found.rate_interval))
    return places(rows, (float(arms[0].rates[0]), float(arms[0].rates[-1])))


def draw_shift(shifts: Mapping[str, TippingShiftResult]) -> Axes:
    """Draw tipping rates over the width, a line for each masking."""
    from activstats.figures.style import axes
    from activstats.figures.tipping import over_widths

    ax = axes(None)
    for number, (label, shift) in enumerate(shifts.items()):
        over_widths(shift.widths, shift.places, label=label, index=number, ax=ax)
    return ax


def draw_pairs(arms: Sequence[TippingArm]) -> Axes:
    """Draw learning rate and firing rate of every seed at its optimum."""
    from activstats.figures.tipping import Pairs, pairs

    groups = []
    for arm in arms:
        told = [pair for pair in arm.optimum().pairs if all(map(math.isfinite, pair))]
        groups.append(Pairs(f"{arm.width} neurons", [10**x for x, _ in told], [y for _, y in told]))
    return pairs(groups)


def draw_courses(arm: TippingArm) -> Axes:
    """Draw firing along the steps at some rates of an arm, averaged over seeds."""
    from activstats.figures.tipping import along_steps

    labels, values, steps = [], [], np.empty(0)
    chosen = np.unique(np.linspace(0, len(arm.rates) - 1, MOST_RATES).round().astype(int))
    for rate in arm.rates[chosen].tolist():
        rows = arm.runs[arm.runs["learning_rate"] == rate]
        whole = rows[~rows["diverged"].astype(bool)]
        if whole.empty:
            continue
        steps = np.asarray(whole["look_step"].iloc[0], dtype=float)
        values.append(np.stack([np.asarray(one, float) for one in whole["look_firing"]]).mean(0))
        labels.append(f"rate {rate:g}")
    return along_steps(steps, values, labels=labels)
