"""Exponents from several sources with their intervals, and below them their differences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.errors import InputError
from activstats.figures.style import BLACK, BLUE, GREEN, GREY, VERMILLION, axes, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# In inches.
_WIDTH, _ROW_HEIGHT, _FRAME_HEIGHT = 6.4, 0.3, 1.1
# Ends farther out than this many times the spread of everything else are arrows.
_MOST_BEYOND = 2.0


@dataclass(frozen=True)
class Row:
    """An estimate with its interval.

    Parameters
    ----------
    name : str
        Label.
    estimate, low, high : float
        Any numbers; ends may be infinite, and the estimate nan where there is none.
    note : str
        Words in place of a missing estimate.
    """

    name: str
    estimate: float
    low: float
    high: float
    note: str = ""


def exponent_rows(
    exponents: Sequence[Row],
    differences: Sequence[Row] = (),
    margin: float = math.nan,
    *,
    answer: str = "",
    level: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Draw exponents with their intervals and, below, their differences beside the margin.

    Parameters
    ----------
    exponents, differences : sequence of Row
        In the order to draw them, top first.
    margin : float
        Differences within ± this count as none; drawn as a bar behind them.
    answer : str
        Put above the picture.
    level : float
        Of the intervals.
    ax : Axes, optional
        Where to draw; a new figure, as high as it needs to be, if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If there is no exponent.

    Examples
    --------
    >>> ax = exponent_rows([Row("beta", 0.3, 0.2, 0.4), Row("b", 0.25, 0.2, 0.31)],
    ...                    [Row("beta − b", 0.05, -0.06, 0.16)], 0.1)
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['beta', 'b', 'differences', 'beta − b']
    """
    if not exponents:
        raise InputError("there is no exponent to draw.", hint="give at least one row")
    labels = [row.name for row in exponents]
    if differences:
        labels += ["differences", *(row.name for row in differences)]
    ax = axes(ax, (_WIDTH, _FRAME_HEIGHT + _ROW_HEIGHT * len(labels)))
    ax.set_xlim(*_limits([*exponents, *differences], margin))
    for place, row in enumerate(exponents):
        _draw(ax, place, row, (BLUE, "o"))
    first = len(exponents) + 1
    if differences:
        _draw_margin(ax, (first - 0.5, len(labels) - 0.5), margin)
    for place, row in enumerate(differences, start=first):
        _draw(ax, place, row, (VERMILLION, "s"))
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.set_yticks(range(len(labels)), labels)
    quiet(ax)
    ax.grid(visible=False, axis="y")
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(f"exponent, {level * 100:g} % interval")
    if differences:
        ax.get_yticklabels()[len(exponents)].set_fontweight("bold")
        ax.set_xlabel(f"{ax.get_xlabel()}; green: differences within ±{margin:g}")
    if answer:
        ax.set_title(answer, loc="left", fontsize=10)
    return ax


def _limits(rows: Sequence[Row], margin: float) -> tuple[float, float]:
    inside = np.array([row.estimate for row in rows] + [0.0, margin, -margin])
    inside = inside[np.isfinite(inside)]
    spread = float(np.ptp(inside)) or 1.0
    ends = np.array([end for row in rows for end in (row.low, row.high)])
    least, most = inside.min() - _MOST_BEYOND * spread, inside.max() + _MOST_BEYOND * spread
    kept = ends[(ends >= least) & (ends <= most)]
    shown = np.concatenate([inside, kept])
    room = 0.06 * float(np.ptp(shown) or 1.0)
    return float(shown.min() - room), float(shown.max() + room)


def _draw(ax: Axes, place: int, row: Row, looks: tuple[str, str]) -> None:
    colour, marker = looks
    where = ax.get_yaxis_transform()
    if not math.isfinite(row.estimate):
        note = f"no number: {row.note}" if row.note else "no number"
        ax.text(0.02, place, note, transform=where, va="center", fontsize=8, color=GREY)
        return
    left, right = ax.get_xlim()
    ax.plot([max(row.low, left), min(row.high, right)], [place] * 2, color=colour, lw=1.8)
    for goes_on, at, arrow in ((row.low < left, left, "<"), (row.high > right, right, ">")):
        if goes_on:
            ax.plot([at], [place], arrow, color=colour, ms=6, clip_on=False)
    style: dict[str, Any] = {"color": colour, "ms": 6, "mfc": "white", "mew": 1.6}
    ax.plot([row.estimate], [place], marker, **style)
    text = f"{row.estimate:.2g} [{row.low:.2g}, {row.high:.2g}]".replace("-", "−")
    text = text.replace("inf", "∞")
    ax.text(1.02, place, text, transform=where, va="center", fontsize=8, color=BLACK)


def _draw_margin(ax: Axes, ends: tuple[float, float], margin: float) -> None:
    ax.plot([0, 0], ends, color=GREY, lw=1, linestyle=(0, (4, 3)), zorder=1)
    if math.isfinite(margin):
        ax.fill_betweenx(ends, -margin, margin, color=GREEN, alpha=0.15, lw=0)
