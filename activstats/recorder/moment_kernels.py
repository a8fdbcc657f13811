"""Compiled inner loops over samples by neurons: moments, and the bits of a threshold in the same pass.

The activations of a large layer come from main memory, and fetching them takes as long as all that is
done with them; so what can be done at once is. Rows are gone through from the last to the first: the
last are those that the model has just written, and the first those that it reads next. Bits go into
planes, see `bit_kernels`.
"""

from __future__ import annotations

import numpy as np

from activstats.compiled import compiled, inlined
from activstats.recorder.bit_kernels import eight_above, one_above

_EIGHT = 8
# Neurons by which a group of eight rows is gone through: the group and its sums fit the first cache.
_TILE = 512


@inlined
def _add_eight(a, b, c, d, e, f, g, h, sums, squares):  # type: ignore[no-untyped-def]
    """Add eight rows to sums in double precision, which are fetched and stored once for all eight."""
    for j in range(sums.shape[0]):
        wa, wb, wc, wd = np.float64(a[j]), np.float64(b[j]), np.float64(c[j]), np.float64(d[j])
        we, wf, wg, wh = np.float64(e[j]), np.float64(f[j]), np.float64(g[j]), np.float64(h[j])
        sums[j] += ((wa + wb) + (wc + wd)) + ((we + wf) + (wg + wh))
        squares[j] += ((wa * wa + wb * wb) + (wc * wc + wd * wd)) + (
            (we * we + wf * wf) + (wg * wg + wh * wh)
        )


@inlined
def _widen_by_eight(a, b, c, d, e, f, g, h, low, high):  # type: ignore[no-untyped-def]
    """Bring the extremes up to eight rows, in a loop apart: of float32, twice as many fit a register."""
    for j in range(low.shape[0]):
        lower = min(min(min(a[j], b[j]), min(c[j], d[j])), min(min(e[j], f[j]), min(g[j], h[j])))
        upper = max(max(max(a[j], b[j]), max(c[j], d[j])), max(max(e[j], f[j]), max(g[j], h[j])))
        low[j] = min(low[j], lower)
        high[j] = max(high[j], upper)


@inlined
def _add_one(row, sums, squares, low, high):  # type: ignore[no-untyped-def]
    """Add a single row to the sums and the extremes."""
    for j in range(row.shape[0]):
        v = row[j]
        sums[j] += np.float64(v)
        squares[j] += np.float64(v) * np.float64(v)
        low[j] = min(low[j], v)
        high[j] = max(high[j], v)


@inlined
def _added_if_finite(  # type: ignore[no-untyped-def]
    sums, squares, low, high, total, total_squares, lowest, highest
) -> bool:
    """Add the sums of a block to running ones, unless a value of it was not finite.

    Sums of squares of finite float32 values cannot overflow in float64, so one that is not finite
    betrays one that is not.
    """
    check = 0.0
    for j in range(squares.shape[0]):
        check += 0.0 * squares[j]
    if check != 0.0:
        return False
    for j in range(squares.shape[0]):
        total[j] += sums[j]
        total_squares[j] += squares[j]
        lowest[j] = min(lowest[j], np.float64(low[j]))
        highest[j] = max(highest[j], np.float64(high[j]))
    return True


@compiled
def add_moments(  # type: ignore[no-untyped-def]  # compiled: numba infers the types
    values, total, total_squares, lowest, highest
) -> bool:
    """Add a block of finite values to running moments.

    Returns False, with nothing added, where a value is not finite.
    """
    rows, n_neurons = values.shape
    sums, squares = np.zeros(n_neurons), np.zeros(n_neurons)
    low, high = values[0].copy(), values[0].copy()
    whole = rows - rows % _EIGHT
    for r in range(whole - _EIGHT, -1, -_EIGHT):
        for i in range(0, n_neurons, _TILE):
            j = min(i + _TILE, n_neurons)
            a, b, c, d = values[r, i:j], values[r + 1, i:j], values[r + 2, i:j], values[r + 3, i:j]
            r4 = r + 4
            e, f, g, h = (
                values[r4, i:j],
                values[r4 + 1, i:j],
                values[r4 + 2, i:j],
                values[r4 + 3, i:j],
            )
            _add_eight(a, b, c, d, e, f, g, h, sums[i:j], squares[i:j])
            _widen_by_eight(a, b, c, d, e, f, g, h, low[i:j], high[i:j])
    for r in range(whole, rows):
        _add_one(values[r], sums, squares, low, high)
    return _added_if_finite(sums, squares, low, high, total, total_squares, lowest, highest)


@compiled
def add_moments_and_above(  # type: ignore[no-untyped-def]
    values, level, offset, planes, total, total_squares, lowest, highest
) -> bool:
    """Add a block to running moments and set the bits of its finite values above a threshold.

    `offset` is the place of the first sample among the bits. Returns False, the moments as they were
    and the bits set, where a value is not finite.
    """
    rows, n_neurons = values.shape
    sums, squares = np.zeros(n_neurons), np.zeros(n_neurons)
    low, high = values[0].copy(), values[0].copy()
    ragged = min(-offset % _EIGHT, rows)  # rows up to where a plane begins
    whole = rows - (rows - ragged) % _EIGHT
    for r in range(whole - _EIGHT, ragged - 1, -_EIGHT):
        for i in range(0, n_neurons, _TILE):
            j = min(i + _TILE, n_neurons)
            a, b, c, d = values[r, i:j], values[r + 1, i:j], values[r + 2, i:j], values[r + 3, i:j]
            r4 = r + 4
            e, f, g, h = (
                values[r4, i:j],
                values[r4 + 1, i:j],
                values[r4 + 2, i:j],
                values[r4 + 3, i:j],
            )
            _add_eight(a, b, c, d, e, f, g, h, sums[i:j], squares[i:j])
            _widen_by_eight(a, b, c, d, e, f, g, h, low[i:j], high[i:j])
            eight_above(a, b, c, d, e, f, g, h, level, planes[(offset + r) >> 3, i:j])
    for r in range(rows):
        if r < ragged or r >= whole:
            place = offset + r
            _add_one(values[r], sums, squares, low, high)
            one_above(values[r], level, np.uint8(place & 7), planes[place >> 3])
    return _added_if_finite(sums, squares, low, high, total, total_squares, lowest, highest)
