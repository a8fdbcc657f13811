"""A ledger while it is being filled in, and the form in which kernels take a mask."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activstats.dynamics.stamina_drift import FloatArray
from activstats.errors import InputError

_WORDS_AT_ONCE = 2**21  # 16 MB of bits
_MOST_UNIT = 2.0**32


@dataclass(frozen=True, eq=False)
class Book:
    """A ledger while it is being filled in.

    Parameters
    ----------
    mean_output, firing_rate : ndarray of float, shape (n_neurons,)
        E[a] and r.
    n_samples : int
        Samples, D.
    penalties : ndarray of float, shape (m,)
        Ascending.
    typical : float
        Median p* of the neurons that fire; nan if there is none.
    relative : bool
        Whether start and cap are in penalties, or in units of the output.
    stamina : pair of float
        Start and cap.
    """

    mean_output: FloatArray
    firing_rate: FloatArray
    n_samples: int
    penalties: FloatArray
    typical: float
    relative: bool
    stamina: tuple[float, float]
    died_at: NDArray[np.int64] = field(init=False)
    critical: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        shape = (self.mean_output.size, self.penalties.size)
        object.__setattr__(self, "died_at", np.empty(shape, dtype=np.int64))
        object.__setattr__(self, "critical", np.empty(shape[0]))

    @property
    def rules(self) -> tuple[FloatArray, float, float]:
        """Penalties, start and cap as the kernels take them."""
        return np.ascontiguousarray(self.penalties, dtype=float), *self.stamina


def unit_of(n_samples: int) -> np.int64:
    """Return the parts of a penalty: as fine as sums over a word of samples still fit 64 bits."""
    most = 66.0 * 64.0 * (-(-n_samples // 64) + 1)
    return np.int64(min(_MOST_UNIT, 2.0 ** math.floor(62 - math.log2(most))))


def word_blocks(bits: NDArray[np.uint8]) -> Iterator[tuple[slice, NDArray[np.uint64]]]:
    """Yield some neurons at a time, sixty-four samples to a word."""
    n_words = -(-bits.shape[1] // 8)
    step = max(1, _WORDS_AT_ONCE // n_words)
    for start in range(0, len(bits), step):
        rows = slice(start, min(start + step, len(bits)))
        part = bits[rows]
        if part.shape[1] != 8 * n_words:
            part = np.pad(part, ((0, 0), (0, 8 * n_words - part.shape[1])))
        words = np.ascontiguousarray(part).view("<u8")
        words.flags.writeable = (
            False  # kernels are compiled once for what may be written, once for not
        )
        yield rows, words


def checked_gains(gain: ArrayLike | None, n_neurons: int) -> FloatArray:
    """Return what each neuron gains at a firing, 1 if nothing was said."""
    if gain is None:
        return np.ones(n_neurons)
    found = np.asarray(gain, dtype=float)
    if found.shape != (n_neurons,) or not np.isfinite(found).all() or (found < 0).any():
        raise InputError(
            "every neuron needs a finite gain, not negative.",
            got=f"shape {found.shape} for {n_neurons} neurons"
            if found.shape != (n_neurons,)
            else f"{found[~((found >= 0) & (found < math.inf))][0]:g}",
        )
    return np.ascontiguousarray(found)
