"""The linear model behind the comparison of depths: log loss by budget, seed and depth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc, stdtrit

FloatArray = NDArray[np.float64]

# Sums of squares below this share of the total are rounding.
_ROUNDING = 1e-20


@dataclass(frozen=True, eq=False)
class DepthRuns:
    """Runs at several depths and budgets.

    Parameters
    ----------
    depth, budget : ndarray, shape (m,)
    seed : ndarray, shape (m,), or None
        What runs share beyond their budget, such as the training set; None if nothing.
    log_loss : ndarray of float, shape (m,)
    """

    depth: NDArray[Any]
    budget: NDArray[Any]
    seed: NDArray[Any] | None
    log_loss: FloatArray

    @cached_property
    def depths(self) -> list[int]:
        """Depths that occur, ascending."""
        return [int(d) for d in np.unique(self.depth)]

    @cached_property
    def budgets(self) -> list[float]:
        """Budgets that occur, ascending."""
        return [float(b) for b in np.unique(self.budget)]

    def only(self, chosen: NDArray[np.bool_]) -> DepthRuns:
        """Return some of the runs."""
        seed = None if self.seed is None else self.seed[chosen]
        return DepthRuns(self.depth[chosen], self.budget[chosen], seed, self.log_loss[chosen])


@dataclass(frozen=True)
class Estimate:
    """A difference of log losses with its interval."""

    estimate: float
    low: float
    high: float


class DepthModel:
    """Least squares of log loss on budget, seed and depth, with or without their interaction.

    Parameters
    ----------
    runs : DepthRuns
    interaction : bool
        Whether each budget has depth effects of its own.
    """

    def __init__(self, runs: DepthRuns, *, interaction: bool = False) -> None:
        self.runs = runs
        self.interaction = interaction
        self.columns = self._columns()
        self._n_columns = int(self.columns.shape[1])

    @cached_property
    def fit(self) -> Any:
        """The fit of statsmodels; to be asked for only where the runs tell every coefficient."""
        return _least_squares(self.runs.log_loss, self.columns)

    @property
    def df(self) -> int:
        """Runs less coefficients."""
        return len(self.columns) - self._n_columns

    @cached_property
    def full_rank(self) -> bool:
        """Whether the runs tell every coefficient."""
        return bool(np.linalg.matrix_rank(self.columns) == self._n_columns)

    @property
    def rss(self) -> float:
        """Sum of squares of what is left; 0 where only rounding is."""
        total = float(np.square(self.runs.log_loss - self.runs.log_loss.mean()).sum())
        return float(self.fit.ssr) if self.fit.ssr > _ROUNDING * max(total, 1.0) else 0.0

    @property
    def sd(self) -> float:
        """Standard deviation of one run's log loss; nan without degrees of freedom."""
        return math.sqrt(self.rss / self.df) if self.df > 0 else math.nan

    def depth_test(self) -> tuple[float, float]:
        """Return F and p of the hypothesis that depth does not matter."""
        without = _least_squares(self.runs.log_loss, self._shared())
        return f_test(float(without.ssr), round(without.df_resid), self)

    def difference(self, depth: int, budget: float | None, level: float) -> Estimate:
        """Return log loss at a depth less that at the smallest, at one budget or over all."""
        place = self._place(depth, budget)
        estimate = float(self.fit.params[place])
        if self.df <= 0:
            return Estimate(estimate, -math.inf, math.inf)
        # With nothing left of the runs, statsmodels' covariance would be rounding as well.
        error = math.sqrt(self.fit.normalized_cov_params[place, place]) * self.sd
        reach = float(stdtrit(self.df, (1 + level) / 2)) * error
        return Estimate(estimate, estimate - reach, estimate + reach)

    def _place(self, depth: int, budget: float | None) -> int:
        first = int(self._shared().shape[1])
        others = self.runs.depths[1:]
        block = 0 if budget is None else self.runs.budgets.index(budget)
        return first + block * len(others) + others.index(depth)

    def _shared(self) -> FloatArray:
        """Return the columns of budgets and seeds."""
        runs = self.runs
        columns = [runs.budget == budget for budget in runs.budgets]
        if runs.seed is not None:
            columns += [runs.seed == seed for seed in np.unique(runs.seed)[1:]]
        return np.column_stack(columns).astype(np.float64)

    def _columns(self) -> FloatArray:
        runs = self.runs
        depths = [runs.depth == depth for depth in runs.depths[1:]]
        if self.interaction:
            depths = [(runs.budget == b) & deep for b in runs.budgets for deep in depths]
        return np.column_stack([self._shared(), *depths]).astype(np.float64)


def _least_squares(y: FloatArray, columns: FloatArray) -> Any:
    from statsmodels.regression.linear_model import OLS

    return OLS(y, columns).fit()


def f_test(restricted_rss: float, restricted_df: int, full: DepthModel) -> tuple[float, float]:
    """Return F and p of a restriction; nan where the full model leaves no degrees of freedom."""
    q = restricted_df - full.df
    if full.df <= 0 or q <= 0:
        return math.nan, math.nan
    gain = max(restricted_rss - full.rss, 0.0)
    if full.rss == 0:
        apart = gain > _ROUNDING * max(restricted_rss, 1.0)
        return (math.inf, 0.0) if apart else (0.0, 1.0)
    f = gain / q / (full.rss / full.df)
    return f, float(fdtrc(q, full.df, f))
