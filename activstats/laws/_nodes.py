"""Fewer points for sums over many different counts, without a loss that could be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from activstats.laws._gamma import FloatArray
    from activstats.laws.histogram import Histogram

# So many different counts are summed as they are.
_FEW = 4096
# Width of a group, relative to the count or to the samples without activation, whichever is less.
# The likelihood's terms bend like logarithms of these two, so that putting the mean of a group in
# place of its members changes a term by width²/24 < 1e-6 times its size.
_WIDTH = 0.004


def condensed(counts: Histogram) -> tuple[FloatArray, FloatArray]:
    """Return counts and the neurons each stands for, neighbouring large counts drawn together.

    Counts of 0 and of all samples stay apart, the sum of all counts stays what it is.
    """
    values, weights = counts.values.astype(np.float64), counts.weights
    if values.size <= _FEW:
        return values, weights
    with np.errstate(divide="ignore"):
        # −inf for neurons that never fired, +inf for those that always did: groups of their own.
        place = np.log(values) - np.log(counts.n_samples - values)
    _, group = np.unique(np.floor(place / _WIDTH), return_inverse=True)
    neurons = np.bincount(group, weights=weights)
    means = np.bincount(group, weights=weights * values) / neurons
    return means.astype(np.float64), neurons.astype(np.float64)
