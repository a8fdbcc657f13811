"""How a tail is searched."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from activstats.laws.tail_sample import TailSample

OBSERVED, INTEGERS = "observed", "integers"
GRID = "grid"
# Candidates that a grid has at most, evenly spaced in the logarithm over the observations.
GRID_SIZE = 100
# Two distinct values lie on some power law exactly: a search needs more to choose among them.
DISTINCT_SEARCHED, DISTINCT_FIXED = 3, 2


@dataclass(frozen=True)
class TailSettings:
    """How a tail is searched.

    Parameters
    ----------
    discrete : bool
        Whole numbers, or any positive numbers.
    candidates : tuple of float
        Values of xmin to try; every distinct observation if empty.
    xmin_range : tuple of float
        Lowest and highest xmin allowed.
    min_tail : int
        Observations that must reach xmin.
    ks : {"observed", "integers"}
        Where the distance is taken: at the observed values, or at every whole number from xmin to
        the largest.
    alpha_step : float
        Grid on which the exponent is rounded; 0 for the exact maximum.
    is_grid : bool
        Whether the candidates are a grid laid over the observations.
    """

    discrete: bool = True
    candidates: tuple[float, ...] = ()
    xmin_range: tuple[float, float] = (0.0, math.inf)
    min_tail: int = 0
    ks: str = OBSERVED
    alpha_step: float = 0.0
    is_grid: bool = False

    @property
    def fixed(self) -> bool:
        """Whether xmin is given."""
        return len(self.candidates) == 1 and not self.is_grid


def grid_of(sample: TailSample) -> tuple[float, ...]:
    """Return observed values, evenly spaced in the logarithm as far as they allow."""
    if sample.values.size <= GRID_SIZE:
        return tuple(sample.values.tolist())
    logs = np.log(sample.values)
    places = np.searchsorted(logs, np.linspace(logs[0], logs[-1], GRID_SIZE))
    return tuple(sample.values[np.unique(places)].tolist())


def read_settings(content: dict[str, Any]) -> TailSettings:
    """Return the settings that were written as JSON."""
    low, high = content["xmin_range"]
    candidates = tuple(float(value) for value in content["candidates"])
    return TailSettings(
        **content | {"candidates": candidates, "xmin_range": (float(low), float(high))}
    )
