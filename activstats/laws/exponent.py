"""The test whether the exponent of the counts agrees with the growth law, alpha = 1 − b.

Where counts are neither few nor near the cutoff, the growth law's counts fall off as k^(b−1). The
exponent measured there and the b of the growth law come from the same neurons, and over a finite
range even the law's own exponent is not quite 1 − b. Both are allowed for by drawing whole layers
from the fitted law and treating each like the data.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from activstats.errors import DomainError
from activstats.laws._body_exponent import body_end, cells_within
from activstats.laws._bounded_range import cut_out, is_whole
from activstats.laws._checks import check_level
from activstats.laws._exponent_draws import basic_interval, difference, differences, two_sided
from activstats.laws._joint_refit import JointRefit, beta_binomial_near
from activstats.laws.bounded import BoundedPowerLaw
from activstats.laws.exponent_result import ExponentAgreement
from activstats.laws.growth import GrowthLaw
from activstats.laws.histogram import as_provenance, histogram_of
from activstats.laws.results import Status

__all__ = ["ExponentAgreement", "exponent_agreement"]

COUNTED, LEFT_OUT = "counted", "left out"
# Counts from 1 to less than this are no power law's worth of range.
_SHORTEST_BODY = 10
# With fewer neurons than this the exponent is known to ±.15 at best.
_FEWEST_IN_BODY = 50
# Below this the law of the counts is the logarithmic series whatever b is.
_LEAST_B = 1e-3
# With fewer draws no p-value is below .05.
FEWEST_DRAWS = 39


def exponent_agreement(
    counts: object,
    n_samples: int | None = None,
    *,
    zeros: str = COUNTED,
    level: float = 0.95,
    n_boot: int = 999,
    rng: np.random.Generator | int | None = 0,
) -> ExponentAgreement:
    """Test whether the exponent of the counts agrees with the growth law's b on the same counts.

    Parameters
    ----------
    counts : Counts, array_like of int with shape (n_neurons,), or tuple of two array_like
        Counts of a recording, one count for each neuron, or a histogram.
    n_samples : int, optional
        Samples seen, D; needed unless the counts know it.
    zeros : {"counted", "left out"}
        Whether the neurons that never fired take part in b. Left out, b comes from the
        zero-truncated law: the choice where some neurons cannot fire at all.
    level : float
        Confidence level of the intervals.
    n_boot : int
        Draws of whole layers, and as many resamplings of the neurons.
    rng : Generator, int or None
        Source of both.

    Returns
    -------
    ExponentAgreement
        With a status: not identifiable where b is not below 1 or the body of the counts is too
        short, too few where too few neurons lie in it; then there is no p-value but a reason.

    Raises
    ------
    InputError
        If the counts cannot be counts of `n_samples` samples.
    DomainError
        If a setting makes no sense.

    Notes
    -----
    alpha is the exponent of k^−alpha, without cutoff, on the body 1 … D/(2(A−b)), where A − b is the
    second shape of the beta-binomial law of counts and D/(A−b) its cutoff. The cutoff that is left
    and the smallest counts shift it from 1 − b, by up to .15, even where the law is true: that is
    why the difference alpha − (1 − b) is set beside its mean over layers drawn from the fitted law
    (parametric bootstrap of alpha, b and the body's end together) and not beside zero. Its interval
    is the basic one of resampled neurons.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> counts = rng.binomial(5000, rng.beta(0.3, 29.7, 1024))
    >>> result = exponent_agreement(counts, 5000, n_boot=99)
    >>> round(result.alpha, 2), round(result.one_minus_b, 2), result.pvalue > 0.05
    (0.75, 0.69, True)
    """
    _check(zeros, level, n_boot)
    histogram = histogram_of(counts, n_samples)
    grown = GrowthLaw(level=level).fit(histogram)
    empty = ExponentAgreement(
        method="joint parametric bootstrap",
        level=level,
        n_obs=0,
        status=Status.NOT_IDENTIFIABLE,
        provenance=as_provenance(counts),
        histogram=histogram,
        zeros=zeros,
    )
    if math.isnan(grown.b):
        return replace(empty, reason=grown.reason)
    if math.isinf(grown.b) or (zeros == COUNTED and grown.b >= 1):
        hump = replace(empty, b=grown.b, b_low=grown.b_low, b_high=grown.b_high)
        return replace(hump, reason=_no_power_law(grown.b))
    refit = beta_binomial_near(histogram, grown.b, zeros=zeros == COUNTED)
    fit = replace(empty, b=refit.b, cutoff=histogram.n_samples / refit.beta)
    if zeros == COUNTED:
        fit = replace(fit, b_low=grown.b_low, b_high=grown.b_high)
    if refit.b < _LEAST_B:
        words = "without the silent neurons the counts set no lower bound on b"
        return replace(fit, reason=words)
    if refit.b >= 1:
        return replace(fit, reason=_no_power_law(refit.b))
    return _tested(fit, refit, n_boot, np.random.default_rng(rng))


def _tested(
    fit: ExponentAgreement, refit: JointRefit, n_boot: int, rng: np.random.Generator
) -> ExponentAgreement:
    """Return the test, or why there is none."""
    histogram, cells = fit.histogram, refit.support
    end = float(body_end(histogram.n_samples, np.array(refit.beta)))
    if end < _SHORTEST_BODY:
        return replace(fit, body_end=int(end), reason=_short_body(fit, end))
    last = int(cells.starts[cells_within(cells, np.array([end]))[0]]) - 1
    n = cut_out(histogram, 1, last, samples_known=True).facts.n
    fit = replace(fit, body_end=last, n_obs=n)
    if n < _FEWEST_IN_BODY:
        words = f"{n} neurons lie in the body, 1 … {last}; at least {_FEWEST_IN_BODY} are needed"
        return replace(fit, status=Status.TOO_FEW, reason=words)
    straight = BoundedPowerLaw(xmax=last, cutoff=False, level=fit.level, n_boot=0).fit(histogram)
    if not straight.fitted:
        return replace(fit, status=straight.status, reason=straight.reason)
    fit = replace(fit, alpha_low=straight.alpha_low, alpha_high=straight.alpha_high)
    return _compared(replace(fit, alpha=straight.alpha), refit, n_boot, rng)


def _compared(
    fit: ExponentAgreement, refit: JointRefit, n_boot: int, rng: np.random.Generator
) -> ExponentAgreement:
    """Set the difference beside those of drawn layers and of resampled neurons."""
    held = refit.histogram(fit.histogram.values, fit.histogram.multiplicities)
    n = int(held.sum())
    by_law, _ = differences(refit, refit.probability(), n, n_boot, rng)
    by_data, b = differences(refit, held[0] / n, n, n_boot, rng)
    seen = float(difference(refit, held)[0][0])
    low, high = basic_interval(by_data, seen, fit.level)
    if fit.zeros == LEFT_OUT:
        ends = basic_interval(np.log(b), math.log(refit.b), fit.level)
        fit = replace(fit, b_low=math.exp(ends[0]), b_high=math.exp(ends[1]))
    return replace(
        fit,
        status=Status.CONVERGED,
        difference=seen,
        difference_low=low,
        difference_high=high,
        expected=float(by_law.mean()),
        scatter=float(by_law.std(ddof=1)),
        pvalue=two_sided(seen, by_law),
        n_boot=n_boot,
    )


def _no_power_law(b: float) -> str:
    return f"b = {b:.2g} is not below 1: such counts have a hump, and no power law to test"


def _short_body(fit: ExponentAgreement, end: float) -> str:
    needed = 2 * _SHORTEST_BODY * max(fit.histogram.n_samples / fit.cutoff, 1)
    return (
        f"the counts follow a power only up to {end:g}, half of their cutoff, and {_SHORTEST_BODY} "
        f"is the least to test: record about {needed:.2g} samples"
    )


def _check(zeros: str, level: float, n_boot: int) -> None:
    if zeros not in {COUNTED, LEFT_OUT}:
        allowed = f"{COUNTED!r} or {LEFT_OUT!r}"
        raise DomainError("zeros can be counted or left out.", got=zeros, allowed=allowed)
    check_level(level)
    if not is_whole(n_boot) or n_boot < FEWEST_DRAWS:
        raise DomainError("too few draws for a p-value.", got=n_boot, allowed=f">= {FEWEST_DRAWS}")
