"""Section: b layer by layer, kinds of blocks beside each other, and documents as what is independent."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from activstats.claims.evidence import TRAINED
from activstats.claims.seeds import geometric, over_seeds
from activstats.claims.verdict import Picture
from activstats.claims.words import grouped, percent, rule_words, significant
from activstats.figures.intervals import Interval, interval_rows
from activstats.report.section import Part, Section, Shown
from activstats.report.tables import Cell, Column, Rows, Table, cells
from activstats.rules import DEFAULT_RULE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from activstats.claims.evidence import Evidence, FittedLayer
    from activstats.claims.examination import LayerIntervals
    from activstats.laws.two_way_result import TwoWay

    Group = tuple[str, list[list[FittedLayer]]]

TITLE = "Layer by layer"
_KINDS = {
    TRAINED: "trained",
    "deep": "several hidden layers",
    "relu blocks": "ReLU blocks",
    "gelu blocks": "GELU blocks",
}
_NOTE = (
    "Geometric mean of b over seeds, with Student’s t-interval on log b; layers of one network are not "
    "independent of each other. Activated: K/N at the end of the recording."
)
_GATED = (
    "The neurons of a gated block are the products that go into its last linear layer; they can be "
    "negative, and a top share takes the largest with their sign. Networks of other kinds have as many "
    "neurons, not as many weights."
)
_DOCUMENTS = (
    "Tokens of a document are not independent samples. The interval with whole documents as what is "
    "independent is the one to go by for other texts of this kind. "
    "Inflation: standard error with documents over that of the likelihood."
)


def layers_section(evidence: Evidence) -> Section | None:
    """Return the section, None where every network was recorded at one layer."""
    groups = list(_groups(evidence))
    if not any(len(layers) > 1 for _, layers in groups):
        return None
    rows = [_interval(name, several) for name, layers in groups for several in layers]
    told = [row for row in rows if row is not None]
    parts: list[Part] = [
        f"Every recorded layer of the trained networks, {rule_words(DEFAULT_RULE.name)}.",
        _table(groups),
        *([_picture(told)] if told else []),
        *([_GATED] if _has_blocks(evidence) else []),
        *([_documents_table(evidence)] if evidence.examination.intervals else []),
    ]
    return Section(TITLE, tuple(parts))


def _groups(evidence: Evidence) -> Iterator[Group]:
    """Yield kinds of networks of one width, and the fits of each of their layers over the seeds."""
    fits = [*evidence.trained(DEFAULT_RULE.name), *evidence.examination.compared]
    for kind in dict.fromkeys(fit.kind for fit in fits):
        for width in sorted({fit.width for fit in fits if fit.kind == kind}):
            own = [fit for fit in fits if fit.kind == kind and fit.width == width]
            layers = dict.fromkeys(fit.layer for fit in own)
            name = f"{_kind(evidence, kind)}, N = {grouped(width)}"
            yield name, [[fit for fit in own if fit.layer == layer] for layer in layers]


def _kind(evidence: Evidence, kind: str) -> str:
    if kind != TRAINED or not _has_blocks(evidence):
        return _KINDS.get(kind, kind)
    blocks = evidence.runs.loc[evidence.runs["kind"] == TRAINED, "block"].unique()
    return " and ".join(_KINDS.get(f"{block} blocks", f"{block} blocks") for block in blocks)


def _has_blocks(evidence: Evidence) -> bool:
    return "block" in evidence.runs


def _table(groups: list[Group]) -> Table:
    columns = (
        Column("layer", words=True), Column("rule", words=True), Column("c/N"), Column("activated"),
        Column("b"), Column("95 % interval"), Column("misfit"),
    )  # fmt: skip
    body = tuple(Rows(name, tuple(map(_row, layers))) for name, layers in groups)
    return Table("The constant b, layer by layer", columns, body, _NOTE)


def _row(fits: list[FittedLayer]) -> tuple[Cell, ...]:
    share = sum(fit.fit.c / fit.width for fit in fits) / len(fits)
    activated = sum(1 - fit.dead_share for fit in fits) / len(fits)
    head = cells(
        fits[0].layer, rule_words(fits[0].rule), f"{100 * share:.2f} %", percent(activated)
    )
    told = [fit for fit in fits if fit.has_b]
    found = geometric((fit.seed, fit.fit.b) for fit in told)
    if not found.n_seeds:
        reason = "equal rates, b = ∞" if told else str(fits[0].fit.status)
        return (*head, Cell(reason, span=3, words=True))
    interval = "one seed" if found.n_seeds == 1 else f"{_two(found.low)} – {_two(found.high)}"
    misfit = over_seeds((fit.seed, fit.fit.misfit) for fit in told).mean
    left_out = "" if len(told) == len(fits) else " *"
    return (*head, *cells(_two(found.mean) + left_out, interval, percent(misfit)))


def _interval(group: str, fits: list[FittedLayer]) -> Interval | None:
    found = geometric((fit.seed, fit.fit.b) for fit in fits if fit.has_b)
    if not found.n_seeds:
        return None
    name = fits[0].layer
    if found.n_seeds == 1:
        return Interval(group, name, found.mean, found.mean, found.mean, "one seed, no interval")
    return Interval(group, name, found.mean, found.low, found.high)


def _picture(rows: list[Interval]) -> Shown:
    words = "; ".join(f"{row.group}, {row.name}: {significant(row.estimate)}" for row in rows)
    label = "constant b; bars: 95 % t-interval over the seeds"
    draw = partial(interval_rows, rows, xlabel=label)
    return Shown(Picture("b layer by layer", f"{words}.", draw))


def _documents_table(evidence: Evidence) -> Table:
    found = evidence.examination
    columns = (
        Column("layer", words=True), Column("b"), Column("likelihood", "95 % interval"),
        Column("tokens independent", "95 % interval"),
        Column("documents independent", "95 % interval"), Column("inflation"),
    )  # fmt: skip
    first = found.intervals[0].layer
    caption = (
        f"How sure b is: N = {grouped(first.width)}, seed {first.seed}, "
        f"{grouped(first.fit.n_samples)} tokens of {grouped(found.n_documents)} documents"
    )
    return Table(
        caption, columns, (Rows("", tuple(map(_of_documents, found.intervals))),), _DOCUMENTS
    )


def _of_documents(one: LayerIntervals) -> tuple[Cell, ...]:
    fit = one.layer.fit
    return cells(
        one.layer.layer, _two(fit.b), f"{_two(fit.b_low)} – {_two(fit.b_high)}", _ends(one.samples),
        _ends(one.documents), f"× {significant(one.documents.inflation, 2)}",
    )  # fmt: skip


def _ends(found: TwoWay) -> str:
    if math.isnan(found.se_log_b):
        return "–"
    return f"{_two(found.b_low)} – {_two(found.b_high)}"


def _two(b: float) -> str:
    return significant(b, 2)
