"""What comes in order: samples, groups of them, or steps, each as a row of counts by neuron."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from activstats.errors import InputError
from activstats.laws._runs import Runs, runs_from, runs_of
from activstats.laws.bits import HasBits, by_sample, checked, group_counts, sample_gram

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    WordArray = NDArray[np.uint64]

STEPS = "steps"
# Entries of a table turned into double-precision numbers at a time.
_AT_ONCE = 2**22


@dataclass(frozen=True)
class OrderedRows:
    """Rows in their order, as far as the tests need them.

    Parameters
    ----------
    gram : ndarray of float, shape (n, n)
        Products of the rows with each other.
    words : ndarray of uint64, shape (n, w)
        Which neurons each row activated, one bit a neuron.
    n_neurons : int
        Neurons, N.
    unit : str
        What a row is, in the plural.
    notes : tuple of str
        What was done to make the rows.
    """

    gram: FloatArray
    words: WordArray
    n_neurons: int
    unit: str
    notes: tuple[str, ...] = ()

    @property
    def n_rows(self) -> int:
        """Number of rows, n."""
        return len(self.gram)


def rows_of_mask(mask: HasBits, groups: ArrayLike | str | None, max_rows: int) -> OrderedRows:
    """Return the samples of a mask, or the sums over its groups, thinned to `max_rows` at most."""
    bits = checked(mask)
    runs, unit = _runs(bits, groups)
    runs, unit, notes = _thinned(runs, unit, max_rows)
    if runs.single and runs.number == bits.n_samples:
        return OrderedRows(sample_gram(bits), by_sample(bits), len(bits.bits), unit, notes)
    return _rows_of_counts(group_counts(bits, runs.edges), runs, unit, notes)


def rows_of_table(
    table: ArrayLike, samples_per_row: ArrayLike | None, max_rows: int
) -> OrderedRows:
    """Return the rows of a table of counts, neighbours summed where there are too many."""
    counts = _checked_table(table)
    n = len(counts)
    lengths = np.ones(n, dtype=np.int64)
    if samples_per_row is not None:
        lengths = np.asarray(samples_per_row)
        if lengths.shape != (n,) or not np.all(lengths >= 1):
            raise InputError(
                "every row of counts needs its number of samples, at least 1.",
                got=f"shape {lengths.shape} for {n} rows",
            )
    each, unit, notes = _thinned(runs_of(None, n), "steps", max_rows)
    if each.number < n:
        counts = np.add.reduceat(counts[: each.edges[-1]], each.starts, axis=0)
        lengths = np.add.reduceat(lengths[: each.edges[-1]], each.starts)
    return _rows_of_counts(counts, Runs(each.starts, lengths.astype(np.int64)), unit, notes)


def _runs(mask: HasBits, groups: ArrayLike | str | None) -> tuple[Runs, str]:
    if groups is None:
        return runs_of(None, mask.n_samples), "samples"
    if not isinstance(groups, str):
        return runs_of(groups, mask.n_samples), "groups of samples"
    starts = tuple(getattr(mask, "step_starts", ()))
    if groups != STEPS or not starts:
        raise InputError(
            "the mask does not say where its groups begin.",
            got=repr(groups),
            allowed=f"one label a sample, or {STEPS!r} for a mask that was read with step=None",
        )
    return runs_from(starts, mask.n_samples), "steps"


def _thinned(runs: Runs, unit: str, max_rows: int) -> tuple[Runs, str, tuple[str, ...]]:
    """Join neighbours until there are no more rows than wanted; say so."""
    if runs.number <= max_rows:
        return runs, unit, ()
    size = -(-runs.number // max_rows)
    left = runs.number % size
    note = f"{runs.number} {unit} were summed in blocks of {size} neighbours"
    note += f"; the last {left} were left out" if left else ""
    return runs.joined(size), f"blocks of {size} {unit}", (note,)


def _rows_of_counts(counts: IntArray, runs: Runs, unit: str, notes: tuple[str, ...]) -> OrderedRows:
    n, neurons = counts.shape
    gram = np.zeros((n, n))
    step = max(64, _AT_ONCE // n)
    for start in range(0, neurons, step):
        part = counts[:, start : start + step].astype(np.float64)
        gram += part @ part.T  # whole numbers, hence exact whatever the number of threads
    if not runs.alike:
        gram /= np.multiply.outer(runs.lengths, runs.lengths)
        notes = (*notes, f"{unit} of unequal length are compared by their rates")
    rows = np.zeros((n, 8 * -(-neurons // 64)), dtype=np.uint8)
    rows[:, : -(-neurons // 8)] = np.packbits(counts > 0, axis=1, bitorder="little")
    return OrderedRows(gram, rows.view(np.uint64), neurons, unit, notes)


def _checked_table(table: ArrayLike) -> IntArray:
    try:
        array = np.asarray(table)
    except (TypeError, ValueError) as error:
        raise InputError("counts by step are no table of numbers.", got=type(table)) from error
    got = f"{array.dtype} of shape {array.shape}"
    hint = "one row a step, one column a neuron"
    if array.ndim != 2 or array.size == 0 or array.dtype.kind not in "biuf":
        raise InputError("counts by step are no table of whole numbers.", got=got, hint=hint)
    whole = array.dtype.kind != "f" or np.array_equal(array, np.floor(array))
    # Products of two counts are summed over all neurons, and must stay exact.
    if not whole or array.min() < 0 or float(array.max()) ** 2 * array.shape[1] >= 2**53:
        raise InputError(
            "counts by step must be whole numbers, neither negative nor huge.",
            got=f"from {array.min()} to {array.max()}",
            hint=hint,
        )
    return array.astype(np.int64)
