"""Which neurons were activated, when first, and how their number grew with the samples."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from activstats.counts import spans as spans_
from activstats.errors import DomainError

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Arrivals:
    """The part of `Counts` that knows the order of the samples; see there for the parameters."""

    counts: IntArray
    first_sample: IntArray
    spans: IntArray

    @property
    def n_neurons(self) -> int:
        """Neurons of the layer, N."""
        return len(self.counts)

    @cached_property
    def n_samples(self) -> int:
        """Samples counted, D."""
        return spans_.length(self.spans)

    @cached_property
    def k(self) -> int:
        """Neurons activated at least once, K(D)."""
        return int(np.count_nonzero(self.counts))

    @cached_property
    def first(self) -> IntArray:
        """Samples seen before each neuron's first activation, shape (n_neurons,); -1 for never."""
        seen = self.first_sample >= 0
        first = np.full(self.n_neurons, -1, dtype=np.int64)
        first[seen] = spans_.rank(self.spans, self.first_sample[seen])
        return first

    def growth_curve(self, n_samples: npt.ArrayLike) -> IntArray:
        """Return K(D) in the order in which the samples were recorded.

        Parameters
        ----------
        n_samples : array_like of int, shape (m,)
            Numbers of samples, 0 <= D <= `self.n_samples`.

        Returns
        -------
        ndarray of int, shape (m,)
            Neurons activated at least once among the first D samples.

        Raises
        ------
        DomainError
            If a number lies outside the recording.
        """
        points = np.asarray(n_samples)
        if not np.all((points >= 0) & (points <= self.n_samples)):
            raise DomainError(
                "the measured growth curve ends with the recording.",
                got=f"D from {points.min()} to {points.max()}",
                allowed=f"0 <= D <= {self.n_samples}",
                hint="GrowthLaw().fit(counts).predict(D) extrapolates",
            )
        arrivals = np.sort(self.first[self.first >= 0])
        return np.searchsorted(arrivals, points, side="left").astype(np.int64)

    def samples_to(self, share: float) -> int | None:
        """Return after how many samples a share of K neurons had been activated.

        Parameters
        ----------
        share : float
            Of the neurons that were activated at all, 0 < share <= 1.

        Returns
        -------
        int or None
            In samples, in recorded order; None where no neuron was activated.
        """
        if not 0 < share <= 1:
            raise DomainError("no such share of K.", got=share, allowed="0 < share <= 1")
        if self.k == 0:
            return None
        arrivals = np.sort(self.first[self.first >= 0])
        # As the share is written: in binary, 0.07 of 100 would be a little more than 7.
        wanted = math.ceil(Fraction(repr(float(share))) * self.k)
        return int(arrivals[wanted - 1]) + 1
