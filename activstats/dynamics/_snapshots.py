"""Snapshots of weights as they are handed in, checked."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activstats.errors import InputError

FloatArray = NDArray[np.float64]


def as_rows(values: ArrayLike) -> FloatArray:
    """Return a weight as a matrix, a row for each neuron that it leads to."""
    array = np.asarray(values, dtype=np.float64)
    return array.reshape(len(array), -1) if array.ndim else array.reshape(1, 1)


def matrices(snapshots: ArrayLike) -> NDArray[np.floating]:
    """Return snapshots of a weight as matrices, shape (n_times, n_neurons, n_inputs)."""
    try:
        values = np.asarray(snapshots)
        if values.dtype.kind not in "fiu":
            values = values.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise InputError("snapshots are no array of numbers.", got=type(snapshots)) from error
    if values.ndim == 0 or values.size == 0:
        raise InputError(
            "there are no snapshots.",
            got=f"shape {values.shape}",
            allowed="(n_times, n_neurons, ...)",
        )
    if values.ndim == 1:
        return values.reshape(len(values), 1, 1)
    return values.reshape(values.shape[0], values.shape[1], -1)


def checked_times(times: ArrayLike | None, n: int) -> FloatArray:
    """Return the times of n snapshots, 0, 1, 2, … if none are given."""
    if times is None:
        return np.arange(n, dtype=np.float64)
    t = np.asarray(times, dtype=np.float64)
    if t.shape != (n,) or not np.isfinite(t).all() or (np.diff(t) <= 0).any():
        raise InputError(
            "the times must ascend, one a snapshot.",
            got=f"{t.size} times for {n} snapshots" if t.shape != (n,) else "times out of order",
            allowed=f"{n} ascending numbers",
        )
    return t
