"""The beta-binomial law refitted to thousands of histograms at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray
from scipy.special import digamma, polygamma

from activstats.laws._body_exponent import middles
from activstats.laws._bounded_support import FloatArray, IntArray, Support, support
from activstats.laws._gamma import log_double_ratio
from activstats.laws._rival_laws import log_beta_binomial_weight

if TYPE_CHECKING:
    from activstats.laws.histogram import Histogram

# How far from the fitted shapes a refit may end, in logarithms, and the degree of the polynomials
# that stand for the likelihood's slopes there; they are right to 1e-9.
_REACH = 2.5
_DEGREE = 24
# A maximum farther off than one reach is walked to, within shapes that mean anything.
_RECENTRINGS = 8
_LEAST_SHAPE, _MOST_SHAPE = 1e-6, 1e6
_STEPS = 60
_LARGEST_STEP = 0.5
_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class JointRefit:
    """Maximum-likelihood shapes of Beta(b, beta) near a known fit.

    The log-likelihood is a sum over neurons of one function of b, one of beta, and one of b + beta
    that is the same for all. The slopes of the first two, summed over a histogram, are polynomials
    in the logarithm of the shape, so that thousands of histograms cost a few products.

    Parameters
    ----------
    n_samples : int
        Samples seen, D.
    b, beta : float
        Shapes about which refits are looked for.
    zeros : bool
        Whether neurons that never fired are counted; without them the law is zero-truncated.
    """

    n_samples: int
    b: float
    beta: float
    zeros: bool = True

    @property
    def support(self) -> Support:
        """Counts 1 … D, in cells."""
        return support(1, self.n_samples)

    @cached_property
    def middles(self) -> FloatArray:
        """The middle of each cell, the count 0 first."""
        return np.concatenate([[0.0], middles(self.support)])

    @cached_property
    def _slopes(self) -> tuple[FloatArray, FloatArray]:
        """Coefficients of d/d ln b and d/d ln beta by count, shape (degree, cells + 1)."""
        nodes = chebyshev.chebpts1(_DEGREE)
        invert = np.linalg.inv(chebyshev.chebvander(nodes, _DEGREE - 1))
        b = self.b * np.exp(_REACH * nodes)[:, None]
        beta = self.beta * np.exp(_REACH * nodes)[:, None]
        left = self.n_samples - self.middles
        fired = b * (digamma(b + self.middles) - digamma(b))
        silent = beta * (digamma(beta + left) - digamma(beta))
        return _product(invert, fired), _product(invert, silent)

    def probability(self) -> FloatArray:
        """Return the law's probability of the count 0 and of each cell."""
        nodes, weights = self.support.nodes, self.support.weights
        log_weight = log_beta_binomial_weight(nodes, self.b, self.beta, self.n_samples)
        cells = self.support.by_cell(np.exp(log_weight) * weights)
        masses = np.concatenate([[1.0 if self.zeros else 0.0], cells])
        return np.asarray(masses / masses.sum())

    def histogram(self, values: IntArray, multiplicities: IntArray) -> FloatArray:
        """Return neurons with the count 0 and in each cell, shape (1, cells + 1)."""
        place = np.where(values > 0, 1 + self.support.cell_of(values), 0)
        found = np.bincount(place, weights=multiplicities, minlength=self.middles.size)
        held = found.astype(np.float64)
        if not self.zeros:
            held[0] = 0
        return held[None]

    def shapes(self, held: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return b and beta of highest likelihood for each histogram, shape (m, cells + 1)."""
        neurons = held.sum(axis=1)
        fired, silent = (_product(slope, held.T) for slope in self._slopes)
        bends = [chebyshev.chebder(slope) / _REACH for slope in (fired, silent)]
        at = np.zeros((2, len(held)))
        for _ in range(_STEPS):
            b, beta = self.b * np.exp(_REACH * at[0]), self.beta * np.exp(_REACH * at[1])
            slope, bend = self._common(b, beta, neurons)
            for i, known in enumerate((fired, silent)):
                slope[i] += chebyshev.chebval(at[i], known, tensor=False)
                bend[i] += chebyshev.chebval(at[i], bends[i], tensor=False)
            step = np.clip(_uphill(slope, bend), -_LARGEST_STEP, _LARGEST_STEP)
            before, at = at, np.clip(at + step / _REACH, -1, 1)
            if np.abs(at - before).max() < _TOLERANCE:
                break
        return self.b * np.exp(_REACH * at[0]), self.beta * np.exp(_REACH * at[1])

    def _common(
        self, b: FloatArray, beta: FloatArray, neurons: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return slope (2, m) and curvature (bb, beta beta, b beta) of what all neurons share."""
        whole, d = b + beta, self.n_samples
        first = digamma(whole + d) - digamma(whole)
        second = polygamma(1, whole + d) - polygamma(1, whole)
        slope = -neurons * np.stack([first * b, first * beta])
        bend = -neurons * np.stack([second * b * b, second * beta * beta, second * b * beta])
        bend[:2] += slope
        if self.zeros:
            return slope, bend
        alone = digamma(beta + d) - digamma(beta)
        bent = polygamma(1, beta + d) - polygamma(1, beta)
        # Of ln P(0): slopes and curvatures in ln b and ln beta.
        p1 = np.stack([-first * b, (alone - first) * beta])
        p2 = np.stack([-second * b * b, (bent - second) * beta * beta, -second * b * beta])
        p2[:2] += p1
        odds = 1 / np.expm1(-self._log_silence(b, beta))
        products = np.stack([p1[0] * p1[0], p1[1] * p1[1], p1[0] * p1[1]])
        slope += neurons * odds * p1
        bend += neurons * (odds * (1 + odds) * products + odds * p2)
        return slope, bend

    def _log_silence(self, b: FloatArray, beta: FloatArray) -> FloatArray:
        return np.asarray(np.minimum(log_double_ratio(beta, b, float(self.n_samples)), -1e-12))


def _product(left: NDArray[np.floating], right: FloatArray) -> FloatArray:
    # Not as a product of a BLAS, which rounds anew with every number of threads.
    return np.asarray(np.einsum("ij,jk->ik", left, right), dtype=np.float64)


def _uphill(slope: FloatArray, bend: FloatArray) -> FloatArray:
    """Return Newton's step, or a step along the slope where the likelihood is not concave."""
    determinant = bend[0] * bend[1] - bend[2] ** 2
    concave = (determinant > 0) & (bend[0] < 0)
    safe = np.where(concave, determinant, 1.0)
    newton = -np.stack(
        [bend[1] * slope[0] - bend[2] * slope[1], bend[0] * slope[1] - bend[2] * slope[0]]
    )
    return np.where(concave, newton / safe, _LARGEST_STEP * np.sign(slope))


def beta_binomial_near(histogram: Histogram, b: float, *, zeros: bool) -> JointRefit:
    """Return the beta-binomial law at its maximum, with or without the silent neurons.

    Parameters
    ----------
    histogram : Histogram
        Counts.
    b : float
        Where to begin.
    zeros : bool
        Whether neurons that never fired are counted.
    """
    mean = histogram.total / histogram.n_neurons
    near = JointRefit(histogram.n_samples, b, b * (histogram.n_samples / mean - 1), zeros)
    for _ in range(_RECENTRINGS):
        found = near.shapes(near.histogram(histogram.values, histogram.multiplicities))
        before = near
        near = JointRefit(histogram.n_samples, float(found[0][0]), float(found[1][0]), zeros)
        moves = abs(math.log(near.b / before.b)), abs(math.log(near.beta / before.beta))
        if max(moves) < 0.9 * _REACH or not _LEAST_SHAPE < near.b < _MOST_SHAPE:
            break
    return near
