"""Compiled inner loops over bits: setting, counting, and turning them round.

Bits are kept in planes while a chunk fills: `planes[i, j]` holds neuron j on samples 8i … 8i + 7, the
lowest bit first. Rows are contiguous over neurons, so that the loops run along the layer and
vectorise; the neuron-major order of the file is made once a chunk.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from activstats.compiled import compiled, inlined

_EIGHT = 8


@inlined
def eight_above(a, b, c, d, e, f, g, h, level, plane):  # type: ignore[no-untyped-def]
    """Set a plane: NaN is above no threshold, and an infinity does not count."""
    most = a.dtype.type(np.inf)
    for j in range(plane.shape[0]):
        plane[j] = (
            np.uint8((a[j] > level) & (a[j] < most))
            | (np.uint8((b[j] > level) & (b[j] < most)) << np.uint8(1))
            | (np.uint8((c[j] > level) & (c[j] < most)) << np.uint8(2))
            | (np.uint8((d[j] > level) & (d[j] < most)) << np.uint8(3))
            | (np.uint8((e[j] > level) & (e[j] < most)) << np.uint8(4))
            | (np.uint8((f[j] > level) & (f[j] < most)) << np.uint8(5))
            | (np.uint8((g[j] > level) & (g[j] < most)) << np.uint8(6))
            | (np.uint8((h[j] > level) & (h[j] < most)) << np.uint8(7))
        )


@inlined
def one_above(row, level, shift, plane):  # type: ignore[no-untyped-def]
    """Add the bits of a single row to a plane."""
    most = row.dtype.type(np.inf)
    for j in range(plane.shape[0]):
        plane[j] |= np.uint8((row[j] > level) & (row[j] < most)) << shift


@compiled
def pack_above(values, level, offset, planes):  # type: ignore[no-untyped-def]
    """Set the bits of finite values above a threshold; `offset` is the first sample's place."""
    rows = values.shape[0]
    row = 0
    while row < rows:
        place = offset + row
        if place % _EIGHT == 0 and row + _EIGHT <= rows:
            eight_above(
                values[row], values[row + 1], values[row + 2], values[row + 3],
                values[row + 4], values[row + 5], values[row + 6], values[row + 7],
                level, planes[place >> 3],
            )  # fmt: skip
            row += _EIGHT
        else:
            one_above(values[row], level, np.uint8(place & 7), planes[place >> 3])
            row += 1


@compiled
def pack_active(active, offset, planes):  # type: ignore[no-untyped-def]
    """Set the bits of a boolean (rows, neurons) array."""
    rows, n_neurons = active.shape
    for row in range(rows):
        place = offset + row
        plane = planes[place >> 3]
        shift = np.uint8(place & 7)
        for j in range(n_neurons):
            plane[j] |= np.uint8(active[row, j]) << shift


@compiled
def count_planes(planes, counts, first):  # type: ignore[no-untyped-def]
    """Fill counts and first activations (-1 for never) from bit planes."""
    n_planes, n_neurons = planes.shape
    for i in range(n_planes):
        plane = planes[i]
        for j in range(n_neurons):
            byte = np.uint32(plane[j])
            counts[j] += _ONES[byte]
            if byte != 0 and first[j] < 0:
                first[j] = 8 * i + LOWEST[byte]


@compiled
def transpose_blocks(planes, rows):  # type: ignore[no-untyped-def]
    """Turn bit planes into one row of bytes a neuron, eight neurons by eight planes at a time.

    Both are seen as words of eight bytes: `planes` (8p, n) and `rows` (8n, p). The bytes of a block
    change places within registers, in halves, quarters and eighths of its words.
    """
    block = np.empty(_EIGHT, np.uint64)
    for column in range(planes.shape[1]):
        for p in range(rows.shape[1]):
            for k in range(_EIGHT):
                block[k] = planes[_EIGHT * p + k, column]
            for half, shift, low in _SWAPS:
                for k in range(_EIGHT):
                    if k & half == 0:
                        a, b = block[k], block[k + half]
                        swap = ((a >> shift) ^ b) & low
                        block[k] = a ^ (swap << shift)
                        block[k + half] = b ^ swap
            for k in range(_EIGHT):
                rows[_EIGHT * column + k, p] = block[k]


_SWAPS = (
    (4, np.uint64(32), np.uint64(0x00000000FFFFFFFF)),
    (2, np.uint64(16), np.uint64(0x0000FFFF0000FFFF)),
    (1, np.uint64(8), np.uint64(0x00FF00FF00FF00FF)),
)


def _byte_tables() -> tuple[Any, Any]:
    bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")
    return bits.sum(1, dtype=np.uint32), bits.argmax(1).astype(np.int32)


_ONES, LOWEST = _byte_tables()
