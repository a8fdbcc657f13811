"""Section: the power-law tail of the counts, and the theory's bounded law."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from activstats.claims.verdict import Picture
from activstats.claims.words import grouped, percent, significant
from activstats.report.panels import draw_panels
from activstats.report.section import Part, Section, Shown
from activstats.report.tables import Cell, Column, Rows, Table, cells

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from activstats.claims.evidence import Evidence
    from activstats.claims.examination import ExaminedLayer

_TWO_QUESTIONS = (
    "Two different questions. Is there a heavy tail, P(k) ∝ k to the −α with α > 1, from some xmin "
    "on? And is it the theory’s law: bounded, with an exponent 1 − b between 0 and 1 for counts far "
    "below the cutoff? A straight line on log-log axes answers neither."
)
_TAIL = (
    "Clauset, Shalizi and Newman’s fit: xmin of the smallest Kolmogorov–Smirnov distance, p by a "
    "bootstrap that chooses xmin anew. A small p rejects a power-law tail; a large p beside a small "
    "share n tail / n says little, for xmin flees into the tail where nothing can be told."
)
_BOUNDED = (
    "Bounded law: k to the −α times e to the −λk on 1 … D. The test of α = 1 − b fits α on the body of "
    "the counts, where the growth law is nearest to a power law, and compares α − (1 − b) with what "
    "counts drawn from the fitted growth law show; p below .05 speaks against the law’s shape."
)


def tail_section(evidence: Evidence) -> Section | None:
    """Return the section, None where no layer was looked at closely."""
    layers = evidence.examination.layers
    if not layers:
        return None
    parts: list[Part] = [
        _TWO_QUESTIONS,
        _tail_table(layers),
        *_picture(layers),
        _bounded_table(layers),
    ]
    return Section("Power laws in the counts", tuple(parts))


def _tail_table(layers: tuple[ExaminedLayer, ...]) -> Table:
    columns = (
        Column("N"), Column("α"), Column("95 % interval"), Column("xmin"), Column("n tail"),
        Column("n tail / n"), Column("p"),
    )  # fmt: skip
    rows = tuple(map(_tail_row, layers))
    return Table("Heavy tail (α > 1)", columns, (Rows("", rows),), _TAIL)


def _tail_row(one: ExaminedLayer) -> tuple[Cell, ...]:
    tail, width = one.tail, grouped(one.layer.width)
    if math.isnan(tail.alpha):
        return (*cells(width), Cell(tail.reason, span=6, words=True))
    low, high = tail.interval("alpha")
    return cells(
        width, f"{tail.alpha:.2f}", f"{low:.2f} – {high:.2f}", significant(tail.xmin),
        grouped(tail.n_tail), percent(tail.tail_share), significant(tail.pvalue, 2),
    )  # fmt: skip


def _picture(layers: tuple[ExaminedLayer, ...]) -> list[Shown]:
    drawn = [one for one in layers if one.tail.n_tail]
    if not drawn:
        return []
    titles = [f"N = {grouped(one.layer.width)}" for one in drawn]
    words = "; ".join(
        f"{title}: α = {one.tail.alpha:.2f} from xmin = {significant(one.tail.xmin)} on, p = "
        f"{significant(one.tail.pvalue, 2)}"
        for title, one in zip(titles, drawn, strict=True)
    )
    draw = partial(draw_panels, drawn, _draw, titles)
    return [Shown(Picture("Share of neurons that fired at least so often", f"{words}.", draw))]


def _draw(one: ExaminedLayer, ax: Axes) -> None:
    one.tail.plot(ax)
    ax.set_xlabel("samples that activated the neuron")
    ax.set_ylabel("share of neurons at or above")


def _bounded_table(layers: tuple[ExaminedLayer, ...]) -> Table:
    columns = (
        Column("N"), Column("α", "bounded law"), Column("λ", "bounded law"),
        Column("p", "bounded law"), Column("body", "test of α = 1 − b"),
        Column("α", "test of α = 1 − b"), Column("1 − b", "test of α = 1 − b"),
        Column("α − (1 − b)", "test of α = 1 − b"), Column("under the law", "test of α = 1 − b"),
        Column("p", "test of α = 1 − b"),
    )  # fmt: skip
    rows = tuple(map(_bounded_row, layers))
    return Table("The theory’s law of counts", columns, (Rows("", rows),), _BOUNDED)


def _bounded_row(one: ExaminedLayer) -> tuple[Cell, ...]:
    law, test = one.bounded, one.exponent
    head = cells(grouped(one.layer.width))
    if law.fitted:
        alpha = f"{law.alpha:.2f} ± {law.alpha_se:.2f}"
        fit = cells(alpha, significant(law.lambda_, 2), significant(law.pvalue, 2))
    else:
        fit = (Cell(law.reason, span=3, words=True),)
    if not test.testable:
        return (*head, *fit, Cell(test.reason or "not testable", span=6, words=True))
    return (
        *head, *fit,
        *cells(
            f"1 … {grouped(test.body_end)}", f"{test.alpha:.2f}", f"{test.one_minus_b:.2f}",
            _signed(test.difference), f"{_signed(test.expected)} ± {test.scatter:.2f}",
            significant(test.pvalue, 2),
        ),
    )  # fmt: skip


def _signed(number: float) -> str:
    return f"{number:+.2f}".replace("-", "−")
