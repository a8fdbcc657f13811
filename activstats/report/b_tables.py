"""Tables of the constant b: over seeds for each rule and width, and run by run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activstats.claims.evidence import RANDOM_LABELS, TRAINED, UNTRAINED
from activstats.claims.seeds import geometric, over_seeds
from activstats.claims.words import counted, grouped, listed, percent, rule_words, significant
from activstats.laws.results import Status
from activstats.report.tables import Cell, Column, Rows, Table, cells

if TYPE_CHECKING:
    from activstats.claims.evidence import Evidence, FittedLayer

# Below it, two decimals leave less than two digits.
_SMALL = 0.095
KINDS = (TRAINED, UNTRAINED, RANDOM_LABELS)
_PARTLY = " * Some runs are left out, not identifiable: see the tables of every run."
_SATURATED = (
    " † Saturated: 90 % of K within some 50 samples. The curve says nothing there; b is told by how "
    "unequal the counts are, and a small misfit is no support for the law."
)


def table_over_seeds(evidence: Evidence) -> Table:
    """Return b of every rule and width, averaged over seeds, the controls beside."""
    kinds = tuple(kind for kind in KINDS if any(fit.kind == kind for fit in evidence.fits))
    columns = [Column("N"), Column("c/N")]
    for kind in kinds:
        columns += [Column("b", kind), Column("95 % interval", kind), Column("misfit", kind)]
    return Table(
        caption="Constant b by activation rule and width: geometric mean over seeds",
        columns=tuple(columns),
        body=tuple(_rows_of_rule(evidence, rule, kinds) for rule in evidence.rules),
        note="Interval: Student's t over the seeds, on log b. Misfit: largest distance between the "
        "measured K(D) and the exact law, as a share of the N neurons. c/N: mean share of the layer "
        f"that one sample activates ({kinds[0]} networks).{_marks(evidence)}"
        if kinds
        else "",
    )


def _marks(evidence: Evidence) -> str:
    """Explain the marks that occur in the table."""
    saturated = any(fit.fit.status is Status.SATURATED for fit in evidence.fits)
    return (_SATURATED if saturated else "") + (_PARTLY if _some_left_out(evidence) else "")


def _some_left_out(evidence: Evidence) -> bool:
    """Tell whether some runs of a cell have a b and others have none."""
    told: dict[tuple[str, str, int], set[bool]] = {}
    for fit in evidence.fits:
        told.setdefault((fit.kind, fit.rule, fit.width), set()).add(fit.has_b)
    return any(len(found) > 1 for found in told.values())


def _rows_of_rule(evidence: Evidence, rule: str, kinds: tuple[str, ...]) -> Rows:
    # A rule under which every run is saturated carries the mark itself, not each of its numbers.
    under = [fit for fit in evidence.fits if fit.rule == rule]
    whole = all(fit.fit.status is Status.SATURATED for fit in under)
    rows = []
    for width in evidence.widths:
        found = {k: _of_width(evidence.select(kind=k, rule=rule), width) for k in kinds}
        if any(found.values()):
            first = next(fits for fits in found.values() if fits)
            head = cells(grouped(width), _share_activated(first))
            told = [_over_seeds(fits, mark_saturated=not whole) for fits in found.values()]
            rows.append((*head, *(cell for some in told for cell in some)))
    return Rows(rule_words(rule) + (" †" if whole else ""), tuple(rows))


def _of_width(fits: tuple[FittedLayer, ...], width: int) -> tuple[FittedLayer, ...]:
    return tuple(fit for fit in fits if fit.width == width)


def _share_activated(fits: tuple[FittedLayer, ...]) -> str:
    return f"{100 * sum(f.fit.c / f.width for f in fits) / len(fits):.2f} %"


def _over_seeds(fits: tuple[FittedLayer, ...], *, mark_saturated: bool) -> tuple[Cell, ...]:
    told = [fit for fit in fits if fit.has_b]
    if not told:
        words = listed(sorted({str(fit.fit.status) for fit in fits})) if fits else "no run"
        return (Cell(words, span=3, words=True),)
    marks = "" if len(told) == len(fits) else " *"
    if mark_saturated and any(fit.fit.status is Status.SATURATED for fit in told):
        marks += " †"
    found = geometric((fit.seed, fit.fit.b) for fit in told)
    misfit = percent(over_seeds((fit.seed, fit.fit.misfit) for fit in told).mean)
    if not found.n_seeds:
        return (Cell(f"equal rates, b = ∞{marks}", span=2, words=True), Cell(misfit))
    interval = f"{two(found.low)} – {two(found.high)}" if found.n_seeds > 1 else "one seed"
    return cells(two(found.mean) + marks, interval, misfit)


def two(number: float) -> str:
    """Write b with two decimals, so that a column of them lines up, and with digits enough beyond.

    Examples
    --------
    >>> import math
    >>> two(0.5954), two(56.51), two(math.inf), two(12345.6), two(0.0022), two(0.0)
    ('0.60', '56.5', '∞', '12 300', '0.0022', '0.00')
    """
    if 0 < number < _SMALL:
        return significant(number, 2)
    return f"{number:.2f}" if number < 10 else significant(number)  # noqa: PLR2004


_RUN_COLUMNS = (
    Column("network", words=True),
    Column("layer", words=True),
    Column("N"),
    Column("seed"),
    Column("b"),
    Column("95 % interval"),
    Column("D* = bN/c, samples"),
    Column("misfit"),
    Column("chance alone"),
    Column("status", words=True),
)


def tables_of_runs(evidence: Evidence) -> tuple[Table, ...]:
    """Return a table for each rule with every run: b, its profile interval, D*, misfit, status."""
    return tuple(_table_of_rule(evidence, rule) for rule in evidence.rules)


def _table_of_rule(evidence: Evidence, rule: str) -> Table:
    fits = [fit for kind in KINDS for fit in evidence.select(kind=kind, rule=rule)]
    fits.sort(key=lambda fit: (KINDS.index(fit.kind), fit.width, fit.seed))
    # What chance alone gives is drawn for the runs that a verdict rests on, and for no others.
    with_chance = any(fit.chance.size for fit in fits)
    several = has_several_layers(evidence)
    left_out = {"chance alone": not with_chance, "layer": not several}
    columns = tuple(column for column in _RUN_COLUMNS if not left_out.get(column.head, False))
    return Table(
        caption=f"{counted(len(fits), 'layer' if several else 'run')}, {rule_words(rule)}",
        columns=columns,
        body=(
            Rows("", tuple(_run(fit, several=several, with_chance=with_chance) for fit in fits)),
        ),
    )


def has_several_layers(evidence: Evidence) -> bool:
    """Tell whether networks were recorded at more than one layer."""
    return len({fit.layer for fit in evidence.fits}) > 1


def _run(fitted: FittedLayer, *, several: bool, with_chance: bool) -> tuple[Cell, ...]:
    fit = fitted.fit
    layer = [fitted.layer] if several else []
    head = cells(fitted.kind, *layer, grouped(fitted.width), str(fitted.seed))
    if not fitted.has_b:
        return (*head, Cell(fit.reason, span=5 + with_chance, words=True))
    chance = percent(float(fitted.chance.mean())) if fitted.chance.size else "–"
    return (
        *head,
        *cells(
            two(fit.b),
            f"{two(fit.b_low)} – {two(fit.b_high)}",
            significant(fit.d_star),
            percent(fit.misfit),
            *([chance] if with_chance else []),
            _status(fitted),
        ),
    )


def _status(fitted: FittedLayer) -> str:
    if fitted.fit.status is Status.SATURATED and fitted.samples_to_most is not None:
        return f"saturated: 90 % of K after {counted(fitted.samples_to_most, 'sample')}"
    return str(fitted.fit.status)
