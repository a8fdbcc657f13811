"""What the two-way variance gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scipy.special import stdtrit

from activstats.laws._checks import check_level
from activstats.laws._summary import Summary, grouped, significant
from activstats.laws.results import Result

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

# From here on the interval of the likelihood is misleading by more than a third of its width.
_NOTABLE = 1.5
# e to this power is about as large as a number can be.
_LARGEST_EXPONENT = 700.0


@dataclass(frozen=True, kw_only=True)
class TwoWay(Result):
    """The growth law's b with neurons and samples both taken as random.

    Parameters
    ----------
    b : float
        Estimate, that of the fit.
    b_low, b_high : float
        Interval at `level`, symmetric in log b; 0 and infinity where it cannot be had.
    se_log_b : float
        Standard error of log b.
    se_neurons, se_samples : float
        What neurons alone and samples beyond them add to it: se_log_b² = se_neurons² + se_samples².
    se_likelihood, b_low_likelihood, b_high_likelihood : float
        Standard error and interval of the fit, which takes neurons to be independent.
    n_samples, n_groups : int
        Samples, and independent groups of them.

    Notes
    -----
    The remaining parameters are those of `Result`.
    """

    b: float
    b_low: float = 0.0
    b_high: float = math.inf
    se_log_b: float = math.nan
    se_neurons: float = math.nan
    se_samples: float = math.nan
    se_likelihood: float = math.nan
    b_low_likelihood: float = 0.0
    b_high_likelihood: float = math.inf
    n_samples: int
    n_groups: int

    @property
    def params(self) -> dict[str, float]:
        """The estimate b."""
        return {"b": self.b}

    @property
    def bse(self) -> float:
        """Standard error of log b."""
        return self.se_log_b

    @property
    def inflation(self) -> float:
        """How many times larger the standard error is than that of the likelihood."""
        return self.se_log_b / self.se_likelihood if self.se_likelihood > 0 else math.nan

    def interval(self, level: float | None = None) -> tuple[float, float]:
        """Return the ends of the interval for b, at the level held or at another."""
        level = self.level if level is None else level
        check_level(level)
        if math.isnan(self.se_log_b):
            return 0.0, math.inf
        freedom = min(self.n_obs, self.n_groups) - 1
        reach = float(stdtrit(freedom, (1 + level) / 2)) * self.se_log_b
        return self.b * math.exp(-reach), self.b * math.exp(min(reach, _LARGEST_EXPONENT))

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the interval of b: index `b`, columns `low` and `high`."""
        import pandas as pd

        return pd.DataFrame([self.interval(level)], index=["b"], columns=["low", "high"])

    def to_frame(self) -> pd.DataFrame:
        """Return the result as one row of a table, its provenance first."""
        import pandas as pd

        simple = bool | int | float | str
        row: dict[str, Any] = {k: v for k, v in self.provenance.items() if isinstance(v, simple)}
        names = (
            "b", "b_low", "b_high", "bse", "level", "inflation", "se_neurons", "se_samples",
            "se_likelihood", "b_low_likelihood", "b_high_likelihood", "method", "reason", "n_obs",
            "n_samples", "n_groups",
        )  # fmt: skip
        row["status"] = self.status.value
        return pd.DataFrame([row | {name: getattr(self, name) for name in names}])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the interval beside that of the likelihood."""
        from activstats.figures.intervals import Interval, interval_rows

        shown = "" if math.isfinite(self.b) else str(self.status)
        ends = {
            "likelihood: neurons independent": (self.b_low_likelihood, self.b_high_likelihood),
            "two-way: neurons fire together": (self.b_low, self.b_high),
        }
        rows = [Interval("", name, self.b, *pair, shown) for name, pair in ends.items()]
        return interval_rows(rows, xlabel=f"constant b, {100 * self.level:g} % interval", ax=ax)

    def _summary(self) -> Summary:
        numbers = (("N", grouped(self.n_obs)), ("D", grouped(self.n_samples)))
        known = [
            (name, str(self.provenance[name]))
            for name in ("layer", "rule")
            if name in self.provenance
        ]
        more = (("groups", grouped(self.n_groups)),) if self.n_groups < self.n_samples else ()
        lines = (tuple(known), (*numbers, *more), (("status", str(self.status)),))
        return Summary(
            title="Two-way (neurons × samples) error of b",
            facts=tuple(line for line in lines if line),
            columns=("estimate", f"{self.level * 100:g} % interval", "SE(log)"),
            rows=(
                _row("two-way", self.b, (self.b_low, self.b_high), self.se_log_b),
                _row(
                    "likelihood",
                    self.b,
                    (self.b_low_likelihood, self.b_high_likelihood),
                    self.se_likelihood,
                ),
            ),
            measures=(
                ("SE of neurons", significant(self.se_neurons)),
                ("SE of samples", significant(self.se_samples)),
                ("inflation", significant(self.inflation)),
            ),
            notes=tuple(n[0].upper() + n[1:] + "." for n in self._notes() if n),
        )

    def _notes(self) -> tuple[str, ...]:
        told = (self.reason, *self.warnings)
        if self.inflation > _NOTABLE:
            told += ("neurons fire together: the interval of the likelihood is too narrow",)
        return told


def _row(label: str, b: float, ends: tuple[float, float], se: float) -> tuple[str, ...]:
    interval = f"[{significant(ends[0])}, {significant(ends[1])}]"
    return label, significant(b), interval, significant(se)
