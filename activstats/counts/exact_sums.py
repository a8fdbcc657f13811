"""Sums of floating-point numbers without a rounding error: the same whatever is added first.

Rounding makes ordinary sums depend on their order, and so on how a recording was cut into shards and
how many workers counted it. Here every sum is kept exactly, as a few numbers that do not overlap, and
rounded once at the end.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

# Numbers beyond it count as infinite, so that no step on the way can overflow.
_LARGEST = 2.0**960
_DIGITS = 53  # binary digits of a double


class ExactSums:
    """Exact sums, one a neuron.

    Parameters
    ----------
    n : int
        How many sums.

    Notes
    -----
    Blocks of rows are cut into slices of so few binary digits that each slice adds up without
    rounding (Rump, Ogita and Oishi 2008, SIAM J. Sci. Comput. 31, algorithm 3.2); the sums of slices
    join a short list of partial sums whose rounding errors are carried on (Knuth's TwoSum). Sums of
    numbers above 2⁹⁶⁰ in size are infinite.

    Examples
    --------
    >>> sums = ExactSums(1)
    >>> sums.add(np.array([[1.0], [1e100], [1.0], [-1e100]]))
    >>> sums.rounded()
    array([2.])
    """

    def __init__(self, n: int) -> None:
        self._n = n
        self._partials: list[FloatArray] = []
        self._beyond = np.zeros(n)

    def add(self, rows: npt.NDArray[Any]) -> None:
        """Add rows of numbers, shape (m, n)."""
        rest = np.asarray(rows, dtype=np.float64)
        if not len(rest):
            return
        size = np.abs(rest).max(axis=0)
        if not np.all(size <= _LARGEST):
            rest = self._without_beyond(rest)
            size = np.abs(rest).max(axis=0)
        if len(rest) == 1:
            self._carry(rest[0])
            return
        room = math.ceil(math.log2(len(rest) + 2))
        exponent = np.frexp(size)[1] + room
        while rest.any():
            pivot = np.ldexp(1.0, exponent)
            upper = rest + pivot
            upper -= pivot
            self._carry(upper.sum(axis=0))
            rest = rest - upper
            exponent += room - _DIGITS

    def merge(self, other: ExactSums) -> None:
        """Add the sums of others."""
        for partial in other._partials:
            self._carry(partial)
        self._add_beyond(other._beyond)

    def rounded(self) -> FloatArray:
        """Return the sums, each the nearest double, shape (n,)."""
        if not self._partials:
            return self._beyond.copy()
        columns = np.stack(self._partials, axis=1).tolist()
        return np.array([math.fsum(column) for column in columns]) + self._beyond

    def _carry(self, numbers: FloatArray) -> None:
        """Add one number to each sum, handing the rounding error down the list."""
        for place, partial in enumerate(self._partials):
            total = partial + numbers
            part = total - partial
            numbers = (partial - (total - part)) + (numbers - part)
            self._partials[place] = total
            if not numbers.any():
                return
        self._partials.append(numbers.copy())

    def _without_beyond(self, rows: FloatArray) -> FloatArray:
        beyond = ~(np.abs(rows) <= _LARGEST)
        infinite = np.where(np.isnan(rows), rows, np.copysign(np.inf, rows))
        for row in np.where(beyond, infinite, 0.0):
            self._add_beyond(row)
        return np.where(beyond, 0.0, rows)

    def _add_beyond(self, numbers: FloatArray) -> None:
        with np.errstate(invalid="ignore"):  # opposite infinities make NaN, as they should
            self._beyond = self._beyond + numbers
