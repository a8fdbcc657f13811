"""Loss against the number of parameters, a curve for each depth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.errors import InputError
from activstats.figures.style import axes, log_axis, look, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

# Depths stand beside each other, this factor of parameters apart.
_ASIDE = 1.05


@dataclass(frozen=True, eq=False)
class DepthSeries:
    """Losses of networks of one depth.

    Parameters
    ----------
    name : str
        For the legend.
    budgets, losses, low, high : array_like of float, shape (k,)
        Numbers of parameters, mean losses and the ends of their intervals, which may be open.
    runs : sequence of pair of float
        Budget and loss of each network.
    """

    name: str
    budgets: ArrayLike
    losses: ArrayLike
    low: ArrayLike
    high: ArrayLike
    runs: Sequence[tuple[float, float]] = ()


def losses_by_depth(
    series: Sequence[DepthSeries],
    *,
    answer: str = "",
    level: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Draw mean losses with their intervals over log parameters, and every run.

    Parameters
    ----------
    series : sequence of DepthSeries
        One for each depth.
    answer : str
        Put above the picture.
    level : float
        Of the intervals.
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
    >>> flat = DepthSeries("1 hidden layer", [1e3, 1e4], [0.5, 0.4], [0.4, 0.3], [0.6, 0.5])
    >>> losses_by_depth([flat]).get_xlabel()
    'parameters (budget shared by all depths)'
    """
    if not series:
        raise InputError("there is no network to draw.", hint="give at least one series")
    ax = axes(ax)
    for index, one in enumerate(series):
        _draw(ax, one, index, _ASIDE ** (index - (len(series) - 1) / 2))
    every = np.concatenate([np.asarray(one.budgets, dtype=float) for one in series])
    ax.set_xlim(every.min() / 1.4, every.max() * 1.4)
    log_axis(ax.xaxis)
    ax.set_xlabel("parameters (budget shared by all depths)")
    ax.set_ylabel("test loss")
    if answer:
        ax.set_title(f"{answer}; means with {level * 100:g} % intervals", loc="left", fontsize=10)
    quiet(ax)
    ax.legend(frameon=False, fontsize=9)
    return ax


def _draw(ax: Axes, one: DepthSeries, index: int, aside: float) -> None:
    looks = look(index)
    x, y, low, high = (
        np.asarray(part, dtype=float) for part in (one.budgets, one.losses, one.low, one.high)
    )
    style: dict[str, Any] = {"color": looks.colour, "linestyle": looks.line, "marker": looks.marker}
    reach = np.where(np.isfinite(high), np.vstack([y - low, high - y]), 0.0)
    shown: dict[str, Any] = {"ms": 6, "mfc": "white", "lw": 1.3, "capsize": 3, "label": one.name}
    ax.errorbar(x * aside, y, reach, **style, **shown)
    if one.runs:
        at, losses = np.array(one.runs, dtype=float).T
        small: dict[str, Any] = {"ms": 2.5, "linestyle": "none", "alpha": 0.7}
        ax.plot(at * aside, losses, looks.marker, color=looks.colour, **small)
