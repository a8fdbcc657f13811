"""Fluctuations over the neurons of layers, and participating neurons over thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.errors import InputError
from activstats.figures.style import (
    GREY,
    SIZE,
    axes,
    log_axis,
    look,
    quiet,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

_ROW = 0.42
_FRAME = 1.0
_LOOKS = 7  # looks repeat from there on, and marks are filled the other way


def neuron_fluctuations(
    rows: Sequence[tuple[str, ArrayLike]], *, of: str = "weights", ax: Axes | None = None
) -> Axes:
    """Draw how the fluctuation is distributed over the neurons of each layer.

    Parameters
    ----------
    rows : sequence of (str, array_like of float)
        Name of the layer and window, and the fluctuation of each neuron.
    of : str
        What fluctuates.
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
    >>> ax = neuron_fluctuations([("fc1, late", [0.1, 0.2, 0.4])])
    >>> ax.get_yticklabels()[0].get_text()
    'fc1, late'
    """
    if not rows:
        raise InputError("there is no fluctuation to draw.")
    ax = axes(ax, (SIZE[0], _FRAME + _ROW * len(rows)))
    for place, (_, values) in enumerate(rows):
        numbers = np.asarray(values, dtype=float)
        positive = numbers[numbers > 0]
        if not positive.size:
            ax.annotate("0", (0.02, place), xycoords=("axes fraction", "data"), va="center")
            continue
        low, first, middle, third, high = np.quantile(positive, [0, 0.25, 0.5, 0.75, 1])
        looks = look(place)
        ax.plot([low, high], [place, place], color=looks.colour, lw=1)
        ax.plot([first, third], [place, place], color=looks.colour, lw=6, alpha=0.5)
        ax.plot([middle], [place], looks.marker, color=looks.colour, mfc="white", mew=1.6)
    ax.set_yticks(range(len(rows)), [name for name, _ in rows])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    log_axis(ax.xaxis)
    ax.set_xlabel(f"fluctuation of a neuron's {of}: range, quartiles, median")
    quiet(ax)
    ax.grid(visible=False, axis="y")
    return ax


def threshold_sweep(
    series: Sequence[tuple[str, ArrayLike, ArrayLike, tuple[ArrayLike, ArrayLike] | None]],
    *,
    of: str,
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of participating neurons over the threshold.

    Parameters
    ----------
    series : sequence of (str, thresholds, shares, ends)
        Name, thresholds, the share above each, and the ends of its intervals if there are any.
    of : {"firing", "fluctuation"}
        What the threshold is on.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = threshold_sweep([("0.001", [0.0, 0.1], [0.9, 0.5], None)], of="firing")
    >>> ax.get_xlabel()
    'threshold: share of the samples'
    """
    ax = axes(ax)
    ticks: list[float] = []
    for index, (name, thresholds, shares, ends) in enumerate(series):
        ticks = np.asarray(thresholds, dtype=float).tolist()
        looks = look(index)
        # Places, not values: thresholds begin at 0 and span decades.
        at = np.arange(len(ticks))
        if ends is not None:
            low, high = (np.asarray(end, dtype=float) for end in ends)
            ax.fill_between(at, low, high, color=looks.colour, alpha=0.13, linewidth=0)
        style: Any = {"color": looks.colour, "linestyle": looks.line, "marker": looks.marker}
        style["mfc"] = looks.colour if index < _LOOKS else "white"
        ax.plot(at, np.asarray(shares, dtype=float), label=name, lw=1.4, ms=4, **style)
    ax.set_xticks(range(len(ticks)), [f"{tick:g}" for tick in ticks])
    ax.set_ylim(0, 1.03)
    where = "share of the samples" if of == "firing" else "in units of the root mean square"
    ax.set_xlabel(f"threshold: {where}")
    ax.set_ylabel("share of neurons above it")
    quiet(ax)
    if len(series) > 1:
        ax.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
    else:
        ax.axhline(1, color=GREY, lw=0.6, linestyle=(0, (1, 2)))
    return ax
