"""Stamina of one neuron over single outputs, compiled; see `_stamina_kernels` for what they share."""

from __future__ import annotations

from typing import Any

import numpy as np

from activstats.compiled import compiled
from activstats.dynamics._stamina_kernels import CLOSE, FAR, SURVIVES


@compiled
def time_of_death_of_values(outputs: Any, penalty: Any, start: Any, cap: Any) -> Any:
    """Return the number of the sample in which stamina falls to zero, or -1.

    Stamina is in penalties, and grows by each output as it was; what is not finite is silent.
    """
    s = start
    for t in range(outputs.size):
        a = outputs[t]
        if a > 0 and a < np.inf:
            s = min(cap, s + a / penalty)
        else:
            s -= 1.0
            if s <= 0:
                return t
    return SURVIVES


@compiled
def ledger_of_values(
    outputs: Any, penalties: Any, start: Any, cap: Any, scale_free: Any, died: Any, critical: Any
) -> Any:
    """Fill in the same from single outputs, shape (n_neurons, n_samples)."""
    for i in range(len(outputs)):
        low, high = -1, penalties.size
        while high - low > 1:
            middle = (low + high) // 2
            died[i, middle] = _death(outputs[i], penalties[middle], start, cap, scale_free)
            if died[i, middle] < 0:
                low = middle
            else:
                high = middle
        died[i, : low + 1] = SURVIVES
        for j in range(high, penalties.size):
            died[i, j] = _death(outputs[i], penalties[j], start, cap, scale_free)
        critical[i] = _critical_of_values(outputs[i], penalties, low, start, cap, scale_free)


@compiled
def _death(outputs: Any, penalty: Any, start: Any, cap: Any, scale_free: Any) -> Any:
    scale = 1.0 if scale_free else penalty
    return time_of_death_of_values(outputs, penalty, start / scale, cap / scale)


@compiled
def _critical_of_values(
    outputs: Any, penalties: Any, low: Any, start: Any, cap: Any, scale_free: Any
) -> Any:
    """Return the largest penalty that a neuron survives, 0 for none and infinity for any."""
    known, above = 0.0, np.inf
    if low >= 0:
        known = penalties[low]
    elif _death(outputs, penalties[0] / FAR, start, cap, scale_free) < 0:
        known = penalties[0] / FAR
    if low < penalties.size - 1:
        above = penalties[low + 1]
    elif _death(outputs, penalties[-1] * FAR, start, cap, scale_free) >= 0:
        above = penalties[-1] * FAR
    if known == 0.0 or above == np.inf:
        return known if known == 0.0 else above
    while above / known > 1 + CLOSE:
        middle = np.sqrt(known * above)
        if _death(outputs, middle, start, cap, scale_free) >= 0:
            above = middle
        else:
            known = middle
    return known
