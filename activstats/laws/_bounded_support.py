"""Whole numbers from one end to another, drawn together in cells where there are very many.

Sums over a support of ten million numbers take a few thousand terms: a cell is a single number
where numbers are few, and a run of neighbours, narrow against its distance from both ends, beyond.
Over a cell a smooth function is summed by Gauss's rule for sums in place of integrals.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Supports up to so many numbers are summed one by one.
EXACT_UP_TO = 8192
# Width of a cell relative to its distance from the nearer end. With three nodes a cell the sums are
# right to 1e-12 wherever the law changes by less than a factor of two within half a percent.
_WIDTH = 0.005
_SINGLE_UP_TO = 200
# Stands for "no end": the law's mass beyond it is nothing that a fit could feel.
NO_END = 2**40


@dataclass(frozen=True, eq=False)
class Support:
    """The numbers `first` … `last`, in cells.

    Parameters
    ----------
    first, last : int
        Ends, both included.
    starts : ndarray of int64, shape (m + 1,)
        First number of each cell, ascending, and `last` + 1 at the end.
    """

    first: int
    last: int
    starts: IntArray

    @cached_property
    def lengths(self) -> FloatArray:
        """How many numbers each cell holds, shape (m,)."""
        return np.diff(self.starts).astype(np.float64)

    @property
    def exact(self) -> bool:
        """Whether every cell is a single number."""
        return self.starts.size - 1 == self.last - self.first + 1

    @cached_property
    def _rule(self) -> tuple[FloatArray, FloatArray, IntArray]:
        """Nodes, their weights and the place of each cell's first node.

        For a run of L numbers the monic Gram polynomials have the coefficients (L² − 1)/12 and
        (L² − 4)/15 (Abramowitz & Stegun 1964, 22.17), from which Gauss's three nodes follow.
        """
        length = self.lengths
        middle = self.starts[:-1] + (length - 1) / 2
        spread = (length**2 - 1) / 12
        reach = spread + (length**2 - 4) / 15
        wide = length > 1
        outer = np.zeros_like(length)
        outer[wide] = (length * spread)[wide] / (2 * reach[wide])
        arm = np.sqrt(np.maximum(reach, 0.0))
        nodes = np.stack([middle - arm, middle, middle + arm], axis=1)
        weights = np.stack([outer, length - 2 * outer, outer], axis=1)
        kept = np.stack([wide, np.ones_like(wide), wide], axis=1)
        sizes = kept.sum(axis=1)
        return nodes[kept], weights[kept], np.cumsum(sizes) - sizes

    @property
    def nodes(self) -> FloatArray:
        """Places at which a function is worked out to be summed."""
        return self._rule[0]

    @property
    def weights(self) -> FloatArray:
        """How many numbers each node stands for."""
        return self._rule[1]

    def by_cell(self, masses: FloatArray) -> FloatArray:
        """Return the sums of masses at the nodes over each cell, along the last axis."""
        if self.exact:
            return masses
        return np.asarray(np.add.reduceat(masses, self._rule[2], axis=-1))

    def cell_of(self, numbers: IntArray) -> IntArray:
        """Return the cell in which each number lies."""
        return np.searchsorted(self.starts, numbers, side="right") - 1


@lru_cache(maxsize=16)
def support(first: int, last: int) -> Support:
    """Return the numbers from `first` to `last`, in as many cells as sums over them need.

    Examples
    --------
    >>> support(1, 10).nodes
    array([ 1.,  2.,  3.,  4.,  5.,  6.,  7.,  8.,  9., 10.])
    >>> wide = support(1, 10**7)
    >>> bool(abs((wide.weights / wide.nodes).sum() - 16.695311365859852) < 1e-11)
    True
    """
    if last - first < EXACT_UP_TO:
        return Support(first, last, np.arange(first, last + 2))
    if last >= NO_END:
        return Support(first, last, _graded(first, last + 1))
    turn = max(first, (last + 1) // 2)
    from_top = last + 1 - np.concatenate([[0], _graded(1, last + 1 - turn)])
    return Support(first, last, np.union1d(_graded(first, turn), from_top))


def _graded(start: int, stop: int) -> IntArray:
    """Return whole numbers from `start` to `stop`, one apart at first and half a percent later."""
    few = np.arange(start, min(stop, _SINGLE_UP_TO) + 1)
    begin = max(start, _SINGLE_UP_TO)
    if stop <= begin:
        return np.union1d(few, [stop])
    steps = math.ceil(math.log(stop / begin) / _WIDTH)
    return np.union1d(few, np.round(np.geomspace(begin, stop, steps + 1)).astype(np.int64))
