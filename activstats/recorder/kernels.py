"""Compiled inner loops of the recorder: one pass over a batch for its moments, one a rule for its bits.

Bits are kept in planes while a chunk fills: `planes[i, j]` holds neuron j on samples 8i … 8i + 7, the
lowest bit first. Rows are contiguous over neurons, so that the loops run along the layer and
vectorise; the neuron-major order of the file is made once a chunk.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from activstats.compiled import compiled

_EIGHT = 8
# The floor of the search for the largest: so many mean deviations below the running mean of the k-th
# largest value, the mean being over some 1/_PACE rows; the next one where the floor was too high.
_DEVIATIONS = (1.5, 5.0)
_PACE = 0.05
_FEW = 64


@compiled
def add_moments(  # type: ignore[no-untyped-def]  # compiled: numba infers the types
    values, total, total_squares, lowest, highest
) -> bool:
    """Add a block of finite values to running moments.

    Returns False, with nothing added, where a value is not finite: sums of finite float32 values
    cannot overflow in float64, so a sum that is not finite betrays one.
    """
    rows, n_neurons = values.shape
    sums, squares = np.zeros(n_neurons), np.zeros(n_neurons)
    low, high = values[0].copy(), values[0].copy()
    # Four rows at a time, so that the running sums are fetched and stored a quarter as often.
    whole = rows - rows % 4
    for row in range(0, whole, 4):
        for j in range(n_neurons):
            a = values[row, j]
            b = values[row + 1, j]
            c = values[row + 2, j]
            d = values[row + 3, j]
            wa, wb, wc, wd = np.float64(a), np.float64(b), np.float64(c), np.float64(d)
            sums[j] += (wa + wb) + (wc + wd)
            squares[j] += (wa * wa + wb * wb) + (wc * wc + wd * wd)
            low[j] = min(low[j], min(min(a, b), min(c, d)))
            high[j] = max(high[j], max(max(a, b), max(c, d)))
    for row in range(whole, rows):
        for j in range(n_neurons):
            a = values[row, j]
            sums[j] += np.float64(a)
            squares[j] += np.float64(a) * np.float64(a)
            low[j] = min(low[j], a)
            high[j] = max(high[j], a)
    check = 0.0
    for j in range(n_neurons):
        check += 0.0 * squares[j]
    if check != 0.0:
        return False
    for j in range(n_neurons):
        total[j] += sums[j]
        total_squares[j] += squares[j]
        lowest[j] = min(lowest[j], np.float64(low[j]))
        highest[j] = max(highest[j], np.float64(high[j]))
    return True


@compiled
def pack_above(values, threshold, offset, planes):  # type: ignore[no-untyped-def]
    """Set the bits of finite values above a threshold; `offset` is the first sample's place."""
    rows, n_neurons = values.shape
    zero = values.dtype.type(0)
    row = 0
    while row < rows:
        place = offset + row
        if place % _EIGHT == 0 and row + _EIGHT <= rows:
            plane = planes[place >> 3]
            for j in range(n_neurons):
                byte = np.uint8(0)
                for bit in range(_EIGHT):
                    v = values[row + bit, j]
                    # v - v is NaN for NaN and infinities, so they never compare equal.
                    byte |= np.uint8((v > threshold) & (v - v == zero)) << np.uint8(bit)
                plane[j] = byte
            row += _EIGHT
        else:
            plane = planes[place >> 3]
            shift = np.uint8(place & 7)
            for j in range(n_neurons):
                v = values[row, j]
                plane[j] |= np.uint8((v > threshold) & (v - v == zero)) << shift
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
def _kth_largest_of_few(values, size, k):  # type: ignore[no-untyped-def]
    """Rank every value by counting: quadratic, but branchless and vectorised."""
    kth = values.dtype.type(np.inf)
    for i in range(size):
        v = values[i]
        larger = 0
        for j in range(size):
            larger += values[j] > v
        if larger < k:
            kth = min(kth, v)
    return kth


@compiled
def _kth_largest_of_many(values, size, k):  # type: ignore[no-untyped-def]
    """Quickselect in place on values[:size]."""
    low, high, target = 0, size - 1, k - 1
    while low < high:
        pivot = values[(low + high) >> 1]
        i, j = low, high
        while i <= j:
            while values[i] > pivot:
                i += 1
            while values[j] < pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if target <= j:
            high = j
        elif target >= i:
            low = i
        else:
            break
    return values[target]


@compiled
def _candidates(row, floor, marks, words, index):  # type: ignore[no-untyped-def]
    """Write the indices of finite values above `floor` and return how many there are.

    Marks are made for the whole row, which vectorises, and looked for eight at a time: `words` is
    the same memory as `marks`.
    """
    zero = row.dtype.type(0)
    for j in range(row.shape[0]):
        v = row[j]
        marks[j] = (v > floor) & (v - v == zero)
    size = 0
    for w in range(words.shape[0]):
        if words[w] != 0:
            for j in range(_EIGHT * w, _EIGHT * w + _EIGHT):
                index[size] = j
                size += marks[j]
    return size


@compiled
def pack_top(  # type: ignore[no-untyped-def]
    values, k, track, offset, planes, marks, words, index, scratch
):
    """Set the bits of the k largest positive values of each row, ties with the k-th included.

    A floor learned from the rows before keeps out nearly all of a row at one comparison a value;
    where it keeps out too many the row is read again from 0, so the answer is exact whatever the
    floor. `track` carries the mean and the mean absolute deviation of the k-th largest value from
    row to row and from batch to batch.
    """
    zero = values.dtype.type(0)
    for r in range(values.shape[0]):
        row = values[r]
        size = 0
        for deviations in _DEVIATIONS:
            floor = max(zero, values.dtype.type(track[0] - deviations * track[1]))
            size = _candidates(row, floor, marks, words, index)
            if size >= k or floor == zero:
                break
        if size < k and floor > zero:
            size = _candidates(row, zero, marks, words, index)
        for i in range(size):
            scratch[i] = row[index[i]]
        kth = zero
        if k <= size <= _FEW:
            kth = _kth_largest_of_few(scratch, size, k)
        elif k <= size:
            kth = _kth_largest_of_many(scratch, size, k)
        place = offset + r
        plane = planes[place >> 3]
        bit = np.uint8(1) << np.uint8(place & 7)
        for i in range(size):
            if row[index[i]] >= kth:
                plane[index[i]] |= bit
        deviation = kth - track[0]
        track[0] += _PACE * deviation
        track[1] += _PACE * (abs(deviation) - track[1])


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
                first[j] = 8 * i + _LOWEST[byte]


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


_ONES, _LOWEST = _byte_tables()


@compiled
def count_nonzero(bits, but_sign, found):  # type: ignore[no-untyped-def]
    """Count the values of each row that are not 0, floating-point numbers seen as whole ones."""
    rows, n_neurons = bits.shape
    for row in range(rows):
        n = 0
        for j in range(n_neurons):
            n += (bits[row, j] & but_sign) != 0
        found[row] = n


@compiled
def gather_nonzero(bits, but_sign, indices, kept):  # type: ignore[no-untyped-def]
    """Write the values that are not 0 and their neurons; both need a place more than there are."""
    rows, n_neurons = bits.shape
    place = 0
    for row in range(rows):
        for j in range(n_neurons):
            value = bits[row, j]
            # Written before it is known whether to keep: a branch would be guessed wrong too often.
            indices[place] = j
            kept[place] = value
            place += (value & but_sign) != 0
