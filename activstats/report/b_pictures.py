"""Pictures of the constant b: run by run, by rule, and beside the controls."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from activstats.claims.evidence import TRAINED
from activstats.claims.seeds import geometric
from activstats.claims.verdict import Picture
from activstats.claims.words import grouped, rule_words, significant
from activstats.figures.intervals import Interval, interval_rows
from activstats.report.b_tables import KINDS, has_several_layers
from activstats.rules import DEFAULT_RULE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from activstats.claims.evidence import Evidence, FittedLayer

_OVER_SEEDS = "constant b; bars: 95 % t-interval over the seeds"


def b_pictures(evidence: Evidence) -> tuple[Picture, ...]:
    """Return the pictures that there is something to draw in."""
    rule = rule_words(DEFAULT_RULE.name)
    made = (
        (
            f"b beside the controls, {rule}",
            _by_width(evidence, ((k, k, DEFAULT_RULE.name) for k in KINDS)),
            _OVER_SEEDS,
        ),
        (
            "b by activation rule, trained networks",
            _by_width(evidence, ((rule_words(r), TRAINED, r) for r in evidence.rules)),
            _OVER_SEEDS,
        ),
        (
            f"b of every trained network, {rule}",
            _run_by_run(evidence),
            "constant b; bars: 95 % profile interval of the run, t-interval over the seeds",
        ),
    )
    return tuple(
        Picture(title, _in_words(rows), partial(interval_rows, rows, xlabel=xlabel))
        for title, rows, xlabel in made
        if rows
    )


def _by_width(evidence: Evidence, groups: Iterable[tuple[str, str, str]]) -> list[Interval]:
    """Return a row for every width in every group (name, kind, rule), in which some run has a b."""
    return [
        _mean(name, f"N = {grouped(width)}", fits)
        for name, kind, rule in groups
        for width in evidence.widths
        if (fits := _with_b(evidence, kind, rule, width))
    ]


def _run_by_run(evidence: Evidence) -> list[Interval]:
    rows, several = [], has_several_layers(evidence)
    for width in evidence.widths:
        fits = _with_b(evidence, TRAINED, DEFAULT_RULE.name, width)
        group = f"N = {grouped(width)}"
        for fit in fits:
            b = fit.fit
            name = f"seed {fit.seed}, {fit.layer}" if several else f"seed {fit.seed}"
            rows.append(Interval(group, name, b.b, b.b_low, b.b_high))
        if len(fits) > 1:
            rows.append(_mean(group, "over seeds", fits))
    return rows


def _with_b(evidence: Evidence, kind: str, rule: str, width: int) -> list[FittedLayer]:
    return [f for f in evidence.select(kind=kind, rule=rule) if f.width == width and f.has_b]


def _mean(group: str, name: str, fits: list[FittedLayer]) -> Interval:
    found = geometric((fit.seed, fit.fit.b) for fit in fits)
    if found.n_seeds > 1:
        return Interval(group, name, found.mean, found.low, found.high)
    return Interval(group, name, found.mean, found.mean, found.mean, "one seed, no interval")


def _in_words(rows: list[Interval]) -> str:
    groups: dict[str, list[str]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(f"{row.name}: {significant(row.estimate)}")
    return "; ".join(f"{name} – {', '.join(parts)}" for name, parts in groups.items()) + "."
