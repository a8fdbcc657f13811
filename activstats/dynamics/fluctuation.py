"""Fluctuation of weights over a window of training, apart from their drift, by layer and neuron.

Source: Pareek et al. 2025, arXiv 2511.10435, who relate the fluctuation of weights to the learning
rate. Windows, the removal of trends and the "spread of the spread" are not public there; those here
are ours: the SD of a weight over the observed times of a window around its least-squares line.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from activstats.dynamics.fluctuation_measures import (
    layer_measures,
    neuron_drift,
    neuron_fluctuation,
)
from activstats.dynamics.fluctuation_result import FluctuationResult, LayerFluctuation
from activstats.dynamics.moments_by_layer import by_layer
from activstats.dynamics.weight_moments import LEAST_TIMES, WeightMoments
from activstats.errors import DomainError, InputError
from activstats.laws._checks import check_level
from activstats.laws.results import Status

WHOLE, LATE = "whole", "late"
LATE_SHARE = 0.25
_WALK = (
    "a weight that walks at random fluctuates more the longer it is watched: compare windows of equal "
    "length in steps"
)


@dataclass(frozen=True)
class Fluctuation:
    """Fluctuation, drift and spread of the spread, over the whole run and its last part.

    Parameters
    ----------
    late_share : float
        Last share of the observed times that makes the late window. Both windows are given, since
        they can disagree: a network that has learnt its training set by heart stands still late.
    of : {"weights", "gradients", "activations"}
        What the numbers are, for the words of the result.
    level : float
        Confidence level.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> weights = 0.1 * rng.normal(size=(400, 16, 8))  # white noise of SD 0.1
    >>> result = Fluctuation().fit({"fc1.weight": weights})
    >>> round(result["fc1", "whole"].estimate("fluctuation").value, 2)
    0.1
    """

    late_share: float = LATE_SHARE
    of: str = "weights"
    level: float = 0.95

    def __post_init__(self) -> None:
        check_level(self.level)
        if not 0 < self.late_share <= 1:
            raise DomainError(
                "the late window is a share of the run.",
                got=self.late_share,
                allowed="0 < late_share <= 1",
            )

    def fit(
        self,
        snapshots: Mapping[str, ArrayLike],
        times: ArrayLike | None = None,
        *,
        provenance: Mapping[str, Any] | None = None,
    ) -> FluctuationResult:
        """Measure snapshots.

        Parameters
        ----------
        snapshots : mapping of str to array_like, shape (n_times, n_neurons, ...)
            By the name of the parameter; ``fc1.weight`` and ``fc1.bias`` are one layer, ``fc1``.
            The first axis after the times runs along the neurons that a weight leads to. For
            activations of fixed samples: (n_times, n_neurons, n_samples).
        times : array_like of float, shape (n_times,), optional
            Training steps, ascending, the same for all.
        provenance : mapping, optional
            Kept with the result.

        Returns
        -------
        FluctuationResult
            Status TOO_FEW where there are fewer than four times.

        Raises
        ------
        InputError
            If shapes do not fit, or numbers are not finite.
        """
        arrays = {name: np.asarray(array) for name, array in snapshots.items()}
        lengths = {len(array) if array.ndim else 0 for array in arrays.values()}
        if len(lengths) != 1:
            raise InputError(
                "parameters must be observed at the same times.",
                got=f"{sorted(lengths)} times" if lengths else "no parameters",
            )
        n_times = lengths.pop()
        t = np.arange(n_times) if times is None else np.asarray(times, dtype=np.float64)
        n_late = max(math.ceil(self.late_share * n_times), min(LEAST_TIMES, n_times))
        windows: dict[str, dict[str, WeightMoments]] = {}
        for window, first in ((WHOLE, 0), (LATE, n_times - n_late)):
            windows[window] = {
                name: WeightMoments.of_snapshots(array[first:], t[first:] if t.ndim else t)
                for name, array in arrays.items()
            }
        return self.fit_moments(windows, provenance=provenance)

    def fit_moments(
        self,
        windows: Mapping[str, Mapping[str, WeightMoments]],
        *,
        provenance: Mapping[str, Any] | None = None,
    ) -> FluctuationResult:
        """Measure from moments alone.

        Parameters
        ----------
        windows : mapping of str to mapping of str to WeightMoments
            Moments by parameter, by the name of the window.
        provenance : mapping, optional
            Kept with the result.

        Returns
        -------
        FluctuationResult
        """
        layers = tuple(
            _measured(layer, window, moments)
            for window, by_parameter in windows.items()
            for layer, moments in by_layer(by_parameter).items()
        )
        if not layers:
            raise InputError("there are no parameters to measure.")
        fewest = min(layer.n_times for layer in layers)
        few = fewest < LEAST_TIMES
        reason = f"{fewest} times in a window; at least {LEAST_TIMES} are needed" if few else ""
        return FluctuationResult(
            method="SD around the least-squares line",
            level=self.level,
            n_obs=max(layer.n_times for layer in layers),
            status=Status.TOO_FEW if few else Status.CONVERGED,
            reason=reason,
            warnings=(_WALK,) if self.of == "weights" else (),
            provenance=dict(provenance or {}),
            of=self.of,
            layers=layers,
        )


def _measured(layer: str, window: str, moments: WeightMoments) -> LayerFluctuation:
    n_neurons, n_inputs = moments.mean.shape
    told = moments.n >= LEAST_TIMES
    return LayerFluctuation(
        layer=layer,
        window=window,
        n_times=moments.n,
        n_neurons=n_neurons,
        n_inputs=n_inputs,
        estimates=layer_measures(moments) if told else (),
        neurons=tuple(neuron_fluctuation(moments).tolist()) if told else (),
        drifts=tuple(neuron_drift(moments).tolist()) if told else (),
    )
