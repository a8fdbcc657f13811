"""Counts: how often each neuron of a layer was activated, and when first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from activstats.counts.arrivals import Arrivals
from activstats.counts.histogram import CountHistogram, histogram_of
from activstats.counts.moments import Moments
from activstats.errors import InputError

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Counts(Arrivals):
    """Activation counts of the neurons of one layer.

    Two counts add up: ``a + b``. Parts of one recording, such as its shards, keep the places of their
    samples and may be added in any order. Where the provenance names two recordings or two steps, and
    where both count the same sample numbers, the samples of `b` come after those of `a`.

    Parameters
    ----------
    counts : ndarray of int, shape (n_neurons,)
        Samples that activated each neuron, D_i.
    first_sample : ndarray of int, shape (n_neurons,)
        Number of the first sample that did, -1 for never.
    spans : ndarray of int, shape (m, 2)
        The samples counted, as half-open ranges of sample numbers.
    moments : Moments
        Of the activations themselves, neuron by neuron.
    provenance : mapping
        Where the counts are from: recording, layer, rule, step.

    Examples
    --------
    >>> active = np.array([[True, False, False], [True, True, False]])
    >>> counts = Counts.from_active(active)
    >>> counts.counts, counts.first, counts.k, counts.c
    (array([2, 1, 0]), array([ 0,  1, -1]), 2, 1.5)
    """

    moments: Moments | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_active(cls, active: BoolArray, **provenance: Any) -> Counts:
        """Count a boolean array of shape (n_samples, n_neurons).

        Raises
        ------
        InputError
            If the array has another number of dimensions, no neuron, or is not boolean.
        """
        active = np.asarray(active)
        samples_by_neurons = active.ndim == 2 and active.shape[1] > 0  # noqa: PLR2004
        if not samples_by_neurons or active.dtype != np.bool_:
            raise InputError(
                "counts need a boolean array of samples by neurons.",
                got=f"{active.dtype} of shape {active.shape}",
                hint="apply a rule first: above(0)(activations)",
            )
        first = np.where(active.any(axis=0), active.argmax(axis=0) if len(active) else 0, -1)
        return cls(
            counts=active.sum(axis=0, dtype=np.int64),
            first_sample=first.astype(np.int64),
            spans=np.array([[0, len(active)]], dtype=np.int64),
            provenance=provenance,
        )

    @cached_property
    def c(self) -> float:
        """Mean number of neurons that one sample activates; NaN without samples."""
        return float(self.counts.sum() / self.n_samples) if self.n_samples else float("nan")

    @property
    def free_share(self) -> float:
        """Share of neurons never activated, 1 − K/N, the same as `dead_share`; NaN without samples."""
        return 1.0 - self.k / self.n_neurons if self.n_samples else float("nan")

    @property
    def dead_share(self) -> float:
        """Share of neurons that no sample activated; NaN without samples."""
        return self.free_share

    @cached_property
    def always_on_share(self) -> float:
        """Share of neurons that every sample activated; NaN without samples."""
        if not self.n_samples:
            return float("nan")
        return float(np.mean(self.counts == self.n_samples))

    @cached_property
    def nonfinite_share(self) -> float:
        """Share of the activations that were NaN or infinite; NaN where that is not known."""
        if self.moments is None or not self.n_samples:
            return float("nan")
        return float(self.moments.n_nonfinite.sum() / (self.n_samples * self.n_neurons))

    @cached_property
    def histogram(self) -> CountHistogram:
        """How many neurons have each count."""
        return histogram_of(self.counts, self.n_samples)

    def __add__(self, other: Counts) -> Counts:
        if not isinstance(other, Counts):
            return NotImplemented
        from activstats.counts.adding import add

        return add(self, other)

    def shifted(self, by: int) -> Counts:
        """Return the same counts of samples that are numbered from another place."""
        first = np.where(self.first_sample >= 0, self.first_sample + by, -1)
        return replace(self, first_sample=first, spans=self.spans + by)

    def summary(self) -> str:
        """Return the counts in words and figures, a line each."""
        from activstats.counts.summary import summary

        return summary(self)
