"""Puts rows that name their neuron into blocks with one column a neuron."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from activstats.errors import DamagedRecordingError

IntArray = npt.NDArray[np.intp]

# Entries of a block: what is made of it on the way stays in the processor's cache.
_ENTRIES = 2**15


@dataclass(frozen=True, eq=False)
class Block:
    """Where some of the rows stand in a block of shape (m, n_neurons).

    Parameters
    ----------
    rows : slice or ndarray of int
        The rows, in the order in which they were given.
    shape : tuple of int
    places : ndarray of int, optional
        Place of each row in the block, counted through it; all places in turn if left out.
    """

    rows: slice | IntArray
    shape: tuple[int, int]
    places: slice | IntArray | None = None

    def of(self, column: npt.NDArray[Any], empty: float) -> npt.NDArray[Any]:
        """Return a column in the form of the block, `empty` where there is no row."""
        if self.places is None:
            return column[self.rows].reshape(self.shape)
        block = np.full(self.shape, empty, dtype=column.dtype)
        block.ravel()[self.places] = column[self.rows]
        return block


def blocks(neuron: npt.NDArray[Any], n_neurons: int) -> Iterator[Block]:
    """Yield blocks that hold every row once.

    Parameters
    ----------
    neuron : ndarray of int, shape (rows,)
        Neuron of each row. Neurons in turn, as recordings have them, cost no copy; the first and
        the last turn may be cut.
    n_neurons : int

    Raises
    ------
    DamagedRecordingError
        If there is no such neuron.
    """
    if not len(neuron):
        return
    if int(neuron.max()) >= n_neurons or int(neuron.min()) < 0:
        raise DamagedRecordingError(
            "a row is of a neuron that the layer does not have.",
            got=f"neuron {neuron.max()}",
            allowed=f"0 to {n_neurons - 1}",
        )
    begin = int(neuron[0])
    head = min(-begin % n_neurons, len(neuron))
    turns = (len(neuron) - head) // n_neurons
    tail = head + turns * n_neurons
    order = np.arange(n_neurons, dtype=neuron.dtype)
    in_turn = (
        np.array_equal(neuron[:head], order[begin : begin + head])
        and bool(np.all(neuron[head:tail].reshape(turns, n_neurons) == order))
        and np.array_equal(neuron[tail:], order[: len(neuron) - tail])
    )
    if not in_turn:
        yield from _out_of_turn(neuron.astype(np.intp), n_neurons)
        return
    if head:
        yield Block(slice(0, head), (1, n_neurons), slice(begin, begin + head))
    at_once = max(1, _ENTRIES // n_neurons)
    for turn in range(0, turns, at_once):
        m = min(at_once, turns - turn)
        start = head + turn * n_neurons
        yield Block(slice(start, start + m * n_neurons), (m, n_neurons))
    if tail < len(neuron):
        yield Block(slice(tail, len(neuron)), (1, n_neurons), slice(0, len(neuron) - tail))


def _out_of_turn(neuron: IntArray, n_neurons: int) -> Iterator[Block]:
    """Yield blocks in which the first row of every neuron comes first, then the second, and so on."""
    order = np.argsort(neuron, kind="stable")
    ordered = neuron[order]
    turn = np.arange(len(neuron)) - np.searchsorted(ordered, ordered)
    m = max(1, _ENTRIES // n_neurons)
    for start in range(0, int(turn.max()) + 1, m):
        here = (turn >= start) & (turn < start + m)
        places = (turn[here] - start) * n_neurons + ordered[here]
        yield Block(order[here], (m, n_neurons), places)
