"""The diagnostic of the hazard: silent neurons for each new one, which the law puts on a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaincinv

from activstats.laws._gamma import FloatArray

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from activstats.laws.histogram import Histogram

# Points of the plot, and new neurons that each needs to be worth drawing.
_MOST_BINS = 24
_LEAST_NEW = 8


@dataclass(frozen=True)
class HazardPoints:
    """Silent neurons for each new one, against the samples seen: the diagnostic of the hazard.

    Parameters
    ----------
    n_samples : ndarray of float, shape (m,)
        Samples seen before, n, averaged over the bin.
    inverse_hazard : ndarray of float, shape (m,)
        Σ (N − K_n) / Σ new over the bin, in samples.
    low, high : ndarray of float, shape (m,)
        Exact Poisson interval of the same.
    """

    n_samples: FloatArray
    inverse_hazard: FloatArray
    low: FloatArray
    high: FloatArray


def hazard_points(arrivals: Histogram, n_neurons: int, level: float = 0.95) -> HazardPoints:
    """Return (N − K)/new against n, in bins with about as many new neurons each.

    Parameters
    ----------
    arrivals : Histogram
        Samples seen before each first activation.
    n_neurons : int
        Neurons of the layer, N.
    level : float
        Confidence level of the bars.

    Notes
    -----
    Under the law the points scatter around the line N/c + n/b.

    Examples
    --------
    >>> from activstats.laws.histogram import Histogram
    >>> arrivals = Histogram(np.array([0, 1, 5]), np.array([8, 8, 8]), 10)
    >>> hazard_points(arrivals, n_neurons=30).inverse_hazard.round(2)
    array([3.75, 2.75, 7.  ])
    """
    edges = _edges(arrivals)
    new = np.diff(np.searchsorted(np.repeat(arrivals.values, arrivals.multiplicities), edges))
    exposure = np.diff(_exposure(arrivals, n_neurons, edges, power=0))
    place = np.diff(_exposure(arrivals, n_neurons, edges, power=1)) / exposure
    tail = (1 - level) / 2
    most, least = gammaincinv(new + 1, 1 - tail), gammaincinv(new, tail)
    return HazardPoints(place, exposure / new, exposure / most, exposure / least)


def _edges(arrivals: Histogram) -> NDArray[np.int64]:
    """Cut the samples so that every bin holds enough new neurons."""
    bins = max(1, min(_MOST_BINS, arrivals.n_neurons // _LEAST_NEW))
    wanted = np.arange(1, bins) * arrivals.n_neurons / bins
    inner = arrivals.values[np.searchsorted(np.cumsum(arrivals.multiplicities), wanted)] + 1
    # A bin reaches from one edge to the last first activation before the next.
    return np.unique(np.concatenate([[0], inner, [arrivals.values[-1] + 1]]))


def _exposure(
    arrivals: Histogram, n_neurons: int, edges: NDArray[np.int64], *, power: int
) -> FloatArray:
    """Return Σ n^power (N − K_n) over n below each edge; power is 0 or 1."""

    def below(n: FloatArray) -> FloatArray:
        return n if power == 0 else n * (n - 1) / 2

    ends, after = edges.astype(np.float64), arrivals.values.astype(np.float64) + 1
    gone = below(np.maximum(ends[:, None], after)) - below(after)
    return np.asarray(n_neurons * below(ends) - (gone * arrivals.weights).sum(axis=1))
