"""The constant b from the order in which neurons fire for the first time.

After n samples a neuron that has not fired yet does so in the next one with probability
1 / (n/b + N/c): exactly linear in n when inverted, which makes the growth curve its own diagnostic.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from activstats.errors import InputError
from activstats.laws._estimate import Estimate, Observed
from activstats.laws._gamma import log_double_ratio
from activstats.laws._likelihood import rounding_of, sum_of
from activstats.laws._profile import inverse, profile
from activstats.laws.histogram import Histogram
from activstats.laws.identifiability import saturation
from activstats.laws.results import Status

RANDOM_ORDER = (
    "the hazard takes frozen weights and samples in random order; drift or blocks of like samples "
    "would pass for a different b"
)


@dataclass(frozen=True)
class Hazard:
    """Log-likelihood of the first activations, in phi = 1/b.

    Parameters
    ----------
    histogram : Histogram
        Counts; they give the number of neurons and the mean c.
    arrivals : Histogram
        Samples seen before each first activation, of the neurons that fired.

    Notes
    -----
    After n samples new ~ Binomial(N − K_n, h_n) with h_n = 1 / (n/b + N/c): the beta-binomial law
    conditioned on silence so far (derived). Summed neuron by neuron, the silence before the first
    activation is one double ratio of gammas, so that the sum has K + 1 terms and not D.
    The measured c stands in place of the true one. It moves along with the arrivals of the layer,
    so that intervals turn out a little too wide rather than too narrow.
    """

    histogram: Histogram
    arrivals: Histogram

    @property
    def coefficient(self) -> float:
        """Nothing: no coefficient is part of the values."""
        return 0.0

    @property
    def rounding(self) -> float:
        """Size of the rounding errors of the values."""
        return rounding_of(self.histogram.total + self.histogram.n_neurons)

    def rough(self, phi: float) -> float:
        """Return the log-likelihood: there is nothing to leave out."""
        return self(phi)

    def __call__(self, phi: float) -> float:
        """Return the log-likelihood."""
        counts, before = self.histogram, self.arrivals.values.astype(np.float64)
        rate = counts.c / counts.n_neurons
        never = counts.n_neurons - counts.k
        if phi == 0:
            silent = np.append(before, counts.n_samples) * math.log1p(-rate)
        else:
            beta = (1 / rate - 1) / phi
            silent = log_double_ratio(beta, 1 / phi, np.append(before, counts.n_samples))
        fires = -np.log(before * phi + 1 / rate)
        return sum_of(self.arrivals.weights * (silent[:-1] + fires)) + never * float(silent[-1])


def arrivals_of(counts: Any, histogram: Histogram) -> Histogram:
    """Return when neurons fired for the first time, from counts that know it.

    Parameters
    ----------
    counts : object with `first`
        Such as `activstats.Counts`: samples seen before each neuron's first activation, −1 for
        never.
    histogram : Histogram
        The counts themselves.

    Raises
    ------
    InputError
        If the counts do not know the order, or contradict themselves.
    """
    first = getattr(counts, "first", None)
    if first is None:
        raise InputError(
            "the hazard needs to know when each neuron fired first.",
            got=type(counts).__name__,
            allowed="counts of a recording, which have `first`",
            hint='GrowthLaw(method="likelihood") needs no order',
        )
    places = np.asarray(first)
    whole = places.ndim == 1 and places.dtype.kind in "iu"
    fired = places[places >= 0] if whole else places
    agrees = whole and (places.size, fired.size) == (histogram.n_neurons, histogram.k)
    if not agrees or np.any(fired >= histogram.n_samples):
        raise InputError(
            "first activations and counts contradict each other.",
            got=f"first of shape {places.shape}, {fired.size} neurons that fired",
            allowed=f"{histogram.n_neurons} whole numbers, {histogram.k} of them in 0 … D − 1",
        )
    values, neurons = np.unique(fired.astype(np.int64), return_counts=True)
    return Histogram(values, neurons.astype(np.int64), histogram.n_samples)


def by_hazard(observed: Observed, level: float) -> Estimate:
    """Return b from the order of first activations, with its likelihood interval."""
    if observed.arrivals is None:
        raise InputError("the hazard needs to know when each neuron fired first.")
    found = profile(Hazard(observed.histogram, observed.arrivals), level)
    over = saturation(observed.histogram)
    return Estimate(
        b=inverse(found.phi),
        b_low=inverse(found.high),
        b_high=inverse(found.low),
        bse=found.se_log,
        log_likelihood=found.log_likelihood,
        status=Status.SATURATED if over else Status.CONVERGED,
        reason=_saturated(over) if over else "",
        warnings=(RANDOM_ORDER,),
    )


def _saturated(reason: str) -> str:
    """Say of the hazard what `saturation` says of the curve: counts may still tell b, it cannot."""
    return reason.split("; ", maxsplit=1)[0] + ", and the hazard rests on these few samples alone"
