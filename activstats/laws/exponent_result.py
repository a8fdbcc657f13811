"""What the test of alpha = 1 − b gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from activstats.errors import DomainError
from activstats.laws._bounded_range import read_histogram
from activstats.laws._exponent_views import describe, draw, table_row
from activstats.laws.histogram import Histogram
from activstats.laws.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws._summary import Summary


@dataclass(frozen=True, kw_only=True)
class ExponentAgreement(Result):
    """The exponent alpha of counts in their body, beside 1 − b of the growth law.

    Parameters
    ----------
    histogram : Histogram
        The counts.
    zeros : str
        Whether neurons that never fired took part in b.
    alpha, alpha_low, alpha_high : float
        Exponent of the counts in the body and its likelihood-ratio interval.
    b, b_low, b_high : float
        The growth law's constant and its interval; from resampled neurons where zeros are left out.
    cutoff : float
        Count at which the law's exponential cutoff sets in, D/(A − b).
    body_end : int
        Last count of the body; it begins at 1.
    difference, difference_low, difference_high : float
        alpha − (1 − b), and its interval from resampled neurons.
    expected : float
        Mean of the difference over layers drawn from the fitted growth law.
    scatter : float
        Its standard deviation over them.
    pvalue : float
        Of the difference under the growth law, two-sided.
    n_boot : int
        Layers drawn, and resamplings of the neurons.

    Notes
    -----
    The remaining parameters are those of `Result`; `n_obs` is the number of neurons in the body. A
    large p-value says that the two agree as the law wants it, not that the law is true; a small one
    that the law with one b does not describe the counts: other rates, or neurons that cannot fire
    while zeros are counted.
    """

    histogram: Histogram
    zeros: str
    alpha: float = math.nan
    alpha_low: float = -math.inf
    alpha_high: float = math.inf
    b: float = math.nan
    b_low: float = 0.0
    b_high: float = math.inf
    cutoff: float = math.nan
    body_end: int = 0
    difference: float = math.nan
    difference_low: float = -math.inf
    difference_high: float = math.inf
    expected: float = math.nan
    scatter: float = math.nan
    pvalue: float = math.nan
    n_boot: int = 0

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "Histogram": read_histogram,
    }

    @property
    def one_minus_b(self) -> float:
        """What the growth law says alpha is, far from both ends of the counts."""
        return 1 - self.b

    @property
    def excess(self) -> float:
        """How much the difference exceeds what the law itself shows on this range."""
        return self.difference - self.expected

    @property
    def testable(self) -> bool:
        """Whether there is a p-value."""
        return not math.isnan(self.pvalue)

    @property
    def params(self) -> dict[str, float]:
        """Both exponents, their difference and what it is under the law."""
        return {
            "alpha": self.alpha,
            "one_minus_b": self.one_minus_b,
            "difference": self.difference,
            "expected": self.expected,
            "excess": self.excess,
        }

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the intervals, a row for each estimate, columns `low` and `high`.

        Raises
        ------
        DomainError
            If the level is not that of the test, whose draws are not kept.
        """
        import pandas as pd

        if level is not None and level != self.level:
            raise DomainError(
                "the draws behind these intervals are not kept.",
                got=f"level = {level}",
                allowed=self.level,
                hint=f"exponent_agreement(counts, level={level})",
            )
        ends = {
            "alpha": (self.alpha_low, self.alpha_high),
            "one_minus_b": (1 - self.b_high, 1 - self.b_low),
            "difference": (self.difference_low, self.difference_high),
            "excess": (self.difference_low - self.expected, self.difference_high - self.expected),
        }
        return pd.DataFrame.from_dict(ends, orient="index", columns=["low", "high"])

    def to_frame(self) -> pd.DataFrame:
        """Return the result as one row of a table, its provenance first."""
        return table_row(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the counts of the body with k^−alpha and the growth law's own counts."""
        return draw(self, ax)

    def _summary(self) -> Summary:
        return describe(self)
