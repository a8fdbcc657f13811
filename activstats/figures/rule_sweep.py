"""The constant b against the share of the layer that a rule activates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from activstats.errors import InputError
from activstats.figures.style import BLUE, GREY, VERMILLION, axes, log_axis, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# An open interval is drawn so far beyond the other numbers, with an arrow.
_BEYOND = 3.0


def b_over_share(
    shares: ArrayLike,
    b: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    *,
    labels: Sequence[str],
    saturated: Sequence[bool],
    level: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Draw b with its interval over c/N, both logarithmic.

    Parameters
    ----------
    shares : array_like of float, shape (m,)
        Share of the layer that one sample activates, c/N.
    b, low, high : array_like of float, shape (m,)
        Constant under each rule and its interval; b infinite or nan where there is none to draw.
    labels : sequence of str
        Names of the rules.
    saturated : sequence of bool
        Where the growth curve says nothing; drawn hollow.
    level : float
        Level of the intervals.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If there is no rule, or the lengths differ.

    Examples
    --------
    >>> ax = b_over_share([0.01, 0.5], [0.2, 3.0], [0.15, 2.0], [0.3, 5.0],
    ...     labels=["top 1 %", "a > 0"], saturated=[False, True])
    >>> ax.get_ylabel()
    'constant b, 95 % interval'
    """
    numbers = [np.asarray(x, dtype=np.float64) for x in (shares, b, low, high)]
    shapes = {x.shape for x in numbers} | {(len(saturated),)}
    if not len(labels) or shapes != {(len(labels),)}:
        raise InputError("a sweep needs a share, b and interval for each rule.", got=len(labels))
    place, middle, bottom, top = numbers
    ax = axes(ax)
    limits = _limits(middle, bottom, top)
    ax.set_ylim(*limits)
    fired = place > 0
    ax.set_xlim(place[fired].min(initial=1.0) / 2, min(place.max(initial=0.01) * 2, 1.2))
    hollow = np.asarray(saturated, dtype=bool)
    told = fired & np.isfinite(middle)
    for chosen, colour, marker, name in (
        (told & ~hollow, BLUE, "o", "growth curve informative"),
        (told & hollow, VERMILLION, "s", "saturated: b from the counts alone"),
    ):
        _draw_points(ax, place[chosen], middle[chosen], bottom[chosen], top[chosen], colour=colour)
        if chosen.any():
            (points,) = ax.plot(place[chosen], middle[chosen], marker, color=colour, label=name)
            points.set(markerfacecolor="white" if marker == "s" else colour, markeredgewidth=1.5)
    _draw_open(ax, place[fired & ~told], np.fmax(bottom, limits[0])[fired & ~told])
    _name(ax, place, np.where(told, middle, np.fmax(bottom, limits[0])), labels)
    _finish(ax, level)
    return ax


def _limits(middle: Floats, bottom: Floats, top: Floats) -> tuple[float, float]:
    numbers = np.concatenate([middle, bottom, top])
    finite = numbers[np.isfinite(numbers) & (numbers > 0)]
    if not finite.size:
        return 0.1, 10.0
    return float(finite.min()) / _BEYOND, float(finite.max()) * _BEYOND


def _draw_points(
    ax: Axes, place: Floats, middle: Floats, bottom: Floats, top: Floats, *, colour: str
) -> None:
    lowest, highest = ax.get_ylim()
    for x, _, low, high in zip(place, middle, bottom, top, strict=True):
        ax.plot([x, x], [max(low, lowest), min(high, highest)], color=colour, lw=1.6)
        if high > highest:
            ax.plot([x], [highest], "^", color=colour, ms=6, clip_on=False)
        if low < lowest:
            ax.plot([x], [lowest], "v", color=colour, ms=6, clip_on=False)


def _draw_open(ax: Axes, place: Floats, bottom: Floats) -> None:
    """Draw what is left open where there is no finite b."""
    highest = ax.get_ylim()[1]
    for i, (x, low) in enumerate(zip(place, bottom, strict=True)):
        ax.plot([x, x], [low, highest], color=GREY, lw=1, linestyle=(0, (1, 2)))
        name = "no finite b" if i == 0 else None
        ax.plot([x], [highest], "^", color=GREY, mfc="white", ms=7, clip_on=False, label=name)


def _name(ax: Axes, place: Floats, height: Floats, labels: Sequence[str]) -> None:
    together: dict[tuple[float, float], list[str]] = {}
    for x, y, label in zip(place.tolist(), height.tolist(), labels, strict=True):
        together.setdefault((x, y), []).append(label)
    for (x, y), names in together.items():
        if x > 0:
            ax.annotate(
                "\n".join(names), (x, y), xytext=(5, 5), textcoords="offset points", fontsize=8,
                color=GREY,
            )  # fmt: skip


def _finish(ax: Axes, level: float) -> None:
    log_axis(ax.xaxis)
    log_axis(ax.yaxis)
    ax.set_xlabel("share of the layer that one sample activates, c/N")
    ax.set_ylabel(f"constant b, {level * 100:g} % interval")
    quiet(ax)
    if ax.get_legend_handles_labels()[1]:
        ax.legend(frameon=False, fontsize=9)
