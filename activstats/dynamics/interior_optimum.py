"""Whether a score is best at a learning rate inside the range, better than at both of its ends."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

from activstats.dynamics.estimates import Estimate, over_units
from activstats.dynamics.interior_optimum_result import InteriorOptimumResult
from activstats.dynamics.run_grid import RunGrid
from activstats.laws._checks import check_level
from activstats.laws.results import Status

if TYPE_CHECKING:
    pass

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class InteriorOptimum:
    """Test of an optimum inside the range, and its place.

    Parameters
    ----------
    level : float
        Confidence level.

    Notes
    -----
    For every inner rate the seeds' scores are compared, in pairs, with those at the lowest and at
    the highest rate (Student's t, one-sided). An inner rate is better than both ends if it beats
    each of them: the p-value of a rate is the larger one of two (intersection–union), that of the
    range the least over its inner rates times their number (Bonferroni). Nothing is assumed about
    the shape. `gain` is the mean gain of the best inner rate over the better end; its simultaneous
    interval, at the same level, holds for all inner rates at once.

    `u_shape` is the test of Lind & Mehlum (2010, Oxf. Bull. Econ. Stat. 72: 109), on the slopes that
    a parabola in log rate has at both ends within each seed. It can mistake a curve that levels off
    for one that falls, and stands beside the other for comparison.

    `place` is the rate at the top of the parabola through the best rate of a seed and its two
    neighbours, averaged over the seeds whose best rate is an inner one; it is a decimal logarithm.

    Examples
    --------
    >>> rates = [0.001, 0.01, 0.1]
    >>> scores = [[0.0, 1.0, 0.1], [0.1, 1.1, 0.0], [0.0, 0.9, 0.0]]
    >>> found = InteriorOptimum().fit(rates, scores)
    >>> found.best, round(found.pvalues["interior"], 3)
    (0.01, 0.002)
    """

    level: float = 0.95

    def __post_init__(self) -> None:
        check_level(self.level)

    def fit(
        self,
        rates: ArrayLike,
        scores: ArrayLike,
        *,
        name: str = "score",
        provenance: Mapping[str, Any] | None = None,
    ) -> InteriorOptimumResult:
        """Test scores, larger ones being better.

        Parameters
        ----------
        rates : array_like of float, shape (n_rates,)
            Learning rates, ascending.
        scores : array_like of float, shape (n_seeds, n_rates)
            Only seeds that have a score at every rate are used.
        name : str
            What the score is, for the picture.
        provenance : mapping, optional
            Kept with the result.

        Returns
        -------
        InteriorOptimumResult
            Status TOO_FEW with fewer than three rates or two complete seeds; AT_BOUNDARY where an
            end is as good as the best inner rate or better.
        """
        grid = RunGrid.of(rates, scores)
        y = grid.complete
        common: dict[str, Any] = {
            "method": "paired comparisons with both ends, Bonferroni over inner rates",
            "level": self.level,
            "n_obs": grid.n_runs,
            "n_seeds": len(y),
            "provenance": dict(provenance or {}),
            "rates": tuple(grid.rates.tolist()),
            "values": tuple(map(tuple, grid.values.tolist())),
            "name": name,
        }
        if len(y) < 2 or y.shape[1] < 3:  # noqa: PLR2004  (a spread needs two, an inside three)
            reason = f"{len(y)} complete seeds, {y.shape[1]} rates; at least 2 and 3 are needed"
            return InteriorOptimumResult(status=Status.TOO_FEW, reason=reason, **common)
        found = _compared(y, self.level)
        at_end = found.gain <= 0
        place = over_units("place", [_top(grid.log_rates, one) for one in y])
        return InteriorOptimumResult(
            status=Status.AT_BOUNDARY if at_end else Status.CONVERGED,
            reason="an end of the range is as good as any rate inside" if at_end else "",
            estimates=(
                Estimate("gain", found.gain, found.error, float(len(y) - 1)),
                place,
            ),
            pvalues={"interior": found.p, "u_shape": _u_shape(grid.log_rates, y)},
            gain_low=found.low,
            gain_high=found.high,
            best=float(grid.rates[found.place]),
            **common,
        )


@dataclass(frozen=True)
class _Comparison:
    place: int
    gain: float
    error: float
    low: float
    high: float
    p: float


def _compared(y: FloatArray, level: float) -> _Comparison:
    """Compare every inner rate with both ends, over the seeds."""
    n, inner = len(y), y[:, 1:-1]
    gains = np.stack([inner - y[:, [end]] for end in (0, -1)])
    mean, error = gains.mean(axis=1), gains.std(axis=1, ddof=1) / math.sqrt(n)
    p = np.max(_above_zero(mean, error, n - 1), axis=0)
    over_better = mean.min(axis=0)
    best = int(np.argmax(over_better))
    # Two ends for each inner rate, and two sides of each interval.
    reach = stdtrit(n - 1, 1 - (1 - level) / (2 * inner.shape[1])) * error
    end = int(np.argmin(mean[:, best]))
    return _Comparison(
        place=best + 1,
        gain=float(over_better[best]),
        error=float(error[end, best]),
        low=float((mean - reach).min(axis=0).max()),
        high=float((mean + reach).min(axis=0).max()),
        p=min(float(p.min()) * inner.shape[1], 1.0),
    )


def _above_zero(mean: FloatArray, error: FloatArray, df: int) -> FloatArray:
    """Return one-sided p-values that a mean is not above 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(error > 0, mean / error, np.where(mean > 0, np.inf, -np.inf))
    return np.asarray(stdtr(df, -t))


def _u_shape(x: FloatArray, y: FloatArray) -> float:
    """Return the p-value of a score that rises at the low end and falls at the high one."""
    design = np.column_stack([np.ones_like(x), x, x * x])
    if len(x) <= design.shape[1]:
        return math.nan
    _, b, c = np.linalg.lstsq(design, y.T, rcond=None)[0]
    n = len(y)
    slopes = np.stack([b + 2 * c * x[0], -(b + 2 * c * x[-1])])
    error = slopes.std(axis=1, ddof=1) / math.sqrt(n)
    return float(_above_zero(slopes.mean(axis=1), error, n - 1).max())


def _top(x: FloatArray, y: FloatArray) -> float:
    """Return log rate at the top of the parabola through the best inner rate and its neighbours."""
    k = int(np.argmax(y))
    if k in {0, len(y) - 1}:
        return math.nan
    a, b, _ = np.polyfit(x[k - 1 : k + 2] - x[k], y[k - 1 : k + 2], 2)
    return float(x[k] - b / (2 * a)) if a < 0 else float(x[k])
