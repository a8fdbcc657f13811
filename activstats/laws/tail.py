"""Power-law tails after Clauset, Shalizi & Newman (2009, arXiv 0706.1062).

The question is whether the largest numbers of a sample fall off as a power law with an exponent above
1. Where the tail begins is found along with the exponent: at each candidate xmin the exponent of
highest likelihood, then the xmin whose tail lies nearest to its law. How often chance puts a sample of
the law as far from it says whether the law is believable.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from activstats.errors import DomainError
from activstats.laws._checks import check_level
from activstats.laws.histogram import as_provenance
from activstats.laws.results import Status
from activstats.laws.tail_bootstrap import resample_tail, tail_pvalue
from activstats.laws.tail_checks import check_candidates, check_number, check_range
from activstats.laws.tail_fit import fit_tail, standard_error
from activstats.laws.tail_reasons import what_hides_the_tail, what_to_know
from activstats.laws.tail_result import PowerLawTailResult
from activstats.laws.tail_sample import TailSample, tail_sample
from activstats.laws.tail_settings import GRID, INTEGERS, OBSERVED, TailSettings, grid_of

__all__ = ["PowerLawTail", "PowerLawTailResult"]


@dataclass(frozen=True)
class PowerLawTail:
    """A tail that falls off as x^-alpha from xmin on, both unknown.

    Parameters
    ----------
    discrete : bool
        Whole numbers, with a zeta law; otherwise any positive numbers, with Pareto's.
    xmin : float, sequence of float, "grid" or None
        Where the tail begins, if that is known; or the candidates to choose from: those of a
        sequence, at most 100 observed values evenly spaced in the logarithm, or every distinct
        observation. The result says which.
    xmin_range : tuple of two float, optional
        Lowest and highest xmin allowed.
    min_tail : int
        Observations that must reach xmin. Without it xmin may leave only a sliver of the sample.
    ks : {"observed", "integers"}
        Where the distance between tail and law is taken: at the observed values, as plfit, igraph and
        powerlaw do, or at every whole number from xmin to the largest, as Clauset and poweRlaw do.
    alpha_step : float
        Rounds the exponent of a discrete tail to multiples of this, to reproduce published figures
        that were found on a grid; 0 is the exact maximum of the likelihood.
    level : float
        Confidence level of the intervals.
    n_boot : int
        Replicates for the p-value, and as many for the intervals; 0 leaves both out.

    Raises
    ------
    DomainError
        If a setting makes no sense.

    Notes
    -----
    This asks for a heavy tail, alpha > 1. The law of counts of the growth theory has an exponent
    between 0 and 1 and an end; a test for a heavy tail says nothing about it.

    Examples
    --------
    >>> sizes = [1] * 60 + [2] * 15 + [3] * 8 + [4] * 4 + [5, 5, 6, 7, 9, 12, 20, 41]
    >>> result = PowerLawTail(n_boot=99).fit(sizes, rng=0)
    >>> result.xmin, round(result.alpha, 2), result.n_tail, result.pvalue > 0.1
    (1.0, 2.15, 95, True)
    """

    discrete: bool = True
    _: KW_ONLY
    xmin: float | Sequence[float] | str | None = None
    xmin_range: tuple[float, float] | None = None
    min_tail: int = 0
    ks: str = OBSERVED
    alpha_step: float = 0.0
    level: float = 0.95
    n_boot: int = 1000

    def __post_init__(self) -> None:
        check_candidates(self.xmin, discrete=self.discrete)
        check_range(self.xmin_range)
        if self.ks not in {OBSERVED, INTEGERS} or (self.ks == INTEGERS and not self.discrete):
            allowed = f"{OBSERVED}, or {INTEGERS} for a discrete tail"
            raise DomainError("the distance cannot be taken there.", got=self.ks, allowed=allowed)
        check_level(self.level)
        for name in ("min_tail", "n_boot"):
            check_number(name, getattr(self, name))
        if not 0 <= self.alpha_step < 1:
            raise DomainError("this is no step of alpha.", got=self.alpha_step, allowed="0 … 1")

    def fit(
        self,
        sample: object = None,
        *,
        values: ArrayLike | None = None,
        multiplicities: ArrayLike | None = None,
        rng: np.random.Generator | int | None = None,
    ) -> PowerLawTailResult:
        """Find xmin and alpha, the p-value of the law, and intervals.

        Parameters
        ----------
        sample : array_like with shape (n,), Counts, Histogram or tuple of two array_like, optional
            The numbers; of counts, those of all neurons. Zeros are left out, and the result says so.
        values, multiplicities : array_like with shape (m,), optional
            Distinct numbers and how often each occurs, in place of a sample; any size.
        rng : Generator, int or None
            Source of the replicates.

        Returns
        -------
        PowerLawTailResult
            With a status; where there is no tail to fit, the reason in words and nan.

        Raises
        ------
        InputError
            If the numbers are negative, not finite or, for a discrete tail, not whole.
        """
        numbers = tail_sample(
            sample, values=values, multiplicities=multiplicities, discrete=self.discrete
        )
        settings = self._settings(numbers)
        common: dict[str, Any] = {
            "method": "maximum likelihood, xmin by Kolmogorov-Smirnov distance",
            "level": self.level,
            "n_obs": numbers.n,
            "provenance": as_provenance(sample),
            "sample": numbers,
            "settings": settings,
        }
        found = fit_tail(numbers, settings)
        if found.n_tail == 0:
            reason = what_hides_the_tail(numbers, settings)
            return PowerLawTailResult(status=Status.TOO_FEW, reason=reason, **common)
        generator = np.random.default_rng(rng)
        pvalue = tail_pvalue(numbers, found, settings, self.n_boot, generator)
        resamples = resample_tail(numbers, found, settings, self.n_boot, generator)
        return PowerLawTailResult(
            status=Status.CONVERGED,
            warnings=what_to_know(numbers, found, settings, resamples),
            xmin=found.xmin,
            alpha=found.alpha,
            bse=standard_error(found, discrete=self.discrete),
            n_tail=found.n_tail,
            distance=found.distance,
            pvalue=pvalue,
            n_boot=self.n_boot,
            resamples=resamples,
            **common,
        )

    def _settings(self, numbers: TailSample) -> TailSettings:
        candidates: tuple[float, ...] = ()
        if isinstance(self.xmin, str):
            candidates = grid_of(numbers)
        elif isinstance(self.xmin, Sequence | np.ndarray):
            candidates = tuple(sorted({float(value) for value in self.xmin}))
        elif self.xmin is not None:
            candidates = (float(self.xmin),)
        return TailSettings(
            discrete=self.discrete,
            candidates=candidates,
            xmin_range=self.xmin_range or (0.0, math.inf),
            min_tail=int(self.min_tail),
            ks=self.ks,
            alpha_step=float(self.alpha_step),
            is_grid=self.xmin == GRID if isinstance(self.xmin, str) else False,
        )
