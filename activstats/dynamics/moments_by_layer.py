"""Moments of parameters, brought together by the layer whose neurons they lead to."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from activstats.dynamics.weight_moments import WeightMoments
from activstats.errors import InputError

_PARTS = ("weight", "bias")


def by_layer(parameters: Mapping[str, WeightMoments]) -> dict[str, WeightMoments]:
    """Join weight and bias of each layer, ``fc1.weight`` and ``fc1.bias`` to ``fc1``."""
    grouped: dict[str, list[WeightMoments]] = {}
    for name, moments in parameters.items():
        owner, _, part = name.rpartition(".")
        grouped.setdefault(owner if part in _PARTS and owner else name, []).append(moments)
    return {name: join(parts) for name, parts in grouped.items()}


def join(parts: list[WeightMoments]) -> WeightMoments:
    """Return the moments of weights that lead to the same neurons, side by side.

    Raises
    ------
    InputError
        If they were observed at other times, or lead to other numbers of neurons.
    """
    first = parts[0]
    for part in parts[1:]:
        same = math.isclose(part.time_squares, first.time_squares, rel_tol=1e-9, abs_tol=1e-12)
        if part.n != first.n or len(part.mean) != len(first.mean) or not same:
            raise InputError("weights of a layer were observed at different times.")
    columns = (
        np.concatenate([getattr(part, name) for part in parts], axis=1)
        for name in ("mean", "squares", "products")
    )
    return WeightMoments(first.n, first.time_mean, first.time_squares, *columns)
