"""The laws that a power-law tail is set beside, and where the search for each begins."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Rival:
    """A law of the package, where its search starts, and where its densities are sound."""

    law: str
    kind: str
    start: Callable[[Tail], list[float]]
    depth: Callable[[list[float], float], float]
    contains: bool = False


@dataclass(frozen=True)
class Tail:
    """The numbers at xmin or above."""

    x: FloatArray
    often: FloatArray
    xmin: float

    def mean(self, values: FloatArray) -> float:
        """Return the mean of a function of the numbers."""
        return float(np.average(values, weights=self.often))

    @property
    def n(self) -> float:
        """How many there are."""
        return float(self.often.sum())


def _lognormal_start(tail: Tail) -> list[float]:
    logs = np.log(tail.x)
    mean = tail.mean(logs)
    return [mean, math.sqrt(tail.mean((logs - mean) ** 2))]


def _cutoff_start(tail: Tail) -> list[float]:
    return [1 + 1 / tail.mean(np.log(tail.x / tail.xmin)), 1 / tail.mean(tail.x)]


# The package's own starting points; how many nats below its bulk a law stands at xmin.
RIVALS = (
    Rival(
        "lognormal",
        "Lognormal",
        _lognormal_start,
        lambda p, x: max((math.log(x) - p[0]) / p[1], 0.0) ** 2 / 2 if p[1] > 0 else 0.0,
    ),
    Rival("exponential", "Exponential", lambda tail: [1 / tail.mean(tail.x)], lambda *_: 0.0),
    Rival(
        "stretched exponential",
        "Stretched_Exponential",
        lambda tail: [1 / tail.mean(tail.x), 1.0],
        # Its P(X ≥ x) is taken as a difference from 1, which has 16 digits.
        lambda p, x: 12 * (p[0] * x) ** p[1] if p[0] > 0 else 0.0,
    ),
    Rival(
        "power law with cutoff",
        "Truncated_Power_Law",
        _cutoff_start,
        lambda *_: 0.0,
        contains=True,
    ),
)
