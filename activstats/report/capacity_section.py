"""Section: samples per working neuron, and the share of neurons that never worked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from activstats.claims.verdict import Picture
from activstats.claims.words import grouped, percent, significant
from activstats.laws.capacity_plot import plot_capacity
from activstats.report.panels import WIDE
from activstats.report.section import Part, Section, Shown
from activstats.report.tables import Cell, Column, Rows, Table, cells

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from activstats.claims.evidence import Evidence
    from activstats.laws.capacity import Capacity

_TALL = 3.8
_WORDS = (
    "R = cD/K: activations per neuron that worked at all. S = 1 − K/N: share of neurons that none of "
    "the counted samples activated. They could go without any effect on these samples; on others they "
    "may be wanted, and what pruning costs there is another measurement."
)


def capacity_section(evidence: Evidence) -> Section | None:
    """Return the section, None where no layer was looked at closely."""
    found = [one.capacity for one in evidence.examination.layers]
    if not found:
        return None
    scaling = evidence.examination.scaling
    notes = [note[0].upper() + note[1:] + "." for note in scaling.notes] if scaling else []
    words = "; ".join(
        f"N = {grouped(one.fit.n_neurons)}: R = {significant(float(one.per_neuron[-1, 0]))}, free share "
        f"{percent(float(one.free_share[-1, 0]))}"
        for one in found
    )
    picture = Picture(
        "Samples per working neuron and free share", f"{words}.", lambda: _draw(found)
    )
    caption = "Measured by rarefaction with 95 % intervals; lines: the fitted growth law."
    parts: tuple[Part, ...] = (_WORDS, Shown(picture, caption), _table(found), *notes)
    return Section("Working neurons and free ones", parts)


def _draw(found: list[Capacity]) -> Axes:
    left, right = Figure(figsize=(WIDE, _TALL), layout="constrained").subplots(1, 2)
    plot_capacity(found, left, measure="per_neuron")
    plot_capacity(found, right, measure="free_share")
    if legend := right.get_legend():
        legend.remove()
    return left  # type: ignore[no-any-return]


def _table(found: list[Capacity]) -> Table:
    columns = (
        Column("N"), Column("samples D"), Column("measured", "R = cD/K"), Column("95 %", "R = cD/K"),
        Column("law", "R = cD/K"), Column("measured", "free share S"),
        Column("95 %", "free share S"), Column("law", "free share S"), Column("S/(1 − S)"),
    )  # fmt: skip
    rows = tuple(map(_row, found))
    return Table("At the last sample", columns, (Rows("", rows),))


def _row(one: Capacity) -> tuple[Cell, ...]:
    r, s = one.per_neuron[-1], one.free_share[-1]
    return cells(
        grouped(one.fit.n_neurons), grouped(one.fit.n_samples), significant(float(r[0])),
        f"{significant(float(r[1]))} – {significant(float(r[2]))}",
        significant(float(one.per_neuron_law[-1, 0])), percent(float(s[0])),
        f"{percent(float(s[1]))} – {percent(float(s[2]))}",
        percent(float(one.free_share_law[-1, 0])),
        significant(float(one.free_to_working[-1, 0]), 2),
    )  # fmt: skip
