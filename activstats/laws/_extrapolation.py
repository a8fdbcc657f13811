"""Neurons that more samples will activate, given those that the samples seen did."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import bdtr, expit, logit, ndtri

if TYPE_CHECKING:
    from activstats.laws._fitted_curve import FittedCurve
    from activstats.laws._gamma import FloatArray
    from activstats.laws.growth_result import GrowthLawResult

# Nodes of the normal distribution that the uncertain chance of firing is averaged over: 5 standard
# errors to both sides, so near to each other that no step shows in a quantile.
_NODES = np.linspace(-5, 5, 161)
_WEIGHTS = np.exp(-(_NODES**2) / 2) / np.exp(-(_NODES**2) / 2).sum()
_RATE_STEP = 1e-4
# Chances nearer to 0 or 1 than this are as good as certain.
_CERTAIN = 1e-15

Three = tuple["FloatArray", "FloatArray", "FloatArray"]


def after_more_samples(result: GrowthLawResult, sizes: FloatArray, level: float) -> Three:
    """Return the number expected after `sizes` samples in all, and the ends of its interval.

    Parameters
    ----------
    result : GrowthLawResult
        The fitted law with its counts.
    sizes : ndarray of float, shape (m,)
        Samples, more than were seen.
    level : float
        Confidence level.

    Notes
    -----
    Each of the N − K silent neurons fires in the samples to come with chance q, so that the new
    ones are Binomial(N − K, q). The logit of q is taken as normal, on either side with the spread
    that the end of b's interval on that side gives, and with that of the mean rate added; the
    interval is that of the mixture (derived; its coverage is part of the calibration).
    """
    silent = result.n_neurons - result.k
    if silent == 0:
        full = np.full(sizes.shape, float(result.k))
        return full, full, full
    z = float(ndtri((1 + level) / 2))
    q = _chance(result.curve, result, sizes)
    below, above = (
        np.hypot(_shift(result, sizes, q, end) / z, _rate_shift(result, sizes))
        for end in result.interval(level)
    )
    spread = np.where(_NODES[:, None] < 0, below, above)
    chances = expit(logit(q) + _NODES[:, None] * spread)
    tail = (1 - level) / 2
    low, high = (_quantile(share, silent, chances) for share in (tail, 1 - tail))
    low, high = np.minimum(low, np.floor(silent * q)), np.maximum(high, np.ceil(silent * q))
    return result.k + silent * q, result.k + low, result.k + high


def _chance(curve: FittedCurve, result: GrowthLawResult, sizes: FloatArray) -> FloatArray:
    """Return the chance of a silent neuron to fire until `sizes` samples have been seen."""
    before = float(curve.expected(result.n_samples))
    silent = result.n_neurons - before
    gained = np.asarray(curve.expected(sizes)) - before
    # With more live neurons than there are, the law may ask for more than all.
    q = gained / silent if silent > 0 else np.ones_like(sizes)
    return np.asarray(np.clip(q, _CERTAIN, 1 - _CERTAIN))


def _shift(result: GrowthLawResult, sizes: FloatArray, q: FloatArray, end: float) -> FloatArray:
    """Return how far the end of b's interval moves the logit of the chance."""
    other = result.curve.with_b(end, result.k, result.n_samples)
    return np.asarray(np.abs(logit(_chance(other, result, sizes)) - logit(q)))


def _rate_shift(result: GrowthLawResult, sizes: FloatArray) -> FloatArray:
    """Return the standard error that the mean rate gives the logit of the chance."""
    rate, n = result.c / result.could_fire, result.could_fire
    extra = 0.0 if math.isinf(result.b) else rate / (result.b + rate)
    error = math.sqrt((1 / result.n_samples + extra) / (n * rate * (1 - rate)))
    moved = float(expit(logit(rate) - _RATE_STEP)) * n
    there = logit(_chance(replace(result.curve, c=moved), result, sizes))
    here = logit(_chance(result.curve, result, sizes))
    return np.asarray(np.abs(there - here) / _RATE_STEP * error)


def _quantile(share: float, silent: int, chances: FloatArray) -> FloatArray:
    """Return the least whole number that a mixture of binomials reaches with this probability."""
    low = np.full(chances.shape[1], -1.0)
    high = np.full(chances.shape[1], float(silent))
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        reached = (_WEIGHTS[:, None] * bdtr(np.maximum(middle, 0), silent, chances)).sum(axis=0)
        enough = (reached >= share) & (middle >= 0)
        high, low = np.where(enough, middle, high), np.where(enough, low, middle)
    return high
