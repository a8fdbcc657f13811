"""Firing rates of a layer along the steps of its training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activstats.dynamics.estimated import Estimated
from activstats.dynamics.estimates import over_units
from activstats.errors import InputError
from activstats.laws._checks import check_level
from activstats.laws.results import Status

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@dataclass(frozen=True, kw_only=True)
class FiringCourseResult(Estimated):
    """Mean firing rate of a layer: estimates `first`, `last` and `change`, errors over neurons.

    Parameters
    ----------
    steps : tuple of float
        Training steps.
    rates : tuple of float
        Mean over neurons of the share of samples that they fire for, at each step.
    dead, always_on : tuple of float
        Share of neurons that fire for none, and for all.

    Notes
    -----
    The remaining parameters are those of `Estimated`; its seeds are neurons here. Intervals take
    neurons for independent and are about this network, not about others.
    """

    steps: tuple[float, ...] = ()
    rates: tuple[float, ...] = ()
    dead: tuple[float, ...] = ()
    always_on: tuple[float, ...] = ()

    title: ClassVar[str] = "Firing rate along the steps"
    _counted: ClassVar[tuple[str, str]] = ("rates", "neurons")

    def table(self) -> pd.DataFrame:
        """Return a row for each step: mean firing rate, dead and always-on share."""
        import pandas as pd

        columns = {
            "step": np.asarray(self.steps, dtype=np.int64),
            "firing_rate": self.rates,
            "dead_share": self.dead,
            "always_on_share": self.always_on,
        }
        known = {k: v for k, v in self.provenance.items() if k in {"layer", "rule"}}
        return pd.DataFrame({**dict.fromkeys(known), **columns}).assign(**known)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the firing rate over the steps."""
        from activstats.figures.tipping import along_steps

        label = str(self.provenance.get("layer", ""))
        return along_steps(self.steps, [self.rates], labels=[label], ax=ax)


@dataclass(frozen=True)
class FiringCourse:
    """Mean firing rate of a layer at each recorded step.

    Parameters
    ----------
    level : float
        Confidence level of the intervals over neurons.

    Examples
    --------
    >>> counts = [[5, 5, 5, 5], [0, 4, 6, 10]]  # of 10 samples, at two steps, by four neurons
    >>> found = FiringCourse().fit([0, 100], counts, n_samples=10)
    >>> found.rates, found.dead, found["change"].value
    ((0.5, 0.5), (0.0, 0.25), 0.0)
    """

    level: float = 0.95

    def __post_init__(self) -> None:
        check_level(self.level)

    def fit(
        self,
        steps: ArrayLike,
        counts: ArrayLike,
        n_samples: ArrayLike,
        *,
        provenance: Mapping[str, Any] | None = None,
    ) -> FiringCourseResult:
        """Return the firing rates.

        Parameters
        ----------
        steps : array_like of int, shape (n_steps,)
            Ascending.
        counts : array_like of int, shape (n_steps, n_neurons)
            Samples that each neuron fired for.
        n_samples : array_like of int, shape () or (n_steps,)
            Samples shown.
        provenance : mapping, optional
            Kept with the result.

        Raises
        ------
        InputError
            If shapes do not fit, or a neuron fired more often than there are samples.
        """
        x, rates = _rates(steps, counts, n_samples)
        some = rates.shape[1] >= 2  # noqa: PLR2004  (one neuron has no spread)
        return FiringCourseResult(
            method="mean over neurons",
            level=self.level,
            n_obs=rates.size,
            n_seeds=rates.shape[1],
            status=Status.CONVERGED if some else Status.TOO_FEW,
            reason="" if some else "a single neuron has no spread",
            provenance=dict(provenance or {}),
            estimates=(
                over_units("first", rates[0]),
                over_units("last", rates[-1]),
                over_units("change", rates[-1] - rates[0]),
            ),
            steps=tuple(x.tolist()),
            rates=tuple(rates.mean(axis=1).tolist()),
            dead=tuple((rates == 0).mean(axis=1).tolist()),
            always_on=tuple((rates == 1).mean(axis=1).tolist()),
        )


def _rates(
    steps: ArrayLike, counts: ArrayLike, n_samples: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, fired = np.asarray(steps, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    shown = np.asarray(n_samples, dtype=np.float64)
    fits = fired.ndim == 2 and x.shape == fired.shape[:1] and fired.size  # noqa: PLR2004
    if not fits or shown.shape not in {(), x.shape} or not (np.diff(x) > 0).all():
        raise InputError(
            "counts must have a row for each step, ascending, and a column for each neuron.",
            got=f"{x.size} steps, counts of shape {fired.shape}",
        )
    rates = fired / np.broadcast_to(shown, x.shape)[:, None] if (shown > 0).all() else fired + 2
    if not ((rates >= 0) & (rates <= 1)).all():
        raise InputError(
            "a neuron fires for some of the samples, not for more.", got=f"{shown.tolist()} samples"
        )
    return x, rates
