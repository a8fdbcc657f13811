"""How many neurons have each count: all that the laws of counts need, however wide the layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CountHistogram:
    """Histogram of activation counts.

    Parameters
    ----------
    values : ndarray of int, shape (m,)
        The counts that occur, ascending; 0 among them where a neuron never fired.
    multiplicities : ndarray of int, shape (m,)
        How many neurons have each.
    n_samples : int
        Samples that were counted, D.
    """

    values: IntArray
    multiplicities: IntArray
    n_samples: int

    @property
    def n_neurons(self) -> int:
        """Neurons of the layer, N."""
        return int(self.multiplicities.sum())


def histogram_of(counts: IntArray, n_samples: int) -> CountHistogram:
    """Return the histogram of the counts of a layer's neurons."""
    values, multiplicities = np.unique(counts, return_counts=True)
    return CountHistogram(values.astype(np.int64), multiplicities.astype(np.int64), n_samples)
