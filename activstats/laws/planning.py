"""How well b will be known, before anything is recorded.

The expected information of the beta-binomial law itself, summed over all counts that can occur; no
approximation for small or large b.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.errors import DomainError
from activstats.laws._expected_information import single_error

if TYPE_CHECKING:
    from collections.abc import Callable

# More samples than anybody has; what is not reached by then is not reached.
_MOST_SAMPLES = 10**12


def expected_standard_error(n_neurons: int, n_samples: int, *, b: float, c: float) -> float:
    """Return the standard error of ln b that a recording will give.

    Parameters
    ----------
    n_neurons : int
        Neurons that could fire, N.
    n_samples : int
        Samples to record, D.
    b : float
        Constant of the activation process, as far as it can be guessed; finite.
    c : float
        Mean number of neurons activated by one sample, 0 < c < N.

    Returns
    -------
    float
        From the expected information, the mean rate being estimated along with b; infinite where
        a recording of that size says nothing. Above about .5 the interval is no longer symmetric
        and may be open; read the number as "not enough" there.

    Raises
    ------
    DomainError
        If a number lies outside its domain.

    Notes
    -----
    I = N Σ_k P(k) s(k) s(k)ᵀ with P the beta-binomial law of counts and s the derivatives of ln P
    by ln b and by the logit of c/N (derived). For b ≥ 1 it is near sqrt(2/N) (1 + bN/(cD)), for
    small b near 1/sqrt(K), and never below about 1.3/sqrt(N): neurons limit it, not samples.
    Neurons that fire together make the real error larger.

    Examples
    --------
    >>> round(expected_standard_error(512, 1797, b=0.22, c=5.12), 3)
    0.067
    """
    _check(n_neurons, n_samples, b, c / n_neurons if n_neurons else math.nan)
    return single_error(n_samples, b, c / n_neurons) / math.sqrt(n_neurons)


def samples_needed(se: float, *, n_neurons: int, b: float, c: float) -> float:
    """Return how many samples bring the standard error of ln b down to `se`.

    Parameters
    ----------
    se : float
        Wanted standard error of ln b, > 0.
    n_neurons, b, c
        As in `expected_standard_error`.

    Returns
    -------
    float
        A whole number of samples; infinite if that many neurons never give such an error.

    Examples
    --------
    >>> samples_needed(0.1, n_neurons=512, b=0.3, c=5.12)
    160.0
    >>> samples_needed(0.01, n_neurons=512, b=0.3, c=5.12)
    inf
    """
    _check_wanted(se)
    _check(n_neurons, 2, b, c / n_neurons if n_neurons else math.nan)

    def enough(samples: int) -> bool:
        return expected_standard_error(n_neurons, samples, b=b, c=c) <= se

    return _least(enough, 2, _MOST_SAMPLES)


def neurons_needed(se: float, *, n_samples: int, b: float, c_share: float) -> float:
    """Return how many neurons bring the standard error of ln b down to `se`.

    Parameters
    ----------
    se : float
        Wanted standard error of ln b, > 0.
    n_samples, b
        As in `expected_standard_error`.
    c_share : float
        Share of the neurons that one sample activates, c/N.

    Returns
    -------
    float
        A whole number of neurons; infinite if so few samples tell nothing.

    Examples
    --------
    >>> neurons_needed(0.1, n_samples=1000, b=0.3, c_share=0.01)
    243.0
    """
    _check_wanted(se)
    _check(2, n_samples, b, c_share)
    neurons = (single_error(n_samples, b, c_share) / se) ** 2
    return float(max(2, math.ceil(neurons))) if math.isfinite(neurons) else math.inf


def _least(enough: Callable[[int], bool], low: int, most: int) -> float:
    """Return the least whole number that is enough, the answer being monotone; else infinity."""
    if enough(low):
        return float(low)
    high = low
    while not enough(high):
        low, high = high, 2 * high
        if high > most:
            return math.inf
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return float(high)


def _check_wanted(se: float) -> None:
    if not 0 < se < math.inf:
        raise DomainError(
            "a standard error is positive.", got=f"se = {se}", allowed="se > 0, such as 0.1"
        )


def _check(n_neurons: int, n_samples: int, b: float, rate: float) -> None:
    if not (0 < b < math.inf and 0 < rate < 1):
        raise DomainError(
            "there is no plan for such a layer.",
            got=f"b = {b}, c/N = {rate}",
            allowed="b positive and finite, c/N between 0 and 1",
        )
    if n_neurons < 2 or n_samples < 1:
        raise DomainError(
            "a layer has neurons and a recording has samples.",
            got=f"n_neurons = {n_neurons}, n_samples = {n_samples}",
            allowed="n_neurons >= 2, n_samples >= 1",
        )
