"""Counts: how often each neuron of a layer was activated, and when first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from activstats.counts import spans as spans_
from activstats.counts.histogram import CountHistogram, histogram_of
from activstats.counts.moments import Moments
from activstats.errors import DomainError, InputError

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Counts:
    """Activation counts of the neurons of one layer.

    Two counts add up: ``a + b``. Parts of one recording, such as its shards, keep the places of their
    samples and may be added in any order; where both count the same sample numbers, as two recordings
    do, the samples of `b` come after those of `a`.

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

    counts: IntArray
    first_sample: IntArray
    spans: IntArray
    moments: Moments | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_active(cls, active: BoolArray, **provenance: Any) -> Counts:
        """Count a boolean array of shape (n_samples, n_neurons).

        Raises
        ------
        InputError
            If the array has another number of dimensions or is not boolean.
        """
        active = np.asarray(active)
        if active.ndim != 2 or active.dtype != np.bool_:  # noqa: PLR2004  (samples by neurons)
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

    # -- sizes -----------------------------------------------------------------------------------

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
    def c(self) -> float:
        """Mean number of neurons that one sample activates; NaN without samples."""
        return float(self.counts.sum() / self.n_samples) if self.n_samples else float("nan")

    @property
    def free_share(self) -> float:
        """Share of neurons that were never activated, 1 − K/N; the same as `dead_share`."""
        return 1.0 - self.k / self.n_neurons

    @property
    def dead_share(self) -> float:
        """Share of neurons that no sample activated."""
        return self.free_share

    @cached_property
    def always_on_share(self) -> float:
        """Share of neurons that every sample activated; NaN without samples."""
        if not self.n_samples:
            return float("nan")
        return float(np.mean(self.counts == self.n_samples))

    # -- growth ----------------------------------------------------------------------------------

    @cached_property
    def first(self) -> IntArray:
        """Samples seen before each neuron's first activation, shape (n_neurons,); -1 for never."""
        seen = self.first_sample >= 0
        first = np.full(self.n_neurons, -1, dtype=np.int64)
        first[seen] = spans_.rank(self.spans, self.first_sample[seen])
        return first

    @cached_property
    def histogram(self) -> CountHistogram:
        """How many neurons have each count."""
        return histogram_of(self.counts, self.n_samples)

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
        if points.size and (points.min() < 0 or points.max() > self.n_samples):
            raise DomainError(
                "the measured growth curve ends with the recording.",
                got=f"D up to {points.max()}",
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
        return int(arrivals[int(np.ceil(share * self.k)) - 1]) + 1

    # -- adding ----------------------------------------------------------------------------------

    def __add__(self, other: Counts) -> Counts:
        if not isinstance(other, Counts):
            return NotImplemented
        self._check_same_layer(other)
        if spans_.overlap(self.spans, other.spans):
            other = other._shifted(int(self.spans.max()) - int(other.spans.min()))
        both = self.moments is not None and other.moments is not None
        return Counts(
            counts=self.counts + other.counts,
            first_sample=_earlier(self.first_sample, other.first_sample),
            spans=spans_.join(np.concatenate([self.spans, other.spans])),
            moments=self.moments + other.moments if both else None,  # type: ignore[operator]
            provenance=_common(self.provenance, other.provenance),
        )

    def _shifted(self, by: int) -> Counts:
        first = np.where(self.first_sample >= 0, self.first_sample + by, -1)
        return replace(self, first_sample=first, spans=self.spans + by)

    def _check_same_layer(self, other: Counts) -> None:
        if self.n_neurons != other.n_neurons:
            raise InputError(
                "counts of layers of different width do not add up.",
                got=f"N = {self.n_neurons} and N = {other.n_neurons}",
            )
        for key in ("layer", "rule"):
            mine, theirs = self.provenance.get(key), other.provenance.get(key)
            if mine is not None and theirs is not None and mine != theirs:
                raise InputError(
                    f"counts of different {key}s do not add up.", got=f"{mine} and {theirs}"
                )

    # -- showing ---------------------------------------------------------------------------------

    def summary(self) -> str:
        """Return the counts in words and figures, a line each."""
        origin = [(key, str(value)) for key, value in self.provenance.items()]
        half, most = self.samples_to(0.5), self.samples_to(0.9)
        figures = [
            ("N", f"{self.n_neurons} neurons"),
            ("D", f"{self.n_samples} samples"),
            ("c", f"{self.c:.4g} neurons a sample, c/N {self.c / self.n_neurons:.4g}"),
            ("K", f"{self.k} neurons activated at least once"),
            ("dead", f"{self.dead_share:.1%} of the neurons"),
            ("always on", f"{self.always_on_share:.1%} of the neurons"),
            ("50 % of K", "never" if half is None else f"after {half} samples"),
            ("90 % of K", "never" if most is None else f"after {most} samples"),
        ]
        return "\n".join(f"{label:<11} {text}" for label, text in [*origin, *figures])


def _earlier(a: IntArray, b: IntArray) -> IntArray:
    never = np.iinfo(np.int64).max
    first = np.minimum(np.where(a < 0, never, a), np.where(b < 0, never, b))
    return np.where(first == never, -1, first)


def _common(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what is the same in both; the rest would be true of a part only."""
    return {key: value for key, value in a.items() if b.get(key) == value}
