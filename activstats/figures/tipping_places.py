"""Tipping points one below the other, with intervals that may be open."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from activstats.errors import InputError
from activstats.figures.style import GREY, SIZE, axes, log_axis, look, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW, _FRAME = 0.42, 1.2


@dataclass(frozen=True)
class Place:
    """A learning rate with its interval; open ends are 0 and infinity.

    Parameters
    ----------
    label : str
        What it is of.
    rate, low, high : float
        nan where not known.
    """

    label: str
    rate: float
    low: float
    high: float


def places(rows: Sequence[Place], limits: tuple[float, float], *, ax: Axes | None = None) -> Axes:
    """Draw learning rates with intervals, one below the other; open ends end in an arrow.

    Parameters
    ----------
    rows : sequence of Place
        From top to bottom.
    limits : pair of float
        Lowest and highest rate looked at; drawn as lines.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Raises
    ------
    InputError
        If there is no row.

    Examples
    --------
    >>> ax = places([Place("64", 0.01, 0.008, math.inf)], (0.001, 0.1))
    >>> ax.get_yticklabels()[0].get_text()
    '64'
    """
    if not rows:
        raise InputError("there is no place to draw.")
    ax = axes(ax, (SIZE[0], _FRAME + _ROW * len(rows)))
    low, high = limits
    edge = (high / low) ** 0.04
    for end in limits:
        ax.axvline(end, color=GREY, lw=0.8, linestyle=":")
    looks = look(0)
    for number, row in enumerate(rows):
        ends = [np.clip(one, low / edge, high * edge) for one in (row.low, row.high)]
        if all(map(math.isfinite, ends)):
            ax.plot(ends, [number, number], color=looks.colour, lw=1.6)
        if row.low < low:
            ax.plot([low / edge], [number], "<", color=looks.colour, ms=6)
        if row.high > high:
            ax.plot([high * edge], [number], ">", color=looks.colour, ms=6)
        if low <= row.rate <= high:
            ax.plot([row.rate], [number], looks.marker, color=looks.colour, mfc="white", mew=1.6)
    ax.set_yticks(range(len(rows)), [row.label for row in rows])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(low / edge**2, high * edge**2)
    log_axis(ax.xaxis)
    ax.set_xlabel("learning rate; dotted: ends of the range")
    quiet(ax)
    ax.grid(visible=False, axis="y")
    return ax
