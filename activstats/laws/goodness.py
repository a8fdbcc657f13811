"""Does the growth law describe the counts? Effect sizes first, then p-values by bootstrap.

Two distances between counts and law:

- sup over D of |K_rarefied(D) − K_law(D)| / N, the largest error of the curve as a share of the
  layer;
- the Cramér–von Mises statistic for discrete distributions, W² = N Σ_k (F_N(k) − F(k))² p(k) over
  k = 0 … D (Choulakian, Lockhart & Stephens 1994, Canad. J. Statist. 22, 125; Spinelli & Stephens
  1997, Canad. J. Statist. 25, 257), with F_N the share of neurons with counts up to k, and F, p the
  fitted law. From 4096 samples on, k runs over cells of counts, .4 % wide or less.

Either p-value is (1 + #{T* ≥ T}) / (B + 1) over B layers drawn from the fitted law, each with the
law fitted to it anew (parametric bootstrap; Stute, González Manteiga & Presedo Quindimil 1993,
Metrika 40, 243). Never on the curve in recorded order: neurons that fire together would make it
reject a true law.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from activstats.errors import DomainError
from activstats.laws._draws import Draws, draws_from
from activstats.laws._gamma import FloatArray
from activstats.laws.chance import Drawable, curve_distance
from activstats.laws.goodness_result import GoodnessOfFit
from activstats.laws.results import Status

if TYPE_CHECKING:
    from activstats.laws._refit import Laws

__all__ = ["GoodnessOfFit", "goodness_of_fit"]

_WITH_DEAD = ("zero-inflated", "zero-truncated")
_AS_TESTED = ("beta-binomial", "dirichlet-multinomial", "zero-inflated")


class Fitted(Drawable, Protocol):
    """What the test needs of a fitted growth law."""

    @property
    def method(self) -> str:
        """Estimator of the law."""

    @property
    def level(self) -> float:
        """Confidence level."""

    @property
    def provenance(self) -> dict[str, Any]:
        """Where the counts come from."""


def goodness_of_fit(
    result: Fitted, n_boot: int = 999, rng: np.random.Generator | int | None = None
) -> GoodnessOfFit:
    """Test the growth law by a parametric bootstrap with refit.

    Parameters
    ----------
    result : GrowthLawResult or ZeroInflatedFit
        A fitted law; with dead neurons where its likelihood has them.
    n_boot : int
        Layers drawn, B.
    rng : Generator, int or None
        Source of the draws.

    Returns
    -------
    GoodnessOfFit
        With a status; where the fit has no b, the reason in words and no numbers.

    Raises
    ------
    DomainError
        If `n_boot` is below 1.

    Notes
    -----
    The law tested is that of highest likelihood with the measured mean rate, whatever estimator
    the result used; draws are fitted in the same way.

    Examples
    --------
    >>> from activstats.laws.growth import GrowthLaw
    >>> result = GrowthLaw().fit([0, 0, 0, 1, 1, 2, 3, 5, 9, 30], n_samples=60)
    >>> test = goodness_of_fit(result, n_boot=99, rng=0)
    >>> test.pvalue_misfit > 0.1, test.pvalue_cramer_von_mises > 0.1
    (True, True)
    """
    if n_boot < 1:
        raise DomainError("a bootstrap needs draws.", got=f"n_boot = {n_boot}", allowed=">= 1")
    histogram, with_dead = result.histogram, result.method in _WITH_DEAD
    known: dict[str, Any] = {
        "method": f"parametric bootstrap, {'zero-inflated ' if with_dead else ''}beta-binomial",
        "level": result.level,
        "n_obs": histogram.n_neurons,
        "n_samples": histogram.n_samples,
        "provenance": result.provenance,
    }
    if math.isnan(result.b) or result.b == 0:
        reason = result.reason or "the fit has no b"
        return GoodnessOfFit(status=Status.NOT_IDENTIFIABLE, reason=reason, **known)
    draws = draws_from(histogram, n_boot, rng, with_dead=with_dead)
    measured, by_chance = _distances(draws)
    p = (1 + np.sum(by_chance >= measured * (1 - 1e-9), axis=0)) / (n_boot + 1)
    return GoodnessOfFit(
        status=Status.CONVERGED,
        warnings=_warnings(result),
        b=float(draws.law.b[0]),
        dead_share=float(draws.law.dead_share[0]),
        misfit=float(measured[0]),
        cramer_von_mises=float(measured[1]),
        pvalue_misfit=float(p[0]),
        pvalue_cramer_von_mises=float(p[1]),
        misfit_draws=tuple(by_chance[:, 0].tolist()),
        cramer_von_mises_draws=tuple(by_chance[:, 1].tolist()),
        **known,
    )


def _distances(draws: Draws) -> tuple[FloatArray, FloatArray]:
    """Return both distances of the counts, shape (2,), and of the draws, shape (draws, 2)."""
    curve = curve_distance(draws.cells)

    def both(neurons: FloatArray, laws: Laws) -> FloatArray:
        return np.stack([curve(neurons, laws), cramer_von_mises(draws, neurons, laws)], axis=1)

    measured = both(draws.cells.gather(draws.observed)[None, :], draws.law)[0]
    by_chance = [both(neurons, laws) for neurons, laws in draws.refitted()]
    return measured, np.concatenate(by_chance)


def cramer_von_mises(draws: Draws, neurons: FloatArray, laws: Laws) -> FloatArray:
    """Return W² = N Σ (F_N − F)² p of several layers, each with its law, shape (layers,)."""
    p = draws.cells.normalised(draws.family.log_probabilities(laws), laws.dead_share)
    n = neurons.sum(axis=1)
    gap = np.cumsum(neurons, axis=1) / n[:, None] - np.cumsum(p, axis=1)
    return np.asarray(n * np.einsum("ru,ru->r", gap * gap, p))


def _warnings(result: Fitted) -> tuple[str, ...]:
    if result.method in _AS_TESTED:
        return ()
    if result.method in _WITH_DEAD:
        return ("tested as the zero-inflated law, the same one for the neurons that fired",)
    return (f"b was found by {result.method}; the law tested has the b of highest likelihood",)
