"""How often the neurons fired: the distribution of counts beside what a law expects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.errors import InputError
from activstats.figures.style import BLACK, BLUE, GREY, axes, log_axis, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

_BINS_PER_DECADE = 6
# Where the neurons that never fired are drawn: a logarithmic axis has no zero.
_PLACE_OF_ZERO = 0.4


def count_distribution(
    values: ArrayLike,
    multiplicities: ArrayLike,
    *,
    expected: tuple[ArrayLike, ArrayLike] | None = None,
    expected_label: str = "beta-binomial law",
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of neurons with each count, both axes logarithmic.

    Parameters
    ----------
    values : array_like of int, shape (u,)
        Counts that occur: samples that activated a neuron.
    multiplicities : array_like of int, shape (u,)
        Neurons with each count.
    expected : pair of array_like, shapes (m,), optional
        Counts, ascending, and their probabilities under a law; 0 may be among the counts.
    expected_label : str
        Name of the law in the legend.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If there is no neuron, or values and multiplicities differ in length.

    Notes
    -----
    Counts are collected in bins of equal width in the logarithm, six a decade, and divided by the
    whole numbers that lie in the bin. Bars are ± one standard error, sqrt(share (1 − share) / N).

    Examples
    --------
    >>> count_distribution([0, 1, 2, 9], [5, 4, 2, 1]).get_ylabel()
    'share of neurons per count'
    """
    counts, neurons = np.asarray(values), np.asarray(multiplicities, dtype=float)
    if counts.shape != neurons.shape or neurons.sum() <= 0:
        raise InputError(
            "a distribution needs a number of neurons for each count.",
            got=f"{counts.size} values, {neurons.sum():g} neurons",
        )
    ax = axes(ax)
    if expected is not None:
        _draw_expected(ax, *expected, label=expected_label)
    middle, density, error = _binned(counts, neurons)
    # On a logarithmic axis a bar must not reach down to nothing.
    bars = np.vstack([np.minimum(error, 0.9 * density), error])
    shown: dict[str, Any] = {"fmt": "o", "ms": 4.5, "mfc": "white", "capsize": 2, "lw": 1}
    ax.errorbar(middle, density, bars, color=BLACK, label="measured, ± 1 SE", **shown)
    ax.set_xlim(right=1.3 * max(int(counts.max()), 1))
    _finish(ax, has_zero=bool(np.any(neurons[counts == 0] > 0)) or expected is not None)
    return ax


def _binned(
    counts: NDArray[np.int64], neurons: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return place, share per count and its standard error of every bin that is not empty."""
    largest = max(int(counts.max()), 1)
    steps = int(np.ceil(_BINS_PER_DECADE * np.log10(largest + 1))) + 1
    edges = np.unique(np.round(np.geomspace(1, largest + 1, steps)).astype(np.int64))
    edges = np.concatenate([[0], edges])
    held, _ = np.histogram(counts, bins=edges, weights=neurons)
    share, width = held / neurons.sum(), np.diff(edges)
    error = np.sqrt(share * (1 - share) / neurons.sum())
    places = np.sqrt(edges[:-1] * (edges[1:] - 1.0))
    places[0] = _PLACE_OF_ZERO
    kept = held > 0
    return places[kept], (share / width)[kept], (error / width)[kept]


def _draw_expected(ax: Axes, values: ArrayLike, probabilities: ArrayLike, *, label: str) -> None:
    counts, share = np.asarray(values), np.asarray(probabilities, dtype=float)
    fired = counts > 0
    ax.plot(counts[fired], share[fired], color=BLUE, lw=1.8, label=label)
    at_zero = share[counts == 0]
    ax.plot([_PLACE_OF_ZERO] * at_zero.size, at_zero, "_", color=BLUE, ms=18, mew=2)


def _finish(ax: Axes, *, has_zero: bool) -> None:
    log_axis(ax.yaxis)
    if has_zero:
        ax.axvline(0.65, color=GREY, lw=0.8, linestyle=(0, (1, 2)))
        ax.annotate(
            "never",
            (_PLACE_OF_ZERO, 0),
            xycoords=("data", "axes fraction"),
            xytext=(0, -4),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize=9,
        )
        ax.set_xlim(left=0.25)
    log_axis(ax.xaxis)
    limits = ax.get_xlim()
    for minor in (False, True):
        places = ax.get_xticks(minor=minor)
        ax.set_xticks([tick for tick in places if 1 <= tick <= limits[1]], minor=minor)
    ax.set_xlim(limits)
    ax.set_xlabel("samples that activated a neuron, $D_i$")
    ax.set_ylabel("share of neurons per count")
    quiet(ax)
    ax.legend(frameon=False, fontsize=9)
