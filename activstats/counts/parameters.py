"""Parameters along training: snapshots, and how the rows of a weight belong to neurons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from activstats.counts.parameter_moments import ParameterMoments
from activstats.errors import DomainError, InputError

__all__ = [
    "ParameterKind",
    "ParameterMoments",
    "ParameterOf",
    "ParameterSnapshots",
    "by_neuron",
    "check_parameter_kind",
]

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.floating[Any]]

ParameterKind = Literal["snapshot", "moments"]
ParameterOf = Literal["weight", "gradient"]


def check_parameter_kind(kind: Any, of: Any) -> None:
    """Refuse what is no kind of table of parameters.

    Raises
    ------
    InputError
    """
    for what, given, allowed in (("kind", kind, ParameterKind), ("of", of, ParameterOf)):
        if given not in get_args(allowed):
            raise InputError(
                "parameters are not recorded so.",
                got=f"{what}={given!r}",
                allowed=", ".join(map(repr, get_args(allowed))),
            )


def by_neuron(values: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """See values of shape (…, *shape) as (…, neurons, weights of a neuron).

    The first axis of a weight runs along the neurons that it leads to; a bias has one value each.

    Examples
    --------
    >>> by_neuron(np.zeros((7, 16, 3, 5, 5)), (16, 3, 5, 5)).shape
    (7, 16, 75)
    """
    lead = values.shape[: values.ndim - len(shape)]
    return values.reshape(*lead, shape[0] if shape else 1, -1)


@dataclass(frozen=True, eq=False)
class ParameterSnapshots:
    """One parameter, or its gradient, at several steps.

    Parameters
    ----------
    name : str
        Name of the parameter.
    steps : ndarray of int, shape (m,)
    series : ndarray of float, shape (m, *shape)
    provenance : mapping
        Where they are from: recording, parameter, of (weight or gradient).
    """

    name: str
    steps: IntArray
    series: FloatArray
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the parameter."""
        return self.series.shape[1:]

    def between(self, first_step: int, last_step: int) -> ParameterSnapshots:
        """Return the snapshots within a range of steps, both ends included."""
        kept = (self.steps >= first_step) & (self.steps <= last_step)
        return replace(self, steps=self.steps[kept], series=self.series[kept])

    def moments(self) -> ParameterMoments:
        """Return the moments over all snapshots, which take the part of the steps.

        Raises
        ------
        DomainError
            If there is no snapshot.
        """
        if not len(self.steps):
            raise DomainError("there are no moments without a snapshot.", got="no snapshot")
        values = self.series.astype(np.float64)
        t = self.steps - self.steps.mean()
        mean = values.mean(axis=0)
        deviations = values - mean
        return ParameterMoments(
            name=self.name,
            first_step=self.steps[:1],
            last_step=self.steps[-1:],
            n=np.array([len(t)]),
            time_mean=np.array([self.steps.mean()]),
            time_m2=np.array([np.sum(t**2)]),
            mean=mean[None],
            m2=np.sum(deviations**2, axis=0)[None],
            trend=np.tensordot(t, deviations, axes=1)[None],
            provenance=self.provenance,
        )

    def sd(self, *, detrend: bool = False, ddof: int = 0) -> FloatArray:
        """Return the temporal standard deviation of each weight; see `ParameterMoments.sd`.

        Returns
        -------
        ndarray of float, shape (*shape)
        """
        found: FloatArray = self.moments().sd(detrend=detrend, ddof=ddof)[0]
        return found
