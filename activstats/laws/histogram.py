"""How many neurons have each count: all that the laws need to know of a recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activstats.errors import InputError
from activstats.laws._checks import agreed, sample_number, whole_numbers

IntArray = NDArray[np.int64]

_COUNTS_HINT = "one whole number for each neuron: the samples that activated it"


class HasHistogram(Protocol):
    """Counts that occur, ascending, and the number of neurons with each."""

    @property
    def values(self) -> NDArray[Any]:
        """Counts that occur, ascending."""

    @property
    def multiplicities(self) -> NDArray[Any]:
        """Neurons with each count."""


@runtime_checkable
class HasCounts(Protocol):
    """What the laws ask of an object that holds counts, such as `activstats.Counts`."""

    @property
    def n_samples(self) -> int:
        """Samples seen, D."""

    @property
    def histogram(self) -> HasHistogram:
        """Histogram of the counts."""


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts of the neurons of one layer, as a histogram.

    Parameters
    ----------
    values : ndarray of int64, shape (u,)
        Counts that occur, ascending; 0 among them if some neuron never fired.
    multiplicities : ndarray of int64, shape (u,)
        Number of neurons with each count.
    n_samples : int
        Samples seen, D.
    """

    values: IntArray
    multiplicities: IntArray
    n_samples: int

    def __post_init__(self) -> None:
        for array in (self.values, self.multiplicities):
            array.flags.writeable = False

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Histogram):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[int, bytes, bytes]:
        return self.n_samples, self.values.tobytes(), self.multiplicities.tobytes()

    @cached_property
    def n_neurons(self) -> int:
        """Number of neurons, N."""
        return int(self.multiplicities.sum())

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """Multiplicities as floating-point numbers, to sum with."""
        return self.multiplicities.astype(np.float64)

    @cached_property
    def total(self) -> int:
        """Activations counted in all, Σ D_i."""
        # Python's integers: a product of two int64 can leave their range.
        pairs = zip(self.values.tolist(), self.multiplicities.tolist(), strict=True)
        return sum(value * neurons for value, neurons in pairs)

    @property
    def c(self) -> float:
        """Mean number of neurons that one sample activates; 0 without samples."""
        return self.total / self.n_samples if self.n_samples else 0.0

    @property
    def k(self) -> int:
        """Neurons activated at least once, K(D)."""
        return int(self.multiplicities[self.values > 0].sum())


def histogram_of(counts: object, n_samples: int | None = None) -> Histogram:
    """Return the histogram of counts, whatever form they come in.

    Parameters
    ----------
    counts : Counts, array_like of int with shape (n_neurons,), or pair of array_like
        An object with a `histogram`, the count of each neuron, or a tuple
        ``(values, multiplicities)``.
    n_samples : int, optional
        Samples seen; an object with a `histogram` knows it already.

    Returns
    -------
    Histogram

    Raises
    ------
    InputError
        If the counts are no whole numbers between 0 and `n_samples`, if there are none, or if
        `n_samples` is missing, below one or another than the object says.

    Examples
    --------
    >>> histogram_of([0, 3, 3, 1], n_samples=5).multiplicities
    array([1, 1, 2])
    """
    if isinstance(counts, Histogram):
        return counts
    if isinstance(counts, HasCounts):
        known = agreed(counts.n_samples, n_samples)
        pair = (counts.histogram.values, counts.histogram.multiplicities)
        return _collected(*pair, known)
    samples = sample_number(n_samples)
    if isinstance(counts, tuple) and len(counts) == 2 and all(np.ndim(x) == 1 for x in counts):
        return _collected(*counts, samples)
    single = whole_numbers(counts, "counts", _COUNTS_HINT)
    return _collected(single, np.ones(single.size, dtype=np.int64), samples)


def _collected(values: ArrayLike, multiplicities: ArrayLike, n_samples: int) -> Histogram:
    counted = whole_numbers(values, "counts", _COUNTS_HINT)
    neurons = whole_numbers(multiplicities, "multiplicities", "neurons with each count")
    if counted.shape != neurons.shape or not neurons.any():
        got = f"{counted.size} values, {neurons.size} multiplicities, {neurons.sum()} neurons"
        raise InputError("a histogram needs a number of neurons for each count.", got=got)
    if counted.max() > n_samples:
        raise InputError(
            "a neuron fired in more samples than there are.",
            got=f"count {counted.max()}",
            allowed=f"at most n_samples = {n_samples}",
            hint="count samples, not activations; n_samples is all samples seen",
        )
    unique, place = np.unique(counted[neurons > 0], return_inverse=True)
    sums = np.zeros(unique.size, dtype=np.int64)
    np.add.at(sums, place, neurons[neurons > 0])
    return Histogram(unique, sums, n_samples)


def as_provenance(counts: object) -> dict[str, Any]:
    """Return where the counts come from, as far as they say it."""
    provenance = getattr(counts, "provenance", None)
    return dict(provenance) if isinstance(provenance, Mapping) else {}
