"""Which sample activated which neuron, packed eight samples to a byte."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from activstats.counts.counts import BoolArray, Counts
from activstats.errors import InputError

ByteArray = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class ActivationMask:
    """Single activations of the neurons of one layer.

    Parameters
    ----------
    bits : ndarray of uint8, shape (n_neurons, ceil(n_samples / 8))
        Bit i of byte j, the lowest first, is sample 8j + i; nothing is set beyond the last sample.
    n_samples : int
        Samples, D.
    steps : tuple of int
        Recorded steps that the samples come from, in order; empty where nothing is known of them.
    step_starts : tuple of int
        Number of the first sample of each step.
    provenance : mapping
        Where the activations are from: recording, layer, rule, step.

    Raises
    ------
    InputError
        If the bits do not fit the samples.

    Examples
    --------
    >>> active = np.array([[True, False, False], [True, True, False]])
    >>> mask = ActivationMask.from_active(active, layer="relu")
    >>> mask.bits.ravel(), mask.counts.counts, mask.counts.first
    (array([3, 2, 0], dtype=uint8), array([2, 1, 0]), array([ 0,  1, -1]))
    """

    bits: ByteArray
    n_samples: int
    steps: tuple[int, ...] = ()
    step_starts: tuple[int, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        bits, n = self.bits, self.n_samples
        fits = bits.ndim == 2 and bits.dtype == np.uint8 and bits.shape[1] == -(-n // 8)  # noqa: PLR2004  (neurons by bytes)
        if not fits or (n % 8 and np.any(bits[:, -1] >> (n % 8))):
            raise InputError(
                "bits do not fit the samples.",
                got=f"{bits.dtype} of shape {bits.shape} for {n} samples",
                allowed="uint8 of shape (n_neurons, ceil(n_samples / 8)), nothing set beyond",
                hint="ActivationMask.from_active(active)",
            )
        frozen = bits.view()  # the caller's own array stays as it is
        frozen.flags.writeable = False
        object.__setattr__(self, "bits", frozen)

    @classmethod
    def from_active(cls, active: BoolArray, **provenance: Any) -> ActivationMask:
        """Pack a boolean array of shape (n_samples, n_neurons).

        Raises
        ------
        InputError
            If the array has another number of dimensions, no neuron, or is not boolean.
        """
        active = np.asarray(active)
        Counts.from_active(active[:0])  # refuses what is no such array
        bits = np.packbits(active.T, axis=1, bitorder="little")
        return cls(bits, len(active), provenance=provenance)

    def __repr__(self) -> str:
        return f"<ActivationMask: {self.n_neurons} neurons, {self.n_samples} samples>"

    @property
    def n_neurons(self) -> int:
        """Neurons of the layer, N."""
        return len(self.bits)

    @property
    def active(self) -> BoolArray:
        """Unpacked, shape (n_samples, n_neurons): eight times as large."""
        planes = np.unpackbits(self.bits, axis=1, count=self.n_samples, bitorder="little")
        return planes.T.view(np.bool_)

    @cached_property
    def counts(self) -> Counts:
        """Counts of the same samples, first activations included."""
        return Counts(
            counts=np.bitwise_count(self.bits).sum(axis=1, dtype=np.int64),
            first_sample=_first(self.bits),
            spans=np.array([[0, self.n_samples]], dtype=np.int64),
            provenance=self.provenance,
        )

    def head(self, n_samples: int) -> ActivationMask:
        """Return the first samples alone; all of them if there are no more.

        Raises
        ------
        InputError
            If `n_samples` is no whole number, or negative.
        """
        check_max_samples(n_samples)
        n = min(n_samples, self.n_samples)
        bits = self.bits[:, : -(-n // 8)].copy()
        if n % 8:
            bits[:, -1] &= (1 << n % 8) - 1
        kept = [pair for pair in zip(self.steps, self.step_starts, strict=True) if pair[1] < n]
        steps, starts = zip(*kept, strict=True) if kept else ((), ())
        return ActivationMask(bits, n, steps, starts, self.provenance)


def check_max_samples(n_samples: Any) -> None:
    """Refuse what is no number of samples."""
    whole = isinstance(n_samples, int | np.integer) and not isinstance(n_samples, bool)
    if not whole or n_samples < 0:
        raise InputError(
            "a mask is cut at a number of samples.", got=repr(n_samples), allowed="0, 1, 2, …"
        )


def _first(bits: ByteArray) -> npt.NDArray[np.int64]:
    """Return the first bit that is set in each row, -1 for none."""
    if bits.shape[1] == 0:
        return np.full(len(bits), -1, dtype=np.int64)
    place = (bits != 0).argmax(axis=1)
    byte = bits[np.arange(len(bits)), place]
    bit = np.unpackbits(byte[:, None], axis=1, bitorder="little").argmax(axis=1)
    return np.where(byte == 0, -1, 8 * place + bit).astype(np.int64)
