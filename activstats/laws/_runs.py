"""Samples that belong together: runs of neighbours under one label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from activstats.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Runs:
    """Where runs of samples begin, and how long they are.

    Parameters
    ----------
    starts, lengths : ndarray of int, shape (g,)
        First sample of each run and its samples.
    """

    starts: IntArray
    lengths: IntArray

    @property
    def number(self) -> int:
        """Number of runs."""
        return self.starts.size

    @property
    def edges(self) -> IntArray:
        """Where each run begins, and where the last one ends, shape (g + 1,)."""
        return np.concatenate([self.starts, self.starts[-1:] + self.lengths[-1:]])

    @property
    def single(self) -> bool:
        """Whether every run is one sample."""
        return bool(np.all(self.lengths == 1))

    @property
    def alike(self) -> bool:
        """Whether all runs are equally long."""
        return bool(np.all(self.lengths == self.lengths[0]))

    def joined(self, size: int) -> Runs:
        """Return runs of `size` neighbouring runs each; what is left over at the end is dropped."""
        whole = self.number // size * size
        lengths = self.lengths[:whole].reshape(-1, size).sum(axis=1)
        return Runs(self.starts[:whole:size], lengths)

    def samples_of(self, order: IntArray) -> IntArray:
        """Return the samples of the runs in another order of the runs, shape (n_samples,).

        Examples
        --------
        >>> runs_of(["a", "a", "b"], 3).samples_of(np.array([1, 0]))
        array([2, 0, 1])
        """
        if self.single:
            return order
        lengths = self.lengths[order]
        before = np.cumsum(lengths) - lengths
        inside = np.arange(lengths.sum()) - np.repeat(before, lengths)
        return np.asarray(np.repeat(self.starts[order], lengths) + inside)


def runs_of(labels: ArrayLike | None, n_samples: int) -> Runs:
    """Return the runs of samples with the same label; without labels every sample is its own.

    Parameters
    ----------
    labels : array_like, shape (n_samples,), optional
        Of any type that compares.
    n_samples : int
        Samples, D.

    Raises
    ------
    InputError
        If there is not one label a sample, or a label comes back after another one.

    Examples
    --------
    >>> runs_of(["a", "a", "b"], 3)
    Runs(starts=array([0, 2]), lengths=array([2, 1]))
    """
    if labels is None:
        return Runs(np.arange(n_samples), np.ones(n_samples, dtype=np.int64))
    array = np.asarray(labels)
    if array.shape != (n_samples,):
        raise InputError(
            "groups need one label a sample.",
            got=f"shape {array.shape}",
            allowed=f"({n_samples},)",
        )
    changes = np.flatnonzero(array[1:] != array[:-1]) + 1
    starts = np.concatenate([[0], changes]).astype(np.int64)
    if np.unique(array[starts]).size < starts.size:
        raise InputError(
            "a group's samples must follow each other.",
            got=f"{starts.size} runs of {np.unique(array[starts]).size} labels",
            hint="sort the samples by group before recording, or number the runs",
        )
    return Runs(starts, np.diff(starts, append=n_samples))


def runs_from(starts: tuple[int, ...], n_samples: int) -> Runs:
    """Return the runs that begin at these samples, the first of them at 0."""
    begin = np.asarray(starts, dtype=np.int64)
    return Runs(begin, np.diff(begin, append=n_samples))
