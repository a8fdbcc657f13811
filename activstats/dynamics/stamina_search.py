"""Search for the penalty that leaves as many neurons as are wanted.

Every try is a training run, so that what counts is how many tries a search takes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np

from activstats.errors import DomainError

Method = Literal["bisection", "annealing"]
Survivors = Callable[[float], int]
_METHODS = ("bisection", "annealing")
_LEAST_STEP = math.log(4.0)  # by which a bracket that does not hold the target moves
_RESOLUTION = 1e-3  # of log p: where survivors jump across the target, no penalty meets it


@dataclass(frozen=True)
class PenaltySearch:
    """What a search found.

    Parameters
    ----------
    method : str
        Of the search.
    target, tolerance : int
        Neurons wanted, and how many more or fewer will do.
    penalty : float
        The penalty that came nearest; the first one of several.
    survivors : int
        Neurons that it left.
    tried : tuple of (float, int)
        Penalties in the order in which they were tried, and the neurons each left.
    """

    method: Method
    target: int
    tolerance: int
    penalty: float
    survivors: int
    tried: tuple[tuple[float, int], ...]

    @property
    def hit(self) -> bool:
        """Whether the target was met within the tolerance."""
        return abs(self.survivors - self.target) <= self.tolerance

    @property
    def n_runs(self) -> int:
        """Runs that the search took."""
        return len(self.tried)


class _EnoughError(Exception):
    """The target is met, or no run is left."""


class _Tries:
    """Runs that were done; none is done twice."""

    def __init__(self, survivors: Survivors, target: int, tolerance: int, most: int) -> None:
        self._survivors, self._target, self._tolerance = survivors, target, tolerance
        self._most = most
        self.done: dict[float, int] = {}

    def at(self, log_penalty: float) -> int:
        penalty = math.exp(log_penalty)
        if penalty not in self.done:
            if len(self.done) >= self._most:
                raise _EnoughError
            self.done[penalty] = int(self._survivors(penalty))
            if abs(self.done[penalty] - self._target) <= self._tolerance:
                raise _EnoughError
        return self.done[penalty]


def search_penalty(
    survivors: Survivors,
    target: int,
    *,
    low: float,
    high: float,
    method: Method = "bisection",
    tolerance: int = 0,
    max_runs: int = 24,
    rng: np.random.Generator | int | None = None,
) -> PenaltySearch:
    """Search for the penalty that leaves so many neurons.

    Parameters
    ----------
    survivors : callable
        Number of neurons that a penalty leaves.
    target : int
        Neurons wanted.
    low, high : float
        Penalties between which to look first. Bisection widens them where they do not hold the
        target; annealing stays within.
    method : {"bisection", "annealing"}
        Bisection on log p, which rests on fewer neurons living under a larger penalty, or
        `scipy.optimize.dual_annealing` of |log survivors − log target|, which rests on nothing.
    tolerance : int
        How many neurons more or fewer will do; a search ends where it is met.
    max_runs : int
        Runs at most.
    rng : Generator or int, optional
        Of the annealing.

    Returns
    -------
    PenaltySearch

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    Examples
    --------
    >>> found = search_penalty(lambda p: round(64 / (1 + p)), 16, low=0.1, high=10)
    >>> found.survivors, round(found.penalty, 1), found.hit
    (16, 2.9, True)
    """
    _check(target, low, high, method, tolerance, max_runs)
    tries = _Tries(survivors, target, tolerance, max_runs)
    try:
        if method == "bisection":
            _bisect(tries, target, math.log(low), math.log(high))
        else:
            _anneal(tries, target, math.log(low), math.log(high), max_runs, rng)
    except _EnoughError:
        pass
    best = min(tries.done, key=lambda penalty: abs(tries.done[penalty] - target))
    return PenaltySearch(
        method, target, tolerance, best, tries.done[best], tuple(tries.done.items())
    )


def _bisect(tries: _Tries, target: int, low: float, high: float) -> None:
    step = max(high - low, _LEAST_STEP)
    while tries.at(high) > target:
        low, high = high, high + step
    while tries.at(low) <= target:
        low, high = low - step, low
    while high - low > _RESOLUTION:
        middle = (low + high) / 2
        if tries.at(middle) > target:
            low = middle
        else:
            high = middle


def _anneal(
    tries: _Tries,
    target: int,
    low: float,
    high: float,
    max_runs: int,
    rng: np.random.Generator | int | None,
) -> None:
    from scipy.optimize import dual_annealing

    def distance(x: Any) -> float:
        return abs(math.log((tries.at(float(x[0])) + 0.5) / (target + 0.5)))

    dual_annealing(
        distance,
        [(low, high)],
        rng=np.random.default_rng(rng),
        maxfun=max_runs,
        no_local_search=True,
    )


def _check(
    target: int, low: float, high: float, method: str, tolerance: int, max_runs: int
) -> None:
    if method not in _METHODS:
        raise DomainError("there is no such search.", got=method, allowed=" or ".join(_METHODS))
    if not 0 < low < high < math.inf:
        raise DomainError(
            "penalties are searched between two.", got=(low, high), allowed="0 < low < high"
        )
    for name, value, least in (
        ("target", target, 0),
        ("tolerance", tolerance, 0),
        ("max_runs", max_runs, 1),
    ):
        if not isinstance(cast("object", value), int | np.integer) or value < least:
            raise DomainError(f"'{name}' must be a whole number.", got=value, allowed=f">= {least}")
