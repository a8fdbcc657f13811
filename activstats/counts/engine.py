"""Streams the rows of a recording into sums, one row group after the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from activstats.counts import spans as spans_
from activstats.counts.by_neuron import Block, blocks
from activstats.counts.counts import Counts
from activstats.counts.exact_sums import ExactSums
from activstats.counts.moments import Moments

# The columns of a `stats` table that counting reads; masks stay on the disk.
COLUMNS = (
    "sample0", "n", "neuron", "n_act", "first", "sum", "sumsq", "min", "max", "n_nonfinite",
)  # fmt: skip

_NEVER = np.iinfo(np.int64).max


def count_rows(tables: Iterable[pa.Table], n_neurons: int) -> Counts:
    """Add up the rows of `stats` tables of one layer, rule, step and rank.

    Parameters
    ----------
    tables : iterable of pyarrow.Table
        With the columns `COLUMNS`, in any order and however they are cut.
    n_neurons : int
        Neurons of the layer.

    Returns
    -------
    Counts
        Without provenance.
    """
    sums = Sums(n_neurons)
    for table in tables:
        sums.add(table)
    return sums.counts()


class Sums:
    """Running sums by neuron, to the last digit the same in whatever order rows and sums are added.

    They may be pickled: parts of a recording are summed where they are read, and merged.
    """

    def __init__(self, n_neurons: int) -> None:
        self._n_neurons = n_neurons
        self._counts = np.zeros(n_neurons, np.int64)
        self._first = np.full(n_neurons, _NEVER)
        self._total = ExactSums(n_neurons)
        self._total_squares = ExactSums(n_neurons)
        self._lowest = np.full(n_neurons, np.nan)
        self._highest = np.full(n_neurons, np.nan)
        self._n_nonfinite = np.zeros(n_neurons, np.int64)
        self._spans = np.zeros((0, 2), np.int64)

    def add(self, table: pa.Table) -> None:
        """Add the rows of a table with the columns `COLUMNS`."""
        rows = {name: table[name].to_numpy() for name in COLUMNS}
        for block in blocks(rows["neuron"], self._n_neurons):
            self._add_block(block, rows)
        one = rows["neuron"] == 0
        start, n = rows["sample0"][one].astype(np.int64), rows["n"][one].astype(np.int64)
        self._join(np.stack([start, start + n], axis=1))

    def _add_block(self, block: Block, rows: dict[str, npt.NDArray[Any]]) -> None:
        first = block.of(rows["first"], -1)
        arrival = np.where(
            first >= 0, block.of(rows["sample0"], 0).astype(np.int64) + first, _NEVER
        )
        np.minimum(self._first, arrival.min(axis=0), out=self._first)
        self._counts += block.of(rows["n_act"], 0).sum(axis=0, dtype=np.int64)
        self._n_nonfinite += block.of(rows["n_nonfinite"], 0).sum(axis=0, dtype=np.int64)
        self._total.add(block.of(rows["sum"], 0))
        self._total_squares.add(block.of(rows["sumsq"], 0))
        lowest = np.fmin.reduce(block.of(rows["min"], np.nan), axis=0)
        highest = np.fmax.reduce(block.of(rows["max"], np.nan), axis=0)
        self._lowest = np.fmin(self._lowest, lowest.astype(np.float64))
        self._highest = np.fmax(self._highest, highest.astype(np.float64))

    def merge(self, other: Sums) -> None:
        """Add the sums of other rows of the same layer."""
        np.minimum(self._first, other._first, out=self._first)
        self._counts += other._counts
        self._n_nonfinite += other._n_nonfinite
        self._total.merge(other._total)
        self._total_squares.merge(other._total_squares)
        self._lowest = np.fmin(self._lowest, other._lowest)
        self._highest = np.fmax(self._highest, other._highest)
        self._join(other._spans)

    def _join(self, spans: npt.NDArray[np.int64]) -> None:
        # Spans that touch become one, so that a long recording keeps few of them.
        self._spans = spans_.join(np.concatenate([self._spans, spans]))

    def counts(self) -> Counts:
        """Return the sums as counts without provenance."""
        return Counts(
            counts=self._counts,
            first_sample=np.where(self._first == _NEVER, -1, self._first),
            spans=self._spans,
            moments=Moments(
                spans_.length(self._spans),
                self._total.rounded(),
                self._total_squares.rounded(),
                self._lowest,
                self._highest,
                self._n_nonfinite,
            ),
        )
