"""Compiled inner loops over images: activations of shape (items, n_neurons, positions).

Positions are numbered through all items. The loops run along the positions of one neuron, as they lie
in memory; only bits and sums, a small part of the activations, are written neuron by neuron.
"""

from __future__ import annotations

import numpy as np

from activstats.compiled import compiled

_LANES = 16
_EIGHT = 8
# Neurons by positions that are turned round at a time: so many lines of memory stay in the first cache.
_TILE = 8
# Multiplied with eight bytes of 0 or 1, the first of them lowest, it has them as bits in its top byte.
_GATHER = np.uint64(0x0102040810204080)


@compiled
def add_image_moments(  # type: ignore[no-untyped-def]  # noqa: C901  (one loop nest, compiled)
    values, start, stop, total, total_squares, lowest, highest
) -> bool:
    """Add the positions from `start` to `stop` to running moments; see `kernels.add_moments`."""
    n_neurons, positions = values.shape[1], values.shape[2]
    sums, squares = np.zeros(n_neurons), np.zeros(n_neurons)
    low = np.full(n_neurons, np.inf)
    high = np.full(n_neurons, -np.inf)
    # A sum for each lane: one alone would have to wait for each addition.
    s, q = np.zeros(_LANES), np.zeros(_LANES)
    a, b = np.empty(_LANES, values.dtype), np.empty(_LANES, values.dtype)
    for item in range(start // positions, (stop - 1) // positions + 1):
        first = max(start - item * positions, 0)
        last = min(stop - item * positions, positions)
        whole = last - (last - first) % (4 * _LANES)
        for c in range(n_neurons):
            row = values[item, c]
            for k in range(_LANES):
                s[k] = 0.0
                q[k] = 0.0
                a[k] = np.inf
                b[k] = -np.inf
            for p in range(first, whole, 4 * _LANES):
                for k in range(_LANES):
                    t = row[p + k]
                    u = row[p + _LANES + k]
                    v = row[p + 2 * _LANES + k]
                    w = row[p + 3 * _LANES + k]
                    wt, wu, wv, ww = np.float64(t), np.float64(u), np.float64(v), np.float64(w)
                    s[k] += (wt + wu) + (wv + ww)
                    q[k] += (wt * wt + wu * wu) + (wv * wv + ww * ww)
                    a[k] = min(a[k], min(min(t, u), min(v, w)))
                    b[k] = max(b[k], max(max(t, u), max(v, w)))
            for p in range(whole, last):
                v = row[p]
                s[0] += np.float64(v)
                q[0] += np.float64(v) * np.float64(v)
                a[0] = min(a[0], v)
                b[0] = max(b[0], v)
            for k in range(_LANES):
                sums[c] += s[k]
                squares[c] += q[k]
                low[c] = min(low[c], np.float64(a[k]))
                high[c] = max(high[c], np.float64(b[k]))
    check = 0.0
    for c in range(n_neurons):
        check += 0.0 * squares[c]
    if check != 0.0:
        return False
    for c in range(n_neurons):
        total[c] += sums[c]
        total_squares[c] += squares[c]
        lowest[c] = min(lowest[c], low[c])
        highest[c] = max(highest[c], high[c])
    return True


@compiled
def pack_image_above(values, start, stop, threshold, offset, planes):  # type: ignore[no-untyped-def]
    """Set the bits of finite values above a threshold; `offset` is the place of position `start`."""
    n_neurons, positions = values.shape[1], values.shape[2]
    zero = values.dtype.type(0)
    words = np.zeros(positions // _EIGHT + 1, np.uint64)
    marks = words.view(np.uint8)
    for item in range(start // positions, (stop - 1) // positions + 1):
        first = max(start - item * positions, 0)
        last = min(stop - item * positions, positions)
        place = offset + item * positions + first - start
        shift = np.uint8(place & 7)
        n_words = (last - first + 7) // _EIGHT
        words[n_words - 1] = 0  # what is behind the last position
        for c in range(n_neurons):
            row = values[item, c, first:last]
            for p in range(last - first):
                v = row[p]
                marks[p] = (v > threshold) & (v - v == zero)
            for w in range(n_words):
                byte = np.uint8((words[w] * _GATHER) >> np.uint64(56))
                plane = (place >> 3) + w
                if shift == 0:
                    planes[plane, c] |= byte
                elif byte != 0:
                    planes[plane, c] |= byte << shift
                    # Bits that reach over are of samples that there are, and so is their plane.
                    over = byte >> (np.uint8(8) - shift)
                    if over != 0:
                        planes[plane + 1, c] |= over


@compiled
def copy_rows(values, start, rows):  # type: ignore[no-untyped-def]
    """Write the positions from `start` on as rows of neurons, a tile at a time."""
    n_neurons, positions = values.shape[1], values.shape[2]
    done = 0
    while done < rows.shape[0]:
        item, first = (start + done) // positions, (start + done) % positions
        n = min(positions - first, rows.shape[0] - done)
        source = values[item]
        target = rows[done : done + n]
        for p0 in range(0, n, _TILE):
            for c0 in range(0, n_neurons, _TILE):
                if p0 + _TILE <= n and c0 + _TILE <= n_neurons:
                    for p in range(p0, p0 + _TILE):
                        for c in range(c0, c0 + _TILE):
                            target[p, c] = source[c, first + p]
                else:
                    for p in range(p0, min(p0 + _TILE, n)):
                        for c in range(c0, min(c0 + _TILE, n_neurons)):
                            target[p, c] = source[c, first + p]
        done += n
