"""Stamina of one neuron over the samples of a recording, compiled.

Numbers are in whole parts of the penalty, so that sums are exact in any order: a silent sample costs
`unit` parts, a firing one adds `gain`. Sixty-four samples are passed in one step wherever neither the
cap nor death can be met within them, whatever their order.

A larger penalty makes gain, start and cap smaller in these parts, none larger: the path of stamina is
lower at every sample, and the time of death is never later. That is what bisection rests on.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from activstats.compiled import compiled

SURVIVES = -1
FAR = 1e9  # beyond this factor of all penalties asked for, one is none or infinite
CLOSE = 1e-3  # relative precision of critical penalties


@compiled
def outlives(fired: Any, last: Any, gain: Any, unit: Any, start: Any, cap: Any) -> Any:
    """Tell whether the neuron lives in whatever order the samples of each word came.

    All silence first is the worst for living through a word, all firing first, whose gain can be lost
    to the cap, the worst for what is left after it. True is certain, False is not.
    """
    s = start
    words = fired.size
    for w in range(words):
        k = np.int64(fired[w])
        n = last if w == words - 1 else 64
        loss = (n - k) * unit
        if s <= loss:
            return False
        s = min(cap, s + k * gain) - loss
    return True


@compiled
def fill_tables(change: Any, ceiling: Any, gain: Any, unit: Any, cap: Any) -> Any:
    """Fill in what the eight samples of each byte do: s becomes min(s + change, ceiling).

    The ceiling is where they lead from the cap; samples are added one by one, the lowest bit first.
    """
    change[0], ceiling[0] = 0, cap
    for j in range(8):
        half = 1 << j
        for b in range(half):
            change[b + half] = change[b] + gain
            ceiling[b + half] = min(cap, ceiling[b] + gain)
            change[b] -= unit
            ceiling[b] -= unit


@compiled
def time_of_death(
    words: Any, fired: Any, last: Any, gain: Any, unit: Any, start: Any, cap: Any
) -> Any:
    """Return the number of the sample in which stamina falls to zero, or -1."""
    if outlives(fired, last, gain, unit, start, cap):
        return SURVIVES
    s = start
    tabled = False
    change, ceiling = np.empty(256, np.int64), np.empty(256, np.int64)
    for w in range(fired.size):
        k = np.int64(fired[w])
        n = last if w == fired.size - 1 else 64
        loss = (n - k) * unit
        if s > loss and s + k * gain <= cap:
            s += k * gain - loss
            continue
        bits = words[w]
        if s > loss and w < fired.size - 1:
            if not tabled:
                fill_tables(change, ceiling, gain, unit, cap)
                tabled = True
            for _ in range(8):
                b = np.int64(bits & np.uint64(255))
                s = min(s + change[b], ceiling[b])
                bits >>= np.uint64(8)
            continue
        for j in range(n):
            if bits & np.uint64(1):
                s = min(cap, s + gain)
            else:
                s -= unit
                if s <= 0:
                    return w * 64 + j
            bits >>= np.uint64(1)
    return SURVIVES


@compiled
def _dies(
    words: Any,
    fired: Any,
    last: Any,
    mean: Any,
    penalty: Any,
    start: Any,
    cap: Any,
    unit: Any,
    scale_free: Any,
) -> Any:
    """Tell whether a neuron dies under one penalty; see `parts` for the arguments."""
    gain, begin, most = parts(mean, penalty, start, cap, unit, scale_free, fired.size)
    return time_of_death(words, fired, last, gain, unit, begin, most) >= 0


@compiled
def parts(
    mean: Any, penalty: Any, start: Any, cap: Any, unit: Any, scale_free: Any, n_words: Any
) -> Any:
    """Return gain, start and cap in whole parts of the penalty.

    Nobody loses more than the samples there are, so that more stamina than that need not be counted.
    """
    limit = n_words * 64.0 + 1.0
    scale = 1.0 if scale_free else penalty
    most = np.int64(round(min(cap / scale, limit) * unit))
    begin = np.int64(round(min(start / scale, limit) * unit))
    gain = np.int64(round(min(mean / penalty, limit) * unit))
    return min(gain, most), min(begin, most), most


@compiled
def ledger_of_masks(
    words: Any,
    fired: Any,
    last: Any,
    means: Any,
    penalties: Any,
    start: Any,
    cap: Any,
    unit: Any,
    scale_free: Any,
    died: Any,
    critical: Any,
) -> Any:
    """Fill in times of death and critical penalties of some neurons for ascending penalties.

    Of each neuron, the largest penalty that it survives is found by bisection and refined to the
    critical one; larger penalties are followed to death.
    """
    for i in range(len(words)):
        low, high = -1, penalties.size
        while high - low > 1:
            middle = (low + high) // 2
            gain, begin, most = parts(
                means[i], penalties[middle], start, cap, unit, scale_free, fired.shape[1]
            )
            died[i, middle] = time_of_death(words[i], fired[i], last, gain, unit, begin, most)
            if died[i, middle] < 0:
                low = middle
            else:
                high = middle
        died[i, : low + 1] = SURVIVES
        for j in range(high, penalties.size):
            gain, begin, most = parts(
                means[i], penalties[j], start, cap, unit, scale_free, fired.shape[1]
            )
            died[i, j] = time_of_death(words[i], fired[i], last, gain, unit, begin, most)
        critical[i] = _critical(
            words[i], fired[i], last, means[i], penalties, low, start, cap, unit, scale_free
        )


@compiled
def _critical(
    words: Any,
    fired: Any,
    last: Any,
    mean: Any,
    penalties: Any,
    low: Any,
    start: Any,
    cap: Any,
    unit: Any,
    scale_free: Any,
) -> Any:
    """Return the largest penalty that a neuron survives, 0 for none and infinity for any."""
    known, above = 0.0, np.inf
    if low >= 0:
        known = penalties[low]
    elif not _dies(words, fired, last, mean, penalties[0] / FAR, start, cap, unit, scale_free):
        known = penalties[0] / FAR
    if low < penalties.size - 1:
        above = penalties[low + 1]
    elif _dies(words, fired, last, mean, penalties[-1] * FAR, start, cap, unit, scale_free):
        above = penalties[-1] * FAR
    if known == 0.0 or above == np.inf:
        return known if known == 0.0 else above
    while above / known > 1 + CLOSE:
        middle = np.sqrt(known * above)
        if _dies(words, fired, last, mean, middle, start, cap, unit, scale_free):
            above = middle
        else:
            known = middle
    return known
