"""Rarefaction: how many neurons a random part of the samples would have activated.

It needs the counts alone and is exact: the expectation over every subset of the samples, which is
also the expected growth curve of a frozen network whose samples come in random order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from activstats.errors import DomainError, InputError
from activstats.laws._gamma import FloatArray, log_double_ratio

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

# A neuron is unseen with probability below e^-45 ≈ 3e-20 beyond this: nothing against its own one.
_NEGLIGIBLE = 45.0
# Pairs of a count and a grid point held in memory at a time; what still fits in the caches.
_AT_ONCE = 20_000


def log_unseen(count: ArrayLike, n_samples: ArrayLike, subsample: ArrayLike) -> FloatArray:
    """Return the log probability that a neuron stays silent in a random part of the samples.

    Parameters
    ----------
    count : array_like of int
        Samples that activated the neuron, D_i, of `n_samples`.
    n_samples : array_like of int
        Samples seen, D.
    subsample : array_like of int
        Size d of the random part, drawn without replacement; the three broadcast.

    Returns
    -------
    ndarray of float
        ln[C(D − D_i, d) / C(D, d)]; −inf where the part cannot miss the neuron.

    Raises
    ------
    DomainError
        If a count or a part is negative or above the number of samples, or no integer.

    Notes
    -----
    Hurlbert 1971 (Ecology 52, 577) for individuals, Colwell et al. 2012 (J. Plant Ecology 5, 3,
    eq. 17) for sampling units, with the binomials joined into one stable ratio of gammas.

    Examples
    --------
    >>> np.exp(log_unseen(4, 10, 3)).round(6)
    np.float64(0.166667)
    >>> log_unseen(8, 10, 3)
    array(-inf)
    """
    numbers = (_whole(count, "count"), _whole(n_samples, "n_samples"))
    d_i, d, part = np.broadcast_arrays(*numbers, _whole(subsample, "subsample"))
    _check_within(d_i, part, d)
    return log_unseen_within(d_i, d, part)


def log_unseen_within(d_i: FloatArray, d: FloatArray | float, part: FloatArray) -> FloatArray:
    """Return what `log_unseen` does, for counts that need not be whole, all known as good."""
    left = d - d_i - part
    possible = left >= 0
    ratio = log_double_ratio(np.where(possible, left, 0.0) + 1, d_i, part)
    return np.asarray(np.where(possible, ratio, -np.inf))


def rarefy(
    values: ArrayLike, multiplicities: ArrayLike, n_samples: int, grid: ArrayLike
) -> FloatArray:
    """Return the expected number of neurons that a random part of the samples activates.

    Parameters
    ----------
    values : array_like of int, shape (u,)
        Counts D_i that occur, ascending.
    multiplicities : array_like of int, shape (u,)
        Number of neurons with each count.
    n_samples : int
        Samples seen, D.
    grid : array_like of int, shape (m,)
        Sizes d of the random part, 0 … D.

    Returns
    -------
    ndarray of float, shape (m,)
        E[K(d)] in neurons.

    Raises
    ------
    InputError
        If `values` and `multiplicities` differ in length or the values do not ascend.
    DomainError
        If a size lies outside 0 … D.

    Notes
    -----
    E[K(d)] = Σ_i [1 − C(D − D_i, d) / C(D, d)], summed over the histogram of counts; see
    `log_unseen` for its sources.

    Examples
    --------
    >>> rarefy([0, 1, 4], [2, 1, 3], n_samples=10, grid=[1, 10])
    array([1.3, 4. ])
    """
    counts, weights = np.asarray(values, dtype=np.float64), np.asarray(multiplicities, np.float64)
    if counts.shape != weights.shape or np.any(np.diff(counts) <= 0):
        raise InputError(
            "a histogram needs ascending values and one multiplicity for each.",
            got=f"{counts.shape} values, {weights.shape} multiplicities",
        )
    sizes = _whole(grid, "grid")
    _check_within(counts, sizes, np.asarray(float(n_samples)))
    return rarefied(counts, weights, n_samples, sizes.ravel()).reshape(sizes.shape)


def rarefied(
    counts: FloatArray, weights: FloatArray, n_samples: int, sizes: FloatArray
) -> FloatArray:
    """Return what `rarefy` does, for counts that need not be whole, all arguments known as good."""
    # ln(unseen) ≤ −D_i d / D, so the neurons from here on are seen for certain.
    certain = np.searchsorted(counts, _NEGLIGIBLE * n_samples / np.maximum(sizes, 1))
    all_samples = np.asarray(float(n_samples))
    seen = np.append(np.cumsum(weights[::-1])[::-1], 0.0)[certain]
    for part in _parts(certain):
        size = np.repeat(np.arange(sizes.size)[part], certain[part])
        neuron = np.concatenate([np.arange(end) for end in certain[part]])
        fires = -np.expm1(log_unseen_within(counts[neuron], all_samples, sizes[size]))
        seen += np.bincount(size, weights=weights[neuron] * fires, minlength=sizes.size)
    return np.asarray(seen)


def _parts(lengths: NDArray[np.int64]) -> Iterator[slice]:
    """Cut a list of lengths into runs that are small enough to be worked on at once."""
    ends, start = np.cumsum(lengths), 0
    while start < lengths.size:
        done = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, done + _AT_ONCE, side="right")))
        yield slice(start, stop)
        start = stop


def _whole(numbers: ArrayLike, name: str) -> NDArray[np.float64]:
    array = np.asarray(numbers, dtype=np.float64)
    if not np.all((array >= 0) & (array == np.floor(array)) & np.isfinite(array)):
        raise DomainError(f"{name} counts samples.", got=array, allowed="0, 1, 2, …")
    return array


def _check_within(counts: FloatArray, parts: FloatArray, n_samples: FloatArray) -> None:
    if np.any(counts > n_samples) or np.any(parts > n_samples):
        raise DomainError(
            "a count or a part of the samples is larger than all of them.",
            got=f"count up to {counts.max():g}, part up to {parts.max():g}",
            allowed=f"at most n_samples = {n_samples.min():g}",
            hint="predict(n_samples) of a fitted law goes beyond the samples seen",
        )
