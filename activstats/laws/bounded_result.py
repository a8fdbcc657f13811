"""What fitting the bounded law gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from activstats.errors import InputError
from activstats.laws._bounded_fit import Estimate, Search
from activstats.laws._bounded_interval import profile_interval
from activstats.laws._bounded_range import CountsInRange, cut_out, read_histogram
from activstats.laws._bounded_support import NO_END, support
from activstats.laws._bounded_views import describe, draw, table_row
from activstats.laws._checks import check_level
from activstats.laws.bounded_probabilities import bounded_probability
from activstats.laws.histogram import Histogram
from activstats.laws.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from activstats.laws._bounded_support import FloatArray
    from activstats.laws._summary import Summary
    from activstats.laws.bounded_rivals import RivalComparison


@dataclass(frozen=True, kw_only=True)
class BoundedPowerLawResult(Result):
    """The law k^−alpha e^(−lambda k) on {xmin, …, xmax}, fitted to counts.

    Parameters
    ----------
    histogram : Histogram
        All counts, those out of range among them.
    samples_known : bool
        Whether the number of samples seen is known; if not, the histogram holds the largest count
        in its place.
    xmin : int
        Smallest count of the law.
    xmax : float
        Largest; infinite if there is no end.
    cutoff : bool
        Whether lambda was free.
    alpha, lambda_ : float
        Exponent and rate; nan if the counts do not tell them.
    alpha_low, alpha_high, lambda_low, lambda_high : float
        Likelihood-ratio intervals at `level`; without cutoff lambda is 0 and has none.
    alpha_se, lambda_se : float
        Standard errors from the curvature; nan for lambda where it is not free.
    log_likelihood : float
        Of the counts in range, normalised.
    distance : float
        Kolmogorov–Smirnov distance between counts and law.
    pvalue : float
        Of `distance`, by parametric bootstrap with refit.
    n_boot : int
        Draws behind it.

    Notes
    -----
    The remaining parameters are those of `Result`; `n_obs` is the number of counts in range.
    """

    histogram: Histogram
    samples_known: bool
    xmin: int
    xmax: float
    cutoff: bool
    alpha: float = math.nan
    alpha_low: float = -math.inf
    alpha_high: float = math.inf
    alpha_se: float = math.nan
    lambda_: float = math.nan
    lambda_low: float = -math.inf
    lambda_high: float = math.inf
    lambda_se: float = math.nan
    log_likelihood: float = math.nan
    distance: float = math.nan
    pvalue: float = math.nan
    n_boot: int = 0

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "Histogram": read_histogram,
        "bool": bool,
    }

    @property
    def n_samples(self) -> int | None:
        """Samples seen, D; None if that is not known."""
        return self.histogram.n_samples if self.samples_known else None

    @property
    def params(self) -> dict[str, float]:
        """The estimates alpha and lambda."""
        return {"alpha": self.alpha, "lambda": self.lambda_}

    @property
    def bse(self) -> dict[str, float]:
        """Standard errors of alpha and lambda."""
        return {"alpha": self.alpha_se, "lambda": self.lambda_se}

    @property
    def fitted(self) -> bool:
        """Whether there is a law."""
        return not math.isnan(self.alpha)

    @cached_property
    def in_range(self) -> CountsInRange:
        """The counts the law was fitted to."""
        last = None if math.isinf(self.xmax) else int(self.xmax)
        return cut_out(self.histogram, self.xmin, last, samples_known=self.samples_known)

    @cached_property
    def search(self) -> Search:
        """The law on its support, ready to be worked out."""
        last = NO_END if math.isinf(self.xmax) else int(self.xmax)
        return Search(support(self.xmin, last), self.in_range.facts.centre, self.cutoff)

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the intervals of alpha and lambda.

        Parameters
        ----------
        level : float, optional
            Confidence level; that of the fit if left out.

        Returns
        -------
        DataFrame
            Index `alpha`, `lambda`; columns `low`, `high`.
        """
        import pandas as pd

        alpha = (self.alpha_low, self.alpha_high)
        rate = (self.lambda_low, self.lambda_high)
        if level is not None and level != self.level:
            check_level(level)
            if self.fitted:
                alpha, rate = self._intervals(level)
        return pd.DataFrame([alpha, rate], index=["alpha", "lambda"], columns=["low", "high"])

    def _intervals(self, level: float) -> tuple[tuple[float, float], tuple[float, float]]:
        facts = self.in_range.facts
        errors = (self.alpha_se, self.lambda_se)
        value = self.log_likelihood / self.n_obs
        best = Estimate(self.alpha, self.lambda_, *errors, value, reached=True, at_boundary=False)
        alpha = profile_interval(self.search, "alpha", facts, best, level)
        if not self.cutoff:
            return alpha, (0.0, 0.0)
        return alpha, profile_interval(self.search, "lambda", facts, best, level)

    def probability(self, count: ArrayLike) -> FloatArray:
        """Return the probability that the fitted law gives to counts within its ends.

        Raises
        ------
        InputError
            If there is no fitted law.
        """
        if not self.fitted:
            raise InputError("there is no fitted law.", got=self.reason)
        k = np.asarray(count, dtype=np.float64)
        if math.isinf(self.xmax) and self.lambda_ <= 0:
            # Without an end and without a cutoff the law is a zeta law, up to the last number held.
            settings = {"alpha": self.alpha, "lambda_": 0.0, "xmax": float(NO_END - 1)}
        else:
            settings = {"alpha": self.alpha, "lambda_": self.lambda_, "xmax": self.xmax}
        return bounded_probability(k, xmin=self.xmin, **settings)

    def compare(self) -> RivalComparison:
        """Compare the law with its rivals on the same support: see `RivalComparison`."""
        from activstats.laws.bounded_rivals import compare_rivals

        return compare_rivals(self)

    def to_frame(self) -> pd.DataFrame:
        """Return the result as one row of a table, its provenance first."""
        return table_row(self)

    def plot(self, ax: Axes | None = None, *, rivals: bool = True) -> Axes:
        """Draw the counts in range, the fitted law and, if wanted, its rivals."""
        if rivals and self.fitted:
            return self.compare().plot(ax)
        return draw(self, ax)

    def _summary(self) -> Summary:
        return describe(self)
