"""The law fitted to many drawn layers at once.

The log-likelihood of a layer is P(ln b) + Q(ln β) + N ln p0(b, β), and only P and Q know its
counts. Both are smooth, so that a few values of either, one product of matrices for all layers
together, give them everywhere by Chebyshev's polynomials (Trefethen 2013, Approximation Theory and
Approximation Practice, ch. 8: errors fall like r^-n, with r set by the singularity of ln Γ(e^x) at
a distance of π).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.polynomial.chebyshev import chebvander

from activstats.laws._ascent import ascend
from activstats.laws._cells import Cells
from activstats.laws._count_terms import fired_term, log_never, silent_term
from activstats.laws._gamma import FloatArray

# Chebyshev terms: a base, and so many for each unit of half the width of the range.
_TERMS, _TERMS_PER_UNIT = 14, 10
# The refit of a draw is looked for within so many standard errors, within limits, of the truth.
_SEARCH_ERRORS = 8.0
_SEARCH_LEAST, _SEARCH_MOST = 1.0, 8.0
_STEP = 0.1
_LEAST_STEP = 1e-4


class Laws(NamedTuple):
    """The laws fitted to several layers: one number a layer in each array."""

    b: FloatArray
    odds: FloatArray
    dead_share: FloatArray


class Centre(NamedTuple):
    """Where the fits are looked for: around ln b and the logit of the mean rate, and how far."""

    log_b: float
    logit: float
    error_b: float
    error_logit: float

    @property
    def reach_b(self) -> float:
        """Half the width of the range of ln b."""
        reach = _SEARCH_ERRORS * self.error_b
        return min(max(reach, _SEARCH_LEAST), _SEARCH_MOST)

    @property
    def reach_logit(self) -> float:
        """Half the width of the range of the logit."""
        return min(max(_SEARCH_ERRORS * self.error_logit, _SEARCH_LEAST), _SEARCH_MOST)


@dataclass(frozen=True)
class Chebyshev:
    """A function of x for every cell, from its values at a few points of [middle ± reach].

    Parameters
    ----------
    middle, reach : float
        The range of x.
    coefficients : ndarray of float, shape (terms, u)
        Of Chebyshev's polynomials, for each cell.
    """

    middle: float
    reach: float
    coefficients: FloatArray

    def basis(self, x: FloatArray) -> FloatArray:
        """Return the polynomials at several x, shape (len(x), terms)."""
        scaled = np.clip((x - self.middle) / self.reach, -1.0, 1.0)
        return np.asarray(chebvander(scaled, len(self.coefficients) - 1))


def chebyshev(function: Callable[[float], FloatArray], middle: float, reach: float) -> Chebyshev:
    """Return the expansion of a function with values of shape (u,)."""
    terms = _TERMS + math.ceil(_TERMS_PER_UNIT * reach)
    nodes = np.cos(np.pi * (np.arange(terms) + 0.5) / terms)
    values = np.stack([function(middle + reach * node) for node in nodes])
    basis = chebvander(nodes, terms - 1) * (2 / terms)
    basis[:, 0] /= 2
    return Chebyshev(middle, reach, np.einsum("ji,ju->iu", basis, values))


@dataclass(frozen=True)
class Family:
    """Beta-binomial laws near one of them, on cells of counts.

    Parameters
    ----------
    cells : Cells
        Cells of counts.
    centre : Centre
        Where the laws are.
    fired, silent : Chebyshev
        ln[(b)_k / k!] as a function of ln b, and the term of β as a function of ln β.
    """

    cells: Cells
    centre: Centre
    fired: Chebyshev
    silent: Chebyshev

    def log_probabilities(self, laws: Laws) -> FloatArray:
        """Return the log probability at the middle of each cell, shape (layers, u)."""
        log_b, log_beta = self._shapes(laws)
        # Not as a product of a BLAS, which rounds anew with every number of threads.
        result = np.einsum("rj,ju->ru", self.fired.basis(log_b), self.fired.coefficients)
        result += np.einsum("rj,ju->ru", self.silent.basis(log_beta), self.silent.coefficients)
        never = log_never(np.exp(log_b), np.exp(log_beta), self.cells.n_samples)
        return np.asarray(result + never[:, None])

    def _shapes(self, laws: Laws) -> tuple[FloatArray, FloatArray]:
        top = self.fired.middle + self.fired.reach
        log_b = np.minimum(np.log(laws.b), top)
        return log_b, log_b - np.log(laws.odds)

    def refit(self, neurons: FloatArray, *, with_dead: bool = False) -> Laws:
        """Return the laws of highest likelihood for several layers.

        Parameters
        ----------
        neurons : ndarray of float, shape (layers, u)
            Neurons in each cell.
        with_dead : bool
            Whether a share of neurons may be dead.
        """
        fired = np.einsum("ru,ju->rj", neurons, self.fired.coefficients)
        silent = np.einsum("ru,ju->rj", neurons, self.silent.coefficients)
        n, unseen = neurons.sum(axis=1), neurons[:, 0]

        def height(points: FloatArray) -> FloatArray:
            log_b, log_beta = points[:, 0], points[:, 0] - points[:, 1]
            never = log_never(np.exp(log_b), np.exp(log_beta), self.cells.n_samples)
            value = np.sum(self.fired.basis(log_b) * fired, axis=1) + n * never
            value += np.sum(self.silent.basis(log_beta) * silent, axis=1)
            return value + _gain(never, unseen, n) if with_dead else np.asarray(value)

        centre = self.centre
        middle = np.array([centre.log_b, centre.logit])
        reach = np.array([centre.reach_b, centre.reach_logit])
        errors = np.array([min(centre.error_b, 1.0), min(centre.error_logit, 1.0)])
        steps = np.maximum(_STEP * errors, _LEAST_STEP)
        start = np.tile(middle, (len(neurons), 1))
        points, _ = ascend(height, start, steps, (middle - reach, middle + reach))
        b, odds = np.exp(points[:, 0]), np.exp(points[:, 1])
        if not with_dead:
            return Laws(b, odds, np.zeros_like(b))
        return Laws(b, odds, _best_share(log_never(b, b / odds, self.cells.n_samples), unseen, n))


def family(cells: Cells, centre: Centre) -> Family:
    """Return the laws around a centre, tabulated on cells of counts."""
    k, d = cells.middles, cells.n_samples
    reach = centre.reach_b
    fired = chebyshev(lambda x: fired_term(math.exp(x), k), centre.log_b, reach)
    middle = centre.log_b - centre.logit
    silent = chebyshev(lambda y: silent_term(math.exp(y), k, d), middle, reach + centre.reach_logit)
    return Family(cells, centre, fired, silent)


def _best_share(never: FloatArray, unseen: FloatArray, n: FloatArray) -> FloatArray:
    share = np.maximum(unseen / n - np.exp(never), 0.0) / -np.expm1(never)
    # A draw in which no neuron fired at all would have none that could.
    return np.asarray(np.minimum(share, 1 - 0.5 / n))


def _gain(never: FloatArray, unseen: FloatArray, n: FloatArray) -> FloatArray:
    """Return what the best share of dead neurons adds to the log-likelihood."""
    dead = _best_share(never, unseen, n)
    inflated = np.log(np.maximum(dead + (1 - dead) * np.exp(never), np.finfo(np.float64).tiny))
    return np.where(dead > 0, unseen * (inflated - never), 0.0) + (n - unseen) * np.log1p(-dead)
