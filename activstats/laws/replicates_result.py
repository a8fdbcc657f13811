"""What the agreement of replicate runs gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, ClassVar

from activstats.errors import DomainError
from activstats.laws._replicate_words import sentences
from activstats.laws._summary import Summary, grouped, significant
from activstats.laws.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes


@dataclass(frozen=True, kw_only=True)
class ReplicateAgreement(Result):
    """How far replicate runs agree which neurons fire often.

    Parameters
    ----------
    correlation : float
        Mean rank correlation of firing rates over all pairs of runs.
    low, high : float
        Its interval at `level`: over runs where there are three or more, over neurons for two.
    se_z : float
        Standard error of its Fisher transform.
    pvalue : float
        Of no agreement: neurons shuffled within each run.
    ceiling : float
        What sampling noise leaves of a perfect agreement; nan where it cannot be had.
    ceiling_low, ceiling_high : float
        Range of the mean correlation at `level` if all runs had their rates in the same order.
    pairs : tuple of float
        Correlations of runs 1 and 2, 1 and 3, …, 2 and 3, …
    n_neurons : int
        Neurons, N.
    start : {"same", "different"} or None
        Whether the runs began with the same weights.
    ceiling_method : str
        How the ceiling was found.

    Notes
    -----
    The remaining parameters are those of `Result`; `n_obs` is the number of runs.
    """

    correlation: float = math.nan
    low: float = -1.0
    high: float = 1.0
    se_z: float = math.nan
    pvalue: float = math.nan
    ceiling: float = math.nan
    ceiling_low: float = math.nan
    ceiling_high: float = math.nan
    pairs: tuple[float, ...] = ()
    n_neurons: int = 0
    start: str | None = None
    ceiling_method: str = "beta-binomial"

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "tuple[float, ...]": lambda values: tuple(float(value) for value in values),
        "str | None": lambda value: None if value is None else str(value),
    }

    @property
    def params(self) -> dict[str, float]:
        """The mean correlation and its ceiling."""
        return {"correlation": self.correlation, "ceiling": self.ceiling}

    @property
    def share_of_ceiling(self) -> float:
        """Mean correlation over its ceiling: corrected for sampling noise; nan without a ceiling."""
        return self.correlation / self.ceiling if self.ceiling > 0 else math.nan

    @property
    def verdict(self) -> str:
        """``full``, ``partial``, ``none`` or ``unknown`` agreement.

        Full: the interval reaches what the same rates in every run would give. None: the p-value of
        no agreement is above 1 − level.
        """
        if math.isnan(self.correlation):
            return "unknown"
        if self.pvalue > 1 - self.level:
            return "none"
        least = self.ceiling if math.isnan(self.ceiling_low) else self.ceiling_low
        if math.isnan(least):
            return "unknown"
        return "full" if max(self.high, self.correlation) >= least else "partial"

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return interval of the correlation and range under fixed rates, at the level held."""
        import pandas as pd

        if level is not None and level != self.level:
            raise DomainError("intervals are kept at one level.", got=level, allowed=self.level)
        ends = [(self.low, self.high), (self.ceiling_low, self.ceiling_high)]
        return pd.DataFrame(ends, index=list(self.params), columns=["low", "high"])

    def to_frame(self) -> pd.DataFrame:
        """Return the result as one row of a table."""
        import pandas as pd

        names = (
            "correlation", "low", "high", "se_z", "level", "pvalue", "ceiling", "ceiling_low",
            "ceiling_high", "share_of_ceiling", "verdict", "n_obs", "n_neurons", "start", "method",
            "ceiling_method", "reason",
        )  # fmt: skip
        row = {"status": self.status.value} | {name: getattr(self, name) for name in names}
        return pd.DataFrame([row])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the correlation of each pair of runs, their mean and the ceiling."""
        from activstats.figures.order import pair_agreement

        labels = [f"{r + 1}–{s + 1}" for r, s in combinations(range(self.n_obs), 2)]
        mean = (self.correlation, self.low, self.high)
        top = (self.ceiling, self.ceiling_low, self.ceiling_high)
        return pair_agreement(labels[: len(self.pairs)], self.pairs, mean=mean, ceiling=top, ax=ax)

    def _summary(self) -> Summary:
        numbers = (("N", grouped(self.n_neurons)), ("runs", grouped(self.n_obs)))
        status = (("status", str(self.status)), ("start", self.start or "not said"))
        over = "runs" if self.n_obs > 2 else "neurons"
        reason = (self.reason[0].upper() + self.reason[1:] + ".",) if self.reason else ()
        return Summary(
            title="Agreement of replicate runs",
            facts=(numbers, status, (("method", self.method),)),
            columns=("mean", f"{self.level * 100:g} % interval", "SE(z)"),
            rows=(
                _row("over pairs", self.correlation, (self.low, self.high), self.se_z),
                _row("ceiling", self.ceiling, (self.ceiling_low, self.ceiling_high), math.nan),
            ),
            measures=(
                ("share of ceiling", significant(self.share_of_ceiling)),
                ("p of none", significant(self.pvalue, 2)),
                ("interval over", over),
            ),
            notes=(*reason, *self.warnings, *sentences(self.verdict, self.start)),
        )


def _row(label: str, value: float, ends: tuple[float, float], se: float) -> tuple[str, ...]:
    interval = f"[{significant(ends[0])}, {significant(ends[1])}]"
    return label, significant(value), interval, "" if math.isnan(se) else significant(se)
