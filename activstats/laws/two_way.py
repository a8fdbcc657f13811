"""Uncertainty of b where neurons fire together: neurons and samples both taken as random.

The interval of the likelihood takes neurons to be independent. Real ones are not, and then samples
matter as well: another set of samples would have raised or lowered many counts at once. The variance
found here adds what the choice of neurons does to what the choice of samples does. It needs the
single activations, not only counts.

A bootstrap over samples is no way to this variance, and is not offered: samples that are drawn twice
scatter the counts more than new samples would, firing rates look more unequal than they are, and b
comes out too low in nearly every replicate.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from activstats.errors import InputError
from activstats.laws._checks import check_level
from activstats.laws._influence import influence
from activstats.laws._runs import Runs, runs_of
from activstats.laws.bits import HasBits, checked, counts_of, group_counts, weighted_sums
from activstats.laws.histogram import histogram_of
from activstats.laws.results import Status
from activstats.laws.two_way_result import TwoWay

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from activstats.laws.growth_result import GrowthLawResult

    FloatArray = NDArray[np.float64]

__all__ = ["TwoWay", "two_way"]

# A derivative of so many standard errors is more than the search for the maximum leaves.
_LARGEST_SCORE = 0.05


def two_way(
    result: GrowthLawResult,
    mask: HasBits,
    *,
    groups: ArrayLike | None = None,
    level: float | None = None,
) -> TwoWay:
    """Return the standard error and the interval of b with neurons and samples both random.

    Parameters
    ----------
    result : GrowthLawResult
        Fit of the beta-binomial likelihood to the counts of the mask.
    mask : HasBits
        Single activations, as `Recording.mask` gives them.
    groups : array_like, shape (n_samples,), optional
        Label of the sequence that each sample belongs to, one run of samples a sequence: where
        samples are tokens, sequences are what is independent.
    level : float, optional
        Confidence level; that of the fit if left out.

    Returns
    -------
    TwoWay
        With a status; where there is no finite b, the reason in words and no interval.

    Raises
    ------
    InputError
        If the mask does not have the counts of the fit, or b is not where their beta-binomial
        likelihood is highest.
    DomainError
        If `level` does not lie between 0 and 1.

    Notes
    -----
    V = V_A + max(V_B − V_AB, 0) with V_A = Σ_i u_i², u_i the effect of neuron i on log b;
    V_B = n/(n − 1) Σ_t w_t², w_t = Σ_i g_i (x_ti − D_i/n), g_i the effect of one activation of
    neuron i; V_AB = n/(n − 1) Σ_i g_i² n (D_i/n)(1 − D_i/n) what both hold. Two-way clustering in
    the sense of Cameron, Gelbach & Miller 2011 (J. Bus. Econ. Stat. 29, 238, eq. 2.11); the effects
    on the beta-binomial estimate are derived in `activstats.laws._influence`. The g_i are those of
    taking a sample away, as in a jackknife: derivatives at the counts found come out too small where
    counts are small. The interval is log b ± t sqrt(V), with Student's t for as many degrees of
    freedom as there are neurons or groups of samples, whichever are fewer, less one.

    Examples
    --------
    >>> import numpy as np
    >>> from activstats.counts import ActivationMask
    >>> from activstats.laws import GrowthLaw
    >>> rng = np.random.default_rng(0)
    >>> mask = ActivationMask.from_active(rng.random((400, 200)) < rng.beta(0.5, 9.5, 200))
    >>> found = two_way(GrowthLaw().fit(mask.counts), mask)
    >>> round(found.b, 3), round(found.b_low, 3), round(found.b_high, 3), round(found.inflation, 1)
    (0.526, 0.436, 0.634, 1.0)
    """
    bits = checked(mask)
    level = result.level if level is None else level
    check_level(level)
    counts = counts_of(bits)
    if histogram_of(counts, bits.n_samples) != result.histogram:
        raise InputError(
            "the mask does not have the counts of the fit.",
            got=f"{counts.sum()} activations of {counts.size} neurons in {bits.n_samples} samples",
            allowed=f"{result.histogram.total} of {result.n_neurons} in {result.n_samples}",
            hint="two_way(GrowthLaw().fit(mask.counts), mask)",
        )
    runs = runs_of(groups, bits.n_samples)
    if not 0 < result.b < math.inf:
        return _without(result, runs, level, result.reason or "no finite b was found")
    if runs.number < 2:
        return _without(result, runs, level, "one sequence says nothing of how sequences scatter")
    return _found(result, bits, counts, runs, level)


def _found(
    result: GrowthLawResult, mask: HasBits, counts: NDArray[np.int64], runs: Runs, level: float
) -> TwoWay:
    effects = influence(result.histogram, result.b)
    if effects is None:
        return _without(result, runs, level, "the likelihood has no peak at b")
    if abs(effects.score) > _LARGEST_SCORE:
        raise InputError(
            "this b is not where the beta-binomial likelihood is highest.",
            got=f"method {result.method}, b = {result.b:.4g}",
            hint="two_way(GrowthLaw().fit(mask.counts), mask)",
        )
    of_neurons = float((result.histogram.weights * effects.neuron**2).sum())
    per_activation = effects.activation[np.searchsorted(result.histogram.values, counts)]
    of_samples, shared = _sample_variances(mask, counts, runs, per_activation)
    excess = max(of_samples - shared, 0.0)
    se = math.sqrt(of_neurons + excess)
    found = TwoWay(
        method="two-way influence",
        level=level,
        n_obs=result.n_neurons,
        status=result.status,
        reason=result.reason,
        warnings=result.warnings,
        provenance=result.provenance,
        b=result.b,
        se_log_b=se,
        se_neurons=math.sqrt(of_neurons),
        se_samples=math.sqrt(excess),
        se_likelihood=result.bse,
        b_low_likelihood=result.interval(level)[0],
        b_high_likelihood=result.interval(level)[1],
        n_samples=result.n_samples,
        n_groups=runs.number,
    )
    low, high = found.interval(level)
    return replace(found, b_low=low, b_high=high)


def _sample_variances(
    mask: HasBits, counts: NDArray[np.int64], runs: Runs, effect: FloatArray
) -> tuple[float, float]:
    """Return V_B, what samples do, and V_AB, the part of it that neurons do as well."""
    rates, n = counts / mask.n_samples, runs.number
    expected = float((rates * effect).sum())
    if runs.single:
        moved = weighted_sums(mask, effect) - expected
        shared = effect**2 * mask.n_samples * rates * (1 - rates)
    else:
        table = group_counts(mask, runs.edges)
        moved = np.einsum("gi,i->g", table.astype(np.float64), effect) - runs.lengths * expected
        scatter = np.zeros(counts.size)
        for row, length in zip(table, runs.lengths, strict=True):
            scatter += (row - length * rates) ** 2
        shared = effect**2 * scatter
    few = n / (n - 1)  # the rates come from the same samples
    return few * float((moved**2).sum()), few * float(shared.sum())


def _without(result: GrowthLawResult, runs: Runs, level: float, reason: str) -> TwoWay:
    known = result.status not in (Status.CONVERGED, Status.SATURATED)
    return TwoWay(
        method="two-way influence",
        level=level,
        n_obs=result.n_neurons,
        status=result.status if known else Status.NOT_IDENTIFIABLE,
        reason=reason,
        warnings=result.warnings,
        provenance=result.provenance,
        b=result.b,
        se_likelihood=result.bse,
        b_low_likelihood=result.interval(level)[0],
        b_high_likelihood=result.interval(level)[1],
        n_samples=result.n_samples,
        n_groups=runs.number,
    )
