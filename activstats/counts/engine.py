"""Streams the rows of a recording into sums, one row group after the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from activstats.counts import spans as spans_
from activstats.counts.counts import Counts
from activstats.counts.moments import Moments

# The columns of a `stats` table that counting reads; masks stay on the disk.
COLUMNS = (
    "sample0", "n", "neuron", "n_act", "first", "sum", "sumsq", "min", "max", "n_nonfinite",
)  # fmt: skip


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
    sums = _Sums(n_neurons)
    for table in tables:
        sums.add({name: table[name].to_numpy() for name in COLUMNS})
    return sums.counts()


class _Sums:
    """Running sums by neuron; rows come with the neuron they belong to, so their order is free."""

    def __init__(self, n_neurons: int) -> None:
        self._n_neurons = n_neurons
        self._counts = np.zeros(n_neurons, np.int64)
        self._first = np.full(n_neurons, np.iinfo(np.int64).max)
        self._totals = np.zeros((2, n_neurons))
        self._lowest = np.full(n_neurons, np.nan)
        self._highest = np.full(n_neurons, np.nan)
        self._n_nonfinite = np.zeros(n_neurons, np.int64)
        self._spans: list[npt.NDArray[np.int64]] = []

    def add(self, rows: dict[str, npt.NDArray[Any]]) -> None:
        neuron = rows["neuron"].astype(np.intp)
        fired = rows["first"] >= 0
        arrival = rows["sample0"].astype(np.int64) + rows["first"].astype(np.int64)
        np.minimum.at(self._first, neuron[fired], arrival[fired])
        np.add.at(self._counts, neuron, rows["n_act"].astype(np.int64))
        np.add.at(self._n_nonfinite, neuron, rows["n_nonfinite"].astype(np.int64))
        np.add.at(self._totals[0], neuron, rows["sum"])
        np.add.at(self._totals[1], neuron, rows["sumsq"])
        np.fmin.at(self._lowest, neuron, rows["min"].astype(np.float64))
        np.fmax.at(self._highest, neuron, rows["max"].astype(np.float64))
        one = neuron == 0
        start, n = rows["sample0"][one].astype(np.int64), rows["n"][one].astype(np.int64)
        self._spans.append(np.stack([start, start + n], axis=1))

    def counts(self) -> Counts:
        never = np.iinfo(np.int64).max
        spans = spans_.join(np.concatenate([np.zeros((0, 2), np.int64), *self._spans]))
        return Counts(
            counts=self._counts,
            first_sample=np.where(self._first == never, -1, self._first),
            spans=spans,
            moments=Moments(
                spans_.length(spans),
                self._totals[0],
                self._totals[1],
                self._lowest,
                self._highest,
                self._n_nonfinite,
            ),
        )
