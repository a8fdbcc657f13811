"""The page of a study: its verdicts, each with its rule and its picture, then sections."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.claims.words import significant
from activstats.report.html import draw, environment, set_section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from activstats.claims.verdict import Verdict
    from activstats.report.section import Section

TEMPLATE = "claims.html.j2"
_SMALL = 1e-4
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def claims_page(
    title: str,
    verdicts: Sequence[Verdict],
    sections: Sequence[Section],
    *,
    introduction: str = "",
    recorded: Sequence[tuple[str, str]] = (),
) -> str:
    """Return verdicts and sections as the text of one self-contained HTML page.

    Parameters
    ----------
    title : str
        Of the page.
    verdicts : sequence of Verdict
        In the order of reading; each shows its statistic first.
    sections : sequence of Section
        What follows them.
    introduction : str
        A paragraph at the head; none if empty.
    recorded : sequence of (str, str)
        Label and words of where the numbers come from, at the foot.

    Returns
    -------
    str
        The same text for the same arguments.

    Examples
    --------
    >>> "<h1>A study</h1>" in claims_page("A study", [], [])
    True
    """
    return (
        environment()
        .get_template(TEMPLATE)
        .render(
            title=title,
            introduction=introduction,
            verdicts=[(verdict, draw([verdict.picture])) for verdict in verdicts],
            sections=[(section.title, set_section(section)) for section in sections],
            recorded=list(recorded),
            interval_words=_interval_words,
            number=_number,
        )
    )


def _number(value: float) -> str:
    """Write a number with its sign, and a very small one with its power of ten."""
    if 0 < abs(value) < _SMALL:
        power = math.floor(math.log10(abs(value)))
        text = f"{value / 10**power:.1f}·10{str(power).translate(_RAISED)}"
    else:
        text = significant(value)
    return text.replace("-", "−")


def _interval_words(verdict: Verdict) -> str:
    low, high = verdict.interval
    if math.isnan(low) or math.isnan(high):
        return "no interval"
    return f"{100 * verdict.level:g} % interval {_number(low)} to {_number(high)}"
