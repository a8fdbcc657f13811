"""Compiled inner loops that find the largest activations of each sample.

The level of the k-th largest is much the same from sample to sample. A floor below it, learned from
the rows before, keeps out nearly all of a row at one comparison a value.
"""

from __future__ import annotations

import numpy as np

from activstats.compiled import compiled

_EIGHT = 8
# The floor of the search for the largest: so many mean deviations below the running mean of the k-th
# largest value, the mean being over some 1/_PACE rows; the next one where the floor was too high.
_DEVIATIONS = (1.5, 5.0)
_PACE = 0.05
_FEW = 64


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
        shift = np.uint8(place & 7)
        for i in range(size):
            # Without a branch, which would be guessed wrong for about half of them.
            plane[index[i]] |= np.uint8(row[index[i]] >= kth) << shift
        deviation = kth - track[0]
        track[0] += _PACE * deviation
        track[1] += _PACE * (abs(deviation) - track[1])
