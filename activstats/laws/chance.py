"""How far from its own curve a true growth law ends by chance: the yardstick for any misfit.

Counts are drawn from the fitted law again and again, the law is fitted anew to every draw, and what
is asked of the counts is asked of each draw with its refit: a parametric bootstrap, all on
histograms of counts and on all draws at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import numpy as np

from activstats.errors import InputError
from activstats.laws._cells import Cells
from activstats.laws._draws import draws_from
from activstats.laws._gamma import FloatArray, log_double_ratio
from activstats.laws._refit import Laws
from activstats.laws.misfit import log_grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from activstats.laws.histogram import Histogram


class Drawable(Protocol):
    """What drawing from a fitted growth law needs of its result."""

    @property
    def b(self) -> float:
        """Best constant; nan if there is none."""

    @property
    def histogram(self) -> Histogram:
        """The counts."""

    @property
    def reason(self) -> str:
        """Why there is no b."""


def chance_misfit(
    result: Drawable, n_draws: int = 99, rng: np.random.Generator | int | None = None
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
    Law and refits are beta-binomial, of highest likelihood, with the measured mean rate.

    Examples
    --------
    >>> from activstats.laws.growth import GrowthLaw
    >>> result = GrowthLaw().fit([0, 0, 0, 1, 1, 2, 3, 5, 9, 30], n_samples=60)
    >>> chance_misfit(result, n_draws=3, rng=0).shape
    (3,)
    """
    if math.isnan(result.b):
        raise InputError("there is no fitted law to draw from.", got=result.reason)
    draws = draws_from(result.histogram, n_draws, rng, with_dead=False)
    distance = curve_distance(draws.cells)
    return np.concatenate([distance(neurons, laws) for neurons, laws in draws.refitted()])


def curve_distance(cells: Cells) -> Callable[[FloatArray, Laws], FloatArray]:
    """Return a function from neurons in cells and their laws to sup |K_rarefied − K_law| / N."""
    grid = log_grid(cells.n_samples)
    # One table of the chance to be seen serves all draws: they share the number of samples.
    seen = cells.seen(grid)

    def distances(neurons: FloatArray, laws: Laws) -> FloatArray:
        n, fired = neurons.sum(axis=1), neurons[:, 1:].any(axis=1)
        # Not as a product of a BLAS, which rounds anew with every number of threads.
        measured = np.einsum("ru,ug->rg", neurons, seen) / n[:, None]
        gap = np.abs(measured - law_curve(laws, grid)).max(axis=1)
        return np.where(fired, gap, 0.0)  # where nothing fired, there is no curve to miss

    return distances


def law_curve(laws: Laws, grid: NDArray[np.int64]) -> FloatArray:
    """Return the share of neurons that each law expects to have fired, shape (laws, len(grid))."""
    d = grid.astype(np.float64)[None, :]
    odds, equal = laws.odds[:, None], np.isinf(laws.b)[:, None]
    b = np.where(equal, 1.0, laws.b[:, None])
    silence = np.where(equal, -d * np.log1p(odds), log_double_ratio(b / odds, b, d))
    return np.asarray((1 - laws.dead_share)[:, None] * -np.expm1(silence))
