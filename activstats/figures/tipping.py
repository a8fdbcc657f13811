"""Tipping points: firing over steps and over rates, the tipping rate over the width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.errors import InputError
from activstats.figures.style import GREY, axes, log_axis, look, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

_LEAST_SPAN = 1.2
_ROOM = 1.05


@dataclass(frozen=True)
class Curve:
    """Firing over the learning rate, of several seeds.

    Parameters
    ----------
    label : str
        For the legend.
    rates : array_like of float, shape (n_rates,)
        Learning rates.
    values : array_like of float, shape (n_seeds, n_rates)
        nan leaves a gap.
    """

    label: str
    rates: ArrayLike
    values: ArrayLike


@dataclass(frozen=True)
class Pairs:
    """Learning rates and firing rates of seeds at their optimum.

    Parameters
    ----------
    label : str
        For the legend.
    rates, firing : sequence of float
        One a seed.
    """

    label: str
    rates: Sequence[float]
    firing: Sequence[float]


def relative_firing(curves: Sequence[Curve], *, share: float, ax: Axes | None = None) -> Axes:
    """Draw firing relative to that at the lowest rate: thin lines for seeds, thick ones for means.

    Parameters
    ----------
    curves : sequence of Curve
        One an arm.
    share : float
        Drawn as a line: below it a network has tipped over.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If there is no curve.

    Examples
    --------
    >>> relative_firing([Curve("64", [0.01, 0.1], [[0.5, 0.4]])], share=0.9).get_xlabel()
    'learning rate'
    """
    from activstats.figures.over_rates import over_rates

    if not curves:
        raise InputError("there is no curve to draw.")
    ax = axes(ax)
    label = "firing rate, relative to the lowest rate"
    for number, curve in enumerate(curves):
        values = np.asarray(curve.values, dtype=float)
        relative = values / np.where(values[:, :1] > 0, values[:, :1], np.nan)
        over_rates(curve.rates, relative, ylabel=label, label=curve.label, index=number, ax=ax)
    ax.axhline(share, color=GREY, lw=1, linestyle="--")
    ax.annotate(
        f"{share:g}", (1.0, share), xycoords=("axes fraction", "data"), fontsize=9, color=GREY
    )
    return ax


def along_steps(
    steps: ArrayLike,
    values: Sequence[ArrayLike],
    *,
    labels: Sequence[str],
    ylabel: str = "mean firing rate",
    ax: Axes | None = None,
) -> Axes:
    """Draw numbers over training steps, a line for each series.

    Parameters
    ----------
    steps : array_like of float, shape (n_steps,)
        Training steps.
    values : sequence of array_like of float, shape (n_steps,)
        nan leaves a gap.
    labels : sequence of str
        For the legend; empty ones are left out.
    ylabel : str
        What the numbers are.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Examples
    --------
    >>> along_steps([0, 10], [[0.5, 0.4]], labels=["relu"]).get_xlabel()
    'training step'
    """
    ax = axes(ax)
    for number, (series, label) in enumerate(zip(values, labels, strict=True)):
        looks = look(number)
        style: Any = {"color": looks.colour, "linestyle": looks.line, "marker": looks.marker}
        ax.plot(np.asarray(steps), np.asarray(series), ms=4, mfc="white", label=label, **style)
    ax.set_xlabel("training step")
    ax.set_ylabel(ylabel)
    ax.set_ylim(0, max(ax.get_ylim()[1], 0) * _ROOM or 1)
    quiet(ax)
    if any(labels):
        ax.legend(frameon=False, fontsize=9)
    return ax


def over_widths(
    widths: ArrayLike,
    log10_rates: ArrayLike,
    *,
    label: str = "",
    index: int = 0,
    ax: Axes | None = None,
) -> Axes:
    """Draw tipping rates over the width: a mark for each seed, a line for their mean.

    Parameters
    ----------
    widths : array_like of float, shape (n_widths,)
        Neurons.
    log10_rates : array_like of float, shape (n_seeds, n_widths)
        Those that are not finite are left out.
    label : str
        For the legend; no legend if empty.
    index : int
        Number of the series.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Examples
    --------
    >>> over_widths([64, 256], [[-1.5, -1.8]]).get_xlabel()
    'width: hidden neurons'
    """
    from activstats.figures.over_rates import over_rates

    rates = 10 ** np.where(np.isfinite(log10_rates), log10_rates, np.nan)
    ax = axes(ax)
    if not np.isfinite(rates).any():
        ax.plot(
            [], [], color=look(index).colour, label=f"{label}: all places open" if label else None
        )
        ax.legend(frameon=False, fontsize=9)
        return ax
    ax = over_rates(
        widths, rates, ylabel="tipping learning rate", log=True, label=label, index=index, ax=ax
    )
    low, high = ax.dataLim.intervaly
    # A single rate would leave the axis without extent.
    if 0 < low <= high < low * _LEAST_SPAN:
        ax.set_ylim(low / _LEAST_SPAN, high * _LEAST_SPAN)
    ax.set_xlabel("width: hidden neurons")
    return ax


def pairs(groups: Sequence[Pairs], *, ax: Axes | None = None) -> Axes:
    """Draw firing rate over learning rate at the optimum, a mark for each seed.

    Examples
    --------
    >>> pairs([Pairs("64", [0.01, 0.012], [0.49, 0.5])]).get_xlabel()
    'learning rate at the optimum'
    """
    ax = axes(ax)
    for number, group in enumerate(groups):
        looks = look(number)
        style: Any = {"color": looks.colour, "marker": looks.marker}
        ax.plot(group.rates, group.firing, linestyle="", mfc="white", label=group.label, **style)
    ax.set_ylim(0, 1)
    if any(len(group.rates) for group in groups):
        log_axis(ax.xaxis)
    else:
        ax.set_title("no optimum lies inside the range", fontsize=9, color=GREY)
    ax.set_xlabel("learning rate at the optimum")
    ax.set_ylabel("firing rate at the optimum")
    quiet(ax)
    if groups:
        ax.legend(frameon=False, fontsize=9)
    return ax
