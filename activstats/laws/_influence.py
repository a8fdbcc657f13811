"""How much each neuron and each sample moves the beta-binomial estimate of log b.

With a = b, β = b (1/m − 1) and s = a + β the log-likelihood of a count D of n samples is
ln[Γ(a+D)/Γ(a)] + ln[Γ(β+n−D)/Γ(β)] − ln[Γ(s+n)/Γ(s)]. Its derivatives are taken in log b and in
the logit of the mean firing rate m, so that both a and β change in proportion (derived).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import polygamma, psi

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from activstats.laws.histogram import Histogram

    FloatArray = NDArray[np.float64]

# How far from the measured logit of the mean the best one is looked for.
_FARTHEST_LOGIT = 12.0


@dataclass(frozen=True)
class Influence:
    """First-order effect on the estimate of log b, by count.

    Parameters
    ----------
    neuron : ndarray of float, shape (u,)
        Of a neuron with each of the counts that occur: its share of the estimate's error.
    activation : ndarray of float, shape (u,)
        Of one of its samples, had it fired instead of being silent.
    score : float
        What is left of the derivative in log b, in standard errors: near 0 where b is the estimate.
    """

    neuron: FloatArray
    activation: FloatArray
    score: float


def influence(counts: Histogram, b: float) -> Influence | None:
    """Return the effects at b and the mean that fits it best; None where the curvature is no peak.

    Parameters
    ----------
    counts : Histogram
        Counts of one layer.
    b : float
        The estimate, finite.
    """
    weights, odds = counts.weights, _best_odds(counts, b)
    derivatives = _Derivatives(counts, b, b / odds)
    scores, bends = derivatives.scores(), derivatives.bends()
    curvature = -(bends * weights).sum(axis=-1)
    determinant = curvature[0] * curvature[2] - curvature[1] ** 2
    if not (determinant > 0 and curvature[2] > 0):
        return None
    # First row of the inverse of the observed information [[uu, uv], [uv, vv]].
    row = np.asarray([curvature[2], -curvature[1]]) / determinant
    left = float((row[:, None] * scores * weights).sum()) / math.sqrt(row[0])
    return Influence(
        neuron=(row[:, None] * scores).sum(axis=0),
        activation=(row[:, None] * derivatives.scores_by_sample()).sum(axis=0),
        score=left,
    )


@dataclass(frozen=True)
class _Derivatives:
    """Derivatives in u = log b and v = logit m of the log-likelihood of each count."""

    counts: Histogram
    a: float
    beta: float

    def _first(self) -> tuple[FloatArray, FloatArray]:
        fired = self.counts.values.astype(np.float64)
        silent = self.counts.n_samples - fired
        s = self.a + self.beta
        together = psi(s + self.counts.n_samples) - psi(s)
        of_a = psi(self.a + fired) - psi(self.a) - together
        of_beta = psi(self.beta + silent) - psi(self.beta) - together
        return of_a, of_beta

    def scores(self) -> FloatArray:
        """Return the derivatives in u and v, shape (2, u)."""
        of_a, of_beta = self._first()
        return np.stack([self.a * of_a + self.beta * of_beta, -self.beta * of_beta])

    def bends(self) -> FloatArray:
        """Return the second derivatives uu, uv and vv, shape (3, u)."""
        fired = self.counts.values.astype(np.float64)
        silent = self.counts.n_samples - fired
        a, beta = self.a, self.beta
        together = polygamma(1, a + beta + self.counts.n_samples) - polygamma(1, a + beta)
        aa = polygamma(1, a + fired) - polygamma(1, a) - together
        bb = polygamma(1, beta + silent) - polygamma(1, beta) - together
        of_a, of_beta = self._first()
        uu = a * of_a + beta * of_beta + a**2 * aa - 2 * a * beta * together + beta**2 * bb
        uv = -beta * of_beta + a * beta * together - beta**2 * bb
        return np.stack([uu, uv, beta * of_beta + beta**2 * bb])

    def scores_by_sample(self) -> FloatArray:
        """Return how the scores of u and v differ by a sample that fired or did not, shape (2, u).

        Differences, not derivatives: a sample that fired is one of the D that did, and without it
        there would be D − 1. Where counts are small a derivative at D is far from that.
        """
        fired = self.counts.values.astype(np.float64)
        silent = self.counts.n_samples - fired
        # ψ(x) − ψ(x − 1) = 1/(x − 1); a neuron that never fired has no sample to take away.
        of_a = np.where(fired > 0, 1 / (self.a + np.maximum(fired, 1) - 1), 0.0)
        of_beta = np.where(silent > 0, -1 / (self.beta + np.maximum(silent, 1) - 1), 0.0)
        return np.stack([self.a * of_a + self.beta * of_beta, -self.beta * of_beta])


def _best_odds(counts: Histogram, b: float) -> float:
    """Return the odds of the mean firing rate at which the likelihood of b is highest."""
    silences = counts.n_neurons * counts.n_samples - counts.total
    measured = math.log(counts.total / silences)

    def slope(logit: float) -> float:
        scores = _Derivatives(counts, b, b * math.exp(-logit)).scores()[1]
        return float((scores * counts.weights).sum())

    width = 1.0
    while width < _FARTHEST_LOGIT and slope(measured - width) * slope(measured + width) > 0:
        width *= 2
    if slope(measured - width) * slope(measured + width) > 0:
        return math.exp(measured)
    return math.exp(float(brentq(slope, measured - width, measured + width, xtol=1e-10)))
