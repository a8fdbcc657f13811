"""The table of the published rule a > 0: how dense the layer is, and how soon K(D) is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activstats.claims.evidence import counted_fits
from activstats.claims.words import grouped, percent
from activstats.laws.results import Status
from activstats.report.b_tables import KINDS
from activstats.report.tables import Cell, Column, Rows, Table, cells
from activstats.rules import Above

if TYPE_CHECKING:
    from collections.abc import Iterable

    from activstats.claims.evidence import Evidence, FittedLayer

PUBLISHED_RULE = Above(0.0).name


def activity_table(evidence: Evidence) -> Table | None:
    """Return the table, None where the rule a > 0 was not recorded."""
    if PUBLISHED_RULE not in evidence.rules:
        return None
    groups = []
    for kind in KINDS:
        fits = evidence.select(kind=kind, rule=PUBLISHED_RULE)
        widths = sorted({fit.width for fit in fits})
        rows = tuple(_row(w, [fit for fit in fits if fit.width == w]) for w in widths)
        if rows:
            groups.append(Rows(kind, rows))
    return Table(
        caption="Rule a > 0: means over seeds; samples to 50 % and 90 % of K as the range over seeds",
        columns=(
            Column("N"),
            Column("c/N"),
            Column("never active"),
            Column("always active"),
            Column("50 %", "samples to … of K"),
            Column("90 %", "samples to … of K"),
            Column("what K(D) says of the law", words=True),
        ),
        body=tuple(groups),
        note="Never and always active: shares of the layer's neurons over all recorded samples. "
        f"Samples are counted in recorded order, {_order(evidence)}.",
    )


def _order(evidence: Evidence) -> str:
    if evidence.examination.n_documents:
        return "which is that of the text within each document"
    return "which is random"


def _row(width: int, fits: list[FittedLayer]) -> tuple[Cell, ...]:
    saturated = sum(fit.fit.status is Status.SATURATED for fit in fits)
    words = {0: "not saturated", len(fits): "saturated: the curve says nothing"}
    return (
        *cells(
            grouped(width),
            percent(sum(fit.fit.c / width for fit in fits) / len(fits)),
            percent(sum(fit.dead_share for fit in fits) / len(fits)),
            percent(sum(fit.always_on_share for fit in fits) / len(fits)),
            _range(fit.samples_to_half for fit in fits),
            _range(fit.samples_to_most for fit in fits),
        ),
        Cell(words.get(saturated, f"saturated in {saturated} of {counted_fits(fits)}"), words=True),
    )


def _range(samples: Iterable[int | None]) -> str:
    known = sorted(number for number in samples if number is not None)
    if not known:
        return "–"
    low, high = grouped(known[0]), grouped(known[-1])
    return low if low == high else f"{low} – {high}"
