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
    Measure = Callable[[FloatArray, FloatArray], FloatArray]

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
    whole, left = np.ones((1, len(neurons))), _left_out(len(neurons))
    return tuple(
        _jackknife(name, float(measure(neurons, whole)[0]), measure(neurons, left))
        for name, measure in _measures(moments).items()
    )


def _neurons(moments: WeightMoments) -> FloatArray:
    sd = moments.fluctuation
    inner = sd.std(axis=1, ddof=1) if sd.shape[1] > 1 else np.full(len(sd), math.nan)
    squares = [np.mean(one**2, axis=1) for one in (sd, moments.drift, moments.mean)]
    return np.column_stack([*squares, sd.mean(axis=1), inner])


def _left_out(n: int) -> FloatArray:
    """Return 1 for the neurons that are kept, 0 for those left out: one row a block of them."""
    blocks = min(n, _BLOCKS)
    left = np.arange(n) % blocks != np.arange(blocks)[:, None]
    return np.asarray(left, dtype=np.float64)


def _measures(moments: WeightMoments) -> dict[str, Measure]:
    """Return the measures as functions of neurons and of who of them is kept, a number for each row."""
    n_inputs = moments.mean.shape[1]
    return {
        "fluctuation": lambda x, kept: _root(_mean(x[:, _SQUARE], kept)),
        "drift": lambda x, kept: _root(_mean(x[:, _DRIFT], kept)),
        "relative": lambda x, kept: _root(
            _ratio(_mean(x[:, _SQUARE], kept), _mean(x[:, _SIZE], kept))
        ),
        "spread_of_spread": lambda x, kept: _sd(x[:, _INNER], kept),
        "mean_spread": lambda x, kept: _mean(x[:, _INNER], kept),
        "spread_of_means": lambda x, kept: _sd(x[:, _MEAN], kept),
        "spread_of_all": lambda x, kept: _sd_of_all(x, kept, n_inputs),
        "relative_spread": lambda x, kept: _ratio(
            _sd(x[:, _INNER], kept), _mean(x[:, _MEAN], kept)
        ),
    }


def _mean(values: FloatArray, kept: FloatArray) -> FloatArray:
    return _ratio(kept @ values, kept.sum(axis=1))


def _squares(values: FloatArray, kept: FloatArray) -> FloatArray:
    """Return sums of squared deviations from the mean of those kept."""
    # From the first one on: values that are all alike have no rounding left.
    since = values - values[0]
    return np.asarray((kept * (since - _mean(since, kept)[:, None]) ** 2).sum(axis=1))


def _sd(values: FloatArray, kept: FloatArray) -> FloatArray:
    return _root(_ratio(_squares(values, kept), kept.sum(axis=1) - 1))


def _sd_of_all(neurons: FloatArray, kept: FloatArray, n_inputs: int) -> FloatArray:
    """Return the SD over all weights, from the variances within neurons and between them."""
    within = (n_inputs - 1) * (kept @ np.nan_to_num(neurons[:, _INNER]) ** 2)
    between = n_inputs * _squares(neurons[:, _MEAN], kept)
    return _root(_ratio(within + between, n_inputs * kept.sum(axis=1) - 1))


def _root(squares: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt(squares))


def _ratio(top: FloatArray, bottom: FloatArray) -> FloatArray:
    return np.asarray(np.divide(top, bottom, out=np.full(len(top), math.nan), where=bottom > 0))


def _jackknife(name: str, value: float, left: FloatArray) -> Estimate:
    n = len(left)
    if n < 3 or not value > 0 or not (left > 0).all():  # noqa: PLR2004  (two tell no spread of what is left)
        return Estimate(name, value, scale=LOG)
    logs = np.log(left)
    error = math.sqrt((n - 1) * float(np.mean((logs - logs.mean()) ** 2)))
    return Estimate(name, value, error, float(n - 1), LOG)
