"""From activations to bits: what sets the bits of a rule, for a block of rows at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch

import numpy as np
import numpy.typing as npt

from activstats.recorder import bit_kernels, image_kernels, top_kernels
from activstats.recorder.images import Block, Images, as_rows
from activstats.rules import Above, LayerQuantile, Rule, TopFraction, TopK

ByteArray = npt.NDArray[np.uint8]

Packer = Callable[[Block, int, ByteArray], None]
"""Sets the bits of the rows of a block, the first of them at a given place, in bit planes."""

# What is reduced at a time. Read more than once, a block of a wide layer still fits the second-level
# cache, so that the rules meet it there after the moments have fetched it.
_BLOCK_BYTES = 2**19
_BLOCK_BYTES_READ_ONCE = 2**24


def block_rows(n_neurons: int, itemsize: int, *, read_once: bool) -> int:
    """Return how many rows make a block: a multiple of 8, so that blocks end on whole planes."""
    most = _BLOCK_BYTES_READ_ONCE if read_once else _BLOCK_BYTES
    return max(8, most // (n_neurons * itemsize) // 8 * 8)


def threshold_of(rule: Rule) -> float | None:
    """Return the threshold of a rule that compares each activation with one, None of any other."""
    return rule.threshold if isinstance(rule, Above | LayerQuantile) else None


def takes_images(rule: Rule) -> bool:
    """Return whether the bits of a rule can be set from images as they lie in memory."""
    return threshold_of(rule) is not None


@singledispatch
def packer(rule: Rule, n_neurons: int) -> Packer:  # noqa: ARG001  (others need the width)
    """Return what sets the bits of a rule; any rule works, the common ones have loops of their own."""

    def pack(block: Block, offset: int, planes: ByteArray) -> None:
        bit_kernels.pack_active(rule(as_rows(block)), offset, planes)

    return pack


@packer.register(Above)
@packer.register(LayerQuantile)
def _(rule: Above | LayerQuantile, n_neurons: int) -> Packer:  # noqa: ARG001
    threshold = rule.threshold

    def pack(block: Block, offset: int, planes: ByteArray) -> None:
        level = block.dtype.type(threshold)
        if isinstance(block, Images):
            image_kernels.pack_image_above(
                block.values, block.start, block.stop, level, offset, planes
            )
        else:
            bit_kernels.pack_above(block, level, offset, planes)

    return pack


@packer.register
def _(rule: TopK, n_neurons: int) -> Packer:
    return _pack_top(rule.k, n_neurons)


@packer.register
def _(rule: TopFraction, n_neurons: int) -> Packer:
    return _pack_top(rule.k(n_neurons), n_neurons)


def _pack_top(k: int, n_neurons: int) -> Packer:
    track = np.zeros(2)
    words = np.zeros(-(-n_neurons // 8), np.uint64)
    marks = words.view(np.uint8)
    # One place more than there are neurons: the search writes before it knows whether to keep.
    index = np.zeros(len(marks) + 1, np.int64)
    scratch = {np.dtype(kind): np.zeros(n_neurons, kind) for kind in (np.float32, np.float64)}

    def pack(block: Block, offset: int, planes: ByteArray) -> None:
        values = as_rows(block)
        top_kernels.pack_top(
            values, min(k, n_neurons), track, offset, planes,
            marks, words, index, scratch[values.dtype],
        )  # fmt: skip

    return pack
