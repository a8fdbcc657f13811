"""Rank correlations of firing rates between runs: pairs, their mean, its error, chance and ceiling."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

SPEARMAN, KENDALL = "spearman", "kendall"


@dataclass(frozen=True)
class Rates:
    """Shapes of the firing rates of one run, as the beta-binomial law has them.

    Parameters
    ----------
    b, mean : float
        Constant of the law, and mean firing rate; b may be infinite.
    n_samples : int
        Samples of the run.
    """

    b: float
    mean: float
    n_samples: int

    def counts(self, n_neurons: int, rng: np.random.Generator) -> IntArray:
        """Draw counts of neurons whose rates ascend with their number."""
        if math.isinf(self.b):
            return rng.binomial(self.n_samples, self.mean, size=n_neurons)
        rates = np.sort(rng.beta(self.b, self.b * (1 / self.mean - 1), size=n_neurons))
        return rng.binomial(self.n_samples, rates)


def standard_ranks(counts: IntArray) -> FloatArray:
    """Return the ranks of each row, less their mean, at length 1; zeros where all are tied."""
    from scipy.stats import rankdata  # slow to import

    ranks: FloatArray = rankdata(counts, axis=1)
    ranks = ranks - ranks.mean(axis=1, keepdims=True)
    length = np.sqrt((ranks**2).sum(axis=1, keepdims=True))
    return np.asarray(ranks / np.where(length > 0, length, 1.0))


def pair_correlations(counts: IntArray, method: str) -> FloatArray:
    """Return the rank correlation of each pair of rows, in the order of `combinations`."""
    pairs = combinations(range(len(counts)), 2)
    if method == KENDALL:
        from scipy.stats import kendalltau

        taus = [kendalltau(counts[r], counts[s]).statistic for r, s in pairs]
        return np.nan_to_num(np.asarray(taus, dtype=np.float64))
    ranks = standard_ranks(counts)
    found = np.asarray([(ranks[r] * ranks[s]).sum() for r, s in pairs])
    return np.asarray(np.clip(found, -1.0, 1.0))


def mean_interval(
    correlations: FloatArray, shape: tuple[int, ...], method: str, level: float
) -> tuple[float, float, float]:
    """Return the standard error of the mean correlation in Fisher's z, and its interval.

    The shape is that of the counts: runs by neurons.

    With three runs or more: jackknife over runs, since pairs that share a run are not independent
    (Arvesen 1969, Ann. Math. Stat. 40, 2076, for U-statistics). With two: over neurons (Bonett &
    Wright 2000, Psychometrika 65, 23; Fieller, Hartley & Pearson 1957, Biometrika 44, 470).
    """
    n_runs, n_neurons = shape
    mean = float(correlations.mean())
    if abs(mean) >= 1 - 1e-12:
        return 0.0, mean, mean
    centre = math.atanh(mean)
    if n_runs == 2:
        variance = _variance_over_neurons(mean, n_neurons, method)
        freedom = math.inf
    else:
        variance, freedom = _jackknife(correlations, n_runs), n_runs - 1
    se = math.sqrt(variance)
    quantile = stdtrit(min(freedom, 1e9), (1 + level) / 2)
    return se, math.tanh(centre - quantile * se), math.tanh(centre + quantile * se)


def _variance_over_neurons(mean: float, n_neurons: int, method: str) -> float:
    if method == KENDALL:
        return 0.437 / max(n_neurons - 4, 1)
    return (1 + mean**2 / 2) / max(n_neurons - 3, 1)


def _jackknife(correlations: FloatArray, n_runs: int) -> float:
    pairs = np.asarray(list(combinations(range(n_runs), 2)))
    without = [correlations[(pairs != run).all(axis=1)].mean() for run in range(n_runs)]
    z = np.arctanh(np.clip(without, -1 + 1e-12, 1 - 1e-12))
    return float((n_runs - 1) / n_runs * ((z - z.mean()) ** 2).sum())


def chance_means(
    counts: IntArray, n_permutations: int, rng: np.random.Generator
) -> tuple[float, FloatArray]:
    """Return Spearman's mean correlation, and what it is with each run's neurons shuffled."""
    ranks, n_runs = standard_ranks(counts), len(counts)
    pairs = n_runs * (n_runs - 1)

    def mean(of: FloatArray) -> float:
        return float(((of.sum(axis=0) ** 2).sum() - n_runs) / pairs)

    shuffled = [mean(rng.permuted(ranks, axis=1)) for _ in range(n_permutations)]
    return mean(ranks), np.asarray(shuffled)


def fixed_rate_means(
    rates: list[Rates], n_neurons: int, method: str, n_draws: int, rng: np.random.Generator
) -> FloatArray:
    """Return mean correlations of runs whose neurons have rates in the same order."""
    draws = [np.stack([run.counts(n_neurons, rng) for run in rates]) for _ in range(n_draws)]
    return np.asarray([pair_correlations(counts, method).mean() for counts in draws])
