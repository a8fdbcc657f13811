"""Which samples were counted: half-open ranges of sample numbers, and how they join."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]


def join(spans: IntArray) -> IntArray:
    """Sort ranges and merge those that touch.

    Parameters
    ----------
    spans : ndarray of int, shape (m, 2)
        Start and end of each range; they must not overlap.

    Returns
    -------
    ndarray of int, shape (k, 2)

    Examples
    --------
    >>> join(np.array([[8, 12], [0, 8], [20, 21]]))
    array([[ 0, 12],
           [20, 21]])
    """
    spans = spans[spans[:, 0] < spans[:, 1]]
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    if len(spans) == 0:
        return spans
    starts_anew = np.concatenate([[True], spans[1:, 0] != spans[:-1, 1]])
    begin = np.flatnonzero(starts_anew)
    end = np.concatenate([begin[1:] - 1, [len(spans) - 1]])
    return np.stack([spans[begin, 0], spans[end, 1]], axis=1)


def overlap(a: IntArray, b: IntArray) -> bool:
    """Return whether two sets of ranges have a sample in common."""
    both = np.concatenate([a, b])
    both = both[np.argsort(both[:, 0], kind="stable")]
    return bool((both[1:, 0] < both[:-1, 1]).any())


def length(spans: IntArray) -> int:
    """Return how many samples the ranges hold."""
    return int((spans[:, 1] - spans[:, 0]).sum())


def rank(spans: IntArray, samples: IntArray) -> IntArray:
    """Return how many samples of the ranges come before each given one, which they must hold."""
    before = np.concatenate([[0], np.cumsum(spans[:, 1] - spans[:, 0])])
    place = np.searchsorted(spans[:, 0], samples, side="right") - 1
    return np.asarray(before[place] + samples - spans[place, 0], dtype=np.int64)
