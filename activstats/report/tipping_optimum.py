"""Section on the pair of learning rate and firing rate at the optimum."""

from __future__ import annotations

import math
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from activstats.claims.tipping_evidence import MASK_NAMES, NAMES, NONE
from activstats.claims.verdict import Picture
from activstats.claims.words import percent, significant
from activstats.dynamics.seed_places import rate_words
from activstats.report.section import Part, Section, Shown
from activstats.report.tables import Column, Rows, Table, cells
from activstats.report.tipping_pictures import draw_pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from activstats.claims.tipping_evidence import TippingArm, TippingEvidence
    from activstats.report.tables import Cell

_OPTIMUM = (
    "The best rate of a seed is the minimum of a parabola of log validation loss; its firing rate is "
    "interpolated. Seeds whose best rate is an end of the range are left out. Test accuracy is that at the "
    "best of the rates tried."
)
_RATE = (
    Column("mask", words=True), Column("best rate"), Column("95 % interval"),
    Column("decades below tipping"), Column("seeds"),
)  # fmt: skip
_FIRING = (
    Column("mask", words=True), Column("firing"), Column("95 % interval"), Column("test accuracy"),
)  # fmt: skip


def optimum_section(evidence: TippingEvidence) -> Section:
    """Return the section: a picture and two tables for each optimiser."""
    parts: list[Part] = [_OPTIMUM]
    for optimizer in evidence.optimizers:
        every = (
            evidence.arm(optimizer, width, masking)
            for width in evidence.widths
            for masking in evidence.maskings
        )
        arms = [arm for arm in every if len(arm.runs)]
        name = NAMES.get(optimizer, optimizer)
        plain = [arm for arm in arms if arm.masking == NONE]
        firing = ", ".join(
            f"{arm.width} neurons {significant(arm.optimum()['firing'].value, 2)}" for arm in plain
        )
        picture = Picture(
            f"Learning rate and firing rate at the optimum, {name}, no mask",
            f"Mean firing at the optimum: {firing}.",
            partial(draw_pairs, plain),
        )
        if plain:
            parts.append(Shown(picture))
        parts.append(Table(f"The best rate, {name}", _RATE, _by_width(arms, _rate_row)))
        parts.append(
            Table(f"Firing at the best rate, {name}", _FIRING, _by_width(arms, _firing_row))
        )
    return Section("The pair at the optimum", tuple(parts))


def _by_width(
    arms: Sequence[TippingArm], row: Callable[[TippingArm], tuple[Cell, ...]]
) -> tuple[Rows, ...]:
    return tuple(
        Rows(f"{width} neurons", tuple(row(arm) for arm in some))
        for width, some in groupby(arms, attrgetter("width"))
    )


def _rate_row(arm: TippingArm) -> tuple[Cell, ...]:
    found = arm.optimum()
    low, high = found.interval("log10_rate")
    return cells(
        MASK_NAMES.get(arm.masking, arm.masking),
        rate_words(found["log10_rate"].value),
        "–" if math.isnan(low) else f"{rate_words(low)} to {rate_words(high)}",
        significant(found["decades_below_tipping"].value, 2).replace("-", "−"),
        str(found.n_seeds),
    )


def _firing_row(arm: TippingArm) -> tuple[Cell, ...]:
    found = arm.optimum()
    low, high = found.interval("firing")
    return cells(
        MASK_NAMES.get(arm.masking, arm.masking),
        significant(found["firing"].value),
        "–" if math.isnan(low) else f"{significant(low)} to {significant(high)}",
        percent(float(arm.at_best("test_accuracy").mean())),
    )
