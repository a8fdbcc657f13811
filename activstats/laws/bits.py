"""Sums over activations that are packed eight samples to a byte.

A mask holds one row of bits a neuron: bit i of byte j is sample 8j + i. Whatever needs single
activations unpacks a block of them at a time, so that memory stays small beside the mask itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from activstats.errors import InputError

ByteArray = NDArray[np.uint8]
WordArray = NDArray[np.uint64]
IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

# Activations unpacked at a time: 32 MB as double-precision numbers.
_AT_ONCE = 2**22
# Joining samples one by one costs as much for so many words as one jump to the next end does.
_WORDS_PER_END = 2000
_HINT = "recording.mask(layer), or ActivationMask.from_active(active)"


@runtime_checkable
class HasBits(Protocol):
    """What the laws ask of an object that holds packed activations."""

    @property
    def bits(self) -> NDArray[Any]:
        """Bytes of shape (n_neurons, ceil(n_samples / 8)), the lowest bit first."""

    @property
    def n_samples(self) -> int:
        """Samples, D."""


def checked(mask: object) -> HasBits:
    """Return the mask if it is one.

    Raises
    ------
    InputError
        If it has no bits, no neuron or no sample, or bits beyond its last sample.
    """
    if not isinstance(mask, HasBits):
        raise InputError("this holds no single activations.", got=type(mask).__name__, hint=_HINT)
    bits, n = mask.bits, mask.n_samples
    got = f"{bits.dtype} of shape {bits.shape} for {n} samples"
    if bits.dtype != np.uint8 or bits.ndim != 2 or bits.shape[1] != -(-n // 8):
        raise InputError("bits do not fit the samples.", got=got, hint=_HINT)
    if bits.size == 0:
        raise InputError("a mask without neurons or samples says nothing.", got=got)
    if n % 8 and np.any(bits[:, -1] >> (n % 8)):
        raise InputError("bits are set beyond the last sample.", got=got, hint=_HINT)
    return mask


def counts_of(mask: HasBits) -> IntArray:
    """Return the samples that activated each neuron, D_i, shape (n_neurons,).

    >>> from activstats.counts import ActivationMask
    >>> mask = ActivationMask.from_active(np.array([[1, 0, 0], [1, 1, 0]], dtype=bool))
    >>> counts_of(mask), first_activations(mask)
    (array([2, 1, 0]), array([ 0,  1, -1]))
    """
    counts: IntArray = np.bitwise_count(mask.bits).sum(axis=1, dtype=np.int64)
    return counts


def first_activations(mask: HasBits) -> IntArray:
    """Return the first sample that activated each neuron, shape (n_neurons,); -1 for never."""
    bits = mask.bits
    place = (bits != 0).argmax(axis=1)
    byte = bits[np.arange(len(bits)), place]
    # The bits below the lowest one that is set: as many as there are samples before it.
    below = np.bitwise_count((byte - np.uint8(1)) & ~byte)
    return np.where(byte == 0, -1, 8 * place + below).astype(np.int64)


def sample_blocks(mask: HasBits) -> Iterator[tuple[slice, ByteArray]]:
    """Yield the activations of a run of samples at a time, shape (n_neurons, samples)."""
    step = max(8, _AT_ONCE // len(mask.bits) // 8 * 8)
    for start in range(0, mask.n_samples, step):
        stop = min(start + step, mask.n_samples)
        part = mask.bits[:, start // 8 : -(-stop // 8)]
        yield (
            slice(start, stop),
            np.unpackbits(part, axis=1, count=stop - start, bitorder="little"),
        )


def weighted_sums(mask: HasBits, weights: FloatArray) -> FloatArray:
    """Return Σ_i w_i x_ti for each sample t.

    Parameters
    ----------
    mask : HasBits
        Activations x_ti.
    weights : ndarray of float, shape (n_neurons,)
        w_i.

    Returns
    -------
    ndarray of float, shape (n_samples,)
    """
    sums = np.empty(mask.n_samples)
    for samples, active in sample_blocks(mask):
        # Not as a product of a BLAS, which rounds anew with every number of threads.
        sums[samples] = np.einsum("i,it->t", weights, active.astype(np.float64))
    return sums


def by_sample(mask: HasBits) -> WordArray:
    """Return the same bits sample by sample, shape (n_samples, ceil(n_neurons / 64))."""
    n = len(mask.bits)
    rows = np.zeros((mask.n_samples, 8 * -(-n // 64)), dtype=np.uint8)
    for samples, active in sample_blocks(mask):
        rows[samples, : -(-n // 8)] = np.packbits(active.T, axis=1, bitorder="little")
    return rows.view(np.uint64)


def sample_gram(mask: HasBits) -> FloatArray:
    """Return X Xᵀ: how many neurons each pair of samples activates together.

    Returns
    -------
    ndarray of float, shape (n_samples, n_samples)
        Whole numbers: every sum is exact, whatever the number of threads.
    """
    n = mask.n_samples
    gram = np.zeros((n, n))
    # Single precision holds whole numbers up to 2^24, and no block has so many neurons.
    step = min(max(64, _AT_ONCE // n), 2**20)
    for start in range(0, len(mask.bits), step):
        part = mask.bits[start : start + step]
        active = np.unpackbits(part, axis=1, count=n, bitorder="little").astype(np.float32)
        gram += active.T @ active
    return gram


def group_counts(mask: HasBits, edges: IntArray) -> IntArray:
    """Return the activations of each neuron in runs of samples.

    Parameters
    ----------
    mask : HasBits
        Activations.
    edges : ndarray of int, shape (g + 1,)
        Ascending from 0: run j is the samples from edge j up to edge j + 1.

    Returns
    -------
    ndarray of int, shape (g, n_neurons)
    """
    counts = np.zeros((edges.size - 1, len(mask.bits)), dtype=np.int64)
    for samples, active in sample_blocks(mask):
        known = active[:, : max(int(edges[-1]) - samples.start, 0)]
        if not known.size:
            break
        first = int(np.searchsorted(edges, samples.start, side="right")) - 1
        last = int(np.searchsorted(edges[:-1], samples.stop, side="left"))
        inside = np.maximum(edges[first:last] - samples.start, 0)
        counts[first:last] += np.add.reduceat(known, inside, axis=1, dtype=np.int64).T
    return counts


def ordered_curve(words: WordArray, order: IntArray, ends: IntArray) -> IntArray:
    """Return how many neurons the first samples in some order activate.

    Parameters
    ----------
    words : ndarray of uint64, shape (n_samples, w)
        Bits sample by sample, see `by_sample`.
    order : ndarray of int, shape (n_samples,)
        Samples in the order in which they come.
    ends : ndarray of int, shape (m,)
        Numbers of samples at which to count, ascending, at least 1.

    Returns
    -------
    ndarray of int, shape (m,)
        K at each end.
    """
    if words.size <= _WORDS_PER_END * ends.size:
        joined = np.bitwise_or.accumulate(words[order], axis=0)[ends - 1]
    else:
        joined = np.empty((ends.size, words.shape[1]), dtype=np.uint64)
        seen, start = np.zeros(words.shape[1], dtype=np.uint64), 0
        for row, end in enumerate(ends.tolist()):
            part = words[order[start:end]]
            np.bitwise_or(seen, np.bitwise_or.reduce(part, axis=0), out=seen)
            joined[row], start = seen, end
    curve: IntArray = np.bitwise_count(joined).sum(axis=1, dtype=np.int64)
    return curve
