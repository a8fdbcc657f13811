"""How far the true values of groups differ: a variance component with an interval from seeds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri, fdtrc, fdtri

from activstats.claims.seeds import LEVEL, OverSeeds

_LEAST = 2


@dataclass(frozen=True)
class Spread:
    """Standard deviation of the true values of groups about their mean.

    Parameters
    ----------
    tau, low, high : float
        With its interval; nan for fewer than two groups or seeds.
    pvalue : float
        Of the F test that all groups are alike.
    n_seeds, n_groups : int
        Seeds and groups that took part.
    """

    tau: float
    low: float
    high: float
    pvalue: float
    n_seeds: int
    n_groups: int

    @property
    def ratio(self) -> OverSeeds:
        """Typical ratio of two groups' values where these are logarithms, exp(√2 tau)."""
        value, low, high = (_ratio(x) for x in (self.tau, self.low, self.high))
        return OverSeeds(value, low, high, self.n_seeds)


def spread_between(values: Mapping[tuple[int, str | int], float], level: float = LEVEL) -> Spread:
    """Return how far groups differ, seeds being blocks.

    Parameters
    ----------
    values : mapping of (int, str or int) to float
        By seed and group; groups that a seed lacks are left out, so that all seeds have the same.
    level : float
        Confidence level.

    Returns
    -------
    Spread

    Notes
    -----
    Two-way layout of seeds and groups without replication: tau² = (MS_groups − MS_residual)/S, F on
    (G − 1, (S − 1)(G − 1)) degrees of freedom, and the interval of Williams (1962, Biometrika 49)
    and Tukey, SS_groups (1 − F_q/F)/(S χ²_q) at both ends. Groups are seen as a sample of groups of
    their kind: few of them leave the upper end far off, however alike they are.

    Examples
    --------
    >>> found = spread_between({(s, g): g + 0.01 * s * g for s in range(3) for g in range(4)})
    >>> round(found.tau, 2), found.pvalue < 1e-6
    (1.3, True)
    """
    seeds = list(dict.fromkeys(seed for seed, _ in values))
    names = dict.fromkeys(group for _, group in values)
    groups = [g for g in names if all(math.isfinite(values.get((s, g), math.nan)) for s in seeds)]
    n_seeds, n_groups = len(seeds), len(groups)
    if min(n_seeds, n_groups) < _LEAST:
        return Spread(math.nan, math.nan, math.nan, math.nan, n_seeds, n_groups)
    table = np.array([[values[s, g] for g in groups] for s in seeds])
    df, df_rest = n_groups - 1, (n_seeds - 1) * (n_groups - 1)
    means = table.mean(axis=0)
    left = table - means - table.mean(axis=1, keepdims=True) + table.mean()
    between = n_seeds * float(np.square(means - means.mean()).sum())
    rest = float(np.square(left).sum()) / df_rest
    f = between / df / rest if rest > 0 else math.inf if between > 0 else 1.0
    tau2 = max(between / df - rest, 0.0) / n_seeds
    ends = [
        max(between * (1 - float(fdtri(df, df_rest, q)) / f), 0.0)
        / (n_seeds * float(chdtri(df, 1 - q)))
        for q in ((1 + level) / 2, (1 - level) / 2)
    ]
    pvalue = float(fdtrc(df, df_rest, f)) if math.isfinite(f) else 0.0
    tau, low, high = (math.sqrt(value) for value in (tau2, *ends))
    return Spread(tau, low, high, pvalue, n_seeds, n_groups)


def _ratio(tau: float) -> float:
    return math.exp(min(math.sqrt(2) * tau, 700.0)) if not math.isnan(tau) else math.nan
