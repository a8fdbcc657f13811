"""What the stamina ledger says: deaths, survival curves, critical penalties, and the prediction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from activstats.dynamics import _stamina_views as views
from activstats.dynamics.stamina_drift import balancing_penalty
from activstats.errors import DomainError
from activstats.laws.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from activstats.laws._summary import Summary

FloatArray = np.ndarray[Any, np.dtype[np.float64]]
IntArray = np.ndarray[Any, np.dtype[np.int64]]

_ARRAYS = ("penalties", "died_at", "critical", "mean_output", "firing_rate")


def _floats(values: Any) -> FloatArray:
    return np.asarray([float(value) for value in values])


def _wholes(values: Any) -> IntArray:
    return np.asarray(values, dtype=np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class StaminaLedgerResult(Result):
    """Which neurons would have died when.

    Parameters
    ----------
    penalties : ndarray of float, shape (m,)
        Ascending, in units of the output.
    died_at : ndarray of int, shape (n_neurons, m)
        Number of the sample, from 0, in which the neuron died; -1 if it lived to the end.
    critical : ndarray of float, shape (n_neurons,)
        Largest penalty that the neuron survives, to .1 %: 0 if it dies under any, infinite if under
        none.
    mean_output, firing_rate : ndarray of float, shape (n_neurons,)
        E[a], over all samples, and the share of samples that activated the neuron.
    typical : float
        Median p* of the neurons that fire; nan if there is none.
    life, cap : float
        Start in samples of silence, and most stamina in starts.
    start : float
        Stamina at the start in units of the output, where it is the same under every penalty; nan
        where it is life·p.
    n_samples : int
        Samples, D.

    Notes
    -----
    The remaining parameters are those of `Result`; `n_obs` is the number of samples.
    """

    penalties: FloatArray
    died_at: IntArray
    critical: FloatArray
    mean_output: FloatArray
    firing_rate: FloatArray
    typical: float
    life: float
    cap: float
    start: float
    n_samples: int

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "FloatArray": _floats,
        "IntArray": _wholes,
    }

    def __post_init__(self) -> None:
        for name in _ARRAYS:
            array = np.array(getattr(self, name))
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @property
    def n_neurons(self) -> int:
        """Neurons of the layer, N."""
        return len(self.died_at)

    @property
    def ratios(self) -> FloatArray:
        """Penalties over the median p* of the neurons that fire, shape (m,)."""
        return np.asarray(self.penalties / self.typical)

    @property
    def balancing(self) -> FloatArray:
        """p* = E[a]/(1 − r), at which stamina has no drift, shape (n_neurons,)."""
        return balancing_penalty(self.mean_output, self.firing_rate)

    @property
    def survivors(self) -> IntArray:
        """Neurons alive at the end under each penalty, shape (m,)."""
        return np.asarray((self.died_at < 0).sum(axis=0))

    @property
    def none_die(self) -> float:
        """Largest penalty under which no neuron dies; 0 if somebody dies under any."""
        return float(self.critical.min())

    @property
    def all_die(self) -> float:
        """Penalty beyond which no neuron lives; infinite if somebody lives under any."""
        return float(self.critical.max())

    @property
    def params(self) -> dict[str, float]:
        """Penalties under which none, half and all of the neurons die."""
        half = float(np.quantile(self.critical, 0.5, method="inverted_cdf"))
        return {"none_die": self.none_die, "half_die": half, "all_die": self.all_die}

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return intervals of the three penalties, taking the neurons as a sample of their kind.

        That of the median is the sign test's, of order statistics. Extremes have none: what the most
        and the least used neuron can bear is counted in this layer, and says nothing of another one.
        """
        return views.intervals(self.critical, self.level if level is None else level)

    def survival(self, n_samples: ArrayLike | None = None) -> FloatArray:
        """Return the share of neurons alive after so many samples.

        Parameters
        ----------
        n_samples : array_like of int, shape (k,), optional
            Samples seen, 0 … D; all of D if left out.

        Returns
        -------
        ndarray of float, shape (k, m)

        Raises
        ------
        DomainError
            If a number of samples lies outside 0 … D.
        """
        seen = np.atleast_1d(np.asarray(self.n_samples if n_samples is None else n_samples))
        if not ((seen >= 0) & (seen <= self.n_samples)).all():
            raise DomainError(
                "only what was recorded can be looked at.", got=n_samples, allowed="0 … D"
            )
        died = np.where(self.died_at < 0, self.n_samples, self.died_at)
        return np.stack([np.mean(died >= d, axis=0) for d in seen])

    def prediction(self) -> pd.DataFrame:
        """Return, for each penalty, who was expected to live by p* > p beside who did."""
        return views.prediction(self)

    def to_frame(self) -> pd.DataFrame:
        """Return the whole result as one row of a table."""
        return views.table(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the share of neurons alive over the penalty, with what p* predicts beside it."""
        return views.plot_penalties(self, ax)

    def plot_survival(self, ax: Axes | None = None) -> Axes:
        """Draw survival curves over the samples for some of the penalties."""
        return views.plot_survival(self, ax)

    def _summary(self) -> Summary:
        return views.describe(self)
