"""Differences between two ways to treat a layer, with their intervals, one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from activstats.errors import InputError
from activstats.figures.style import BLACK, BLUE, GREY, VERMILLION, axes, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW_INCHES, _FRAME_INCHES = 0.5, 1.4


@dataclass(frozen=True)
class Difference:
    """One difference.

    Parameters
    ----------
    label : str
        What it is of.
    mean, low, high : float
        Value and interval; ends may be nan.
    """

    label: str
    mean: float
    low: float
    high: float


def differences(
    rows: Sequence[Difference],
    *,
    xlabel: str,
    mark: float,
    mark_label: str,
    ax: Axes | None = None,
) -> Axes:
    """Draw differences with their intervals; the last one is that of all together.

    Parameters
    ----------
    rows : sequence of Difference
        From top to bottom.
    xlabel : str
        What the difference is of, with its unit.
    mark : float
        A number to hold them against.
    mark_label : str
        What it is.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If there is nothing to draw.

    Examples
    --------
    >>> rows = [Difference("all", 0.02, 0.01, 0.03)]
    >>> differences(rows, xlabel="difference", mark=0.01, mark_label="margin").get_xlabel()
    'difference'
    """
    if not rows:
        raise InputError("there is no difference to draw.", got="an empty list")
    ax = axes(ax, size=(6.4, _FRAME_INCHES + _ROW_INCHES * len(rows)))
    for place, row in enumerate(rows):
        last = place == len(rows) - 1
        colour = BLACK if last else BLUE
        if np.isfinite([row.low, row.high]).all():
            ax.plot([row.low, row.high], [place, place], color=colour, lw=1.6)
        ax.plot([row.mean], [place], marker="D" if last else "o", color=colour, ms=6)
    ax.axvline(0, color=GREY, lw=0.8)
    ax.axvline(mark, color=VERMILLION, lw=1.2, linestyle="--", label=mark_label)
    ax.set_yticks(range(len(rows)), [row.label for row in rows])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xlabel(xlabel)
    quiet(ax)
    ax.legend(frameon=False, fontsize=9, loc="upper center", bbox_to_anchor=(0.5, 1.25))
    return ax
