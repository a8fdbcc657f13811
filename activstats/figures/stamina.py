"""Survival of neurons under penalties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.errors import InputError
from activstats.figures.style import BLUE, GREY, VERMILLION, axes, log_axis, look, quiet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike


def survivors_over_penalty(
    penalties: ArrayLike,
    lived: ArrayLike,
    expected: ArrayLike,
    *,
    n_neurons: int,
    typical: float = float("nan"),
    level: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of neurons that lived, and that were expected to live, over the penalty.

    Parameters
    ----------
    penalties : array_like of float, shape (m,)
        Penalties, in units of the output.
    lived, expected : array_like of float, shape (m,)
        Shares of the neurons.
    n_neurons : int
        Neurons, for Wilson's intervals of the shares that lived.
    typical : float
        Median p*, marked where it is known.
    level : float
        Confidence level of the band.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If lengths differ.

    Examples
    --------
    >>> survivors_over_penalty([0.1, 1], [1, 0.2], [0.9, 0.3], n_neurons=10).get_ylabel()
    'share of neurons alive'
    """
    p, share, told = (np.asarray(one, dtype=float) for one in (penalties, lived, expected))
    if not p.shape == share.shape == told.shape or p.ndim != 1:
        raise InputError(
            "every penalty needs its two shares.", got=f"{p.shape}, {share.shape}, {told.shape}"
        )
    ax = axes(ax)
    low, high = _wilson(share, n_neurons, level)
    words = f"{100 * level:g} % interval over neurons"
    ax.fill_between(p, low, high, color=BLUE, alpha=0.2, lw=0, label=words)
    ax.plot(p, share, color=BLUE, lw=1.6, marker="o", ms=3, label="lived")
    ax.plot(p, told, color=VERMILLION, lw=1.4, linestyle="--", label="expected to live: p* > p")
    if np.isfinite(typical):
        ax.axvline(typical, color=GREY, lw=1, linestyle=":", label="median p*")
    log_axis(ax.xaxis)
    ax.set(
        ylim=(-0.02, 1.02), xlabel="penalty of a silent sample, p", ylabel="share of neurons alive"
    )
    quiet(ax)
    ax.legend(frameon=False, fontsize=9)
    return ax


def _wilson(share: Any, n: int, level: float) -> tuple[Any, Any]:
    from scipy.special import ndtri

    z = float(ndtri((1 + level) / 2))
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return middle - reach, middle + reach


def survival_curves(
    n_samples: ArrayLike, shares: Mapping[str, ArrayLike], *, ax: Axes | None = None
) -> Axes:
    """Draw the share of neurons alive over the samples seen, a curve for each penalty.

    Parameters
    ----------
    n_samples : array_like of int, shape (k,)
        Samples seen.
    shares : mapping of str to array_like of float, shape (k,)
        Label and share of each curve.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If there is no curve, or one has another length.

    Examples
    --------
    >>> survival_curves([0, 10], {"r = 1": [1, 0.4]}).get_xlabel()
    'samples seen'
    """
    seen = np.asarray(n_samples, dtype=float)
    if not shares or any(np.shape(one) != seen.shape for one in shares.values()):
        raise InputError("every curve needs a share for each number of samples.", got=list(shares))
    ax = axes(ax)
    for index, (label, share) in enumerate(shares.items()):
        style = look(index)
        ax.plot(seen, share, color=style.colour, linestyle=style.line, lw=1.5, label=label)
    ax.set(ylim=(-0.02, 1.02), xlabel="samples seen", ylabel="share of neurons alive")
    quiet(ax)
    ax.legend(frameon=False, fontsize=9, title="penalty, in median p*", title_fontsize=9)
    return ax
