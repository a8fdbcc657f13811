"""Exponential families on whole numbers, fitted to many sets of data at once.

A law with weight exp(o(k) − θ·t(k)) has a concave log-likelihood in θ, whose slope and curvature
are the mean and the covariance of t: Newton's method with shortened steps cannot miss.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from activstats.laws._bounded_support import FloatArray, Support

# Numbers held at once in a table of data sets by nodes.
_AT_ONCE = 1 << 20
_STEPS = 200
_HALVINGS = 40
_SLOPE_TOLERANCE = 1e-9
# A step that promises less than this, per observation, is not worth taking.
_GAIN_TOLERANCE = 1e-15


@dataclass(frozen=True, eq=False)
class Moments:
    """Of a law, for each of m parameter vectors: ln Z, mean of t, covariance of t."""

    log_normaliser: FloatArray
    mean: FloatArray
    covariance: FloatArray


@dataclass(frozen=True, eq=False)
class Maximum:
    """Best parameters (m, p), their mean log-likelihood (m,) and whether they were reached (m,)."""

    theta: FloatArray
    value: FloatArray
    reached: np.ndarray


@dataclass(frozen=True, eq=False)
class Family:
    """Laws with weight exp(o(k) − θ·t(k)) on a support.

    Parameters
    ----------
    support : Support
        Where k lives.
    statistics : tuple of ndarray, p arrays of shape (n_nodes,)
        The functions t at the support's nodes.
    offset : ndarray, shape (n_nodes,)
        The function o at the support's nodes.
    """

    support: Support
    statistics: tuple[FloatArray, ...]
    offset: FloatArray

    def moments(self, theta: FloatArray) -> Moments:
        """Return the moments at each row of `theta`, shape (m, p)."""
        rows = max(1, _AT_ONCE // self.offset.size)
        parts = [self._moments(theta[i : i + rows]) for i in range(0, len(theta), rows)]
        names = ("log_normaliser", "mean", "covariance")
        return Moments(*(np.concatenate([getattr(part, n) for part in parts]) for n in names))

    def _moments(self, theta: FloatArray) -> Moments:
        masses, log_normaliser = self._masses(theta)
        p = len(self.statistics)
        # Sums, not products of matrices: those round anew with every number of threads.
        mean = np.stack([_sum(masses, t) for t in self.statistics], axis=1)
        covariance = np.empty((len(theta), p, p))
        for i in range(p):
            left = masses * (self.statistics[i] - mean[:, i : i + 1])
            for j in range(i, p):
                covariance[:, i, j] = _sum(left, self.statistics[j])
                covariance[:, i, j] -= left.sum(axis=1) * mean[:, j]
                covariance[:, j, i] = covariance[:, i, j]
        return Moments(log_normaliser, mean, covariance)

    def _masses(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the probability at each node, shape (m, n_nodes), and ln Z."""
        exponent = self.offset - sum(theta[:, i : i + 1] * t for i, t in enumerate(self.statistics))
        highest = exponent.max(axis=1, keepdims=True)
        masses = np.exp(exponent - highest) * self.support.weights
        total = masses.sum(axis=1, keepdims=True)
        return masses / total, (highest + np.log(total))[:, 0]

    def cells(self, theta: FloatArray) -> FloatArray:
        """Return the probability of each cell of the support, shape (m, n_cells)."""
        return self.support.by_cell(self._masses(theta)[0])

    def cell_means(self, theta: FloatArray) -> list[FloatArray]:
        """Return the mean of each t within each cell, for one parameter vector of shape (1, p)."""
        masses = self._masses(theta)[0][0]
        if self.support.exact:
            return list(self.statistics)
        held = self.support.by_cell(masses)
        plain = self.support.lengths
        means = []
        for t in self.statistics:
            even = self.support.by_cell(self.support.weights * t) / plain
            with np.errstate(invalid="ignore", divide="ignore"):
                means.append(np.where(held > 0, self.support.by_cell(masses * t) / held, even))
        return means

    def maximise(self, means: FloatArray, start: FloatArray) -> Maximum:
        """Find the most likely θ for each row of `means`, the data's mean of t, shape (m, p)."""
        theta = np.broadcast_to(start, means.shape).copy()
        value = np.full(len(means), -np.inf)
        reached = np.zeros(len(means), dtype=bool)
        open_ = np.arange(len(means))
        for _ in range(_STEPS):
            now = self.moments(theta[open_])
            value[open_] = _mean_log_likelihood(theta[open_], means[open_], now)
            slope = now.mean - means[open_]
            step, gain = _newton_step(now.covariance, slope)
            size = np.sqrt(np.einsum("mii->mi", now.covariance)) + np.finfo(float).tiny
            done = (np.abs(slope) <= _SLOPE_TOLERANCE * size).all(axis=1)
            done |= gain <= _GAIN_TOLERANCE
            reached[open_[done]] = True
            open_, step, gain = open_[~done], step[~done], gain[~done]
            if not open_.size:
                break
            moved = self._walk(theta, value, means, open_, step, gain)
            open_ = open_[moved]
            if not open_.size:
                break
        return Maximum(theta, value, reached)

    def _walk(
        self,
        theta: FloatArray,
        value: FloatArray,
        means: FloatArray,
        rows: np.ndarray,
        step: FloatArray,
        gain: FloatArray,
    ) -> np.ndarray:
        """Go each row's step, or a part of it that makes the data likelier; change `theta`."""
        share, waiting = np.ones(rows.size), np.arange(rows.size)
        for _ in range(_HALVINGS):
            tried = theta[rows[waiting]] + share[waiting, None] * step[waiting]
            now = self.moments(tried)
            reached = _mean_log_likelihood(tried, means[rows[waiting]], now)
            # A hundredth of the promised gain, less what rounding may take.
            floor = value[rows[waiting]] + 0.01 * share[waiting] * gain[waiting]
            better = reached >= floor - 1e-14 * (1 + np.abs(floor))
            theta[rows[waiting[better]]] = tried[better]
            waiting = waiting[~better]
            if not waiting.size:
                break
            share[waiting] /= 2
        moved = np.ones(rows.size, dtype=bool)
        moved[waiting] = False
        return moved


def _sum(masses: FloatArray, t: FloatArray) -> FloatArray:
    return np.asarray((masses * t).sum(axis=1))


def _mean_log_likelihood(theta: FloatArray, means: FloatArray, now: Moments) -> FloatArray:
    return np.asarray(-(theta * means).sum(axis=1) - now.log_normaliser)


def _newton_step(covariance: FloatArray, slope: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return Newton's step and the gain it promises, with a flat direction left alone."""
    p = covariance.shape[1]
    ridge = 1e-14 * np.einsum("mii->m", covariance) + np.finfo(float).tiny
    matrix = covariance + ridge[:, None, None] * np.eye(p)
    if p == 1:
        step = slope / matrix[:, 0]
    else:
        a, b, d = matrix[:, 0, 0], matrix[:, 0, 1], matrix[:, 1, 1]
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            step = np.stack([d * slope[:, 0] - b * slope[:, 1], a * slope[:, 1] - b * slope[:, 0]])
            step = np.nan_to_num((step / (a * d - b * b)).T, nan=0.0, posinf=0.0, neginf=0.0)
    return step, np.asarray((step * slope).sum(axis=1) / 2)
