"""Stamina of neurons: what it gains and loses, and who is expected to live.

A neuron's stamina s goes to min(cap, s + a) when it fires with output a, and to s − p when it is
silent; at s ≤ 0 the neuron is dead. The expected change is E[a] − (1 − r) p, with r the firing rate
and E[a] the mean output over all samples, so that it is zero at p* = E[a]/(1 − r) (derived).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activstats.errors import DomainError, InputError

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

LIFE = 500.0  # samples that a neuron lives in silence from the start
CAP = 2.0  # most stamina, in lives


def balancing_penalty(mean_output: ArrayLike, firing_rate: ArrayLike) -> FloatArray:
    """Return the penalty p* at which a neuron's stamina has no drift.

    Parameters
    ----------
    mean_output : array_like of float, shape (n_neurons,)
        E[a]: mean over all samples of the output when firing, 0 when silent.
    firing_rate : array_like of float, shape (n_neurons,)
        r: share of samples that activated the neuron.

    Returns
    -------
    ndarray of float, shape (n_neurons,)
        p* = E[a]/(1 − r) in units of the output; 0 for a neuron that never fires, infinite for one
        that always does.

    Raises
    ------
    InputError
        If outputs are negative or not finite, rates are no shares, or their shapes differ.

    Examples
    --------
    >>> balancing_penalty([0.0, 0.3, 2.0], [0.0, 0.25, 1.0])
    array([0. , 0.4, inf])
    """
    outputs, rates = np.asarray(mean_output, dtype=float), np.asarray(firing_rate, dtype=float)
    if outputs.shape != rates.shape:
        raise InputError(
            "every neuron needs a mean output and a firing rate.",
            got=f"shapes {outputs.shape} and {rates.shape}",
        )
    if not (np.isfinite(outputs).all() and (outputs >= 0).all()):
        raise InputError("mean outputs must be finite, and not negative.", got=_first_bad(outputs))
    if not ((rates >= 0) & (rates <= 1)).all():
        raise InputError("firing rates are shares of the samples.", got=_first_bad(rates, 1.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        found: FloatArray = np.where(rates < 1, outputs / (1 - rates), math.inf)
    return found


def _first_bad(values: FloatArray, high: float = math.inf) -> str:
    bad = ~(np.isfinite(values) & (values >= 0) & (values <= high))
    return f"{values[bad].flat[0]:g}"


def typical_penalty(balancing: ArrayLike) -> float:
    """Return the median of p* over the neurons that fire, to which penalties are relative.

    Neurons that never fire have p* = 0 and say nothing of the scale of the outputs: they are left
    out, for in layers with competition they are often the greater part.

    Parameters
    ----------
    balancing : array_like of float, shape (n_neurons,)
        See `balancing_penalty`.

    Returns
    -------
    float
        In units of the output; nan where no neuron fires, or the middle one always does.

    Examples
    --------
    >>> typical_penalty([0.0, 0.0, 0.0, 0.1, 0.3, 0.8])
    0.3
    """
    found = np.asarray(balancing, dtype=float)
    firing = found[found > 0]
    middle = float(np.quantile(firing, 0.5, method="inverted_cdf")) if firing.size else math.nan
    return middle if math.isfinite(middle) else math.nan


def expected_to_live(balancing: ArrayLike, penalty: float) -> BoolArray:
    """Return which neurons have a stamina that is expected to grow: p* > p.

    Parameters
    ----------
    balancing : array_like of float, shape (n_neurons,)
        See `balancing_penalty`.
    penalty : float
        p, in units of the output.

    Returns
    -------
    ndarray of bool, shape (n_neurons,)

    Examples
    --------
    >>> expected_to_live([0.1, 0.3, 0.8], 0.3)
    array([False, False,  True])
    """
    return np.asarray(np.asarray(balancing, dtype=float) > penalty)


def check_penalties(penalties: ArrayLike) -> FloatArray:
    """Return penalties in ascending order.

    Raises
    ------
    DomainError
        If there is none, or one is not positive and finite.
    """
    found = np.unique(np.asarray(penalties, dtype=float))
    if found.size == 0 or not (np.isfinite(found) & (found > 0)).all():
        raise DomainError(
            "penalties must be positive and finite.", got=penalties, allowed="0 < p < ∞"
        )
    return found
