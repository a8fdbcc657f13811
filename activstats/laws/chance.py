"""How far from its own curve a true growth law ends by chance: the yardstick for any misfit.

Counts are drawn from the fitted law again and again, the law is fitted anew to every draw, and the
misfit of each refit is kept: a parametric bootstrap, all on histograms of counts.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize_scalar

from activstats.errors import DomainError, InputError
from activstats.laws._likelihood import BetaBinomial
from activstats.laws.curves import expected_activated
from activstats.laws.histogram import Histogram, histogram_of
from activstats.laws.misfit import log_grid
from activstats.laws.rarefaction import log_unseen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from activstats.laws._gamma import FloatArray
    from activstats.laws.growth_result import GrowthLawResult

# How far from the fitted law, in standard errors of ln b, the refit of a draw is looked for.
_SEARCH_ERRORS = 8.0
_SEARCH_LEAST, _SEARCH_MOST = 1.0, 8.0
_LOG_TOLERANCE = 1e-4
# Distinct counts worked on at once, so that memory stays bounded for wide layers and many samples.
_BLOCK = 4096


def chance_misfit(
    result: GrowthLawResult, n_draws: int = 99, rng: np.random.Generator | int | None = None
) -> FloatArray:
    """Return the misfits that chance alone gives where the fitted growth law is true.

    Parameters
    ----------
    result : GrowthLawResult
        The law to draw from; its b may be infinite.
    n_draws : int
        Draws of the counts of a whole layer, B.
    rng : Generator, int or None
        Source of the draws.

    Returns
    -------
    ndarray of float, shape (n_draws,)
        sup over D of |K_rarefied − K_law| / N of every draw with the law fitted to it, to be set
        beside `result.misfit`; its mean and .95 quantile say how large a misfit means nothing.

    Raises
    ------
    InputError
        If the fit has no b to draw with.
    DomainError
        If `n_draws` is below 1.

    Notes
    -----
    Parametric bootstrap with refit (Efron & Tibshirani 1993, ch. 16; for distances between curves
    Stute, González Manteiga & Presedo Quindimil 1993, Metrika 40, 243). Neurons are drawn
    independently of each other; where they fire together, chance gives larger misfits than these.
    The refit holds the mean firing rate at the measured one, as the law's curve does.

    Examples
    --------
    >>> from activstats.laws.growth import GrowthLaw
    >>> result = GrowthLaw().fit([0, 0, 0, 1, 1, 2, 3, 5, 9, 30], n_samples=60)
    >>> chance_misfit(result, n_draws=3, rng=0).round(3).tolist()
    [0.06, 0.077, 0.083]
    """
    if n_draws < 1:
        raise DomainError("chance needs draws.", got=f"n_draws = {n_draws}", allowed=">= 1")
    if math.isnan(result.b):
        raise InputError("there is no fitted law to draw from.", got=result.reason)
    generator = np.random.default_rng(rng)
    histograms = [_draw(result, generator) for _ in range(n_draws)]
    grid = log_grid(result.n_samples)
    measured = _rarefied(histograms, grid)
    pairs = zip(histograms, measured, strict=True)
    return np.asarray([_distance(histogram, curve, grid, result) for histogram, curve in pairs])


def _draw(result: GrowthLawResult, rng: np.random.Generator) -> Histogram:
    """Draw the counts of a whole layer from the fitted law."""
    n, d, mean = result.n_neurons, result.n_samples, result.c / result.n_neurons
    if math.isinf(result.b):
        counts = rng.binomial(d, mean, size=n)
    else:
        counts = rng.binomial(d, rng.beta(result.b, result.b * (1 / mean - 1), size=n))
    return histogram_of(counts, d)


def _rarefied(histograms: list[Histogram], grid: NDArray[np.int64]) -> FloatArray:
    """Return E[K] of every draw at every point of the grid, shape (draws, points).

    One table of the chance to be seen serves all draws: they share the number of samples.
    """
    known = np.unique(np.concatenate([histogram.values for histogram in histograms]))
    result = np.zeros((len(histograms), grid.size))
    for block in np.split(known, range(_BLOCK, known.size, _BLOCK)):
        neurons = np.zeros((len(histograms), block.size))
        for row, drawn in zip(neurons, histograms, strict=True):
            first, last = np.searchsorted(drawn.values, [block[0], block[-1] + 1])
            row[np.searchsorted(block, drawn.values[first:last])] = drawn.weights[first:last]
        seen = -np.expm1(log_unseen(block[:, None], histograms[0].n_samples, grid))
        # Not as a product of a BLAS, which rounds anew with every number of threads.
        result += np.einsum("dv,vg->dg", neurons, seen)
    return result


def _distance(
    drawn: Histogram, measured: FloatArray, grid: NDArray[np.int64], result: GrowthLawResult
) -> float:
    n, c = drawn.n_neurons, drawn.c
    if not 0 < c < n:  # nothing fired, or everything always: there is no curve to miss
        return 0.0
    law = expected_activated(grid, n_neurons=n, b=_refitted(drawn, result), c=c)
    return float(np.max(np.abs(measured - law)) / n)


def _refitted(drawn: Histogram, result: GrowthLawResult) -> float:
    """Return the b of highest likelihood, near the b that the counts were drawn with."""
    likelihood = BetaBinomial(drawn)
    reach = min(_SEARCH_ERRORS * result.bse, _SEARCH_MOST)
    centre = math.log(result.b) if math.isfinite(result.b) else _largest_telling(drawn)
    found = minimize_scalar(
        lambda log_b: -likelihood.rough(math.exp(-log_b)),
        bounds=(centre - max(reach, _SEARCH_LEAST), centre + max(reach, _SEARCH_LEAST)),
        method="bounded",
        options={"xatol": _LOG_TOLERANCE},
    )
    return math.inf if likelihood.rough(0.0) >= -found.fun else math.exp(float(found.x))


def _largest_telling(drawn: Histogram) -> float:
    """Return the ln b above which equal rates and unequal ones scatter the counts alike."""
    activations = drawn.total / drawn.n_neurons
    return math.log1p(activations * math.sqrt(drawn.n_neurons))
