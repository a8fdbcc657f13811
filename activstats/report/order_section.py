"""Section: what the order of recordings along training shows, and what runs share."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from activstats.claims.verdict import Picture
from activstats.claims.words import grouped, significant
from activstats.report.panels import draw_panels
from activstats.report.section import Part, Section, Shown
from activstats.report.tables import Cell, Column, Rows, Table, cells

if TYPE_CHECKING:
    from activstats.claims.evidence import Evidence
    from activstats.laws.order_result import OrderTests
    from activstats.laws.replicates_result import ReplicateAgreement

_INTRODUCTION = (
    "A frozen network in random order cannot tell reinforcement from fixed unequal rates: both give "
    "the same counts (de Finetti). Order can. Recordings along training are compared here with the "
    "same recordings in random orders, a row for each recorded step. Reinforcement with constant b "
    "would pass this test as well as fixed rates do: rejection says that firing changed in the course "
    "of training, which neither of them allows for."
)
_TESTS = (
    "Effect beside the range of 95 % of random orders; p adjusted after Holm over the four tests of a run. "
    "Lag 1: correlation of neighbouring steps. Trend and halves: share of the scatter between steps that a "
    "straight line, or a step in the middle, explains. Curve: distance of K(D) from its rarefied curve."
)
_REPLICATES = (
    "Mean rank correlation of firing rates over pairs of runs. The ceiling is what independent samples "
    "would leave of identical rates; runs recorded on the same samples share part of their noise and "
    "may lie above it. Neurons of different starts have nothing in common but their number, so that no "
    "agreement is expected whatever the process; between runs of one start, fixed rates agree up to "
    "the ceiling and an urn started anew would not agree at all."
)


def order_section(evidence: Evidence) -> Section | None:
    """Return the section, None where nothing was recorded along training or twice."""
    order, replicates = evidence.examination.order, evidence.examination.replicates
    parts: list[Part] = []
    if order:
        parts += [_INTRODUCTION, *_picture(order), _order_table(order)]
    if replicates:
        parts.append(_replicate_table(replicates))
    return Section("Order and replicate runs", tuple(parts)) if parts else None


def _picture(order: tuple[tuple[str, OrderTests], ...]) -> list[Part]:
    drawn = [(name, found) for name, found in order if found.tests]
    if not drawn:
        return []
    words = "; ".join(f"{name}: p of the family {significant(f.pvalue, 2)}" for name, f in drawn)
    draw = partial(draw_panels, drawn, lambda one, ax: one[1].plot(ax), [name for name, _ in drawn])
    return [Shown(Picture("Order along training", f"{words}.", draw))]


def _order_table(order: tuple[tuple[str, OrderTests], ...]) -> Table:
    columns = (
        Column("run", words=True), Column("test", words=True), Column("effect"),
        Column("95 % of random orders"), Column("p (Holm)"),
    )  # fmt: skip
    rows = tuple(row for name, found in order for row in _order_rows(name, found))
    return Table("Tests of order along training", columns, (Rows("", rows),), _TESTS)


def _order_rows(name: str, found: OrderTests) -> list[tuple[Cell, ...]]:
    if not found.tests:
        return [(*cells(name), Cell(found.reason, span=4, words=True))]
    return [
        cells(
            "" if place else name, test.name, significant(test.effect),
            f"{significant(test.chance_low)} – {significant(test.chance_high)}",
            significant(test.pvalue_holm, 2),
        )
        for place, test in enumerate(found.tests)
    ]  # fmt: skip


def _replicate_table(replicates: tuple[tuple[str, ReplicateAgreement], ...]) -> Table:
    columns = (
        Column("runs", words=True), Column("number"), Column("rank correlation"),
        Column("95 % interval"), Column("ceiling"), Column("p of none"),
    )  # fmt: skip
    rows = tuple(_replicate_row(name, found) for name, found in replicates)
    return Table("Firing rates of replicate runs", columns, (Rows("", rows),), _REPLICATES)


def _replicate_row(name: str, found: ReplicateAgreement) -> tuple[Cell, ...]:
    if math.isnan(found.correlation):
        return (*cells(name), Cell(found.reason, span=5, words=True))
    return cells(
        name, grouped(found.n_obs), significant(found.correlation),
        f"{significant(found.low)} – {significant(found.high)}", significant(found.ceiling),
        significant(found.pvalue, 2),
    )  # fmt: skip
