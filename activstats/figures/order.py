"""Order: growth curves beside what random orders of the samples give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.errors import InputError
from activstats.figures.style import BLACK, BLUE, GREY, SKY, VERMILLION, axes, log_axis, quiet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

Ends = tuple["ArrayLike", "ArrayLike"]

# Most distances from chance, in standard deviations, that the axis of effects shows as they are.
_FARTHEST = 12.0


def growth_bands(
    n_samples: ArrayLike,
    rarefied: ArrayLike,
    ordered: ArrayLike,
    *,
    pointwise: Ends,
    simultaneous: Ends,
    level: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Draw K(D) in recorded order inside the bands of random orders.

    Parameters
    ----------
    n_samples : array_like of int, shape (m,)
        Samples, D, at least 1.
    rarefied, ordered : array_like of float, shape (m,)
        Activated neurons: mean over random orders, and in the order of the recording.
    pointwise, simultaneous : pair of array_like of float, shape (m,)
        Lower and upper ends of the bands.
    level : float
        Confidence level of the bands.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If a curve has another length than `n_samples`.

    Examples
    --------
    >>> growth_bands([1, 10], [2, 9], [2, 8], pointwise=([1, 8], [3, 9]),
    ...              simultaneous=([1, 7], [3, 10])).get_xlabel()
    'samples seen, D'
    """
    d = np.asarray(n_samples, dtype=float)
    curves = [np.asarray(c, dtype=float) for c in (rarefied, ordered, *pointwise, *simultaneous)]
    if any(curve.shape != d.shape for curve in curves):
        raise InputError(
            "a curve does not fit the numbers of samples.",
            got=", ".join(str(curve.shape) for curve in curves),
            allowed=str(d.shape),
        )
    mean, recorded, low, high, lowest, highest = curves
    ax = axes(ax)
    share = f"{100 * level:g} %"
    whole = f"{share} of whole curves"
    ax.fill_between(d, lowest, highest, color=SKY, alpha=0.25, linewidth=0, label=whole)
    ax.fill_between(d, low, high, color=BLUE, alpha=0.3, linewidth=0, label=f"{share} at each D")
    ax.plot(d, mean, color=BLACK, linestyle="--", lw=1.2, label="mean over random orders")
    ax.plot(
        d, recorded, color=VERMILLION, lw=1.6, drawstyle="steps-post", label="in recorded order"
    )
    log_axis(ax.xaxis)
    ax.set_ylim(bottom=0)
    ax.set_xlabel("samples seen, D")
    ax.set_ylabel("neurons activated at least once, K")
    quiet(ax)
    ax.legend(frameon=False, fontsize=9)
    return ax


def order_effects(
    labels: Sequence[str],
    effects: Sequence[tuple[float, float, float, float, float]],
    *,
    level: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Draw effects of order beside what chance gives, in its standard deviations.

    Parameters
    ----------
    labels : sequence of str
        Name of each test.
    effects : sequence of tuple of five float
        Effect; mean, standard deviation, lower and upper end of what chance gives.
    level : float
        Level of the range under chance.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Examples
    --------
    >>> order_effects(["trend"], [(0.2, 0.1, 0.02, 0.07, 0.14)]).get_lines()[1].get_xdata()
    array([5.])
    """
    ax = axes(ax)
    style: dict[str, Any] = {"color": GREY, "lw": 5, "alpha": 0.5, "solid_capstyle": "butt"}
    for place, (effect, mean, sd, low, high) in enumerate(effects):
        unit = sd if sd > 0 else 1.0
        ends = [(low - mean) / unit, (high - mean) / unit]
        label = f"{100 * level:g} % of random orders" if place == 0 else None
        ax.plot(ends, [place, place], label=label, **style)
        distance = (effect - mean) / unit
        shown = min(max(distance, -_FARTHEST), _FARTHEST)
        marker = "o" if shown == distance else (">" if distance > 0 else "<")
        label = "recorded order" if place == 0 else None
        ax.plot(np.asarray([shown]), [place], marker, color=VERMILLION, ms=7, label=label)
        if shown != distance:
            ax.annotate(f"{distance:.0f} ", (shown, place), ha="right", va="bottom", fontsize=8)
    ax.axvline(0, color=GREY, lw=0.8, linestyle=(0, (1, 2)))
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.set_xlabel("effect of order, in SD of random orders")
    quiet(ax)
    if labels:
        ax.legend(frameon=False, fontsize=9)
    return ax


def pair_agreement(
    labels: Sequence[str],
    correlations: Sequence[float],
    *,
    mean: tuple[float, float, float],
    ceiling: tuple[float, float, float],
    ax: Axes | None = None,
) -> Axes:
    """Draw rank correlations of pairs of runs beside their mean and ceiling.

    Parameters
    ----------
    labels : sequence of str
        Name of each pair.
    correlations : sequence of float
        One a pair.
    mean : tuple of three float
        Mean over pairs and the ends of its interval.
    ceiling : tuple of three float
        What sampling noise allows, and its range; nan where it is not known.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Examples
    --------
    >>> top = (0.9, 0.88, 0.92)
    >>> pair_agreement(["1–2"], [0.4], mean=(0.4, 0.2, 0.6), ceiling=top).get_ylabel()
    'rank correlation of firing rates'
    """
    ax = axes(ax)
    places = np.arange(len(labels))
    ax.plot(places, correlations, "o", color=BLACK, mfc="white", label="pairs of runs")
    drawn = (
        ("mean over pairs", mean, BLUE, "-"),
        ("same rates, sampled", ceiling, VERMILLION, "--"),
    )
    for name, (middle, low, high), colour, line in drawn:
        if np.isfinite(middle):
            ax.axhline(middle, color=colour, linestyle=line, lw=1.6, label=name)
        if np.isfinite(low) and np.isfinite(middle):
            ax.axhspan(low, high, color=colour, alpha=0.15, linewidth=0)
    ax.axhline(0, color=GREY, lw=0.8, linestyle=(0, (1, 2)))
    ax.set_xticks(places, labels)
    ax.set_ylim(min(-0.1, mean[1] - 0.05) if np.isfinite(mean[0]) else -0.1, 1.05)
    ax.set_xlabel("pair of runs")
    ax.set_ylabel("rank correlation of firing rates")
    quiet(ax)
    ax.legend(frameon=False, fontsize=9)
    return ax
