"""A result as text and as HTML, from one description of what it says."""

from __future__ import annotations

import html
import math
import textwrap
from dataclasses import dataclass

WIDTH = 66
_LABEL_WIDTHS = (11, 11, 6)


@dataclass(frozen=True)
class Summary:
    """What a summary says, before it is laid out.

    Parameters
    ----------
    title : str
        First line.
    facts : tuple of lines, each a tuple of (str, str)
        Label and value of what the fit was given, up to three to a line.
    columns : tuple of str
        Heads of the table of estimates.
    rows : tuple of tuple of str
        Label, then one cell for each column.
    measures : tuple of (str, str)
        Label and value of how well the law fits; two to a line.
    notes : tuple of str
        Sentences at the foot.
    """

    title: str
    facts: tuple[tuple[tuple[str, str], ...], ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    measures: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]

    def to_text(self) -> str:
        """Return aligned text, 66 characters wide."""
        thick, thin = "=" * WIDTH, "-" * WIDTH
        lines = [self.title.center(WIDTH).rstrip(), thick]
        for pairs in self.facts:
            lines += _fact_lines(pairs)
        lines.append(thin)
        lines += [_table_line(("", *self.columns)), *map(_table_line, self.rows), thin]
        lines += [_measure_line(self.measures[i : i + 2]) for i in range(0, len(self.measures), 2)]
        lines.append(thick)
        for note in self.notes:
            lines += textwrap.wrap(note, WIDTH)
        return "\n".join(lines)

    def to_html(self) -> str:
        """Return a table in HTML, for notebooks."""
        pairs = [pair for line in self.facts for pair in line]
        facts = " · ".join(f"{_escape(k)} <b>{_escape(v)}</b>" for k, v in pairs)
        head = "".join(f"<th>{_escape(cell)}</th>" for cell in ("", *self.columns))
        body = "".join(
            "<tr>" + "".join(f"<td>{_escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self.rows
        )
        measures = " · ".join(f"{_escape(k)} <b>{_escape(v)}</b>" for k, v in self.measures)
        notes = "".join(f"<p><small>{_escape(note)}</small></p>" for note in self.notes)
        return (
            f"<div><p><b>{_escape(self.title)}</b></p><p>{facts}</p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
            f"<p>{measures}</p>{notes}</div>"
        )


def significant(value: float, digits: int = 3) -> str:
    """Write a number with so many significant digits, infinity as ∞ and what is not known as –.

    Examples
    --------
    >>> significant(0.2178), significant(22.31), significant(512345.0), significant(float("inf"))
    ('0.218', '22.3', '512 000', '∞')
    """
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    magnitude = math.floor(math.log10(abs(value)))
    if not -4 <= magnitude <= 8:
        return f"{value:.{digits - 1}e}"
    decimals = digits - 1 - magnitude
    return f"{round(value, decimals):,.{max(decimals, 0)}f}".replace(",", " ")


def grouped(number: int) -> str:
    """Write a whole number in groups of three digits."""
    return f"{number:,}".replace(",", " ")


def _fact_lines(pairs: tuple[tuple[str, str], ...]) -> list[str]:
    widths = _LABEL_WIDTHS[: len(pairs)]
    cells = [f"{label:<{w}}{value:<15} " for (label, value), w in zip(pairs, widths, strict=True)]
    line = "".join(cells).rstrip()
    return [line] if len(line) <= WIDTH else [f"{label:<11}{value}" for label, value in pairs]


def _table_line(cells: tuple[str, ...]) -> str:
    label, estimate, interval, error = cells
    return f"{label:<14}{estimate:>11}   {interval:<24}{error:>10}".rstrip()


def _measure_line(pair: tuple[tuple[str, str], ...]) -> str:
    return "".join(f"{label:<22}{value:>10}".ljust(WIDTH // 2) for label, value in pair).rstrip()


def _escape(text: str) -> str:
    return html.escape(text)
