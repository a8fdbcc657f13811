"""Participating neurons: those whose firing, or fluctuation, is above a threshold.

Source: Pareek et al. 2025, arXiv 2511.10435, who find fewer participating neurons at higher learning
rates and leave the threshold open; ours is stated, and the sweep over thresholds belongs to it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activstats.dynamics.estimates import Estimate
from activstats.dynamics.participation_result import (
    FIRING,
    FLUCTUATION,
    ParticipationResult,
    wilson,
)
from activstats.errors import DomainError, InputError
from activstats.laws._checks import check_level
from activstats.laws.results import Status

if TYPE_CHECKING:
    pass

# Shares of the samples, and fluctuations in units of the layer's own root mean square.
THRESHOLDS: dict[str, tuple[float, ...]] = {
    FIRING: (0.0, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5),
    FLUCTUATION: (0.01, 0.03, 0.1, 0.3, 0.5, 1.0),
}
DEFAULT = {FIRING: 0.01, FLUCTUATION: 0.1}


def shares_above(values: ArrayLike, thresholds: ArrayLike) -> NDArray[np.float64]:
    """Return the share of neurons whose value is above each threshold.

    Parameters
    ----------
    values : array_like of float, shape (n_neurons,)
        Firing rates or fluctuations.
    thresholds : array_like of float, shape (m,)
        A neuron at the threshold does not count.

    Returns
    -------
    ndarray of float, shape (m,)

    Examples
    --------
    >>> shares_above([0.0, 0.2, 0.4, 1.0], [0.0, 0.2, 0.5])
    array([0.75, 0.5 , 0.25])
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    below = np.searchsorted(ordered, np.asarray(thresholds, dtype=np.float64), side="right")
    return np.asarray(1 - below / max(ordered.size, 1))


def effective_share(values: ArrayLike) -> float:
    """Return the participation ratio (Σx)²/(N Σx²): a share of neurons without a threshold.

    1 where all neurons are alike, 1/N where one does everything; nan where none does anything.

    Examples
    --------
    >>> effective_share([1, 1, 0, 0]), effective_share([3, 3, 3])
    (0.5, 1.0)
    """
    x = np.asarray(values, dtype=np.float64)
    squares = float(x.size * (x @ x))
    return float(x.sum() ** 2 / squares) if squares > 0 else math.nan


@dataclass(frozen=True)
class Participation:
    """Share of participating neurons, and how it depends on the threshold.

    Parameters
    ----------
    of : {"firing", "fluctuation"}
        Firing rates, as shares of the samples; or fluctuations, in units of the root mean square
        over the layer.
    threshold : float, optional
        A neuron above it participates: .01 of the samples, or .1 of the layer's fluctuation, if left
        out.
    thresholds : sequence of float, optional
        The sweep.
    unit : float, optional
        What fluctuations are measured in, where layers or runs are compared.
    level : float
        Confidence level.

    Examples
    --------
    >>> found = Participation().fit([0.0, 0.0, 0.3, 1.0], n_obs=100)
    >>> found["participating"].value, found["dead"].value, found["always_on"].value
    (0.5, 0.5, 0.25)
    """

    of: str = FIRING
    threshold: float | None = None
    thresholds: Sequence[float] | None = None
    unit: float | None = None
    level: float = 0.95

    def __post_init__(self) -> None:
        check_level(self.level)
        if self.of not in THRESHOLDS:
            raise DomainError(
                "there is no such participation.", got=self.of, allowed=list(THRESHOLDS)
            )
        swept = [*(self.thresholds or ()), *([] if self.threshold is None else [self.threshold])]
        if not all(math.isfinite(one) and one >= 0 for one in swept):
            raise DomainError("thresholds must not be negative.", got=swept, allowed=">= 0")

    def fit(
        self, values: ArrayLike, *, n_obs: int, provenance: Mapping[str, Any] | None = None
    ) -> ParticipationResult:
        """Count the neurons of a layer.

        Parameters
        ----------
        values : array_like of float, shape (n_neurons,)
            Firing rates between 0 and 1, or fluctuations.
        n_obs : int
            Samples, or times, that they come from.
        provenance : mapping, optional
            Kept with the result.

        Returns
        -------
        ParticipationResult
            Intervals are Wilson's (1927), which take the neurons as a sample.

        Raises
        ------
        InputError
            If values are negative, not finite, or firing rates above 1.
        """
        x = np.asarray(values, dtype=np.float64).ravel()
        highest = 1.0 if self.of == FIRING else math.inf
        if not x.size or not np.isfinite(x).all() or x.min() < 0 or x.max() > highest:
            raise InputError(
                f"these are no values of {self.of}, one a neuron.",
                got=f"{x.size} values" + (f" from {x.min():g} to {x.max():g}" if x.size else ""),
                allowed=f"0 to {highest:g}",
            )
        unit = self._unit(x)
        threshold = DEFAULT[self.of] if self.threshold is None else self.threshold
        swept = tuple(self.thresholds or THRESHOLDS[self.of])
        shares = shares_above(x / unit, swept)
        ends = [wilson(float(share), x.size, self.level) for share in shares]
        return ParticipationResult(
            method="Wilson's intervals over neurons",
            level=self.level,
            n_obs=n_obs,
            status=Status.CONVERGED,
            provenance=dict(provenance or {}),
            estimates=tuple(_counted(x / unit, threshold, firing=self.of == FIRING)),
            of=self.of,
            threshold=threshold,
            thresholds=swept,
            shares=tuple(shares.tolist()),
            shares_low=tuple(low for low, _ in ends),
            shares_high=tuple(high for _, high in ends),
            n_neurons=int(x.size),
            effective=effective_share(x),
        )

    def _unit(self, x: NDArray[np.float64]) -> float:
        if self.of == FIRING:
            return 1.0
        unit = math.sqrt(float(np.mean(x**2))) if self.unit is None else self.unit
        return unit if unit > 0 else 1.0


def _counted(x: NDArray[np.float64], threshold: float, *, firing: bool) -> list[Estimate]:
    shares = {"participating": x > threshold, "dead": x == 0}
    if firing:
        shares["always_on"] = x == 1
    return [Estimate(name, float(which.mean())) for name, which in shares.items()]
