"""Averages over seeds: the runs of one seed are averaged first, for only seeds are independent."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

LEVEL = 0.95


@dataclass(frozen=True)
class OverSeeds:
    """Mean over seeds with its t-interval.

    Parameters
    ----------
    mean : float
        Nan without any seed.
    low, high : float
        Ends of the interval; nan with fewer than two seeds.
    n_seeds : int
        Independent units.
    """

    mean: float
    low: float
    high: float
    n_seeds: int


def over_seeds(values: Iterable[tuple[int, float]], level: float = LEVEL) -> OverSeeds:
    """Average values within each seed, then over the seeds.

    Parameters
    ----------
    values : iterable of (int, float)
        Seed and value of every run; values that are not finite are left out.
    level : float
        Confidence level of the interval.

    Returns
    -------
    OverSeeds
        With Student's interval on (seeds − 1) degrees of freedom: mean ± t·s/sqrt(seeds).

    Examples
    --------
    >>> over_seeds([(0, 1.0), (0, 3.0), (1, 4.0)])  # the means of the two seeds are 2 and 4
    OverSeeds(mean=3.0, low=-9.706..., high=15.706..., n_seeds=2)
    """
    by_seed: dict[int, list[float]] = {}
    for seed, value in values:
        if math.isfinite(value):
            by_seed.setdefault(seed, []).append(value)
    means = np.array([np.mean(group) for group in by_seed.values()])
    if not means.size:
        return OverSeeds(math.nan, math.nan, math.nan, 0)
    mean = float(means.mean())
    if means.size == 1:
        return OverSeeds(mean, math.nan, math.nan, 1)
    error = float(means.std(ddof=1)) / math.sqrt(means.size)
    reach = float(stdtrit(means.size - 1, (1 + level) / 2)) * error
    return OverSeeds(mean, mean - reach, mean + reach, int(means.size))


def from_zero(found: OverSeeds) -> OverSeeds:
    """Cut an interval at 0 that is one of a distance or a length: none is below it.

    Examples
    --------
    >>> from_zero(OverSeeds(0.01, -0.02, 0.04, 3))
    OverSeeds(mean=0.01, low=0.0, high=0.04, n_seeds=3)
    """
    low = max(found.low, 0.0) if math.isfinite(found.low) else found.low
    return OverSeeds(found.mean, low, found.high, found.n_seeds)


def geometric(values: Iterable[tuple[int, float]], level: float = LEVEL) -> OverSeeds:
    """Average positive values in the logarithm, and return mean and interval on their own scale.

    Examples
    --------
    >>> round(geometric([(0, 0.1), (1, 0.4)]).mean, 6)
    0.2
    """
    logs = [(seed, math.log(value)) for seed, value in values if 0 < value < math.inf]
    found = over_seeds(logs, level)
    mean, low, high = (_exp(end) for end in (found.mean, found.low, found.high))
    return OverSeeds(mean, low, high, found.n_seeds)


def _exp(x: float) -> float:
    # Two seeds can leave an interval that reaches beyond every number.
    return math.inf if x > math.log(sys.float_info.max) else math.exp(x)
