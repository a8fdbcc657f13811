"""What fitting a power-law tail gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from activstats.errors import InputError
from activstats.laws._checks import check_level
from activstats.laws.results import Result
from activstats.laws.tail_fit import TailFit
from activstats.laws.tail_resamples import NO_RESAMPLES, Resamples, read_resamples
from activstats.laws.tail_sample import TailSample, read_sample
from activstats.laws.tail_settings import TailSettings, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws._summary import Summary
    from activstats.laws.tail_ratios import TailComparison


@dataclass(frozen=True, kw_only=True)
class PowerLawTailResult(Result):
    """A power-law tail fitted to a sample.

    Parameters
    ----------
    sample : TailSample
        The numbers.
    settings : TailSettings
        How the tail was searched: candidates for xmin, min_tail, where the distance is taken.
    xmin, alpha : float
        Where the tail begins, and its exponent; nan if there is no tail to fit.
    bse : float
        Standard error of alpha were xmin known; the interval does without that.
    n_tail : int
        Numbers at xmin or above.
    distance : float
        Of Kolmogorov and Smirnov, between tail and law.
    pvalue : float
        (1 + #{D* ≥ D}) / (B + 1) over the replicates of the fitted law, xmin found anew in each.
        Small: the law is not believable. Not small: nothing stands against it, which for a short
        tail says little.
    n_boot : int
        Replicates, B.
    resamples : Resamples
        The tail of samples drawn with replacement, from which the intervals are.

    Notes
    -----
    The remaining parameters are those of `Result`; `n_obs` is how many numbers there are, zeros left
    out. With xmin known the test keeps its level. With xmin free it does so roughly: at p ≤ .05 it
    rejected a true law in 2 to 10 % of simulated samples, and in up to 18 % where the true tail held
    some thirty numbers (docs/calibration/powerlaw_tail.md).
    """

    sample: TailSample
    settings: TailSettings
    xmin: float = math.nan
    alpha: float = math.nan
    bse: float = math.nan
    n_tail: int = 0
    distance: float = math.nan
    pvalue: float = math.nan
    n_boot: int = 0
    resamples: Resamples = NO_RESAMPLES

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "TailSample": read_sample,
        "TailSettings": read_settings,
        "Resamples": read_resamples,
    }

    @property
    def discrete(self) -> bool:
        """Whether the law is one of whole numbers."""
        return self.settings.discrete

    @property
    def n(self) -> int:
        """How many numbers there are, zeros left out."""
        return self.sample.n

    @property
    def tail_share(self) -> float:
        """Share of the numbers that the law describes, n_tail/n."""
        return self.n_tail / self.n if self.n else math.nan

    @property
    def ks(self) -> str:
        """Where the distance is taken: at the observed values, or at all integers."""
        return self.settings.ks

    @property
    def params(self) -> dict[str, float]:
        """The estimates alpha, xmin and n_tail."""
        return {"alpha": self.alpha, "xmin": self.xmin, "n_tail": float(self.n_tail)}

    @property
    def tail_fit(self) -> TailFit:
        """The estimates as the functions of `tail_fit` take them."""
        return TailFit(self.xmin, self.alpha, self.distance, self.n_tail)

    def interval(self, name: str, level: float | None = None) -> tuple[float, float]:
        """Return the ends of the interval for `alpha`, `xmin` or `n_tail`.

        Percentiles of the resamples, xmin found anew in each (Efron & Tibshirani 1993, section 13.3).
        A resample without a tail to fit could be beyond either end, and counts as that: where there are
        many, an end is as far out as it can be. Without resamples, alpha ± its standard error times the normal quantile, as if xmin were
        known, and nan for the others.
        """
        level = self.level if level is None else level
        check_level(level)
        if name not in self.params:
            raise InputError(f"there is no '{name}' here.", allowed=", ".join(self.params))
        draws = getattr(self.resamples, name)
        if draws.size:
            ends = {"alpha": (1.0, math.inf), "xmin": (0.0, math.inf), "n_tail": (0.0, self.n)}
            least, most = (np.where(np.isfinite(draws), draws, end) for end in ends[name])
            low = np.quantile(least, (1 - level) / 2, method="lower")
            return float(low), float(np.quantile(most, (1 + level) / 2, method="higher"))
        if name == "alpha":
            reach = NormalDist().inv_cdf((1 + level) / 2) * self.bse
            return self.alpha - reach, self.alpha + reach
        return math.nan, math.nan

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the intervals of alpha, xmin and n_tail, columns `low` and `high`; see `interval`."""
        import pandas as pd

        rows = [self.interval(name, level) for name in self.params]
        return pd.DataFrame(rows, index=list(self.params), columns=["low", "high"])

    def compare(self) -> TailComparison:
        """Set the tail beside lognormal, exponential, stretched exponential and a cut-off power law.

        Returns
        -------
        TailComparison
            Likelihood ratios on the same tail, with their p-values.

        Raises
        ------
        InputError
            If there is no tail.
        """
        from activstats.laws.tail_comparison import compare_tails

        if self.n_tail == 0:
            raise InputError("there is no tail to compare laws on.", got=self.reason)
        return compare_tails(self.sample, self.tail_fit, discrete=self.discrete)

    def stability(self) -> pd.DataFrame:
        """Return alpha and distance for other choices of xmin.

        Returns
        -------
        DataFrame
            Columns xmin, alpha, bse, distance and n_tail, a row for each candidate or, where there
            are more than 500, for so many of them evenly spaced in the logarithm.
        """
        from activstats.laws._tail_views import stability_table

        return stability_table(self)

    def to_frame(self) -> pd.DataFrame:
        """Return the result as one row of a table, its provenance first."""
        from activstats.laws._tail_views import table_row

        return table_row(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the share of numbers at x or above, and the fitted tail."""
        from activstats.laws._tail_views import draw

        return draw(self, ax)

    def plot_xmin(self, axes: tuple[Axes, Axes] | None = None) -> tuple[Axes, Axes]:
        """Draw alpha and distance over xmin: how much the fit hangs on where the tail begins."""
        from activstats.laws._tail_views import draw_stability

        return draw_stability(self, axes)

    def _summary(self) -> Summary:
        from activstats.laws._tail_views import describe

        return describe(self)
