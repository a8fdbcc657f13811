"""Estimates with their intervals, row under row: one glance for many layers and rules."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from activstats.errors import InputError
from activstats.figures.style import GREY, SIZE, Look, axes, log_axis, look, quiet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

_ROW_HEIGHT = 0.24
_FRAME_HEIGHT = 1.0


@dataclass(frozen=True)
class Interval:
    """One estimate.

    Parameters
    ----------
    group : str
        Heading it stands under, such as the activation rule.
    name : str
        Its own label, such as the width.
    estimate : float
        Positive; infinite or nan if there is none to draw.
    low, high : float
        Ends of the interval; 0 and infinity are drawn as arrows.
    note : str
        Words beside the row, such as the status where there is no estimate.
    """

    group: str
    name: str
    estimate: float
    low: float
    high: float
    note: str = ""


def interval_rows(
    rows: Sequence[Interval], *, xlabel: str = "constant b, 95 % interval", ax: Axes | None = None
) -> Axes:
    """Draw estimates with their intervals on a logarithmic axis, grouped.

    Parameters
    ----------
    rows : sequence of Interval
        In the order to draw them, top first; those of a group one after the other.
    xlabel : str
        What is estimated, and the level of the intervals.
    ax : Axes, optional
        Where to draw; a new figure, as high as it needs to be, if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If there is no row.

    Examples
    --------
    >>> rows = [Interval("top 1 %", "width 64", 0.2, 0.15, 0.3), Interval("a > 0", "width 64",
    ...         float("nan"), 0.0, float("inf"), "saturated")]
    >>> [text.get_text() for text in interval_rows(rows).get_yticklabels()]
    ['top 1 %', 'width 64', 'a > 0', 'width 64']
    """
    if not rows:
        raise InputError("there is no interval to draw.", hint="give at least one row")
    groups = [(name, list(members)) for name, members in groupby(rows, lambda row: row.group)]
    n_lines = len(rows) + len(groups)
    ax = axes(ax, (SIZE[0], _FRAME_HEIGHT + _ROW_HEIGHT * n_lines))
    ax.set_xlim(*_range(rows))
    log_axis(ax.xaxis)
    labels: list[str] = []
    for index, (name, members) in enumerate(groups):
        labels.append(name)
        for row in members:
            _draw_row(ax, row, len(labels), look(index))
            labels.append(row.name)
    ax.set_ylim(n_lines - 0.4, -0.6)
    ax.set_yticks(range(n_lines), labels)
    quiet(ax)
    _finish(ax, groups, xlabel)
    return ax


def _draw_row(ax: Axes, row: Interval, place: int, looks: Look) -> None:
    left, right = ax.get_xlim()
    low, high = max(row.low, left), min(row.high, right)
    # Without an estimate the line only says what is left open: it must not look like a finding.
    width = 0.7 if math.isnan(row.estimate) else 1.8
    ax.plot([low, high], [place, place], color=looks.colour, lw=width)
    for open_end, at, marker in ((row.low < left, left, "<"), (row.high > right, right, ">")):
        if open_end:
            ax.plot([at], [place], marker, color=looks.colour, ms=6, clip_on=False)
    if math.isfinite(row.estimate):
        style: dict[str, Any] = {"color": looks.colour, "ms": 6, "mfc": "white", "mew": 1.6}
        ax.plot([row.estimate], [place], looks.marker, **style)
    if row.note:
        where = ax.get_yaxis_transform()
        ax.text(1.02, place, row.note, transform=where, va="center", fontsize=8, color=GREY)


def _range(rows: Sequence[Interval]) -> tuple[float, float]:
    """Return limits that hold every finite number, half a factor of two beyond the outermost."""
    numbers = [x for row in rows for x in (row.estimate, row.low, row.high)]
    finite = [x for x in numbers if math.isfinite(x) and x > 0] or [0.1, 10.0]
    return min(finite) / 1.5, max(finite) * 1.5


def _finish(ax: Axes, groups: list[tuple[str, list[Interval]]], xlabel: str) -> None:
    ax.grid(visible=False, axis="y")
    ax.tick_params(axis="y", length=0)
    place = 0
    for _, members in groups:
        ax.get_yticklabels()[place].set_fontweight("bold")
        place += len(members) + 1
    ax.set_xlabel(xlabel)
