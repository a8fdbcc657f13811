"""Section: whether the loss has a transition over log D, in networks and in learners without neurons."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.claims.verdict import Picture
from activstats.claims.words import grouped, percent, significant
from activstats.figures.knees import KneeRow, knee_rows
from activstats.laws.loss.measures import MEASURES
from activstats.report.section import Folded, Part, Section, Shown
from activstats.report.tables import Cell, Column, Rows, Table, cells

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from activstats.claims.evidence import Evidence
    from activstats.claims.loss_examination import LossExamination
    from activstats.laws.loss.transition_result import LossTransitionResult

_INTRODUCTION = (
    "A loss that bends over log D has no transition for that alone: a power law with a floor bends "
    "and has no scale. The test sets the crossover L = L_opt + ΔL (1 + (D/D*)^s)^(−b/s), whose form "
    "in the theory is s = 1, against every curve without a scale, flat, a line in log D or a power "
    "law with a floor, and draws its p-value from the best of these. The measure is {measure}."
)
_PLACES = (
    "D*: the crossover’s scale, where a share 1 − 2^−b of the drop is over; steepest: where the loss "
    "falls fastest in log D, N/c by the theory; half-drop: where half of it is over. Decades: of D, "
    "from 10 to 90 % of the drop, in the theory never under 1.34. Runs count as independent; "
    "training sets that are nested and a test set in common tie them together."
)
_FORM = (
    "s is free here; the theory has s = 1, and s → ∞ is a kink. Where p is at most .01 the form is "
    "contradicted (†), and D*, b and the places are those of the fit with free s. Noise: standard "
    "deviation of a run relative to its loss."
)
_SMALL = 0.001
_NOT_BY_ITSELF = (
    "Any learner whose loss starts on a plateau shows a transition; by itself it is no evidence for "
    "free neurons. That is what the learners without hidden neurons are for."
)


def transition_section(evidence: Evidence) -> Section | None:
    """Return the section, None where the runs table has no losses."""
    losses = evidence.examination.loss
    if losses is None or not losses.transitions:
        return None
    parts: list[Part] = [
        _INTRODUCTION.format(measure=MEASURES.get(losses.measure, losses.measure)),
        _table(losses),
        _form_table(losses),
        Shown(_picture(losses), _CAPTION),
        _NOT_BY_ITSELF,
    ]
    if losses.comparison is not None:
        words = [one.words for one in losses.comparison.controls]
        parts.append(" ".join(one[0].upper() + one[1:] for one in words))
        parts.append(losses.comparison.conclusion)
    parts += _measures(losses)
    return Section("Is there a transition in the loss?", tuple(parts))


_CAPTION = (
    "One row a learner on the same training sets; arrows: intervals that go on, or are open. Green, "
    "below the D* of a width: what its recordings predict."
)


def _table(losses: LossExamination) -> Table:
    columns = (
        Column("", words=True), Column("answer", words=True), Column("p"), Column("D*", "samples"),
        Column("95 % interval", "samples"), Column("steepest", "samples"),
        Column("half-drop", "samples"), Column("decades"), Column("exponent b"),
    )  # fmt: skip
    return Table("Transition over log D", columns, _body(losses, _row), _PLACES)


def _form_table(losses: LossExamination) -> Table:
    columns = (
        Column("", words=True), Column("s"), Column("95 % interval of s"), Column("p of s = 1"),
        Column("noise of a run"),
    )  # fmt: skip
    return Table("Is it as sharp as the theory says?", columns, _body(losses, _form_row), _FORM)


def _body(
    losses: LossExamination, row: Callable[[str, LossTransitionResult], tuple[Cell, ...]]
) -> tuple[Rows, ...]:
    networks = tuple(row(f"N = {grouped(n)}", one) for n, one in losses.transitions.items())
    without = tuple(row(name, one) for name, one in losses.controls.items())
    body = Rows("Networks", networks), Rows("Learners without hidden neurons", without)
    return tuple(rows for rows in body if rows.rows)


def _row(name: str, one: LossTransitionResult) -> tuple[Cell, ...]:
    head = cells(name, one.answer, p_words(one.pvalue))
    if not one.found:
        return (*head, Cell(one.reason, span=6, words=True))
    contradicted = " †" if one.form_contradicted else ""
    return (
        *head,
        *cells(
            significant(one.d_star) + contradicted, interval(one.d_star_low, one.d_star_high),
            significant(one.steepest), significant(one.half_drop),
            significant(one.width_decades, 2), significant(one.b, 2),
        ),
    )  # fmt: skip


def _form_row(name: str, one: LossTransitionResult) -> tuple[Cell, ...]:
    if not one.found:
        return (*cells(name), Cell("no transition to look at", span=4, words=True))
    return cells(
        name, significant(one.sharpness, 2), interval(one.sharpness_low, one.sharpness_high, 2),
        p_words(one.sharpness_pvalue), percent(one.noise_level),
    )  # fmt: skip


def interval(low: float, high: float, digits: int = 3) -> str:
    """Write the ends of an interval."""
    return f"{significant(low, digits)} – {significant(high, digits)}"


def p_words(pvalue: float) -> str:
    """Write a p-value, small ones as such.

    Examples
    --------
    >>> p_words(0.0314), p_words(4e-9), p_words(math.nan)
    ('0.031', '< 0.001', '–')
    """
    return "< 0.001" if pvalue < _SMALL else significant(pvalue, 2)


def _picture(losses: LossExamination) -> Picture:
    told = [
        f"{row.name}: D* {significant(row.d_star)}" if math.isfinite(row.d_star) else row.words
        for row in _knees(losses)
    ]
    return Picture(
        "Where the losses have their scale", f"{'; '.join(told)}.", lambda: _draw(losses)
    )


def _draw(losses: LossExamination) -> Axes:
    sizes = [size for one in losses.transitions.values() for size in one.curve.sizes[[0, -1]]]
    return knee_rows(_knees(losses), (float(min(sizes)), float(max(sizes))))


def _knees(losses: LossExamination) -> list[KneeRow]:
    rows = [_knee(f"N = {grouped(n)}", one, losses, n) for n, one in losses.transitions.items()]
    return rows + [_knee(name, one, losses) for name, one in losses.controls.items()]


def _knee(name: str, one: LossTransitionResult, losses: LossExamination, width: int = 0) -> KneeRow:
    agreement = losses.agreements.get(width)
    predicted = agreement.predicted if agreement else None
    ends = predicted.interval(one.level) if predicted else (math.nan, math.nan)
    return KneeRow(
        name,
        d_star=one.d_star if one.found else math.nan,
        low=one.d_star_low,
        high=one.d_star_high,
        steepest=one.steepest if one.found else math.nan,
        prediction=predicted.d_star if predicted else math.nan,
        prediction_low=ends[0],
        prediction_high=ends[1],
        control=not width,
        words=f"{name}: {one.answer}",
    )


def _measures(losses: LossExamination) -> list[Part]:
    """Return what other measures of the same runs say of the knee, warnings in the open."""
    parts: list[Part] = [
        f"N = {grouped(n)}: {one.warning}" for n, one in losses.measures.items() if one.warning
    ]
    if not losses.measures:
        return parts
    rows = tuple(
        cells(
            grouped(n) if not place else "", knee.name,
            significant(knee.d_star), interval(knee.low, knee.high) if knee.found else "–",
        )
        for n, one in losses.measures.items()
        for place, knee in enumerate(one.knees)
    )  # fmt: skip
    columns = (
        Column("N"), Column("measure", words=True), Column("D*, samples"), Column("95 % interval"),
    )  # fmt: skip
    table = Table("Knees of the networks by measure", columns, (Rows("", rows),))
    return [*parts, Folded("The knee by other measures of the same runs", (table,))]
