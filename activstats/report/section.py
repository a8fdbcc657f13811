"""A section of the report: a heading, then paragraphs, tables and pictures in the order of reading."""

from __future__ import annotations

from dataclasses import dataclass

from activstats.claims.verdict import Picture, Verdict
from activstats.report.tables import Table


@dataclass(frozen=True)
class Shown:
    """A picture in its place.

    Parameters
    ----------
    picture : Picture
        Drawn when the page is made.
    caption : str
        What the marks mean.
    """

    picture: Picture
    caption: str = ""


@dataclass(frozen=True)
class Folded:
    """Tables behind a line to click on, for those who want every number.

    Parameters
    ----------
    title : str
        The line.
    tables : tuple of Table
        What it hides.
    """

    title: str
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class Lead:
    """A verdict at the head of the section that its claim belongs to.

    Parameters
    ----------
    verdict : Verdict
        Its sentence leads; rule, yardsticks, caveats and picture can be unfolded.
    place : int
        Of the verdict among all, from 1 on: what the table of verdicts points to.
    """

    verdict: Verdict
    place: int


Part = str | Table | Shown | Folded | Lead


@dataclass(frozen=True)
class Section:
    """A section of the report.

    Parameters
    ----------
    title : str
        The heading.
    parts : tuple of str, Table, Shown, Folded or Lead
        Strings are paragraphs.
    """

    title: str
    parts: tuple[Part, ...]
