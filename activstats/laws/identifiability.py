"""When counts cannot tell the constant b, and when the growth curve says nothing.

These are statuses with a reason, never errors and never numbers.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import numpy as np

from activstats.laws._nodes import condensed
from activstats.laws.rarefaction import rarefied

if TYPE_CHECKING:
    from activstats.laws.histogram import Histogram

# "Reached within about 50 samples": the curve is over before there is anything to see of it.
SATURATION_SAMPLES = 50
SATURATION_SHARE = 0.9
# Rates with b = 1 are spread evenly up to their cutoff: below it most neurons are nearly silent,
# above it most are alike. Counts that allow b < 1 and b = ∞ at once tell nothing.
EVEN_SPREAD = 1.0


def what_hides_b(counts: Histogram) -> str:
    """Return why no b can be had from the counts, in words; empty if nothing stands against it.

    Examples
    --------
    >>> from activstats.laws.histogram import histogram_of
    >>> what_hides_b(histogram_of([0, 1, 1], n_samples=7))
    'no neuron fired twice, so that nothing is known of how unequal the rates are'
    """
    n, d, values = counts.n_neurons, counts.n_samples, counts.values
    cases = (
        (d == 0, "no sample was seen (D = 0)"),
        (d == 1, "only one sample was seen (D = 1), and rates need at least two"),
        (counts.k == 0, "no neuron fired in any sample"),
        (n == 1, "the layer has a single neuron, and b describes differences between neurons"),
        (counts.total == n * d, "every neuron fired in every sample (c = N)"),
        (
            int(values[-1]) <= 1,
            "no neuron fired twice, so that nothing is known of how unequal the rates are",
        ),
        (values.size == 1, f"all neurons fired equally often ({values[0]} times)"),
        (
            bool(np.all((values == 0) | (values == d))),
            "each neuron fired in every sample or in none, so that b may be as small as one likes",
        ),
    )
    return next((reason for applies, reason in cases if applies), "")


def too_wide(b_low: float, b_high: float, activations_per_neuron: float) -> str:
    """Return in words that an interval for b leaves everything open; empty if it does not."""
    if b_low == 0:
        return "the counts set no lower bound on b"
    if not (b_low <= EVEN_SPREAD and np.isinf(b_high)):
        return ""
    return (
        f"the interval for b reaches from {b_low:.2g} to infinity: with {activations_per_neuron:.2g} "
        "activations a neuron, very unequal rates and equal rates fit alike"
    )


def saturation(counts: Histogram) -> str:
    """Return in words that K(D) was over within some 50 samples; empty if it was not.

    Samples are taken to come in random order (rarefaction). A recording shorter than twice the
    number of samples in question cannot show that its curve is over.
    """
    size = _samples_to_share(counts, min(SATURATION_SAMPLES, counts.n_samples // 2))
    if size is None:
        return ""
    return (
        f"saturated: the curve says nothing, {SATURATION_SHARE * 100:g} % of the neurons that fire at all "
        f"had fired within {size} samples; b comes from how often they fire"
    )


def _samples_to_share(counts: Histogram, most: int) -> int | None:
    """Return the samples after which most of the final K is reached, if `most` are enough."""

    def reached(size: int) -> bool:
        k = rarefied(*condensed(counts), counts.n_samples, np.array([float(size)]))[0]
        return bool(k >= SATURATION_SHARE * counts.k)

    if counts.k == 0 or most < 1 or not reached(most):
        return None
    return bisect_left(range(1, most), x=True, key=reached) + 1
