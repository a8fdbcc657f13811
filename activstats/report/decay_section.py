"""Section: how the loss decays, beside b and the exponent of the counts, and the best loss over N."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.claims.verdict import Picture
from activstats.claims.words import grouped, significant
from activstats.report.section import Part, Section, Shown
from activstats.report.tables import Cell, Column, Rows, Table, cells
from activstats.report.transition_section import interval, p_words

if TYPE_CHECKING:
    from activstats.claims.evidence import Evidence
    from activstats.claims.loss_examination import LossExamination
    from activstats.laws.loss.decay_result import LossDecayResult
    from activstats.laws.loss.exponent_comparison import ExponentComparison

_INTRODUCTION = (
    "A power law with a floor, L = L_inf + A D^−beta, fitted to the same losses. It has no scale: "
    "where the loss has a transition, beta is an average over its bend."
)
_BELOW_ZERO = "An L_inf below 0 is no loss: such curves bend more than any power law with a floor."
_THREE = (
    "Far beyond D* the theory has one number for all three. The exponent of the loss is that of the "
    "crossover where the losses have a transition, and beta of the power law where they have none. "
    "“Agree” means that every difference lies within a margin of ±{margin}; p is that of one number. "
    "1 − alpha is the law’s only for b < 1 and counts far from both of their ends."
)


def decay_section(evidence: Evidence) -> Section | None:
    """Return the section, None where the runs table has no losses."""
    losses = evidence.examination.loss
    if losses is None or not losses.decay:
        return None
    parts: list[Part] = [_INTRODUCTION, _decay_table(losses.decay)]
    if losses.exponents:
        parts += [_exponent_table(losses.exponents), _exponent_picture(losses.exponents)]
    parts += _best_loss(losses)
    parts += _depth(losses)
    return Section("How the loss decays", tuple(parts))


def _decay_table(found: dict[int, LossDecayResult]) -> Table:
    columns = (
        Column("N"), Column("beta"), Column("95 % interval"), Column("L_inf"),
        Column("95 % interval of L_inf"), Column("status", words=True),
    )  # fmt: skip
    rows = tuple(_decay_row(n, one) for n, one in found.items())
    below = any(float(one.conf_int()["high"]["loss_opt"]) < 0 for one in found.values())
    note = _BELOW_ZERO if below else ""
    return Table("Power law with a floor", columns, (Rows("", rows),), note)


def _decay_row(n: int, one: LossDecayResult) -> tuple[Cell, ...]:
    ends = one.conf_int()
    if math.isnan(one.beta):
        return (*cells(grouped(n)), Cell(one.reason or str(one.status), span=5, words=True))
    shown = [
        interval(float(ends["low"][name]), float(ends["high"][name]))
        for name in ("beta", "loss_opt")
    ]
    return cells(
        grouped(n), significant(one.beta), shown[0], significant(one.params["loss_opt"]), shown[1],
        str(one.status),
    )  # fmt: skip


def _exponent_table(found: dict[int, ExponentComparison]) -> Table:
    columns = (
        Column("N"), Column("exponent of the loss"), Column("b of the growth"),
        Column("1 − alpha of the counts"), Column("p of one number"), Column("answer", words=True),
    )  # fmt: skip
    rows = tuple(_exponent_row(n, one) for n, one in found.items())
    margin = significant(next(iter(found.values())).margin, 2)
    note = _THREE.format(margin=margin)
    return Table("Three estimates of one number", columns, (Rows("", rows),), note)


def _exponent_row(n: int, one: ExponentComparison) -> tuple[Cell, ...]:
    texts = [
        f"{significant(e.estimate, 2)} [{significant(e.low, 2)}, {significant(e.high, 2)}]"
        if e.known
        else "–"
        for e in one.exponents
    ]
    return cells(grouped(n), *texts, p_words(one.pvalue), one.answer)


def _exponent_picture(found: dict[int, ExponentComparison]) -> Shown:
    width, widest = list(found.items())[-1]
    told = "; ".join(f"{name} {significant(value)}" for name, value in widest.params.items())
    name = f"Exponents of the loss, the growth and the counts, N = {grouped(width)}"
    return Shown(Picture(name, f"{told}.", widest.plot))


def _best_loss(losses: LossExamination) -> list[Part]:
    found = losses.best_loss
    if found is None:
        return []
    words = f"Best loss over the width: {found.answer}."
    if found.reason:
        words = f"{words[:-1]}: {found.reason}."
    return [Shown(Picture("Loss on the largest training set over N", words, found.plot)), words]


def _depth(losses: LossExamination) -> list[Part]:
    found = losses.depth
    if found is None:
        return []
    words = f"Depth at equal numbers of parameters: {found.answer}."
    if found.reason:
        words = f"{words[:-1]}: {found.reason}."
    return [words, Shown(Picture("Depths at equal numbers of parameters", words, found.plot))]
