"""The growth law's curves: activated neurons against samples, for a given constant b.

The law of Zhang & Sui 2024 (arXiv 2412.18073) in its exact form, its published mean-field form and
its limit of equal firing rates.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from activstats.errors import DomainError
from activstats.laws._gamma import FloatArray, log_double_ratio

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def expected_activated(
    n_samples: ArrayLike, *, n_neurons: int, b: float, c: float = 1.0
) -> FloatArray:
    """Return the expected number of neurons activated at least once, by the exact law.

    Parameters
    ----------
    n_samples : array_like of int, shape (m,)
        Samples seen, D.
    n_neurons : int
        Neurons that could fire, N.
    b : float
        Constant of the activation process, > 0; ``inf`` gives equal firing rates.
    c : float
        Mean number of neurons activated by one sample, 0 < c < N.

    Returns
    -------
    ndarray of float, shape (m,)
        E[K(D)], in neurons.

    Raises
    ------
    DomainError
        If c is not between 0 and n_neurons, b is not positive or n_samples is negative.

    Notes
    -----
    E[K] = N (1 − Γ(A)Γ(A+D−b) / (Γ(A−b)Γ(A+D))) with A = bN/c: each neuron's count is beta-binomial
    with shapes b and A − b, whether one neuron wins each sample (Dirichlet-multinomial) or neurons
    fire independently at rates of their own. For A ≫ 1 this is the published
    N (1 − (1 + D/A)^−b), see `mean_field_activated`. Derived from the process of Zhang & Sui 2024;
    checked against 50-digit arithmetic.

    Examples
    --------
    >>> expected_activated(1000, n_neurons=500, b=0.2).round(2)
    np.float64(190.82)
    """
    d = _checked(n_samples, n_neurons, b, c)
    if math.isinf(b * n_neurons / c):
        return expected_activated_equal_rates(d, n_neurons=n_neurons, c=c)
    return np.asarray(-n_neurons * np.expm1(log_double_ratio(b * ((n_neurons - c) / c), b, d)))[()]


def mean_field_activated(
    n_samples: ArrayLike, *, n_neurons: int, b: float, c: float = 1.0
) -> FloatArray:
    """Return the expected number of activated neurons by the published mean-field law.

    Parameters
    ----------
    n_samples, n_neurons, b, c
        As in `expected_activated`.

    Returns
    -------
    ndarray of float, shape (m,)
        K(D), in neurons.

    Raises
    ------
    DomainError
        As in `expected_activated`.

    Notes
    -----
    K = N (1 − (bN / (cD + bN))^b), Zhang & Sui 2024. It is the leading term of the exact law for
    bN/c ≫ 1; for dense layers it is visibly too low and does not even give K(1) = c.

    Examples
    --------
    >>> mean_field_activated(1000, n_neurons=500, b=0.2).round(2)
    np.float64(190.48)
    """
    d = _checked(n_samples, n_neurons, b, c)
    activations = c * d / n_neurons
    log_free = -activations if math.isinf(b) else -b * np.log1p(activations / b)
    return np.asarray(-n_neurons * np.expm1(log_free))[()]


def expected_activated_equal_rates(
    n_samples: ArrayLike, *, n_neurons: int, c: float = 1.0
) -> FloatArray:
    """Return the expected number of activated neurons when all fire at the same rate (b = ∞).

    Parameters
    ----------
    n_samples, n_neurons, c
        As in `expected_activated`.

    Returns
    -------
    ndarray of float, shape (m,)
        N (1 − (1 − c/N)^D), in neurons: the coupon collector's curve.

    Raises
    ------
    DomainError
        As in `expected_activated`.

    Examples
    --------
    >>> expected_activated_equal_rates([1, 100], n_neurons=100, c=2).round(3)
    array([ 2.   , 86.738])
    """
    d = _checked(n_samples, n_neurons, math.inf, c)
    return np.asarray(-n_neurons * np.expm1(d * np.log1p(-c / n_neurons)))[()]


def samples_per_working_neuron(
    n_samples: ArrayLike, *, n_neurons: int, b: float, c: float = 1.0
) -> FloatArray:
    """Return the law's activations for each neuron that works, R = cD / E[K(D)].

    Parameters
    ----------
    n_samples, n_neurons, b, c
        As in `expected_activated`; at least one sample.

    Returns
    -------
    ndarray of float, shape (m,)
        R ≥ 1, activations (of which each sample gives c) per working neuron.

    Raises
    ------
    DomainError
        As in `expected_activated`, or if there is no sample.

    Notes
    -----
    In the published mean-field form R = b·u / (1 − (1 + u)^−b) with u = cD/(bN): it depends on
    D/N alone and rises with it. With N ∝ D^s and c fixed, R grows like D^(1−s) for s < 1, stays
    for s = 1, and falls to 1 for s > 1 (derived from K(D) of Zhang & Sui 2024, arXiv 2412.18073,
    whose summary says the opposite for s > 1).

    Examples
    --------
    >>> samples_per_working_neuron([10, 1000], n_neurons=500, b=0.2).round(2)
    array([1.05, 5.24])
    """
    d = np.asarray(n_samples, dtype=np.float64)
    if not np.all(d >= 1):
        raise DomainError("without samples no neuron works.", got=n_samples, allowed=">= 1")
    return np.asarray(c * d / expected_activated(d, n_neurons=n_neurons, b=b, c=c))[()]


def _checked(n_samples: ArrayLike, n_neurons: int, b: float, c: float) -> FloatArray:
    if not (b > 0):
        raise DomainError(
            "the constant b must be positive.", got=f"b = {b}", allowed="0 < b <= inf"
        )
    if not (0 < c < n_neurons < math.inf):
        raise DomainError(
            "a sample must activate fewer neurons than there are, and some.",
            got=f"c = {c}, n_neurons = {n_neurons}",
            allowed="0 < c < n_neurons",
        )
    d = np.asarray(n_samples, dtype=np.float64)
    if not np.all((d >= 0) & np.isfinite(d)):
        raise DomainError("n_samples must not be negative.", got=n_samples, allowed="0, 1, 2, …")
    return d
