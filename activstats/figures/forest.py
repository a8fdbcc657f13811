"""Forest plot: estimates with their intervals, and what they are pooled to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from activstats.errors import InputError
from activstats.figures.style import BLACK, BLUE, GREY, VERMILLION, axes, log_axis, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

# In inches.
_WIDTH, _ROW_HEIGHT, _FRAME_HEIGHT = 7.2, 0.24, 1.1
# An interval may reach so much further than the estimates; beyond, an arrow says that it goes on.
_MOST_BEYOND = 10.0
_HALF_DIAMOND = 0.36


@dataclass(frozen=True)
class Pool:
    """A pooled estimate, drawn as a diamond.

    Parameters
    ----------
    label : str
        Name of the row.
    estimate, low, high : float
        Estimate and its interval.
    new_low, new_high : float
        Where a new member is expected; nan where that is not known.
    """

    label: str
    estimate: float
    low: float
    high: float
    new_low: float = math.nan
    new_high: float = math.nan


@dataclass(frozen=True, eq=False)
class ForestGroup:
    """Estimates that stand together.

    Parameters
    ----------
    name : str
        Heading; none if empty.
    labels : sequence of str
        Names of the estimates.
    estimates, low, high : array_like of float, shape (m,)
        Positive estimates and the ends of their intervals.
    weights : array_like of float, shape (m,)
        Area of each square, up to a factor.
    pool : Pool, optional
        What they are pooled to.
    """

    name: str
    labels: Sequence[str]
    estimates: ArrayLike
    low: ArrayLike
    high: ArrayLike
    weights: ArrayLike
    pool: Pool | None = None


def forest(
    groups: Sequence[ForestGroup],
    overall: Pool | None = None,
    *,
    xlabel: str = "constant b, 95 % interval",
    ax: Axes | None = None,
) -> Axes:
    """Draw estimates as squares, pooled ones as diamonds, what is predicted as a bar below.

    Parameters
    ----------
    groups : sequence of ForestGroup
        In the order to draw them, top first.
    overall : Pool, optional
        All of them pooled; its estimate is the dashed line.
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
        If there is no estimate.

    Examples
    --------
    >>> group = ForestGroup("", ["a", "b"], [0.2, 0.3], [0.1, 0.2], [0.4, 0.45], [1.0, 2.0])
    >>> ax = forest([group], Pool("all", 0.26, 0.15, 0.4, 0.05, 0.9))
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['a', 'b', 'all']
    """
    rows = _rows(groups, overall)
    # Not the pools' own ends: two results can leave an interval over a hundred decades.
    ax = axes(ax, (_WIDTH, _FRAME_HEIGHT + _ROW_HEIGHT * len(rows)))
    ax.set_xlim(*_limits(groups))
    log_axis(ax.xaxis)
    if overall is not None:
        ax.axvline(overall.estimate, color=GREY, lw=1, linestyle=(0, (4, 3)), zorder=0)
    for place, (_, drawn) in enumerate(rows):
        if isinstance(drawn, Pool):
            _draw_pool(ax, place, drawn)
        elif drawn is not None:
            _draw_estimate(ax, place, drawn)
    ax.set_ylim(len(rows) - 0.3, -0.7)
    ax.set_yticks(range(len(rows)), [label for label, _ in rows])
    quiet(ax)
    _finish(ax, [drawn for _, drawn in rows], xlabel)
    return ax


_Row = tuple[str, "Pool | tuple[float, ...] | None"]


def _rows(groups: Sequence[ForestGroup], overall: Pool | None) -> list[_Row]:
    rows: list[_Row] = []
    heaviest = max((np.max(g.weights) for g in groups if np.size(g.weights)), default=0.0)
    if not heaviest > 0:
        raise InputError("there is no estimate to draw.", hint="give at least one with a weight")
    for group in groups:
        if group.name:
            rows.append((group.name, None))
        areas = np.asarray(group.weights, dtype=float) / heaviest
        numbers = np.column_stack([group.estimates, group.low, group.high, areas]).tolist()
        rows += [(label, tuple(row)) for label, row in zip(group.labels, numbers, strict=True)]
        if group.pool is not None:
            rows.append((group.pool.label, group.pool))
    return rows if overall is None else [*rows, (overall.label, overall)]


def _limits(groups: Sequence[ForestGroup]) -> tuple[float, float]:
    def joined(name: str) -> NDArray[np.float64]:
        return np.concatenate([np.asarray(getattr(g, name), dtype=float) for g in groups])

    estimates = joined("estimates")
    least = max(joined("low").min(), estimates.min() / _MOST_BEYOND)
    most = min(joined("high").max(), estimates.max() * _MOST_BEYOND)
    return float(least) / 1.5, float(most) * 1.5


def _draw_estimate(ax: Axes, place: int, numbers: tuple[float, ...]) -> None:
    estimate, low, high, area = numbers
    _line(ax, place, low, high, colour=BLUE, width=1.4)
    ax.scatter([estimate], [place], s=8 + 52 * area, marker="s", color=BLUE, zorder=3)
    _write(ax, place, estimate, low, high)


def _draw_pool(ax: Axes, place: int, pool: Pool) -> None:
    left, right = ax.get_xlim()
    low, high = max(pool.low, left), min(pool.high, right)
    if math.isfinite(pool.new_low) and math.isfinite(pool.new_high):
        below = place + _HALF_DIAMOND + 0.06
        _line(ax, below, pool.new_low, pool.new_high, colour=BLACK, width=2.2)
    corners = [low, pool.estimate, high, pool.estimate]
    ends = [place, place - _HALF_DIAMOND, place, place + _HALF_DIAMOND]
    ax.fill(corners, ends, facecolor=VERMILLION, edgecolor=BLACK, lw=0.7, zorder=3)
    _write(ax, place, pool.estimate, pool.low, pool.high)


def _line(ax: Axes, place: float, low: float, high: float, *, colour: str, width: float) -> None:
    left, right = ax.get_xlim()
    ax.plot([max(low, left), min(high, right)], [place, place], color=colour, lw=width)
    for goes_on, at, marker in ((low < left, left, "<"), (high > right, right, ">")):
        if goes_on:
            ax.plot([at], [place], marker, color=colour, ms=5, clip_on=False)


def _write(ax: Axes, place: int, estimate: float, low: float, high: float) -> None:
    text = f"{estimate:.2g} [{low:.2g}, {high:.2g}]"
    where = ax.get_yaxis_transform()
    ax.text(1.02, place, text, transform=where, va="center", fontsize=8, color=BLACK)


def _finish(ax: Axes, drawn: Sequence[object], xlabel: str) -> None:
    ax.grid(visible=False, axis="y")
    ax.tick_params(axis="y", length=0)
    for label, what in zip(ax.get_yticklabels(), drawn, strict=True):
        label.set_fontweight("bold" if what is None or isinstance(what, Pool) else "normal")
    predicted = any(isinstance(what, Pool) and math.isfinite(what.new_low) for what in drawn)
    ax.set_xlabel(f"{xlabel}; black bar: a new member" if predicted else xlabel)
