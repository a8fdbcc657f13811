"""Measures of a layer's fluctuation, each a function of its neurons."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from activstats.dynamics.estimates import LOG, Estimate

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from activstats.dynamics.weight_moments import WeightMoments

    FloatArray = NDArray[np.float64]

# Name and meaning. The temporal SD of a weight is the one around its line, over the window.
MEASURES = {
    "fluctuation": "root mean square over all weights of the temporal SD of a weight",
    "drift": "root mean square over all weights of the change of the line over the window",
    "relative": "fluctuation over the root mean square of the weights",
    "spread_of_spread": "SD over neurons of the SD over a neuron's weights of their temporal SDs",
    "mean_spread": "mean over neurons of the SD over a neuron's weights of their temporal SDs",
    "spread_of_means": "SD over neurons of the mean over a neuron's weights of their temporal SDs",
    "spread_of_all": "SD over all weights of the layer of their temporal SDs",
    "relative_spread": "spread_of_spread over the mean temporal SD, free of the size of steps",
}
_BLOCKS = 128  # a larger layer is left out in so many blocks, not neuron by neuron

# Columns of what is known of each neuron, over the weights that lead to it.
_SQUARE, _DRIFT, _SIZE, _MEAN, _INNER = range(5)


def neuron_fluctuation(moments: WeightMoments) -> FloatArray:
    """Return the fluctuation of each neuron: root mean square over the weights that lead to it.

    Parameters
    ----------
    moments : WeightMoments
        Of the weights, biases among them.

    Returns
    -------
    ndarray of float, shape (n_neurons,)

    Examples
    --------
    >>> from activstats.dynamics.weight_moments import WeightMoments
    >>> neuron_fluctuation(WeightMoments.of_snapshots([[[1.0, 2.0], [0.0, 0.0]]] * 5))
    array([0., 0.])
    """
    return np.asarray(np.sqrt(np.mean(moments.fluctuation**2, axis=1)))


def neuron_drift(moments: WeightMoments) -> FloatArray:
    """Return the drift of each neuron: root mean square over the weights that lead to it."""
    return np.asarray(np.sqrt(np.mean(moments.drift**2, axis=1)))


def layer_measures(moments: WeightMoments) -> tuple[Estimate, ...]:
    """Return the measures of `MEASURES` for one layer.

    Parameters
    ----------
    moments : WeightMoments
        Of all weights that lead to the neurons of the layer, biases among them.

    Returns
    -------
    tuple of Estimate
        Errors are those of the jackknife over neurons (Quenouille 1956; Tukey 1958): the layer's
        neurons are taken as a sample. Another run of the same training is not in them.
    """
    neurons = _neurons(moments)
    groups = np.arange(len(neurons)) % min(len(neurons), _BLOCKS)
    return tuple(_jackknife(name, measure, neurons, groups) for name, measure in _measures(moments))


def _neurons(moments: WeightMoments) -> FloatArray:
    sd = moments.fluctuation
    inner = sd.std(axis=1, ddof=1) if sd.shape[1] > 1 else np.full(len(sd), math.nan)
    squares = [np.mean(one**2, axis=1) for one in (sd, moments.drift, moments.mean)]
    return np.column_stack([*squares, sd.mean(axis=1), inner])


def _measures(moments: WeightMoments) -> list[tuple[str, Callable[[FloatArray], float]]]:
    n_inputs = moments.mean.shape[1]
    found: dict[str, Callable[[FloatArray], float]] = {
        "fluctuation": lambda x: math.sqrt(x[:, _SQUARE].mean()),
        "drift": lambda x: math.sqrt(x[:, _DRIFT].mean()),
        "relative": lambda x: math.sqrt(_ratio(x[:, _SQUARE].mean(), x[:, _SIZE].mean())),
        "spread_of_spread": lambda x: _sd(x[:, _INNER]),
        "mean_spread": lambda x: float(x[:, _INNER].mean()),
        "spread_of_means": lambda x: _sd(x[:, _MEAN]),
        "spread_of_all": lambda x: _sd_of_all(x, n_inputs),
        "relative_spread": lambda x: _ratio(_sd(x[:, _INNER]), x[:, _MEAN].mean()),
    }
    return list(found.items())


def _sd(values: FloatArray) -> float:
    return float(values.std(ddof=1)) if values.size > 1 else math.nan


def _sd_of_all(neurons: FloatArray, n_inputs: int) -> float:
    """Return the SD over all weights, from the variances within neurons and between them."""
    n = len(neurons) * n_inputs
    if n < 2:  # noqa: PLR2004  (one number has no spread)
        return math.nan
    within = (n_inputs - 1) * np.nansum(neurons[:, _INNER] ** 2)
    between = n_inputs * np.sum((neurons[:, _MEAN] - neurons[:, _MEAN].mean()) ** 2)
    return math.sqrt((within + between) / (n - 1))


def _ratio(top: float, bottom: float) -> float:
    return float(top / bottom) if bottom > 0 else math.nan


def _jackknife(
    name: str, measure: Callable[[FloatArray], float], neurons: FloatArray, groups: NDArray[np.int_]
) -> Estimate:
    value = measure(neurons)
    n_groups = int(groups.max()) + 1
    if n_groups < 3 or not value > 0:  # noqa: PLR2004  (two tell no spread of what is left)
        return Estimate(name, value, scale=LOG)
    left = np.array([measure(neurons[groups != group]) for group in range(n_groups)])
    if not (left > 0).all():
        return Estimate(name, value, scale=LOG)
    logs = np.log(left)
    error = math.sqrt((n_groups - 1) * float(np.mean((logs - logs.mean()) ** 2)))
    return Estimate(name, value, error, float(n_groups - 1), LOG)
