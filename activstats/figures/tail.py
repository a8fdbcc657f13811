"""Tails of distributions: the share at x or above, and what a fit owes to where the tail begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from activstats.errors import InputError
from activstats.figures.style import BLACK, BLUE, GREY, SIZE, VERMILLION, axes, log_axis, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

# Points that stand apart on a logarithmic axis; a file with all of a million is no better.
_POINTS = 150
_TALL = (SIZE[0], 5.2)


def tail_curve(
    x: ArrayLike,
    share: ArrayLike,
    *,
    law: tuple[ArrayLike, ArrayLike] | None = None,
    label: str = "fitted tail",
    xlabel: str = "x",
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of numbers at x or above, both axes logarithmic, and a law beside it.

    Parameters
    ----------
    x : array_like of float, shape (m,)
        Distinct numbers, ascending, above 0.
    share : array_like of float, shape (m,)
        Share of all numbers at each or above.
    law : pair of array_like of float, shapes (k,), optional
        Where the law is drawn, and its share of all numbers there or above.
    label : str
        What the law is.
    xlabel : str
        What the numbers are.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If the two have different lengths.

    Examples
    --------
    >>> tail_curve([1, 2, 5], [1.0, 0.5, 0.1], law=([1, 5], [1.0, 0.1])).get_xlabel()
    'x'
    """
    numbers, shares = _pair(x, share)
    shown = _spread(numbers)
    ax = axes(ax)
    style = {"marker": "o", "markersize": 4.0, "markerfacecolor": "none", "linestyle": "none"}
    ax.plot(numbers[shown], shares[shown], color=BLACK, label="measured", **style)  # type: ignore[arg-type]  # a dict of mixed types
    if law is not None:
        at, there = _pair(*law)
        ax.plot(at, there, color=BLUE, lw=1.8, label=label, zorder=4)
        if at.size:
            ax.axvline(at[0], color=GREY, lw=0.9, linestyle="-.", label="xmin")
    if numbers.size:
        log_axis(ax.xaxis)
        log_axis(ax.yaxis)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(f"share of numbers at {xlabel} or above")
    quiet(ax)
    ax.legend(frameon=False, fontsize=9)
    return ax


def xmin_curves(
    xmin: ArrayLike,
    alpha: ArrayLike,
    error: ArrayLike,
    distance: ArrayLike,
    *,
    chosen: float | None = None,
    axes: tuple[Axes, Axes] | None = None,
) -> tuple[Axes, Axes]:
    """Draw the exponent and the distance between tail and law over where the tail begins.

    Parameters
    ----------
    xmin : array_like of float, shape (m,)
        Candidates, ascending.
    alpha, error : array_like of float, shape (m,)
        Exponent of each, and its standard error, of which two are drawn to either side.
    distance : array_like of float, shape (m,)
        Of Kolmogorov and Smirnov.
    chosen : float, optional
        The candidate chosen.
    axes : pair of Axes, optional
        Where to draw, the exponent first; a new figure of two panels if left out.

    Returns
    -------
    pair of Axes

    Raises
    ------
    InputError
        If the arrays have different lengths.

    Examples
    --------
    >>> upper, lower = xmin_curves([1, 2], [2.1, 2.2], [0.1, 0.2], [0.05, 0.02], chosen=2)
    >>> upper.get_ylabel(), lower.get_xlabel()
    ('exponent alpha', 'xmin, where the tail begins')
    """
    at, exponent = _pair(xmin, alpha)
    spread, gap = _pair(xmin, error)[1], _pair(xmin, distance)[1]
    upper, lower = axes if axes is not None else _two_panels()
    band = "± 2 standard errors, xmin taken as known"
    low, high = exponent - 2 * spread, exponent + 2 * spread
    upper.fill_between(at, low, high, color=BLUE, alpha=0.2, linewidth=0, label=band)
    upper.plot(at, exponent, color=BLUE, lw=1.5, label="alpha")
    lower.plot(at, gap, color=VERMILLION, lw=1.5, label="distance D")
    for ax, name in ((upper, "exponent alpha"), (lower, "distance D")):
        if chosen is not None:
            ax.axvline(chosen, color=GREY, lw=0.9, linestyle="-.", label="xmin chosen")
        if at.size:
            log_axis(ax.xaxis)
        ax.set_ylabel(name)
        quiet(ax)
        ax.legend(frameon=False, fontsize=9)
    lower.set_ylim(bottom=0)
    lower.set_xlabel("xmin, where the tail begins")
    return upper, lower


def _two_panels() -> tuple[Axes, Axes]:
    from matplotlib.figure import Figure

    upper, lower = Figure(figsize=_TALL, layout="constrained").subplots(2, 1, sharex=True)
    return upper, lower


def _pair(x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    first, second = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if first.shape != second.shape or first.ndim != 1:
        raise InputError(
            "the two parts of a curve differ in length.",
            got=f"shapes {first.shape} and {second.shape}",
        )
    return first, second


def _spread(x: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the indices of points evenly spread in the logarithm, both ends among them."""
    if x.size <= _POINTS:
        return np.arange(x.size)
    logs = np.log(x)
    places = np.searchsorted(logs, np.linspace(logs[0], logs[-1], _POINTS))
    return np.unique(np.append(np.minimum(places, x.size - 1), [0, x.size - 1]))
