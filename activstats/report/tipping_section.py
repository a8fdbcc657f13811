"""Sections on tipping points: firing over rates, definitions beside each other, shift, optimum."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from activstats.claims.tipping_evidence import MASK_NAMES, NAMES, NONE, STATIC
from activstats.claims.verdict import Picture
from activstats.claims.words import significant
from activstats.dynamics.seed_places import rate_words
from activstats.dynamics.tipping_places import DEFINITIONS, SHARE
from activstats.report.page import claims_page
from activstats.report.section import Folded, Part, Section, Shown
from activstats.report.tables import Column, Rows, Table, cells
from activstats.report.tipping_optimum import optimum_section
from activstats.report.tipping_pictures import (
    draw_courses,
    draw_places,
    draw_relative,
    draw_shift,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from activstats.claims.tipping_evidence import TippingArm, TippingEvidence
    from activstats.claims.verdict import Verdict
    from activstats.dynamics.tipping_result import TippingPointResult
    from activstats.report.tables import Cell

_INTRODUCTION = (
    "Networks of one hidden layer, trained for the same number of steps at many learning rates and "
    "widths, without a mask, with a lambda mask that closes most neurons early and opens, and with a "
    "static mask as its control. The tipping point is the rate at which firing is down to .9 of its "
    "value at the lowest rate, unless another definition is named. Optimisers are judged apart."
)
_RELATIVE = (
    "Thin lines are seeds, thick ones their means; firing is over the neurons that are not masked. "
    "A run that diverged has no point."
)
_DEFINITIONS = (
    "Four definitions of the same thing, all ours, for the source names none. Intervals are Student's "
    "over seeds, in decades; where a seed has its point outside the range, median and lowest to highest "
    "seed stand in their place, and ends are open. The last two columns say by how many decades the "
    "place moves when the lowest or the highest rate is left out: a definition that depends on the "
    "range is about the range."
)


def tipping_page(evidence: TippingEvidence, verdicts: Sequence[Verdict], study: str) -> str:
    """Return the report on a study of tipping points as the text of one HTML page."""
    rows = evidence.runs
    recorded = [
        ("study", study),
        ("table", ", ".join(map(str, rows["dataset"].unique())) if "dataset" in rows else "–"),
        ("widths", ", ".join(map(str, evidence.widths))),
        ("maskings", ", ".join(MASK_NAMES.get(one, one) for one in evidence.maskings)),
        ("seeds", str(len(evidence.seeds))),
        ("runs", str(len(rows))),
        ("runs that diverged", str(int(rows["diverged"].astype(bool).sum()))),
    ]
    title = "Tipping points of the learning rate, and lambda masking"
    sections = tipping_sections(evidence)
    return claims_page(title, verdicts, sections, introduction=_INTRODUCTION, recorded=recorded)


def tipping_sections(evidence: TippingEvidence) -> list[Section]:
    """Return the sections that follow the verdicts."""
    found = [_relative(evidence), _definitions(evidence)]
    if len(evidence.widths) > 1:
        found.append(_shift(evidence))
    found.append(optimum_section(evidence))
    return [*found, *([_courses(evidence)] if "look_firing" in evidence.runs else [])]


def _arms(evidence: TippingEvidence, optimizer: str) -> Iterator[TippingArm]:
    for width in evidence.widths:
        for masking in evidence.maskings:
            arm = evidence.arm(optimizer, width, masking)
            if len(arm.runs):
                yield arm


def _relative(evidence: TippingEvidence) -> Section:
    parts: list[Part] = [_RELATIVE]
    for optimizer in evidence.optimizers:
        for masking in evidence.maskings:
            arms = [one for one in _arms(evidence, optimizer) if one.masking == masking]
            if not arms:
                continue
            told = "; ".join(f"{arm.width} neurons {_place(arm.tipping())}" for arm in arms)
            title = f"Firing over the learning rate, {NAMES.get(optimizer, optimizer)}, "
            title += MASK_NAMES.get(masking, masking)
            picture = Picture(title, f"Tipping rates: {told}.", partial(draw_relative, arms, SHARE))
            parts.append(Shown(picture, f"Dashed: {SHARE:g} of firing at the lowest rate."))
    return Section("Firing over the learning rate", tuple(parts))


def _place(found: TippingPointResult) -> str:
    low, high = found.interval("log10_rate")
    ends = "no interval" if math.isnan(low) else f"{rate_words(low)} to {rate_words(high)}"
    return f"{rate_words(found['log10_rate'].value)} ({ends})"


def _definitions(evidence: TippingEvidence) -> Section:
    told = [f"{name}: {one.words}" for name, one in DEFINITIONS.items()]
    parts: list[Part] = [_DEFINITIONS, ". ".join(one[0].upper() + one[1:] for one in told) + "."]
    for optimizer in evidence.optimizers:
        arms = list(_arms(evidence, optimizer))
        plain = [arm for arm in arms if arm.masking == NONE]
        name = NAMES.get(optimizer, optimizer)
        if plain:
            picture = Picture(
                f"Tipping points by four definitions, {name}, no mask",
                "; ".join(f"{arm.width} neurons, firing: {_place(arm.tipping())}" for arm in plain),
                partial(draw_places, plain),
            )
            parts.append(Shown(picture, "Arrows: open ends, outside the range of rates."))
        parts.append(Folded(f"All numbers, {name}", (_table(arms, name),)))
    return Section("What is called the tipping point", tuple(parts))


def _table(arms: Sequence[TippingArm], name: str) -> Table:
    columns = (
        Column("definition", words=True), Column("rate"), Column("95 % interval"),
        Column("seed SD"), Column("open seeds"), Column("lowest", "shift without"),
        Column("highest", "shift without"),
    )  # fmt: skip
    body = tuple(
        Rows(arm.title, tuple(_row(arm, definition) for definition in DEFINITIONS)) for arm in arms
    )
    note = "Learning rates; SD and shifts in decades, these the mean over seeds inside both times."
    return Table(f"Tipping points, {name}", columns, body, note)


def _row(arm: TippingArm, definition: str) -> tuple[Cell, ...]:
    found = arm.tipping(definition)
    low, high = found.interval("log10_rate")
    return cells(
        definition, rate_words(found["log10_rate"].value),
        "–" if math.isnan(low) else f"{rate_words(low)} to {rate_words(high)}",
        significant(found["seed_sd"].value, 2), f"{found.over_seeds.n_open} of {found.n_seeds}",
        *(_signed(found[name].value) for name in ("without_lowest", "without_highest")),
    )  # fmt: skip


def _signed(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:+.3f}".replace("-", "−")


def _shift(evidence: TippingEvidence) -> Section:
    parts: list[Part] = []
    for optimizer in evidence.optimizers:
        shifts = {
            MASK_NAMES.get(one, one): evidence.shift(optimizer, one)
            for one in evidence.maskings
            if evidence.has(optimizer, one)
        }
        told = []
        for label, shift in shifts.items():
            low, high = shift.interval("slope")
            ends = "no interval" if math.isnan(low) else f"{_signed(low)} to {_signed(high)}"
            told.append(f"{label} {_signed(shift['slope'].value)} ({ends})")
        picture = Picture(
            f"Tipping rate over the width, {NAMES.get(optimizer, optimizer)}",
            f"Slopes of log rate over log width, 95 % interval over seeds: {'; '.join(told)}.",
            partial(draw_shift, shifts),
        )
        parts.append(Shown(picture, "Seeds with an open place have no point there."))
    return Section("How it moves with the width", tuple(parts))


def _courses(evidence: TippingEvidence) -> Section:
    parts: list[Part] = []
    for optimizer in evidence.optimizers:
        for arm in _arms(evidence, optimizer):
            if arm.width != evidence.widths[-1] or arm.masking == STATIC:
                continue
            picture = Picture(
                f"Firing along the training, {arm.title}",
                "Mean over seeds of firing on the validation split, at some of the rates; over the "
                "neurons not masked.",
                partial(draw_courses, arm),
            )
            parts.append(Shown(picture))
    return Section("Firing along the training", tuple(parts))
