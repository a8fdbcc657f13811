"""Single outputs in blocks of samples, turned into the rows of some neurons at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activstats.dynamics.stamina_drift import FloatArray
from activstats.errors import InputError

MEMORY_LIMIT = 256 * 2**20


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over all samples.

    Parameters
    ----------
    n_samples : int
    total : ndarray of float, shape (n_neurons,)
        Of the outputs that are above 0 and finite.
    fired : ndarray of int, shape (n_neurons,)
        Their number.
    dtype : dtype
        That holds every output as it was.
    """

    n_samples: int
    total: FloatArray
    fired: NDArray[np.int64]
    dtype: np.dtype[np.floating]


class OutputStream:
    """Outputs that are given in blocks of samples, as often as they are asked for.

    Parameters
    ----------
    blocks : callable
        Gives them from the first sample on, anew at each call.
    memory_limit : int or None
        Bytes of the rows that are held at a time.
    """

    def __init__(self, blocks: Callable[[], Iterable[ArrayLike]], memory_limit: int | None) -> None:
        self._blocks, self._limit = blocks, memory_limit

    def sums(self) -> Sums:
        """Read all blocks once.

        Raises
        ------
        InputError
            If there is no number, or blocks differ in their neurons.
        """
        n = 0
        total, fired = np.zeros(0), np.zeros(0, np.int64)
        dtype = np.dtype(np.float32)
        for block in self._checked():
            fires = (block > 0) & (block < math.inf)
            if not n:
                total, fired = np.zeros(block.shape[1]), np.zeros(block.shape[1], np.int64)
            total += np.where(fires, block, 0).sum(axis=0, dtype=np.float64)
            fired += np.count_nonzero(fires, axis=0)
            n += len(block)
            dtype = np.result_type(dtype, block.dtype)
        if not n:
            raise InputError("there are no outputs to keep a ledger of.")
        return Sums(n, total, fired, dtype)

    def by_neuron(self, sums: Sums) -> Iterator[tuple[slice, NDArray[np.floating]]]:
        """Yield which neurons, and their outputs, shape (some neurons, n_samples)."""
        n_neurons = len(sums.total)
        bytes_each = sums.n_samples * sums.dtype.itemsize
        some = n_neurons if self._limit is None else max(1, self._limit // bytes_each)
        for start in range(0, n_neurons, some):
            rows = slice(start, min(start + some, n_neurons))
            held = np.empty((rows.stop - rows.start, sums.n_samples), sums.dtype)
            n = 0
            for block in self._checked():
                held[:, n : n + len(block)] = block[:, rows].T
                n += len(block)
            yield rows, held

    def _checked(self) -> Iterator[NDArray[np.floating]]:
        width = None
        for one in self._blocks():
            block = np.asarray(one)
            if block.ndim != 2 or block.size == 0 or block.dtype.kind not in "fiu":  # noqa: PLR2004  (samples by neurons)
                raise InputError(
                    "outputs must be numbers, samples by neurons.",
                    got=f"{block.dtype} of shape {block.shape}",
                )
            width = width or block.shape[1]
            if block.shape[1] != width:
                raise InputError(
                    "blocks are of other neurons.", got=f"{block.shape[1]} after {width} neurons"
                )
            yield block
