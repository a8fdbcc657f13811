"""The law of counts: how many neurons fire in exactly so many samples."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from activstats.errors import DomainError
from activstats.laws._gamma import FloatArray, log_double_ratio, log_rising_excess

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def count_probability(
    count: ArrayLike, *, n_samples: int, n_neurons: int, b: float, c: float = 1.0
) -> FloatArray:
    """Return the probability that a neuron fires in exactly `count` of `n_samples` samples.

    Parameters
    ----------
    count : array_like of int, shape (m,)
        Samples that activate the neuron, 0 … D.
    n_samples : int
        Samples seen, D.
    n_neurons : int
        Neurons that could fire, N.
    b : float
        Constant of the activation process, > 0; ``inf`` gives the binomial of equal rates.
    c : float
        Mean number of neurons activated by one sample, 0 < c < N.

    Returns
    -------
    ndarray of float, shape (m,)
        The beta-binomial probability with shapes b and bN/c − b.

    Raises
    ------
    DomainError
        If a parameter lies outside its domain or a count outside 0 … D.

    Notes
    -----
    Derived from the process of Zhang & Sui 2024 (arXiv 2412.18073), see `expected_activated`: the
    chance of a count of 0 is the share of neurons that the growth law leaves silent.

    Examples
    --------
    >>> count_probability([0, 1, 2], n_samples=2, n_neurons=4, b=1.0, c=2.0).round(6)
    array([0.333333, 0.333333, 0.333333])
    """
    k = np.asarray(count, dtype=np.float64)
    if not (b > 0 and 0 < c < n_neurons and n_samples >= 0):
        got = f"b = {b}, c = {c}, n_neurons = {n_neurons}, n_samples = {n_samples}"
        allowed = "b > 0, 0 < c < n_neurons, n_samples >= 0"
        raise DomainError("the law of counts is not defined here.", got=got, allowed=allowed)
    if not np.all((k >= 0) & (k <= n_samples) & (k == np.floor(k))):
        raise DomainError(
            "a count lies outside what can be.", got=count, allowed=f"0 … {n_samples}"
        )
    d = float(n_samples)
    # Each way loses digits where its terms are large: one with b, the other with D.
    log_p = (
        _by_shapes(k, d, b, b * n_neurons / c - b) if b < d else _by_rates(k, d, b, c, n_neurons)
    )
    return np.asarray(np.exp(log_p))


def _by_shapes(k: FloatArray, d: float, b: float, rest: float) -> FloatArray:
    """Return the log-probability by ratios of gamma functions that are small where it is."""
    silent, both = d - k, b + rest
    # (b)_k / k!, then (1 + silent)_k / (b + rest + silent)_k, whose signs hang on what is above 1.
    rising = log_double_ratio(b, k, 1 - b) if b < 1 else -log_double_ratio(1.0, k, b - 1)
    if both > 1:
        ways = log_double_ratio(1 + silent, k, both - 1)
    else:
        ways = -log_double_ratio(both + silent, k, 1 - both)
    return log_double_ratio(rest, silent, b) + rising + ways


def _by_rates(k: FloatArray, d: float, b: float, c: float, n_neurons: int) -> FloatArray:
    """Return the log-probability by its distance from the binomial of equal rates."""
    silent, odds, phi = d - k, c / (n_neurons - c), 1 / b
    binomial = -log_double_ratio(1.0, k, silent)
    binomial = binomial - k * math.log1p(1 / odds) - silent * math.log1p(odds)
    excess = log_rising_excess(phi, k) + log_rising_excess(phi * odds, silent)
    return binomial + excess - log_rising_excess(phi * c / n_neurons, d)
