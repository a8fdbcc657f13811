"""The rarefied curve with its covariance: how it would scatter with other neurons of the kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from activstats.laws._checks import check_level
from activstats.laws._gamma import FloatArray
from activstats.laws._nodes import condensed
from activstats.laws.histogram import histogram_of
from activstats.laws.rarefaction import log_unseen_within, rarefy

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

# Rows of the matrix of chances that are multiplied at a time; what fits in the caches.
_ROWS = 512


@dataclass(frozen=True, eq=False)
class Rarefaction:
    """Expected number of neurons that parts of the samples activate.

    Parameters
    ----------
    n_samples : int
        Samples seen, D.
    n_neurons : int
        Neurons of the layer, N.
    grid : ndarray of float, shape (m,)
        Sizes d of the part.
    k : ndarray of float, shape (m,)
        E[K(d)] over all parts of that size, exact.
    covariance : ndarray of float, shape (m, m)
        Unconditional covariance of k, the neurons being a sample.
    k_low, k_high : ndarray of float, shape (m,)
        Interval at `level`, point by point.
    level : float
        Confidence level.
    """

    n_samples: int
    n_neurons: int
    grid: FloatArray
    k: FloatArray
    covariance: FloatArray
    k_low: FloatArray
    k_high: FloatArray
    level: float

    @property
    def se(self) -> FloatArray:
        """Standard error of each point, shape (m,)."""
        return np.sqrt(np.diag(self.covariance))

    def to_frame(self) -> pd.DataFrame:
        """Return a table with a row for each size."""
        import pandas as pd

        columns = ("grid", "k", "se", "k_low", "k_high")
        frame = pd.DataFrame({name: getattr(self, name) for name in columns})
        return frame.rename(columns={"grid": "n_samples"})


def rarefaction(
    counts: object, grid: ArrayLike, n_samples: int | None = None, level: float = 0.95
) -> Rarefaction:
    """Return the rarefied curve of a layer with its unconditional covariance and intervals.

    Parameters
    ----------
    counts : Counts, array_like of int with shape (n_neurons,), or pair of array_like
        As in `GrowthLaw.fit`.
    grid : array_like of int, shape (m,)
        Sizes d of the part, 0 … D.
    n_samples : int, optional
        Samples seen, D; needed unless the counts know it.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Rarefaction

    Raises
    ------
    InputError
        If the counts cannot be counts of so many samples.
    DomainError
        If a size lies outside 0 … D or the level outside 0 … 1.

    Notes
    -----
    With h_i(d) the chance that a part of size d activates neuron i, S = Σ_i (h_i − h̄)(h_i − h̄)ᵀ,
    the same as Hᵀdiag(f)H − KKᵀ/N without its cancellation (Colwell et al. 2012, J. Plant Ecology
    5, 3, eq. 5 and 18, with N known in place of the estimated number of species). It describes
    other neurons of the same kind; neurons that fire together scatter more. The intervals are
    Wilson's with as many neurons as give this variance (Wilson 1927, JASA 22, 209; Korn & Graubard
    1998, Survey Methodology 24, 193), so that they stay within 0 … N and keep a width at K = N.

    Examples
    --------
    >>> found = rarefaction([0, 0, 1, 4, 4, 4], [1, 10], n_samples=10)
    >>> found.k, found.se.round(3), found.k_low.round(2)
    (array([1.3, 4. ]), array([0.456, 1.155]), array([0.63, 1.8 ]))
    """
    check_level(level)
    histogram = histogram_of(counts, n_samples)
    sizes = np.atleast_1d(np.asarray(grid, dtype=np.float64))
    k = rarefy(histogram.values, histogram.multiplicities, histogram.n_samples, sizes)
    values, weights = condensed(histogram)
    covariance = _scatter(values, weights, float(histogram.n_samples), sizes)
    n = histogram.n_neurons
    ends = _wilson(k / n, np.diag(covariance) / n**2, n, float(ndtri((1 + level) / 2)))
    # Without samples nothing fires, and that is certain.
    low, high = (np.where(sizes > 0, n * end, 0.0) for end in ends)
    return Rarefaction(histogram.n_samples, n, sizes, k, covariance, low, high, level)


def _scatter(
    values: FloatArray, weights: FloatArray, n_samples: float, sizes: FloatArray
) -> FloatArray:
    seen = -np.expm1(log_unseen_within(values[:, None], n_samples, sizes))
    # Square roots of the weights on both sides keep the matrix symmetric to the last digit.
    mean = (weights[:, None] * seen).sum(axis=0) / weights.sum()
    centred = np.sqrt(weights)[:, None] * (seen - mean)
    total = np.zeros((sizes.size, sizes.size))
    for start in range(0, values.size, _ROWS):
        part = centred[start : start + _ROWS]
        # Not as a product of a BLAS, which rounds anew with every number of threads.
        total += np.einsum("vi,vj->ij", part, part)
    return total


def _wilson(
    share: FloatArray, variance: FloatArray, n_neurons: int, z: float
) -> tuple[FloatArray, FloatArray]:
    """Return the interval of a share that scatters less than that of independent yes and no."""
    share = np.clip(share, 0.0, 1.0)
    binomial = share * (1 - share)
    with np.errstate(divide="ignore", invalid="ignore"):
        neurons = np.where(binomial > 0, binomial / variance, n_neurons)
    middle = (share + z * z / (2 * neurons)) / (1 + z * z / neurons)
    half = z / (1 + z * z / neurons) * np.sqrt(binomial / neurons + (z / (2 * neurons)) ** 2)
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)
