"""Do replicate runs agree which neurons fire often? Rank correlation of firing rates over runs.

One recording cannot tell fixed unequal rates from reinforcement. Replicates can: from the same start
with the data in another order, fixed rates come out the same up to sampling noise, while an urn that
reinforces itself ends somewhere else each time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.errors import DomainError, InputError
from activstats.laws._checks import check_level
from activstats.laws._replicate_ranks import (
    KENDALL,
    SPEARMAN,
    Rates,
    chance_means,
    fixed_rate_means,
    mean_interval,
    pair_correlations,
)
from activstats.laws._replicate_runs import counts_of_runs
from activstats.laws.bits import HasBits, group_counts
from activstats.laws.replicates_result import ReplicateAgreement
from activstats.laws.results import Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

    IntArray = NDArray[np.int64]
    FloatArray = NDArray[np.float64]

__all__ = ["ReplicateAgreement", "replicate_agreement"]

BETA_BINOMIAL, SPLIT_HALF = "beta-binomial", "split-half"
_FEWEST_NEURONS = 6
_CHOICES: dict[str, tuple[object, ...]] = {
    "method": (SPEARMAN, KENDALL),
    "ceiling": (BETA_BINOMIAL, SPLIT_HALF),
    "start": (None, "same", "different"),
}


def replicate_agreement(
    runs: Sequence[Any],
    *,
    n_samples: int | Sequence[int] | None = None,
    start: str | None = None,
    method: str = SPEARMAN,
    ceiling: str = BETA_BINOMIAL,
    n_permutations: int = 999,
    level: float = 0.95,
    rng: np.random.Generator | int | None = None,
) -> ReplicateAgreement:
    """Correlate how often the neurons fired over replicate runs.

    Parameters
    ----------
    runs : sequence of Counts, masks or array_like of int with shape (n_neurons,)
        One a run, of the same layer; at least two.
    n_samples : int or sequence of int, optional
        Samples of the runs, where they are bare arrays.
    start : {"same", "different"}, optional
        Whether the runs began with the same weights; only the words of the result depend on it.
    method : {"spearman", "kendall"}
        Rank correlation; Kendall's is tau-b.
    ceiling : {"beta-binomial", "split-half"}
        How to find what sampling noise leaves of a perfect agreement: from counts drawn with the
        law's rates in the same order in every run, or, for masks, from the two halves of each run.
    n_permutations : int
        Shuffles behind the p-value, and draws behind the ceiling.
    level : float
        Confidence level.
    rng : Generator, int or None
        Source of shuffles and draws.

    Returns
    -------
    ReplicateAgreement

    Raises
    ------
    InputError
        If the runs are no counts of the same neurons.
    DomainError
        If a setting is not one of those offered.

    Notes
    -----
    The figure is the mean over all pairs of runs. Pairs that share a run are not independent: the
    interval is a jackknife over runs in Fisher's z, with Student's t of runs − 1; of two runs it
    comes from the number of neurons. The p-value of no agreement shuffles the neurons of each run
    (always with Spearman's correlation). The ceiling under ``"split-half"`` is
    sqrt(rel_r rel_s), rel = 2r/(1 + r) the reliability by Spearman & Brown (1910) from the
    correlation r of the two halves of a run, first and second so that sequences stay together.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> rates = rng.beta(0.5, 9.5, 300)
    >>> found = replicate_agreement(rng.binomial(1000, rates, (4, 300)), n_samples=1000, rng=0)
    >>> round(found.correlation, 3), round(found.ceiling, 3), found.pvalue
    (0.979, 0.98, 0.001)
    """
    _check_settings({"method": method, "ceiling": ceiling, "start": start}, n_permutations, level)
    counts, samples = counts_of_runs(runs, n_samples)
    known = {
        "method": f"{method} correlation", "level": level, "n_obs": len(counts),
        "n_neurons": counts.shape[1], "start": start, "ceiling_method": ceiling,
        "provenance": {"n_samples": samples},
    }  # fmt: skip
    if reason := _what_hides_agreement(counts):
        few = Status.TOO_FEW if counts.shape[1] < _FEWEST_NEURONS else Status.NOT_IDENTIFIABLE
        return ReplicateAgreement(status=few, reason=reason, **known)
    generator = np.random.default_rng(rng)
    correlations = pair_correlations(counts, method)
    se, low, high = mean_interval(correlations, counts.shape, method, level)
    recorded, chance = chance_means(counts, n_permutations, generator)
    if ceiling == SPLIT_HALF:
        top = (_split_half(runs, method), math.nan, math.nan)
    else:
        top = _fixed_rates(counts, samples, method, n_permutations, level, generator)
    return ReplicateAgreement(
        status=Status.CONVERGED,
        correlation=float(correlations.mean()),
        low=low,
        high=high,
        se_z=se,
        pvalue=(1 + int((chance >= recorded - 1e-12).sum())) / (n_permutations + 1),
        ceiling=top[0],
        ceiling_low=top[1],
        ceiling_high=top[2],
        pairs=tuple(correlations.tolist()),
        **known,
    )


def _what_hides_agreement(counts: IntArray) -> str:
    if counts.shape[1] < _FEWEST_NEURONS:
        return f"{counts.shape[1]} neurons are too few to rank"
    tied = np.flatnonzero(counts.min(axis=1) == counts.max(axis=1))
    if tied.size:
        return f"in run {tied[0] + 1} all neurons fired equally often: there are no ranks"
    return ""


def _fixed_rates(
    counts: IntArray,
    samples: list[int],
    method: str,
    n_draws: int,
    level: float,
    rng: np.random.Generator,
) -> tuple[float, float, float]:
    """Return mean and range of the correlation of runs that share the order of their rates."""
    from activstats.laws.growth import GrowthLaw

    fits = [GrowthLaw().fit(run, n) for run, n in zip(counts, samples, strict=True)]
    if any(math.isnan(fit.b) for fit in fits):
        return math.nan, math.nan, math.nan
    rates = [Rates(fit.b, fit.c / fit.n_neurons, fit.n_samples) for fit in fits]
    means = fixed_rate_means(rates, counts.shape[1], method, n_draws, rng)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(means.mean()), float(low), float(high)


def _split_half(runs: Sequence[Any], method: str) -> float:
    if not all(isinstance(run, HasBits) and run.n_samples >= 2 for run in runs):
        raise InputError(
            "split halves need the single activations of each run.",
            hint='recording.mask(layer), or ceiling="beta-binomial"',
        )
    reliable = []
    for run in runs:
        half = run.n_samples // 2
        r = float(pair_correlations(group_counts(run, np.array([0, half, 2 * half])), method)[0])
        reliable.append(max(2 * r / (1 + r), 0.0) if r > -1 else 0.0)
    return float(np.mean([math.sqrt(r * s) for r, s in combinations(reliable, 2)]))


def _check_settings(chosen: dict[str, object], n_permutations: int, level: float) -> None:
    for name, value in chosen.items():
        if value not in _CHOICES[name]:
            allowed = ", ".join(repr(choice) for choice in _CHOICES[name])
            raise DomainError(f"there is no such {name}.", got=repr(value), allowed=allowed)
    if n_permutations < 1:
        raise DomainError("chance needs shuffles.", got=n_permutations, allowed=">= 1")
    check_level(level)
