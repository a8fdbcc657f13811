"""The numbers whose tail is fitted: a sample, a histogram or counts, brought into one form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activstats.errors import InputError
from activstats.laws._checks import whole_numbers
from activstats.laws.histogram import HasCounts, Histogram, histogram_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Up to so many places a number, counting is faster than sorting.
_DENSE = 16
_HINT = "PowerLawTail().fit(sample), or .fit(values=..., multiplicities=...)"
_WHOLE = "whole numbers of 1 or more; for others discrete=False, or --continuous"


@dataclass(frozen=True, eq=False)
class TailSample:
    """Positive numbers as distinct values and how often each occurs.

    Parameters
    ----------
    values : ndarray of float, shape (u,)
        Distinct values above 0, ascending; whole numbers if discrete.
    multiplicities : ndarray of int64, shape (u,)
        How often each occurs, at least once.
    n_zeros : int
        Zeros that were left out: a power law has no place for them.
    """

    values: FloatArray
    multiplicities: IntArray
    n_zeros: int = 0

    def __post_init__(self) -> None:
        for array in (self.values, self.multiplicities):
            array.flags.writeable = False

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TailSample):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[int, bytes, bytes]:
        return self.n_zeros, self.values.tobytes(), self.multiplicities.tobytes()

    @cached_property
    def n(self) -> int:
        """How many numbers there are."""
        return int(self.multiplicities.sum())

    @cached_property
    def n_from(self) -> IntArray:
        """How many numbers are at each value or above, shape (u,)."""
        return np.cumsum(self.multiplicities[::-1], dtype=np.int64)[::-1]

    @cached_property
    def logs(self) -> FloatArray:
        """Logarithms of the values, shape (u,)."""
        logs: FloatArray = np.log(self.values)
        logs.flags.writeable = False
        return logs

    @property
    def largest(self) -> float:
        """The largest number; nan if there is none."""
        return float(self.values[-1]) if self.values.size else float("nan")


def tail_sample(
    sample: object = None,
    *,
    values: ArrayLike | None = None,
    multiplicities: ArrayLike | None = None,
    discrete: bool = True,
) -> TailSample:
    """Bring a sample, a histogram or counts into one form.

    Parameters
    ----------
    sample : array_like with shape (n,), Counts, Histogram or tuple of two array_like, optional
        The numbers; of counts those of every neuron; a tuple is ``(values, multiplicities)``.
    values, multiplicities : array_like with shape (m,), optional
        Distinct numbers and how often each occurs, in place of a sample.
    discrete : bool
        Whether the numbers must be whole.

    Returns
    -------
    TailSample

    Raises
    ------
    InputError
        If numbers are negative, not finite, or not whole where they must be, if multiplicities are
        no counts or fewer or more than the values, or if not exactly one form was given.

    Examples
    --------
    >>> tail_sample([0, 3, 1, 3]).multiplicities
    array([1, 2])
    """
    pair = _pair(sample, values, multiplicities)
    if pair is None:
        return _counted(_numbers(sample, discrete=discrete, ascending=not discrete))
    numbers = _numbers(pair[0], discrete=discrete)
    often = whole_numbers(pair[1], "multiplicities", "how often each value occurs")
    if numbers.shape != often.shape:
        raise InputError(
            "a histogram needs one multiplicity for each value.",
            got=f"{numbers.size} values, {often.size} multiplicities",
            hint=_HINT,
        )
    if sum(often.tolist()) >= 2**53:
        raise InputError("these are more numbers than can be counted.", got=sum(often.tolist()))
    return _collected(numbers, often)


def _pair(sample: object, values: object, multiplicities: object) -> tuple[Any, Any] | None:
    """Return values and multiplicities, or None for a plain sample."""
    if sample is None and values is not None and multiplicities is not None:
        return values, multiplicities
    if sample is None or values is not None or multiplicities is not None:
        given = {"sample": sample, "values": values, "multiplicities": multiplicities}
        raise InputError(
            "a tail is fitted to a sample, or to values with their multiplicities.",
            got=", ".join(name for name, part in given.items() if part is not None) or "nothing",
            hint=_HINT,
        )
    if isinstance(sample, Histogram):
        return sample.values, sample.multiplicities
    # Asking an array whether it has counts takes longer than a scan.
    if not isinstance(sample, np.ndarray) and isinstance(sample, HasCounts):
        histogram = histogram_of(sample)
        return histogram.values, histogram.multiplicities
    if isinstance(sample, tuple) and len(sample) == 2 and all(np.ndim(x) == 1 for x in sample):
        return sample
    return None


def _numbers(numbers: object, *, discrete: bool, ascending: bool = False) -> FloatArray | IntArray:
    if discrete:
        return whole_numbers(numbers, "the numbers of a discrete tail", _WHOLE)
    try:
        array = np.asarray(numbers)
    except (TypeError, ValueError) as error:
        raise InputError("a sample is a list of numbers.", got=type(numbers), hint=_HINT) from error
    if array.ndim != 1 or array.size == 0 or array.dtype.kind not in "iuf":
        raise InputError(
            "a sample is a list of numbers.",
            got=f"shape {array.shape}, type {array.dtype}",
            hint=_HINT,
        )
    array = array.astype(np.float64, copy=False)
    if ascending:
        array = np.sort(array)  # nan comes last
    lowest, highest = (array[0], array[-1]) if ascending else (array.min(), array.max())
    if not (lowest >= 0 and highest < np.inf):  # nan is neither
        bad = array[~(np.isfinite(array) & (array >= 0))]
        raise InputError(
            "a power law is of positive numbers.", got=bad[0], allowed="finite, 0 or above"
        )
    return array


def _counted(numbers: FloatArray | IntArray) -> TailSample:
    """Count whole numbers in any order, or others in ascending order."""
    if numbers.dtype.kind == "i" and numbers.max() < _DENSE * numbers.size:
        occurring = np.bincount(numbers)
        distinct = 1 + np.flatnonzero(occurring[1:])
        return TailSample(distinct.astype(np.float64), occurring[distinct], int(occurring[0]))
    ascending = np.sort(numbers) if numbers.dtype.kind == "i" else numbers
    n_zeros = int(np.searchsorted(ascending, 0, side="right")) if ascending[0] == 0 else 0
    return TailSample(*_runs(ascending[n_zeros:].astype(np.float64, copy=False)), n_zeros)


def _runs(ascending: FloatArray) -> tuple[FloatArray, IntArray]:
    """Return the distinct numbers of an ascending list and how often each occurs."""
    is_new = ascending[1:] != ascending[:-1]
    if is_new.all():
        return ascending, np.ones(ascending.size, dtype=np.int64)
    starts = np.flatnonzero(np.append(True, is_new))
    return ascending[starts], np.diff(starts, append=ascending.size)


def _collected(numbers: FloatArray | IntArray, often: IntArray) -> TailSample:
    kept = (numbers > 0) & (often > 0)
    n_zeros = int(often[numbers == 0].sum())
    distinct, place = np.unique(numbers[kept], return_inverse=True)
    sums = np.zeros(distinct.size, dtype=np.int64)
    np.add.at(sums, place, often[kept])
    return TailSample(distinct.astype(np.float64), sums, n_zeros)


def read_sample(content: dict[str, Any]) -> TailSample:
    """Return the sample that was written as JSON."""
    values = np.asarray(content["values"], dtype=np.float64)
    often = np.asarray(content["multiplicities"], dtype=np.int64)
    return TailSample(values, often, int(content["n_zeros"]))
