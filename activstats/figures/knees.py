"""Where the losses of several learners have their scale D*: one row for each, on one axis of D."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from activstats.errors import InputError
from activstats.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    VERMILLION,
    axes,
    log_axis,
    quiet,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# The prediction's row stands this far below that of D*, in rows.
_BELOW = 0.26
# Height of a row in inches, and of what stands above and below all rows.
_ROW, _FRAME = 0.42, 1.1
_WIDE = 8.4


@dataclass(frozen=True)
class KneeRow:
    """One learner.

    Parameters
    ----------
    name : str
        At the left of its row.
    d_star, low, high : float
        D* in samples, nan where there is none, and its interval; 0 or infinite where open.
    steepest : float
        Size at which its loss falls fastest; nan if unknown.
    prediction, prediction_low, prediction_high : float
        bN/c of its recordings; nan where there are none.
    control : bool
        Whether it has no hidden neurons.
    words : str
        What stands in place of a D* that there is not.
    """

    name: str
    d_star: float = math.nan
    low: float = math.nan
    high: float = math.nan
    steepest: float = math.nan
    prediction: float = math.nan
    prediction_low: float = math.nan
    prediction_high: float = math.nan
    control: bool = False
    words: str = ""


def knee_rows(
    rows: Sequence[KneeRow],
    sizes: tuple[float, float],
    *,
    level: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Draw D* of learners below each other, with intervals, steepest points and predictions.

    Parameters
    ----------
    rows : sequence of KneeRow
        From top to bottom.
    sizes : pair of float
        Smallest and largest training set; the axis goes a factor 3 beyond.
    level : float
        Of all intervals.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If there is no row, or the sizes are no range above 0.

    Examples
    --------
    >>> knee_rows([KneeRow("N = 64", 20, 10, 40)], (2, 1000)).get_xlabel()
    'training samples, D'
    """
    if not rows or not 0 < sizes[0] <= sizes[1] < math.inf:
        raise InputError("there is no knee to draw.", got=f"{len(rows)} rows, sizes {sizes}")
    ax = axes(ax, (_WIDE, _FRAME + _ROW * len(rows)))
    ax.set(xscale="log", xlim=(sizes[0] / 3, sizes[1] * 3), ylim=(len(rows) - 0.4, -0.6))
    for place, row in enumerate(rows):
        _draw(ax, place, row)
    first_control = next((place for place, row in enumerate(rows) if row.control), 0)
    if first_control:
        ax.axhline(first_control - 0.5, color=BLACK, lw=0.8)
    log_axis(ax.xaxis)
    ax.set_yticks(range(len(rows)), [row.name for row in rows])
    ax.set_xlabel("training samples, D")
    quiet(ax)
    ax.grid(visible=False, axis="y")
    ax.tick_params(axis="y", length=0)
    _legend(ax, rows, level)
    return ax


def _draw(ax: Axes, place: int, row: KneeRow) -> None:
    colour, marker = (BLUE, "D") if row.control else (VERMILLION, "o")
    if math.isfinite(row.d_star):
        _interval(ax, place, (row.d_star, row.low, row.high), colour, marker)
    else:
        where = ax.get_yaxis_transform()
        ax.text(0.02, place, row.words, transform=where, va="center", fontsize=8, style="italic")
    if math.isfinite(row.steepest):
        ax.plot([row.steepest], [place], "v", color=ORANGE, ms=6, mec="white", mew=0.7, zorder=5)
    if math.isfinite(row.prediction):
        ends = (row.prediction, row.prediction_low, row.prediction_high)
        _interval(ax, place + _BELOW, ends, GREEN, "s")


def _interval(
    ax: Axes, place: float, numbers: tuple[float, float, float], colour: str, marker: str
) -> None:
    """Draw an estimate with its interval; open ends, and those outside, are arrows."""
    at, low, high = numbers
    left, right = ax.get_xlim()
    ax.plot([max(low, left), min(high, right)], [place] * 2, color=colour, lw=1.7)
    for outside, border, arrow in ((low < left, left, "<"), (high > right, right, ">")):
        if outside:
            ax.plot([border], [place], arrow, color=colour, ms=5.5, clip_on=False)
    if left <= at <= right:
        ax.plot([at], [place], marker, color=colour, ms=5.5, zorder=4)


def _legend(ax: Axes, rows: Sequence[KneeRow], level: float) -> None:
    interval = f"and its {level * 100:g} % interval"
    marks: list[tuple[str, str, str, bool]] = [
        (f"D* of networks {interval}", VERMILLION, "o", any(not row.control for row in rows)),
        (f"D* without hidden neurons {interval}", BLUE, "D", any(row.control for row in rows)),
        ("steepest point", ORANGE, "v", any(math.isfinite(row.steepest) for row in rows)),
        (f"predicted bN/c {interval}", GREEN, "s", any(math.isfinite(r.prediction) for r in rows)),
    ]
    for label, colour, marker, shown in marks:
        style: dict[str, Any] = {"color": colour, "marker": marker, "ms": 5.5, "label": label}
        if shown:
            ax.plot([], [], linestyle="none", **style)
    ax.legend(frameon=False, fontsize=8.5, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))
