"""The number that a claim is judged by, with its interval, beside its margin and its parts."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from activstats.errors import InputError
from activstats.figures.style import BLACK, BLUE, GREY, axes, log_axis, quiet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

_ROW_INCHES, _FRAME_INCHES = 0.34, 1.2
_LABEL_CHARACTERS = 70
_ROOM = 0.08


@dataclass(frozen=True)
class VerdictRow:
    """One number.

    Parameters
    ----------
    label : str
        What it is.
    value, low, high : float
        The number and its interval; ends that are nan are not drawn.
    """

    label: str
    value: float
    low: float = math.nan
    high: float = math.nan


def verdict_rows(
    rows: Sequence[VerdictRow],
    *,
    xlabel: str,
    margin: tuple[float, float] = (math.nan, math.nan),
    log: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw numbers with intervals, row under row, the first one in bold, over the band of a margin.

    Parameters
    ----------
    rows : sequence of VerdictRow
        From top to bottom.
    xlabel : str
        What the numbers are.
    margin : (float, float)
        Ends of the band; one that is not finite ends with the picture, and nan is no band.
    log : bool
        Logarithmic axis, for ratios; numbers that are not above 0 are then left out.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If there is no row.

    Examples
    --------
    >>> rows = [VerdictRow("all", 0.02, 0.01, 0.03), VerdictRow("N = 64", 0.03)]
    >>> ax = verdict_rows(rows, xlabel="difference", margin=(-0.1, 0.1))
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['all', 'N = 64']
    """
    if not rows:
        raise InputError("there is no number to draw.", got="an empty list")
    ax = axes(ax, size=(6.4, _FRAME_INCHES + _ROW_INCHES * len(rows)))
    left, right = _range(rows, margin, log=log)
    ax.set_xlim(left, right)
    if log:
        log_axis(ax.xaxis)
    low, high = margin
    if not (math.isnan(low) or math.isnan(high)):
        ax.axvspan(max(low, left), min(high, right), color="#e4eef5", lw=0, zorder=0)
        for end in (low, high):
            if left < end < right:
                ax.axvline(end, color=GREY, lw=1, linestyle="--")
    for place, row in enumerate(rows):
        _draw_row(ax, row, place, (left, right))
    ax.set_yticks(range(len(rows)), [row.label for row in rows])
    ax.get_yticklabels()[0].set_fontweight("bold")
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlabel("\n".join(textwrap.wrap(xlabel, _LABEL_CHARACTERS)))
    quiet(ax)
    return ax


def _draw_row(ax: Axes, row: VerdictRow, place: int, limits: tuple[float, float]) -> None:
    colour, marker = (BLACK, "D") if place == 0 else (BLUE, "o")
    left, right = limits
    if not (math.isnan(row.low) or math.isnan(row.high)):
        ax.plot([max(row.low, left), min(row.high, right)], [place, place], color=colour, lw=1.7)
        for beyond, at, arrow in ((row.low < left, left, "<"), (row.high > right, right, ">")):
            if beyond:
                ax.plot([at], [place], arrow, color=colour, ms=6, clip_on=False)
    if left <= row.value <= right:
        ax.plot([row.value], [place], marker, color=colour, ms=6, mfc="white", mew=1.6)


def _range(
    rows: Sequence[VerdictRow], margin: tuple[float, float], *, log: bool
) -> tuple[float, float]:
    """Return limits that hold the values and, unless they are far off, margin and intervals."""
    values = [row.value for row in rows] + list(margin)
    values = [x for x in values if math.isfinite(x) and (x > 0 or not log)] or [1.0]
    scale = math.log if log else float
    low, high = min(map(scale, values)), max(map(scale, values))
    reach = max(high - low, math.log(2) if log else 1e-3)
    ends = [x for row in rows for x in (row.low, row.high) if math.isfinite(x)]
    placed = [scale(x) for x in ends if x > 0 or not log]
    # An interval that runs far beyond everything else would leave no room to see the rest.
    near = [x for x in placed if low - 2 * reach <= x <= high + 2 * reach]
    low, high = min([low, *near]), max([high, *near])
    room = _ROOM * max(high - low, reach)
    back = math.exp if log else float
    return back(low - room), back(high + room)
