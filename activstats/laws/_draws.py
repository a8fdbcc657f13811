"""Layers drawn from the growth law that was fitted to one, and the law fitted to each of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from activstats.errors import DomainError
from activstats.laws._cells import Cells, cells_for
from activstats.laws._gamma import FloatArray
from activstats.laws._profile import inverse, profile
from activstats.laws._refit import Centre, Family, Laws, family
from activstats.laws._zero_likelihood import ZeroInflated

if TYPE_CHECKING:
    from activstats.laws.histogram import Histogram

# Draws worked on at once, so that memory stays bounded.
_BLOCK = 64


@dataclass(frozen=True)
class Draws:
    """Layers drawn from the law that was fitted to one.

    Parameters
    ----------
    observed : Histogram
        The counts that the law was fitted to.
    law : Laws
        That law, alone.
    family : Family
        The laws around it, on cells of counts.
    neurons : ndarray of float, shape (draws, u)
        Neurons in each cell.
    with_dead : bool
        Whether the law has a share of dead neurons.
    """

    observed: Histogram
    law: Laws
    family: Family
    neurons: FloatArray
    with_dead: bool

    @property
    def cells(self) -> Cells:
        """Cells of counts."""
        return self.family.cells

    def refitted(self) -> Iterator[tuple[FloatArray, Laws]]:
        """Yield the draws and the laws fitted to them, in blocks."""
        for start in range(0, len(self.neurons), _BLOCK):
            block = self.neurons[start : start + _BLOCK]
            laws = self.family.refit(block, with_dead=self.with_dead)
            yield block, self.with_measured_mean(block, laws)

    def with_measured_mean(self, neurons: FloatArray, laws: Laws) -> Laws:
        """Return the laws with the measured mean rate, as the law's curve has it."""
        n, d = neurons.sum(axis=1), self.observed.n_samples
        activations = np.einsum("ru,u->r", neurons, self.cells.middles)
        mean = activations / (n * d * (1 - laws.dead_share))
        mean = np.clip(mean, 0.5 / (n * d), 1 - 0.5 / (n * d))
        return Laws(laws.b, mean / (1 - mean), laws.dead_share)


def draws_from(
    histogram: Histogram, n_draws: int, rng: np.random.Generator | int | None, *, with_dead: bool
) -> Draws:
    """Fit the law to counts, by likelihood, and draw layers from it.

    Parameters
    ----------
    histogram : Histogram
        Counts to which a law can be fitted.
    n_draws : int
        Number of layers.
    rng : Generator, int or None
        Source of the draws.
    with_dead : bool
        Whether a share of the neurons may be dead.
    """
    if n_draws < 1:
        raise DomainError("chance needs draws.", got=f"n_draws = {n_draws}", allowed=">= 1")
    law, centre = _fitted(histogram, with_dead=with_dead)
    b, odds, dead = (float(part[0]) for part in law)
    cells = cells_for(histogram.n_samples, b, odds)
    p = cells.probabilities(b, odds, dead)
    generator = np.random.default_rng(rng)
    neurons = generator.multinomial(histogram.n_neurons, p, size=n_draws).astype(np.float64)
    return Draws(histogram, law, family(cells, centre), neurons, with_dead)


def _fitted(histogram: Histogram, *, with_dead: bool) -> tuple[Laws, Centre]:
    """Return the law of highest likelihood, with the measured mean rate, and what surrounds it."""
    likelihood = ZeroInflated(histogram)
    found = profile(likelihood if with_dead else likelihood.base, 0.95)
    n, d, dead = histogram.n_neurons, histogram.n_samples, 0.0
    if with_dead:
        dead = likelihood.dead_share(found.phi)
    mean = histogram.total / (n * d * (1 - dead))
    logit = math.log(mean / (1 - mean)) if mean < 1 else math.log(2 * n * d)
    # Where the best b is infinite, fits of draws are looked for around the largest b that tells.
    telling = math.log1p(histogram.total / n * math.sqrt(n))
    log_b = -math.log(found.phi) if found.phi else telling
    error_b = found.se_log if math.isfinite(found.se_log) else 1.0
    centre = Centre(log_b, logit, error_b, likelihood.logit_error(found.phi, logit))
    law = Laws(*(np.array([x]) for x in (inverse(found.phi), math.exp(logit), dead)))
    return law, centre
