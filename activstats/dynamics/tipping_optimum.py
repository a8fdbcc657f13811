"""The pair at the optimum: the learning rate of the smallest loss, and the firing rate there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activstats.dynamics.estimated import Estimated
from activstats.dynamics.estimates import over_units
from activstats.dynamics.run_grid import RunGrid
from activstats.dynamics.tipping import TippingPoint
from activstats.laws._checks import check_level
from activstats.laws.results import Status

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class OptimumResult(Estimated):
    """Optimum: estimates `log10_rate`, `firing`, `decades_below_tipping`.

    Parameters
    ----------
    rates : tuple of float
        Learning rates.
    pairs : tuple of tuple of float
        Decimal logarithm of the best rate and the firing rate there, of each seed.

    Notes
    -----
    The remaining parameters are those of `Estimated`.
    """

    rates: tuple[float, ...] = ()
    pairs: tuple[tuple[float, ...], ...] = ()

    title: ClassVar[str] = "Learning rate and firing rate at the optimum"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the pair of each seed."""
        from activstats.figures.tipping import Pairs, pairs

        told = [(10**x, y) for x, y in self.pairs if math.isfinite(x) and math.isfinite(y)]
        label = str(self.provenance.get("arm", "seeds"))
        return pairs([Pairs(label, [x for x, _ in told], [y for _, y in told])], ax=ax)


@dataclass(frozen=True)
class FiringAtOptimum:
    """The pair (firing rate, learning rate) at the minimum of the validation loss.

    The best rate of a seed is its tipping point by the definition ``"loss minimum"``; firing is
    interpolated there, linearly in log rate. Seeds whose best rate lies at an end of the range are
    left out, and told.

    Parameters
    ----------
    level : float
        Confidence level of the intervals over seeds.

    Examples
    --------
    >>> rates = [0.001, 0.01, 0.1]
    >>> found = FiringAtOptimum().fit(rates, firing=[[0.6, 0.5, 0.2]] * 2, loss=[[2, 1, 2]] * 2)
    >>> found["log10_rate"].value, found["firing"].value
    (-2.0, 0.5)
    """

    level: float = 0.95

    def __post_init__(self) -> None:
        check_level(self.level)

    def fit(
        self,
        rates: ArrayLike,
        *,
        firing: ArrayLike,
        loss: ArrayLike,
        provenance: Mapping[str, Any] | None = None,
    ) -> OptimumResult:
        """Return the pair over seeds.

        Parameters
        ----------
        rates : array_like of float, shape (n_rates,)
            Learning rates, ascending.
        firing, loss : array_like of float, shape (n_seeds, n_rates)
            As for `TippingPoint`.
        provenance : mapping, optional
            Kept with the result.
        """
        best = TippingPoint("loss minimum", level=self.level).fit(rates, firing=firing, loss=loss)
        tips = TippingPoint("firing", level=self.level).fit(rates, firing=firing)
        x = RunGrid.of(rates, loss).log_rates
        table = np.asarray(firing, dtype=np.float64)
        pairs = [
            (place, _interpolated(x, row, place))
            for place, row in zip(best.places, table, strict=True)
        ]
        logs = np.array([place if math.isfinite(place) else math.nan for place, _ in pairs])
        there = np.array([value for _, value in pairs])
        tipping = np.array([p if math.isfinite(p) else math.nan for p in tips.places])
        left_out = int((~np.isfinite(logs)).sum())
        enough = len(logs) - left_out >= 2  # noqa: PLR2004  (one seed has no spread)
        return OptimumResult(
            method="parabola of log loss in log rate, within seeds",
            level=self.level,
            n_obs=best.n_obs,
            n_seeds=len(logs) - left_out,
            status=Status.CONVERGED if enough else Status.TOO_FEW,
            reason="" if enough else f"{len(logs) - left_out} seeds have an optimum in the range",
            warnings=_left_out(left_out),
            provenance=dict(provenance or {}),
            estimates=(
                over_units("log10_rate", logs),
                over_units("firing", there),
                over_units("decades_below_tipping", tipping - logs),
            ),
            rates=best.rates,
            pairs=tuple(pairs),
        )


def _left_out(n: int) -> tuple[str, ...]:
    return (f"{n} seeds with the best rate at an end of the range are left out",) if n else ()


def _interpolated(x: FloatArray, y: FloatArray, place: float) -> float:
    known = np.isfinite(y)
    if not math.isfinite(place) or not known.any() or not x[known][0] <= place <= x[known][-1]:
        return math.nan
    return float(np.interp(place, x[known], y[known]))
