"""How a number of a network goes with the learning rate it was trained at."""

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
from activstats.laws._checks import check_level
from activstats.laws.results import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

FloatArray = NDArray[np.float64]

LEAST_RATES = 3


@dataclass(frozen=True, kw_only=True)
class RateTrendResult(Estimated):
    """Trend over learning rates: estimates `slope` and `rank`, p-values `rising` and `falling`.

    Parameters
    ----------
    rates : tuple of float
        Learning rates.
    values : tuple of tuple of float
        The number itself, a row for each seed.
    log : bool
        Whether the slope is that of its decimal logarithm.
    name : str
        What the number is.

    Notes
    -----
    The remaining parameters are those of `Estimated`.
    """

    rates: tuple[float, ...] = ()
    values: tuple[tuple[float, ...], ...] = ()
    log: bool = False
    name: str = "value"

    title: ClassVar[str] = "Trend over learning rates"

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Estimated._readers,  # noqa: SLF001  (a class extends what its base reads)
        "bool": bool,
    }

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the number against the learning rate, a line for each seed."""
        from activstats.figures.over_rates import over_rates

        return over_rates(self.rates, self.values, ylabel=self.name, log=self.log, ax=ax)


@dataclass(frozen=True)
class RateTrend:
    """Slope over the decades of the learning rate, and a test of monotone order.

    Parameters
    ----------
    log : bool
        Take the decimal logarithm of the number first: a slope of 1 is proportionality.
    level : float
        Confidence level.

    Notes
    -----
    The slope is that of least squares within each seed, averaged over the seeds, which are the
    independent units, with Student's interval. The test of order is Page's L (1963, J. Am. Stat.
    Assoc. 58: 216) with the seeds as blocks, exact where that is feasible
    (`scipy.stats.page_trend_test`); it needs seeds that have every rate. `rank` is the mean over
    seeds of Spearman's correlation.

    Examples
    --------
    >>> rates = [0.001, 0.01, 0.1]
    >>> values = [[1.0, 10.1, 99.0], [1.1, 9.8, 101.0], [0.9, 10.0, 100.0]]
    >>> found = RateTrend(log=True).fit(rates, values)
    >>> round(found["slope"].value, 2), round(found.pvalues["rising"], 4)
    (1.0, 0.0046)
    """

    log: bool = False
    level: float = 0.95

    def __post_init__(self) -> None:
        check_level(self.level)

    def fit(
        self,
        rates: ArrayLike,
        values: ArrayLike,
        *,
        name: str = "value",
        provenance: Mapping[str, Any] | None = None,
    ) -> RateTrendResult:
        """Measure the trend.

        Parameters
        ----------
        rates : array_like of float, shape (n_rates,)
            Learning rates, ascending.
        values : array_like of float, shape (n_seeds, n_rates)
            nan where there is no run; with `log`, numbers that are not positive count as missing.
        name : str
            What the number is, for the picture.
        provenance : mapping, optional
            Kept with the result.

        Returns
        -------
        RateTrendResult
            Status TOO_FEW with fewer than three rates or two seeds.
        """
        grid = RunGrid.of(rates, values)
        y = grid.values
        if self.log:
            y = np.log10(np.where(y > 0, y, np.nan))
        slopes = np.array([_slope(grid.log_rates, one) for one in y])
        ranks = np.array([_rank_correlation(grid.log_rates, one) for one in y])
        usable = int(np.isfinite(slopes).sum())
        enough = usable >= 2  # noqa: PLR2004  (one seed has no spread)
        reason = "" if enough else f"{usable} seeds with {LEAST_RATES} rates; at least 2 are needed"
        return RateTrendResult(
            method="least squares within seeds; Page's test of order",
            level=self.level,
            n_obs=int(np.isfinite(y).sum()),
            n_seeds=usable,
            status=Status.CONVERGED if enough else Status.TOO_FEW,
            reason=reason,
            provenance=dict(provenance or {}),
            estimates=(over_units("slope", slopes), over_units("rank", ranks)),
            pvalues=_page(y),
            rates=tuple(grid.rates.tolist()),
            values=tuple(map(tuple, grid.values.tolist())),
            log=self.log,
            name=name,
        )


def _slope(x: FloatArray, y: FloatArray) -> float:
    known = np.isfinite(y)
    if known.sum() < LEAST_RATES:
        return math.nan
    centred = x[known] - x[known].mean()
    return float(centred @ y[known] / (centred @ centred))


def _rank_correlation(x: FloatArray, y: FloatArray) -> float:
    from scipy.stats import rankdata

    known = np.isfinite(y)
    if known.sum() < LEAST_RATES or np.ptp(y[known]) == 0:
        return math.nan
    return float(np.corrcoef(rankdata(x[known]), rankdata(y[known]))[0, 1])


def _page(y: FloatArray) -> dict[str, float]:
    """Return the one-sided p-values of Page's test; nan where no two seeds are complete."""
    from scipy.stats import page_trend_test

    complete = y[np.isfinite(y).all(axis=1)]
    if len(complete) < 2 or y.shape[1] < LEAST_RATES:  # noqa: PLR2004  (a block is no test)
        return {"rising": math.nan, "falling": math.nan}
    rising, falling = page_trend_test(complete), page_trend_test(-complete)
    return {"rising": float(rising.pvalue), "falling": float(falling.pvalue)}
