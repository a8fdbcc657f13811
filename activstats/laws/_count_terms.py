"""The beta-binomial probability of a count in three terms, each no larger than it must be."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from activstats.laws._gamma import FloatArray, log_double_ratio
from activstats.laws._gamma_of_one import double_ratio_of_one

# Differences of ln Γ are quick, and exact to 1e-11, up to such arguments; a logarithm closer to
# zero than the second number needs the careful way all the same.
_PLAIN_BELOW, _PLAIN_ABOVE = 1e4, -1e-3


def fired_term(b: float, k: ArrayLike) -> FloatArray:
    """Return ln[(b)_k / k!], what the probability of a count k owes to b alone."""
    if b <= 1:
        return log_double_ratio(b, 1 - b, k)
    return np.negative(log_double_ratio(1.0, b - 1, k))


def silent_term(beta: float, k: ArrayLike, n_samples: int) -> FloatArray:
    """Return ln[(D−k+1)_k / (β+D−k)_k], what it owes to the second shape β alone."""
    k = np.asarray(k, dtype=np.float64)
    left = n_samples - k
    if beta >= 1:
        return log_double_ratio(left + 1, k, beta - 1)
    return np.negative(log_double_ratio(left + beta, k, 1 - beta))


def log_never(b: ArrayLike, beta: ArrayLike, n_samples: ArrayLike) -> FloatArray:
    """Return ln[Γ(β+D)Γ(A) / (Γ(β)Γ(A+D))] with A = b + β, the log probability of silence."""
    return log_double_ratio(beta, b, n_samples)


def log_silence(phi: float, odds: float, n_samples: int) -> float:
    """Return the log probability that a live neuron stays silent, also at phi = 1/b = 0.

    Parameters
    ----------
    phi : float
        1/b.
    odds : float
        Odds m / (1 − m) of the mean firing rate of the neurons that can fire.
    n_samples : int
        Samples seen, D.
    """
    b = 1 / phi if phi else math.inf
    beta = b / odds
    if math.isinf(b) or math.isinf(beta):
        return -n_samples * math.log1p(odds)
    if b + beta + n_samples < _PLAIN_BELOW:
        parts = (math.lgamma(beta + n_samples), math.lgamma(b + beta))
        plain = sum(parts) - math.lgamma(beta) - math.lgamma(b + beta + n_samples)
        if plain < _PLAIN_ABOVE:
            return plain
    return double_ratio_of_one(beta, b, n_samples)


def log_probability(k: ArrayLike, n_samples: int, b: float, odds: float) -> FloatArray:
    """Return the log probability of a count k, its binomial coefficient included.

    Parameters
    ----------
    k : array_like of float
        Counts, whole or between whole numbers.
    n_samples : int
        Samples seen, D.
    b : float
        First shape; ``inf`` gives the binomial.
    odds : float
        Odds m / (1 − m) of the mean firing rate.
    """
    k = np.asarray(k, dtype=np.float64)
    if math.isinf(b):
        rest = n_samples - k
        equal = -k * math.log1p(1 / odds) - rest * math.log1p(odds)
        return np.asarray(equal - log_double_ratio(1.0, k, rest))
    never = log_never(b, b / odds, n_samples)
    return np.asarray(fired_term(b, k) + silent_term(b / odds, k, n_samples) + never)
