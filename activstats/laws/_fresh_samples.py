"""Neurons that a fresh set of samples activates in a layer whose counts are known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv, expit, logit, ndtri

from activstats.laws._estimators import BETA_BINOMIAL, DIRICHLET_MULTINOMIAL
from activstats.laws._gamma import FloatArray, log_double_ratio
from activstats.laws._nodes import condensed
from activstats.laws._scores import scores
from activstats.laws.curves import expected_activated

if TYPE_CHECKING:
    from activstats.laws.growth_result import GrowthLawResult

_STEP = 1e-4
_BY_LIKELIHOOD = (BETA_BINOMIAL, DIRICHLET_MULTINOMIAL)

Three = tuple[FloatArray, FloatArray, FloatArray]


def in_fresh_samples(result: GrowthLawResult, sizes: FloatArray, level: float) -> Three:
    """Return the number the law expects in `sizes` fresh samples, and the ends of its interval.

    Parameters
    ----------
    result : GrowthLawResult
        The fitted law with its counts.
    sizes : ndarray of float, shape (m,)
        Samples of the fresh set, no more than were seen.
    level : float
        Confidence level.

    Notes
    -----
    With F_i whether neuron i fires, p_i its chance to, given its count, and ψ_i what it adds to the
    estimated curve (its influence), K − K̂ = Σ (F_i − p̄ − ψ_i), whose variance is
    Σ [p_i (1 − p_i) + (p_i − p̄ − ψ_i)²] (derived). The interval is that of a beta distribution
    with this mean and variance on 0 … N, drawn out to whole neurons. For estimators other than the
    plain likelihood, estimate and fresh samples are taken as independent: too wide, if anything.
    """
    n = result.n_neurons
    k = np.minimum(np.atleast_1d(result.curve.expected(sizes)), n)
    share = np.clip(k / n, 0.0, 1.0)
    variance = np.maximum(_variance(result, sizes), 0.0) / n**2
    inner = (variance > 0) & (variance < share * (1 - share))
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(inner, share * (1 - share) / variance - 1, 1e12)
    tail = (1 - level) / 2
    low, high = (betaincinv(share * size, (1 - share) * size, p) for p in (tail, 1 - tail))
    sure = (share <= 0) | (share >= 1)
    low, high = np.where(sure, share, low), np.where(sure, share, high)
    return k, np.floor(n * low), np.minimum(np.ceil(n * high), n)


def _variance(result: GrowthLawResult, sizes: FloatArray) -> FloatArray:
    values, weights = condensed(result.histogram)
    chance = _chances(result, values, sizes)
    mean = result.curve.expected(sizes) / result.n_neurons
    scatter = chance * (1 - chance)
    if result.method in _BY_LIKELIHOOD:
        off = chance - mean - _influence(result, values, weights, sizes)
        return np.asarray((weights[:, None] * (scatter + off**2)).sum(axis=0))
    ends = [result.curve.with_b(b, result.k, result.n_samples) for b in result.interval()]
    width = ends[1].expected(sizes) - ends[0].expected(sizes)
    error = width / (2 * float(ndtri((1 + result.level) / 2)))
    off = chance - (weights[:, None] * chance).sum(axis=0) / weights.sum()
    return np.asarray((weights[:, None] * (scatter + off**2)).sum(axis=0) + error**2)


def _chances(result: GrowthLawResult, values: FloatArray, sizes: FloatArray) -> FloatArray:
    """Return the chance to fire in fresh samples by the count of a neuron, shape (u, m)."""
    live, seen = min(result.could_fire, result.n_neurons), float(result.n_samples)
    rate = result.c / live
    if np.isinf(result.b):
        return np.broadcast_to(-np.expm1(sizes * np.log1p(-rate)), (values.size, sizes.size))
    beta = result.b * (1 - rate) / rate
    left = (beta + seen - values)[:, None]
    chance = -np.expm1(log_double_ratio(left, (result.b + values)[:, None], sizes))
    if live < result.n_neurons and values[0] == 0:
        silent = live - float(replace(result.curve, live=live).expected(seen))
        chance[0] *= silent / (silent + result.n_neurons - live)
    return chance


def _influence(
    result: GrowthLawResult, values: FloatArray, weights: FloatArray, sizes: FloatArray
) -> FloatArray:
    """Return what a neuron with each count adds to the estimated curve, shape (u, m)."""
    rate, n = result.c / result.n_neurons, result.n_neurons
    told = scores(values, float(result.n_samples), result.b, rate)
    information = np.einsum("vi,v,vj->ij", told, weights, told)

    def curve(log_b_shift: float, rate_shift: float) -> FloatArray:
        b, m = result.b * np.exp(log_b_shift), float(expit(logit(rate) + rate_shift))
        return np.asarray(expected_activated(sizes, n_neurons=n, b=b, c=m * n))

    by_b = (curve(_STEP, 0) - curve(-_STEP, 0)) / (2 * _STEP)
    by_rate = (curve(0, _STEP) - curve(0, -_STEP)) / (2 * _STEP)
    # At b = ∞ the counts tell nothing of b, and the pseudo-inverse leaves it out.
    weight = np.linalg.pinv(information) @ np.vstack([by_b, by_rate])
    return np.asarray(told @ weight)
