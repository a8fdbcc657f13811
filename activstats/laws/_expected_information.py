"""Expected information on b, summed over all counts that can occur."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from activstats.laws._scores import scores
from activstats.laws.countlaw import count_probability

if TYPE_CHECKING:
    from activstats.laws._gamma import FloatArray

# Up to so many samples every count is summed by itself.
_EVERY_COUNT = 20_000
# Beyond, counts stand for their neighbours: this far apart relative to the distance from 0 or D,
# or, where all counts crowd around their mean, as this part of their standard deviation.
_RELATIVE_STEP, _PART_OF_SPREAD = 0.004, 0.02
_CROWDED, _SPREADS = 0.2, 40.0


def single_error(n_samples: int, b: float, rate: float) -> float:
    """Return the standard error that a single neuron gives."""
    counts, stands_for = _counts(n_samples, b, rate)
    chance = stands_for * count_probability(counts, n_samples=n_samples, n_neurons=1, b=b, c=rate)
    told = scores(counts, float(n_samples), b, rate)
    information = np.einsum("vi,v,vj->ij", told, chance, told)
    left = information[0, 0] - information[0, 1] ** 2 / information[1, 1]
    # One sample, or none, leaves nothing but rounding.
    return 1 / math.sqrt(left) if left > 1e-13 else math.inf


def _counts(n_samples: int, b: float, rate: float) -> tuple[FloatArray, FloatArray]:
    """Return whole counts and how many neighbours each stands for."""
    if n_samples <= _EVERY_COUNT:
        every = np.arange(n_samples + 1.0)
        return every, np.ones_like(every)
    mean = n_samples * rate
    spread = math.sqrt(mean * (1 - rate) * (b + n_samples * rate) / (b + rate))
    if spread < _CROWDED * min(mean, n_samples - mean):
        ends = (max(0.0, mean - _SPREADS * spread), min(n_samples, mean + _SPREADS * spread))
        edges = np.unique(np.round(np.arange(*ends, max(1.0, _PART_OF_SPREAD * spread))))
    else:
        edges = _towards_both_ends(n_samples)
    widths = np.diff(edges)
    return np.floor(edges[:-1] + (widths - 1) / 2), widths


def _towards_both_ends(n_samples: int) -> FloatArray:
    """Return edges that stand the denser the nearer they are to 0 and to D."""
    dense = np.arange(0, 1 / _RELATIVE_STEP)
    far = np.exp(np.arange(math.log(1 / _RELATIVE_STEP), math.log(n_samples / 2), _RELATIVE_STEP))
    low = np.concatenate([dense, np.round(far)])
    return np.unique(np.concatenate([low, n_samples + 1 - low]))
