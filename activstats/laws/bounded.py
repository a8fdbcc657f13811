"""The theory's law of counts, k^−alpha e^(−lambda k) on whole numbers between two ends.

This is what the growth law of Zhang & Sui 2024 (arXiv 2412.18073) makes of the counts where they
are many but far from all samples: alpha = 1 − b lies between 0 and 1, where a heavy power-law tail
has no meaning and its usual estimators fail. On a support with an end every real alpha is a law.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from activstats.errors import DomainError, InputError
from activstats.laws._bounded_bootstrap import (
    cell_histogram,
    chance_distances,
    chance_of,
    ks_distance,
)
from activstats.laws._bounded_fit import Estimate, Search
from activstats.laws._bounded_interval import profile_interval
from activstats.laws._bounded_range import CountsInRange, in_range, is_whole, what_hides_the_law
from activstats.laws._bounded_support import NO_END, support
from activstats.laws._bounded_views import warnings_of
from activstats.laws._checks import check_level
from activstats.laws.bounded_probabilities import bounded_probability
from activstats.laws.bounded_result import BoundedPowerLawResult
from activstats.laws.histogram import as_provenance
from activstats.laws.results import Status

__all__ = ["BoundedPowerLaw", "BoundedPowerLawResult", "bounded_probability"]


@dataclass(frozen=True)
class BoundedPowerLaw:
    """The law k^−alpha e^(−lambda k) on {xmin, …, xmax}, fitted by maximum likelihood.

    Parameters
    ----------
    xmin : int
        Smallest count of the law, at least 1; smaller counts are left out.
    xmax : int, optional
        Largest count of the law; larger counts are left out. If not given, the number of samples
        where it is known, for no neuron can fire more often, and no end at all otherwise; an `xmax`
        beyond the number of samples is cut to it.
    cutoff : bool
        Whether the rate lambda is free; without it lambda = 0 and the support needs an end.
    level : float
        Confidence level of the intervals.
    n_boot : int
        Draws for the p-value; 0 leaves it out.

    Raises
    ------
    DomainError
        If a setting makes no sense.

    Notes
    -----
    An exponential family in (ln k, k): the log-likelihood is concave and Newton's method finds its
    only maximum. Intervals are those of the likelihood ratio. The p-value is that of the
    Kolmogorov–Smirnov distance over all whole numbers of the support (over the ends of cells half
    a percent wide where the support holds more than 8192), by parametric bootstrap with refit.

    Examples
    --------
    >>> counts = [1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 7, 9, 14, 22, 41]
    >>> result = BoundedPowerLaw(n_boot=99).fit(counts, n_samples=100)
    >>> round(result.alpha, 2), round(result.alpha_low, 2), round(result.alpha_high, 2)
    (1.16, 0.4, 1.86)
    """

    xmin: int = 1
    xmax: int | None = None
    cutoff: bool = True
    level: float = 0.95
    n_boot: int = 999

    def __post_init__(self) -> None:
        if not is_whole(self.xmin) or not 1 <= self.xmin < NO_END:
            raise DomainError(
                "a power of k begins at 1 or above.", got=f"xmin = {self.xmin}", allowed=">= 1"
            )
        if self.xmax is not None and not (is_whole(self.xmax) and self.xmin < self.xmax < NO_END):
            raise DomainError(
                "the support ends before it begins.",
                got=f"xmin = {self.xmin}, xmax = {self.xmax}",
                allowed="whole numbers, xmin < xmax < 2^40",
            )
        check_level(self.level)
        if not is_whole(self.n_boot) or self.n_boot < 0:
            raise DomainError("this is no number of draws.", got=self.n_boot, allowed=">= 0")

    def fit(
        self,
        counts: object,
        n_samples: int | None = None,
        rng: np.random.Generator | int | None = 0,
    ) -> BoundedPowerLawResult:
        """Find alpha and lambda from counts.

        Parameters
        ----------
        counts : Counts, array_like of int, or tuple of two array_like
            Counts of a recording, one count for each neuron (or any sample of whole numbers), or a
            histogram ``(values, multiplicities)``.
        n_samples : int, optional
            Samples seen, D, if the counts do not know it; the support then ends there.
        rng : Generator, int or None
            Source of the draws for the p-value.

        Returns
        -------
        BoundedPowerLawResult
            With a status; where there is no best law, the reason in words and nan.

        Raises
        ------
        InputError
            If the counts are no whole numbers, exceed `n_samples`, or the law has neither an end
            nor a cutoff.
        """
        data = in_range(counts, n_samples, self.xmin, self.xmax)
        if not self.cutoff and data.xmax is None:
            raise InputError(
                "a law without cutoff needs an end, for alpha <= 1 has no other normaliser.",
                got="cutoff=False, neither xmax nor n_samples",
                allowed="xmax, n_samples, or cutoff=True",
                hint="PowerLawTail fits a heavy tail without an end",
            )
        empty = self._nothing(data, as_provenance(counts))
        if hidden := what_hides_the_law(data, cutoff=self.cutoff):
            return replace(empty, status=hidden[0], reason=hidden[1])
        search = Search(support(self.xmin, data.xmax or NO_END), data.facts.centre, self.cutoff)
        best = search.estimate(data.facts)
        if not best.reached:
            reason = "the counts are so alike that the search for the best law does not settle"
            return replace(empty, status=Status.NOT_CONVERGED, reason=reason)
        return self._with_fit(empty, data, search, best, np.random.default_rng(rng))

    def _nothing(self, data: CountsInRange, provenance: dict[str, object]) -> BoundedPowerLawResult:
        return BoundedPowerLawResult(
            method="maximum likelihood",
            level=self.level,
            n_obs=data.facts.n,
            status=Status.NOT_IDENTIFIABLE,
            provenance=provenance,
            histogram=data.histogram,
            samples_known=data.samples_known,
            xmin=self.xmin,
            xmax=math.inf if data.xmax is None else float(data.xmax),
            cutoff=self.cutoff,
        )

    def _with_fit(
        self,
        empty: BoundedPowerLawResult,
        data: CountsInRange,
        search: Search,
        best: Estimate,
        rng: np.random.Generator,
    ) -> BoundedPowerLawResult:
        held = cell_histogram(search.support, data.values, data.multiplicities)
        law = search.family.cells(search.theta(best.alpha, best.lambda_))[0]
        distance, pvalue = float(ks_distance(held, law)), math.nan
        if self.n_boot:
            chance = chance_distances(search, best, data.facts.n, self.n_boot, rng)
            pvalue = chance_of(distance, chance)
        alpha = profile_interval(search, "alpha", data.facts, best, self.level)
        lambda_ = (0.0, 0.0)
        if self.cutoff:
            lambda_ = profile_interval(search, "lambda", data.facts, best, self.level)
        boundary = "no cutoff makes the counts likelier than lambda = 0, a plain power law"
        return replace(
            empty,
            status=Status.AT_BOUNDARY if best.at_boundary else Status.CONVERGED,
            reason=boundary if best.at_boundary else "",
            warnings=warnings_of(data.facts.n, best, alpha),
            alpha=best.alpha,
            alpha_low=alpha[0],
            alpha_high=alpha[1],
            alpha_se=best.alpha_se,
            lambda_=best.lambda_,
            lambda_low=lambda_[0],
            lambda_high=lambda_[1],
            lambda_se=best.lambda_se,
            log_likelihood=best.value * data.facts.n,
            distance=distance,
            pvalue=pvalue,
            n_boot=self.n_boot,
        )
