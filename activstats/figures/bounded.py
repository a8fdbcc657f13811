"""Counts between two ends beside the laws that may have made them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.figures.style import BLACK, axes, log_axis, look, quiet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

_BINS_PER_DECADE = 6


def law_of_counts(
    values: ArrayLike,
    multiplicities: ArrayLike,
    laws: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of neurons per count and the laws, both axes logarithmic.

    Parameters
    ----------
    values : array_like of int, shape (u,)
        Counts that occur, at least 1; there may be none.
    multiplicities : array_like of int, shape (u,)
        Neurons with each count.
    laws : mapping of str to pair of array_like, shapes (m,)
        Name in the legend; counts, ascending, and their probabilities.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Notes
    -----
    Counts are collected in bins of equal width in the logarithm, six a decade, and divided by the
    whole numbers that lie in the bin. Bars are ± one standard error, sqrt(share (1 − share) / n).

    Examples
    --------
    >>> law_of_counts([1, 2, 9], [4, 2, 1], {"flat": ([1, 9], [0.1, 0.1])}).get_xlabel()
    'samples that activated a neuron, $D_i$'
    """
    ax = axes(ax)
    counts, neurons = np.asarray(values), np.asarray(multiplicities, dtype=float)
    for index, (name, (k, probability)) in enumerate(laws.items()):
        style = look(index)
        ax.plot(k, probability, color=style.colour, linestyle=style.line, lw=1.8, label=name)
    if neurons.sum() > 0:
        place, density, error = _binned(counts, neurons)
        # On a logarithmic axis a bar must not reach down to nothing.
        bars = np.vstack([np.minimum(error, 0.9 * density), error])
        shown: dict[str, Any] = {"fmt": "o", "ms": 4.5, "mfc": "white", "capsize": 2, "lw": 1}
        ax.errorbar(place, density, bars, color=BLACK, label="measured, ± 1 SE", **shown)
        ax.set_ylim(bottom=0.3 * density.min(), top=3 * density.max())
        ax.set_xlim(0.8 * counts.min(), 1.5 * counts.max())
    log_axis(ax.xaxis)
    log_axis(ax.yaxis)
    ax.set_xlabel("samples that activated a neuron, $D_i$")
    ax.set_ylabel("share of neurons in range, per count")
    quiet(ax)
    if ax.get_legend_handles_labels()[0]:
        ax.legend(frameon=False, fontsize=9)
    return ax


def _binned(
    counts: NDArray[np.int64], neurons: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return place, share per count and its standard error of every bin that is not empty."""
    first, stop = int(counts.min()), int(counts.max()) + 1
    steps = int(np.ceil(_BINS_PER_DECADE * np.log10(stop / first))) + 2
    edges = np.unique(np.round(np.geomspace(first, stop, steps)).astype(np.int64))
    held, _ = np.histogram(counts, bins=edges, weights=neurons)
    share, width = held / neurons.sum(), np.diff(edges)
    error = np.sqrt(share * (1 - share) / neurons.sum())
    places = np.sqrt(edges[:-1] * (edges[1:] - 1.0))
    kept = held > 0
    return places[kept], (share / width)[kept], (error / width)[kept]
