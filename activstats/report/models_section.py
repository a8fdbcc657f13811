"""Section: does the law fit, which law of counts fits best, and how sure is b."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from activstats.claims.verdict import Picture
from activstats.claims.words import grouped, percent, significant
from activstats.laws.comparison import BETA_BINOMIAL, LAWS, ZERO_INFLATED
from activstats.report.b_tables import has_several_layers
from activstats.report.panels import draw_panels
from activstats.report.section import Part, Section, Shown
from activstats.report.tables import Cell, Column, Rows, Table, cells

if TYPE_CHECKING:
    from activstats.claims.evidence import Evidence
    from activstats.claims.examination import ExaminedLayer

_FIT = (
    "A p-value says whether chance alone could put a true law as far off; the misfit says how far off "
    "it is. With enough neurons every real layer is rejected, and neurons that fire together make p "
    "too small: read the misfit first."
)
_MODELS = (
    "Differences of AIC between laws of the same counts, the best law at 0: under 2 nothing is "
    "decided, above 10 a law describes the counts clearly worse. The smallest does not make a law true."
)
_TWO_WAY = (
    "Intervals of b: from the likelihood, as if neurons fired independently of each other, and "
    "two-way, from the scatter over neurons and over samples, which allows for neurons that fire "
    "together. The two-way interval is the one to go by."
)
_SHORT = {name: name.removesuffix("-binomial") for name in LAWS} | {
    BETA_BINOMIAL: BETA_BINOMIAL,
    ZERO_INFLATED: "with dead neurons",
}


def models_section(evidence: Evidence) -> Section | None:
    """Return the section, None where no layer was looked at closely."""
    layers = evidence.examination.layers
    if not layers:
        return None
    parts: list[Part] = [
        _which(evidence, layers[0].layer.layer),
        _fit_table(layers),
        *_pictures(layers),
        _model_table(layers),
        *([_two_way_table(layers)] if any(one.two_way for one in layers) else []),
    ]
    return Section("How well the law fits, and what fits better", tuple(parts))


def _which(evidence: Evidence, layer: str) -> str:
    chosen = f", its layer {layer}" if has_several_layers(evidence) else ""
    return f"One trained network of each width{chosen}, top 1 % of the layer."


def _width(one: ExaminedLayer) -> str:
    return grouped(one.layer.width)


def _fit_table(layers: tuple[ExaminedLayer, ...]) -> Table:
    columns = (
        Column("N"), Column("b"), Column("misfit"), Column("p of the misfit"),
        Column("Cramér–von Mises"), Column("p"), Column("status", words=True),
    )  # fmt: skip
    return Table("Goodness of fit", columns, (Rows("", tuple(map(_fit_row, layers))),), _FIT)


def _fit_row(one: ExaminedLayer) -> tuple[Cell, ...]:
    fit, tested = one.layer.fit, one.goodness
    if tested is None or math.isnan(tested.misfit):
        return (*cells(_width(one)), Cell(fit.reason or "no law to test", span=6, words=True))
    return cells(
        _width(one), significant(fit.b), percent(tested.misfit), _p(tested.pvalue_misfit),
        significant(tested.cramer_von_mises, 2), _p(tested.pvalue_cramer_von_mises),
        str(fit.status),
    )  # fmt: skip


def _pictures(layers: tuple[ExaminedLayer, ...]) -> list[Part]:
    tested = [(_width(one), one.goodness) for one in layers if one.goodness is not None]
    tested = [(width, test) for width, test in tested if test.misfit_draws]
    if not tested:
        return []
    words = "; ".join(
        f"N = {width}: misfit {percent(test.misfit)}, p {_p(test.pvalue_misfit)}"
        for width, test in tested
    )
    draw = partial(
        draw_panels,
        [test for _, test in tested],
        lambda test, ax: test.plot(ax),
        [f"N = {width}" for width, _ in tested],
        height=3.1,
    )
    return [Shown(Picture("The misfit beside what chance alone gives", f"{words}.", draw))]


def _model_table(layers: tuple[ExaminedLayer, ...]) -> Table:
    columns = (
        Column("N"), *(Column(_SHORT[name], "AIC less the lowest") for name in LAWS),
        Column("share dead", "dead neurons"), Column("p of none", "dead neurons"),
    )  # fmt: skip
    rows = tuple(map(_model_row, layers))
    return Table("Laws of counts compared", columns, (Rows("", rows),), _MODELS)


def _model_row(one: ExaminedLayer) -> tuple[Cell, ...]:
    models = one.models
    if not models.laws:
        return (*cells(_width(one)), Cell(models.reason, span=len(LAWS) + 2, words=True))
    differences = [f"+{significant(models.differences[name])}" for name in LAWS]
    dead = {law.name: law.estimates for law in models.laws}[ZERO_INFLATED]["dead_share"]
    return cells(_width(one), *differences, percent(dead), _p(models.pvalue_dead))


def _two_way_table(layers: tuple[ExaminedLayer, ...]) -> Table:
    columns = (
        Column("N"), Column("b"), Column("likelihood", "95 % interval"),
        Column("two-way", "95 % interval"), Column("inflation of the error"),
    )  # fmt: skip
    rows = tuple(map(_two_way_row, (one for one in layers if one.two_way)))
    return Table("How sure b is", columns, (Rows("", rows),), _TWO_WAY)


def _two_way_row(one: ExaminedLayer) -> tuple[Cell, ...]:
    found = one.two_way
    if found is None or math.isnan(found.se_log_b):
        reason = found.reason if found else "no single activations recorded"
        return (*cells(_width(one)), Cell(reason, span=4, words=True))
    return cells(
        _width(one), significant(found.b),
        f"{significant(found.b_low_likelihood)} – {significant(found.b_high_likelihood)}",
        f"{significant(found.b_low)} – {significant(found.b_high)}",
        f"× {significant(found.inflation)}",
    )  # fmt: skip


def _p(p: float) -> str:
    return significant(p, 2)
