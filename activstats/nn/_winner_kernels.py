"""Compiled inner loop of a competition with several winners."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from activstats.compiled import inlined, kernel

Numbers = npt.NDArray[np.floating[Any]]


@inlined
def _reaching(row: Numbers, level: Any) -> np.int32:
    """Count the numbers at a level or above; in four bytes, of which most fit into a register."""
    n = np.int32(0)
    for j in range(row.shape[0]):
        n = np.int32(n + np.int32(row[j] >= level))
    return n


@kernel
def keep_largest(drives: Numbers, k: int, kept: Numbers) -> None:
    """Copy the k largest positive numbers of each row, ties with the k-th included; others become 0.

    The level that k numbers reach is searched by halving: a count vectorises, ordering does not. The
    search begins where that of the row before ended, as rows of a layer are much alike.
    """
    number = drives.dtype.type
    limits = np.finfo(drives.dtype)
    zero, half, two = number(0), number(0.5), number(2)
    least, most = number(limits.tiny), number(limits.max)
    guess = number(1)
    for i in range(drives.shape[0]):
        row = drives[i]
        low, high, middle = least, most, guess
        reaching = _reaching(row, low)
        while reaching > k and low < middle < high:
            n = _reaching(row, middle)
            if n >= k:
                low, reaching = middle, n
            else:
                high = middle
            middle = low + half * (high - low)
            if high == most:
                middle = min(middle, two * low)
        guess = max(low, two * least)
        for j in range(row.shape[0]):
            kept[i, j] = zero if row[j] < low else row[j]  # NaN is not hidden
