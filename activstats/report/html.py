"""The report as one self-contained page: no script, no file beside it, nothing from the network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from activstats.claims import growth_law
from activstats.claims.evidence import RANDOM_LABELS, TRAINED, UNTRAINED
from activstats.claims.words import (
    grouped,
    listed,
    minus_signs,
    percent,
    percent_range,
    rule_words,
    significant,
)
from activstats.figures.svg import to_svg
from activstats.report.activity_table import activity_table
from activstats.report.along_pictures import along_pictures
from activstats.report.b_pictures import b_pictures
from activstats.report.b_tables import table_over_seeds, tables_of_runs
from activstats.report.growth_pictures import count_picture, growth_pictures
from activstats.report.head import draws_of_chance, gap_of_mean_field, silent_rules, study_title
from activstats.report.loss_section import loss_picture, marks_table
from activstats.report.recorded import provenance, what_was_recorded
from activstats.report.section import Folded, Lead, Section, Shown
from activstats.report.sections import sections
from activstats.report.tables import Table
from activstats.report.verdict_table import (
    HEADS,
    NOTE,
    counted_outcomes,
    effect_of,
    p_of,
    verdict_rows,
)
from activstats.rules import DEFAULT_RULE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from activstats.claims.evidence import Evidence
    from activstats.claims.verdict import Picture, Verdict
    from activstats.report.origin import Origin

TEMPLATE = "report.html.j2"
# Width of the page's column, so that letters in pictures are as large as those beside them.
_PAGE_INCHES = 8.4
# Before a per-cent sign, within a grouped number, around a dash and an equals sign.
_KEPT_TOGETHER = (
    (re.compile(r" (?=%)|(?<=\d) (?=\d{3}\b)"), "\u202f"),
    (re.compile(r" ([–=]) "), "\u00a0\\1\u00a0"),
)


@dataclass(frozen=True)
class Drawn:
    """A picture, drawn.

    Parameters
    ----------
    title, description : str
        What it is and what it shows.
    svg : Markup
        The picture itself.
    marks : str
        What its bars, lines and shading mean.
    """

    title: str
    description: str
    svg: Markup
    marks: str = ""


def report_html(evidence: Evidence, verdicts: Sequence[Verdict], origin: Origin) -> str:
    """Return the report as the text of one HTML page.

    Parameters
    ----------
    evidence : Evidence
        The fits and the runs table.
    verdicts : sequence of Verdict
        All stand in a table at the head of the page, that on the growth law in full below it, and
        the others at the head of the sections that they rest on.
    origin : Origin
        Where the numbers come from.

    Returns
    -------
    str
        The same text for the same arguments.
    """
    return (
        environment()
        .get_template(TEMPLATE)
        .render(
            title=study_title(evidence),
            verdict_heads=HEADS,
            verdict_rows=verdict_rows(verdicts),
            verdict_note=NOTE,
            outcomes=counted_outcomes(verdicts),
            verdicts=[
                (place, verdict, draw([verdict.picture]))
                for place, verdict in enumerate(verdicts, start=1)
                if verdict.title == growth_law.TITLE
            ],
            recorded=what_was_recorded(evidence, origin),
            provenance=provenance(evidence, origin),
            rule=rule_words(DEFAULT_RULE.name),
            b_table=table_over_seeds(evidence),
            b_pictures=draw(b_pictures(evidence)),
            run_tables=tables_of_runs(evidence),
            silent=silent_rules(evidence),
            growth_pictures=draw(growth_pictures(evidence)),
            largest_gap=gap_of_mean_field(evidence),
            draws=draws_of_chance(evidence),
            count_pictures=draw([count_picture(evidence)]),
            loss_pictures=draw([loss_picture(evidence)]),
            marks_table=marks_table(evidence),
            transition_tested=evidence.examination.loss is not None,
            activity_table=activity_table(evidence),
            sections=[
                (section.title, set_section(section)) for section in sections(evidence, verdicts)
            ],
            along_pictures=draw(along_pictures(evidence)),
            kinds={fit.kind for fit in evidence.fits},
            TRAINED=TRAINED,
            UNTRAINED=UNTRAINED,
            RANDOM_LABELS=RANDOM_LABELS,
        )
    )


def draw(pictures: Iterable[Picture | None]) -> list[Drawn]:
    """Draw pictures, those that are there."""
    return [
        Drawn(p.title, p.description, Markup(_svg(p)), p.marks)  # noqa: S704  (matplotlib escapes what it writes)
        for p in pictures
        if p is not None
    ]


def set_section(section: Section) -> list[tuple[str, Any]]:
    """Return the parts of a section, each with the name of how it is set."""
    found: list[tuple[str, Any]] = []
    for part in section.parts:
        if isinstance(part, Lead):
            found.append(("lead", (part.place, part.verdict, draw([part.verdict.picture]))))
        elif isinstance(part, Shown):
            found += [("picture", (drawn, part.caption)) for drawn in draw([part.picture])]
        else:
            kinds = {str: "paragraph", Table: "table", Folded: "folded"}
            found.append((kinds[type(part)], part))
    return found


def _svg(picture: Picture) -> str:
    figure = picture.draw().figure
    figure.set_figwidth(_PAGE_INCHES)  # type: ignore[union-attr]
    # The paper of the page shows through, in light and in dark.
    figure.patch.set_alpha(0)
    return to_svg(figure, title=picture.title, description=picture.description)  # type: ignore[arg-type]


@cache
def environment() -> Environment:
    """Return what fills templates, with the filters that they use."""
    found = Environment(
        loader=PackageLoader("activstats.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(
        tidy=tidy, percent=percent, significant=significant, grouped=grouped, listed=listed
    )
    found.globals |= {"percent_range": percent_range, "p_of": p_of, "effect_of": effect_of}
    return found


def tidy(text: str) -> Markup:
    r"""Escape a text and keep its numbers together: no line break before a unit or within a number.

    Examples
    --------
    >>> tidy("5 % of <b>")
    Markup('5\u202f% of &lt;b&gt;')
    """
    safe = str(escape(minus_signs(str(text)))).replace("&#39;", "’")
    for pattern, joined in _KEPT_TOGETHER:
        safe = pattern.sub(joined, safe)
    return Markup(safe)  # noqa: S704  (escaped above)
