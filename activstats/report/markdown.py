"""The report as Markdown: verdicts first, then the sections, pictures in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.claims import growth_law
from activstats.claims.words import minus_signs
from activstats.report.b_tables import table_over_seeds
from activstats.report.head import study_title
from activstats.report.recorded import provenance, what_was_recorded
from activstats.report.section import Folded, Lead, Section, Shown
from activstats.report.sections import sections
from activstats.report.tables import Table
from activstats.report.verdict_table import HEADS, NOTE, counted_outcomes, p_of, verdict_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from activstats.claims.evidence import Evidence
    from activstats.claims.verdict import Verdict
    from activstats.report.origin import Origin

# What Markdown would take for a mark of its own, wherever it stands.
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>|#~"})


def report_markdown(evidence: Evidence, verdicts: Sequence[Verdict], origin: Origin) -> str:
    """Return the report as Markdown.

    Parameters
    ----------
    evidence : Evidence
        The fits and the runs table.
    verdicts : sequence of Verdict
        All verdicts, in the order of the table.
    origin : Origin
        Where the numbers come from.

    Returns
    -------
    str
        The same text for the same arguments. Pictures stand as the words that can take their place.
    """
    lines = [f"# Activation statistics of {plain(study_title(evidence))}", "", "## Verdicts", ""]
    lines += [plain(counted_outcomes(verdicts)), "", *_verdict_table(verdicts), "", plain(NOTE), ""]
    for place, one in enumerate(verdicts, start=1):
        if one.title == growth_law.TITLE:
            lines += ["## The growth law", "", *_lead(Lead(one, place))]
    lines += ["## What was recorded", "", *_facts(what_was_recorded(evidence, origin)), ""]
    if any(fit.has_b for fit in evidence.fits):
        lines += ["## The constant b, by rule and by width", ""]
        lines += [*_table(table_over_seeds(evidence)), ""]
    for section in sections(evidence, verdicts):
        lines += _section(section)
    lines += ["## Provenance", "", *_facts(provenance(evidence, origin)), ""]
    return "\n".join(lines)


def plain(text: str) -> str:
    r"""Return a text in which Markdown finds no marks and no end of line.

    Examples
    --------
    >>> print(plain("a*b_c | <d>"))
    a\*b\_c \| \<d\>
    """
    return minus_signs(" ".join(str(text).split())).translate(_MARKS)


def _verdict_table(verdicts: Sequence[Verdict]) -> list[str]:
    rows = [
        (
            f"**{row.outcome}**",
            plain(row.claim),
            plain(f"{row.effect}; {row.statistic}"),
            plain(row.p),
        )
        for row in verdict_rows(verdicts)
    ]
    return _rows(HEADS, rows)


def _rows(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    named = list(heads)
    lines = [f"| {' | '.join(named)} |", f"|{'---|' * len(named)}"]
    return lines + [f"| {' | '.join(row)} |" for row in rows]


def _facts(rows: Iterable[tuple[str, str]]) -> list[str]:
    return [f"- {plain(label)}: {plain(words)}" for label, words in rows]


def _section(section: Section) -> list[str]:
    lines = [f"## {plain(section.title)}", ""]
    for part in section.parts:
        if isinstance(part, Lead):
            lines += _lead(part)
        elif isinstance(part, Table):
            lines += [*_table(part), ""]
        elif isinstance(part, Shown):
            lines += [plain(f"Picture: {part.picture.title}. {part.picture.description}"), ""]
        elif isinstance(part, Folded):
            lines += [f"### {plain(part.title)}", ""]
            lines += [line for table in part.tables for line in (*_table(table), "")]
        else:
            lines += [plain(part), ""]
    return lines


def _lead(lead: Lead) -> list[str]:
    one = lead.verdict
    lines = [f"**{plain(one.title)}: {one.outcome}.** {plain(one.sentence)}", ""]
    sticks = [
        f"- {plain(stick.name)}: {stick.told}{', ' * bool(stick.words)}{plain(stick.words)}"
        for stick in one.yardsticks
        if not math.isnan(stick.value)
    ]
    lines += [*sticks, *([""] if sticks else [])]
    lines += [f"Rule: {plain(one.rule)}", ""]
    if one.p is not None:
        lines += [f"p after Holm: {plain(p_of(one))}", ""]
    lines += [f"- {plain(caveat)}" for caveat in one.caveats] + [""] * bool(one.caveats)
    if one.changes:
        lines += [f"What would change the verdict: {plain(one.changes)}", ""]
    return [*lines, f"Source: {plain(one.source)}", ""]


def _table(table: Table) -> list[str]:
    heads = [
        plain(f"{column.group}: {column.head}" if column.group else column.head) or " "
        for column in table.columns
    ]
    rows = []
    for body in table.body:
        if body.head:
            rows.append([f"**{plain(body.head)}**", *[""] * (len(heads) - 1)])
        for row in body.rows:
            cells: list[str] = []
            for cell in row:
                cells += [plain(cell.text), *[""] * (cell.span - 1)]
            rows.append(cells)
    lines = [f"{plain(table.caption)}", "", *_rows(heads, rows)]
    return [*lines, "", plain(table.note)] if table.note else lines
