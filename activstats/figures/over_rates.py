"""Numbers of networks over the learning rate, and two of them beside each other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.figures.style import VERMILLION, axes, log_axis, look, plain_number, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

_LOOKS = 7  # looks repeat from there on, and marks are filled the other way


def over_rates(
    rates: ArrayLike,
    values: ArrayLike,
    *,
    ylabel: str,
    log: bool = False,
    place: tuple[float, float, float] | None = None,
    label: str = "",
    index: int = 0,
    ax: Axes | None = None,
) -> Axes:
    """Draw a number against the learning rate: thin lines for seeds, a thick one for their mean.

    Parameters
    ----------
    rates : array_like of float, shape (n_rates,)
        Learning rates, positive.
    values : array_like of float, shape (n_seeds, n_rates)
        nan leaves a gap.
    ylabel : str
        What the number is.
    log : bool
        Whether its axis is logarithmic; the mean is then the geometric one.
    place : tuple of three float, optional
        Decimal logarithm of a rate to mark, and the ends of its interval.
    label : str
        For the legend; no legend if empty.
    index : int
        Number of the series, where several are drawn on the same axes.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Examples
    --------
    >>> over_rates([0.01, 0.1], [[1, 2], [2, 3]], ylabel="dead share").get_xlabel()
    'learning rate'
    """
    ax = axes(ax)
    x, y = np.asarray(rates, dtype=float), np.atleast_2d(np.asarray(values, dtype=float))
    if log:
        y = np.where(y > 0, y, np.nan)
    looks = look(index)
    for seed in y:
        ax.plot(x, seed, color=looks.colour, lw=0.7, alpha=0.45)
    mean = _means(y, log=log)
    style: Any = {"color": looks.colour, "linestyle": looks.line, "marker": looks.marker}
    ax.plot(x, mean, lw=2, ms=5, mfc="white", label=label or None, **style)
    if place is not None and all(math.isfinite(one) for one in place):
        middle, low, high = (10**one for one in place)
        ax.axvspan(low, high, color=VERMILLION, alpha=0.15, linewidth=0)
        ax.axvline(middle, color=VERMILLION, lw=1.4, linestyle="--")
    log_axis(ax.xaxis)
    if log and np.isfinite(y).any():
        log_axis(ax.yaxis)
    ax.set_xlabel("learning rate")
    ax.set_ylabel(ylabel)
    quiet(ax)
    if label:
        ax.legend(frameon=False, fontsize=9)
    return ax


def _means(y: np.ndarray, *, log: bool) -> np.ndarray:
    """Return the mean of each column over what is there."""
    numbers = np.log(y) if log else y
    known = np.isfinite(numbers)
    n = known.sum(axis=0)
    total = np.where(known, numbers, 0.0).sum(axis=0)
    mean = np.where(n > 0, total / np.maximum(n, 1), np.nan)
    return np.asarray(np.exp(mean) if log else mean)


def by_rate(
    rates: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    *,
    xlabel: str,
    ylabel: str,
    log: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw runs as points, those of one learning rate alike.

    Parameters
    ----------
    rates : array_like of float, shape (n_rates,)
        Learning rates.
    x, y : array_like of float, shape (n_seeds, n_rates)
        Two numbers of each run.
    xlabel, ylabel : str
        What they are.
    log : bool
        Whether the axis of `x` is logarithmic.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = by_rate([0.1], [[1], [2]], [[3], [4]], xlabel="fluctuation", ylabel="loss")
    >>> ax.get_legend().get_texts()[0].get_text()
    '0.1'
    """
    ax = axes(ax)
    a, b = (np.atleast_2d(np.asarray(one, dtype=float)) for one in (x, y))
    for index, rate in enumerate(np.asarray(rates, dtype=float)):
        looks = look(index)
        style: Any = {"color": looks.colour, "mfc": "white" if index < _LOOKS else looks.colour}
        ax.plot(a[:, index], b[:, index], looks.marker, label=plain_number(float(rate)), **style)
    if log and (a > 0).any():
        log_axis(ax.xaxis)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    quiet(ax)
    ax.legend(
        title="learning rate", frameon=False, fontsize=8, title_fontsize=8,
        loc="center left", bbox_to_anchor=(1.0, 0.5),
    )  # fmt: skip
    return ax
