"""Four statistics of order, and what they come to when the rows are shuffled."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from activstats.laws.bits import ordered_curve
from activstats.laws.rarefaction import rarefy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from activstats.laws._order_rows import OrderedRows

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

NAMES = ("lag-1", "trend", "halves", "curve")

# Permutations worked on at a time.
_BLOCK = 64
# Up to so many rows the curve is compared at every one of them, beyond at about as many places.
_EVERY_ROW = 512
_LARGEST_WHOLE = 2.0**53


@dataclass(frozen=True)
class Statistics:
    """Effects of the order of rows.

    With G the products of the rows less their mean, τ a straight line and h a step, both of mean 0:
    lag-1 is Σ_t G[t, t+1]/(n − 1) over the mean of the diagonal, trend τᵀGτ/(|τ|² tr G), halves
    hᵀGh/(|h|² tr G), curve max |K − K_rarefied|/N over the rows.
    """

    rows: OrderedRows

    @cached_property
    def total(self) -> float:
        """Sum of squares of the rows about their mean."""
        gram = self.rows.gram
        return float(np.trace(gram) - gram.sum() / self.rows.n_rows)

    @cached_property
    def _centred(self) -> FloatArray:
        mean = self.rows.gram.mean(axis=0)
        return np.asarray(self.rows.gram - mean - mean[:, None] + mean.mean())

    @cached_property
    def _contrasts(self) -> IntArray:
        """Straight line and step, in whole numbers; the sum of each is 0."""
        n = self.rows.n_rows
        line = 2 * np.arange(n) - (n - 1)
        return np.stack([line, np.sign(line)])

    @cached_property
    def _whole_gram(self) -> tuple[FloatArray, float]:
        """Return G as whole numbers so small that their products with a contrast sum exactly.

        Then the result is the same whatever the order of summation, hence the number of threads.
        The contrasts' sums are 0, so that the mean of the rows need not be taken off.
        """
        gram, n = self.rows.gram, self.rows.n_rows
        room = _LARGEST_WHOLE / (float(np.abs(gram).max()) * n * n)
        scale = 2.0 ** math.floor(math.log2(room))
        if np.array_equal(gram, np.floor(gram)):
            scale = min(scale, 1.0)
        return np.rint(gram * scale), scale

    @cached_property
    def _curve(self) -> tuple[IntArray, FloatArray]:
        """Numbers of rows at which curves are compared, and the rarefied curve there."""
        n, neurons = self.rows.n_rows, self.rows.n_neurons
        ends = np.arange(1, n + 1)
        if n > _EVERY_ROW:
            near = np.geomspace(1, n, _EVERY_ROW // 4).round()
            ends = np.union1d(near, np.linspace(1, n, _EVERY_ROW // 4).round()).astype(np.int64)
        active = np.unpackbits(self.rows.words.view(np.uint8), axis=1, bitorder="little")
        counts = active[:, :neurons].sum(axis=0, dtype=np.int64)
        return ends, rarefy(*np.unique(counts, return_counts=True), n, ends)

    def of(self, orders: IntArray) -> FloatArray:
        """Return the effects of rows in several orders.

        Parameters
        ----------
        orders : ndarray of int, shape (k, n)
            Permutations of the rows.

        Returns
        -------
        ndarray of float, shape (k, 4)
            Columns as in `NAMES`.
        """
        n, neurons = self.rows.n_rows, self.rows.n_neurons
        neighbours = self._centred[orders[:, :-1], orders[:, 1:]].sum(axis=1)
        ends, expected = self._curve
        gaps = [
            np.abs(ordered_curve(self.rows.words, order, ends) - expected).max() for order in orders
        ]
        columns = [
            neighbours / (n - 1) / (self.total / n),
            *self._explained(orders),
            np.asarray(gaps) / neurons,
        ]
        return np.stack(columns, axis=1)

    def _explained(self, orders: IntArray) -> list[FloatArray]:
        gram, scale = self._whole_gram
        k = len(orders)
        placed = np.zeros((self.rows.n_rows, 2 * k))
        for number, contrast in enumerate(self._contrasts):
            placed[orders.T, np.arange(number * k, (number + 1) * k)] = contrast[:, None]
        squares = ((gram @ placed) * placed).sum(axis=0).reshape(2, k) / scale
        lengths = (self._contrasts.astype(np.float64) ** 2).sum(axis=1)
        return list(squares / (lengths[:, None] * self.total))


def shuffled(statistics: Statistics, n_permutations: int, rng: np.random.Generator) -> FloatArray:
    """Return the effects of rows in random orders, shape (n_permutations, 4)."""
    n = statistics.rows.n_rows
    found = []
    for start in range(0, n_permutations, _BLOCK):
        many = min(_BLOCK, n_permutations - start)
        found.append(statistics.of(np.stack([rng.permutation(n) for _ in range(many)])))
    return np.concatenate(found)
