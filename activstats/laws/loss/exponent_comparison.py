"""What the comparison of three exponents gives back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from activstats.laws._checks import check_level
from activstats.laws.loss._exponent_inputs import ONE_MINUS_ALPHA, Exponent, read_kept
from activstats.laws.loss._exponent_words import WORDS, describe
from activstats.laws.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws._summary import Summary

AGREE, DIFFER, CANNOT_TELL = "agree", "differ", "cannot tell"


@dataclass(frozen=True)
class Difference:
    """How far two exponents are apart.

    Parameters
    ----------
    first, second : str
        Names of the exponents.
    estimate, low, high : float
        first − second, with its interval at the comparison's level.
    inner_low, inner_high : float
        Its interval at 2 level − 1, which two one-sided tests at 1 − level go by.
    within : bool
        Whether that interval lies within ±margin.
    statistic, pvalue : float
        Deviance of the two from one number, on one degree of freedom.
    """

    first: str
    second: str
    estimate: float
    low: float
    high: float
    inner_low: float
    inner_high: float
    within: bool
    statistic: float
    pvalue: float

    @property
    def words(self) -> str:
        """The difference by name."""
        if self.second == ONE_MINUS_ALPHA:
            return f"{WORDS[self.first]} + alpha − 1"
        return f"{WORDS[self.first]} − {WORDS[self.second]}"


def _differences(rows: Sequence[Mapping[str, Any]]) -> tuple[Difference, ...]:
    plain = ("first", "second", "within")
    read: list[dict[str, Any]] = [
        {k: v if k in plain else float(v) for k, v in row.items()} for row in rows
    ]
    return tuple(Difference(**row) for row in read)


@dataclass(frozen=True, kw_only=True)
class ExponentComparison(Result):
    """beta of the loss, b of the growth law and 1 − alpha of the counts, beside each other.

    Parameters
    ----------
    exponents : tuple of Exponent
        beta, b and 1 − alpha.
    differences : tuple of Difference
        Of each pair that has numbers.
    margin : float
        Exponents less than this apart count as the same.
    answer : {"agree", "differ", "cannot tell"}
        Whether they are one number, up to the margin.
    correlation : float
        Of b and 1 − alpha; nan where it is unknown.
    dependence : str
        Where the correlation comes from, in words.
    statistic, pvalue : float
        Deviance of all from one number, on `n_obs` − 1 degrees of freedom.

    Notes
    -----
    The remaining parameters are those of `Result`; `n_obs` is the number of exponents that have
    numbers.
    """

    exponents: tuple[Exponent, ...]
    differences: tuple[Difference, ...]
    margin: float
    answer: str = CANNOT_TELL
    correlation: float = math.nan
    dependence: str = ""
    statistic: float = math.nan
    pvalue: float = math.nan

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "tuple[Exponent, ...]": read_kept,
        "tuple[Difference, ...]": _differences,
    }

    @property
    def params(self) -> dict[str, float]:
        """The three exponents."""
        return {one.name: one.estimate for one in self.exponents}

    @property
    def bse(self) -> dict[str, float]:
        """Their standard errors: means of those below and above."""
        return {one.name: one.se for one in self.exponents}

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the intervals of the exponents, one row each.

        Parameters
        ----------
        level : float, optional
            Confidence level; that of the comparison if left out. At another one the ends move as
            normal quantiles do.
        """
        import pandas as pd

        level = self.level if level is None else level
        check_level(level)
        shown = [one.at(level) for one in self.exponents]
        ends = [(one.low, one.high) for one in shown]
        names = [one.name for one in shown]
        return pd.DataFrame(ends, index=names, columns=["low", "high"], dtype=float)

    def table(self) -> pd.DataFrame:
        """Return the differences, a row for each pair."""
        import pandas as pd

        return pd.DataFrame([asdict(one) for one in self.differences])

    def to_frame(self) -> pd.DataFrame:
        """Return the result as one row of a table."""
        import pandas as pd

        row: dict[str, Any] = {"status": self.status.value, "answer": self.answer}
        for one in self.exponents:
            row |= {
                one.name: one.estimate,
                f"{one.name}_low": one.low,
                f"{one.name}_high": one.high,
            }
        for gap in self.differences:
            name = f"{gap.first}_less_{gap.second}"
            row |= {name: gap.estimate, f"{name}_low": gap.low, f"{name}_high": gap.high}
        names = ("margin", "correlation", "dependence", "statistic", "pvalue", "level", "reason")
        return pd.DataFrame([row | {name: getattr(self, name) for name in names}])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the exponents and their differences with intervals, row under row."""
        from activstats.figures.exponents import Row, exponent_rows

        shown = [Row(WORDS[e.name], e.estimate, e.low, e.high, e.reason) for e in self.exponents]
        gaps = [Row(g.words, g.estimate, g.low, g.high) for g in self.differences]
        titled = f"{self.answer}, margin ±{self.margin:g}"
        return exponent_rows(shown, gaps, self.margin, answer=titled, level=self.level, ax=ax)

    def _summary(self) -> Summary:
        return describe(self)
