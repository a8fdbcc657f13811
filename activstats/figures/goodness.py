"""What chance gives beside what was measured, and laws side by side."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from activstats.errors import InputError
from activstats.figures.style import BLACK, BLUE, GREY, VERMILLION, axes, quiet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

_PERCENT = 100.0
_BINS = 30


def chance_histogram(
    by_chance: ArrayLike, measured: float, *, p: float = math.nan, ax: Axes | None = None
) -> Axes:
    """Draw the distances that chance alone gives, and the one measured.

    Parameters
    ----------
    by_chance : array_like of float, shape (draws,)
        Distances of draws from the law, as shares of the layer.
    measured : float
        Distance of the counts.
    p : float
        p-value to write beside it.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If there are no draws.

    Examples
    --------
    >>> chance_histogram([0.01, 0.012, 0.015], 0.02, p=0.25).get_ylabel()
    'draws from the fitted law'
    """
    draws = np.asarray(by_chance, dtype=float) * _PERCENT
    if draws.ndim != 1 or not draws.size:
        raise InputError("there are no draws to show.", got=f"shape {draws.shape}")
    ax = axes(ax)
    bins = min(_BINS, max(5, math.isqrt(draws.size)))
    ax.hist(draws, bins=bins, color=BLUE, alpha=0.35, edgecolor=BLUE, label="chance alone")
    words = "measured" if math.isnan(p) else f"measured, p = {p:.2g}"
    ax.axvline(measured * _PERCENT, color=VERMILLION, lw=1.8, linestyle="--", label=words)
    ax.set_xlim(left=0)
    ax.set_xlabel("largest distance of K from the law, % of the layer")
    ax.set_ylabel("draws from the fitted law")
    quiet(ax)
    ax.legend(frameon=False, fontsize=9)
    return ax


def law_differences(
    names: Sequence[str], differences: ArrayLike, *, undecided: float = 2.0, ax: Axes | None = None
) -> Axes:
    """Draw by how much the AIC of each law exceeds that of the best.

    Parameters
    ----------
    names : sequence of str
        Laws.
    differences : array_like of float, shape (laws,)
        AIC less the lowest AIC; nan where a law has none.
    undecided : float
        Difference below which nothing is decided, drawn as a band.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If there is not one difference for each name.

    Examples
    --------
    >>> ax = law_differences(["one", "other"], [0.0, 12.0])
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['one', 'other']
    """
    values = np.asarray(differences, dtype=float)
    if values.shape != (len(names),):
        raise InputError(
            "each law needs one difference.", got=f"{len(names)} names, shape {values.shape}"
        )
    ax = axes(ax)
    places = np.arange(len(names))
    ax.axvspan(0, undecided, color=GREY, alpha=0.2, lw=0, label=f"below {undecided:g}: undecided")
    ax.hlines(places, 0, values, color=BLUE, lw=1.8)
    ax.plot(values, places, "o", color=BLACK, markersize=5)
    # A threshold linear near zero shows a best law, near ties and hopeless ones on one axis.
    ax.set_xscale("symlog", linthresh=10)
    ax.set_xlim(left=0)
    ax.set_yticks(places, list(names))
    ax.invert_yaxis()
    ax.set_xlabel("AIC above the lowest")
    quiet(ax)
    ax.legend(frameon=False, fontsize=9, loc="lower right")
    return ax
