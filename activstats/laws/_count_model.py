"""What the results of all models of counts have in common: estimates, a summary, a picture."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Self

import numpy as np
from scipy.special import ndtri

from activstats.laws._checks import check_level
from activstats.laws._counted import CountedResult
from activstats.laws._summary import Summary, grouped, significant
from activstats.laws.misfit import log_grid
from activstats.laws.rarefaction import rarefy

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from activstats.laws._gamma import FloatArray

# As many circles as stand apart in the picture.
_POINTS = 40


class Estimate(NamedTuple):
    """A number with its interval; `error` is the standard error of its logarithm."""

    name: str
    value: float
    low: float
    high: float
    error: float = math.nan


def normal_quantile(level: float) -> float:
    """Return how many standard errors an interval reaches to either side."""
    return float(ndtri((1 + level) / 2))


def sentence(words: str) -> str:
    """Return words as a sentence."""
    return words[:1].upper() + words[1:] + "." if words else ""


@dataclass(frozen=True, kw_only=True)
class CountModelFit(CountedResult):
    """Base of the results of models of counts.

    Parameters
    ----------
    log_likelihood : float
        At the best parameters, without the binomial coefficients.
    """

    log_likelihood: float = math.nan

    title: ClassVar[str]

    @property
    @abstractmethod
    def estimates(self) -> tuple[Estimate, ...]:
        """Estimates with their intervals."""

    @abstractmethod
    def expected_activated(self, n_samples: ArrayLike) -> FloatArray:
        """Return the expected number of neurons activated at least once in `n_samples` samples."""

    @abstractmethod
    def _at_level(self, level: float) -> Self:
        """Return the fit with intervals of another level."""

    @property
    def measures(self) -> tuple[tuple[str, str], ...]:
        """What the summary says of the fit below its estimates."""
        return (("log-likelihood", significant(self.log_likelihood, 7)),)

    @property
    def params(self) -> dict[str, float]:
        """Estimates by name."""
        return {one.name: one.value for one in self.estimates}

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the intervals, a row for each estimate, columns `low` and `high`."""
        import pandas as pd

        if level is not None and level != self.level:
            check_level(level)
            return self._at_level(level).conf_int()
        rows = {one.name: (one.low, one.high) for one in self.estimates}
        return pd.DataFrame.from_dict(rows, orient="index", columns=["low", "high"])

    def to_frame(self) -> pd.DataFrame:
        """Return the result as one row of a table, its provenance first."""
        import pandas as pd

        row = {k: v for k, v in self.provenance.items() if isinstance(v, bool | int | float | str)}
        row |= {"status": self.status.value, "method": self.method, "level": self.level}
        for one in self.estimates:
            ends = {f"{one.name}_low": one.low, f"{one.name}_high": one.high}
            row |= {one.name: one.value, **ends}
        names = ("log_likelihood", "n_neurons", "n_samples", "k", "c", "reason")
        return pd.DataFrame([row | {name: getattr(self, name) for name in names}])

    def rarefied(self, grid: ArrayLike) -> FloatArray:
        """Return E[K(d)] of the counts themselves for each number of samples d in `grid`."""
        counts = self.histogram
        return rarefy(counts.values, counts.multiplicities, counts.n_samples, grid)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw K(D): rarefied counts and what the model expects."""
        from activstats.figures.growth import growth_curves

        grid = log_grid(max(self.n_samples, 1), _POINTS)
        seen = self.rarefied(grid) if self.n_samples else np.zeros(grid.size)
        law = self.expected_activated(grid) if not math.isnan(self._first) else None
        axes = growth_curves(grid, seen, exact=law, n_neurons=self.n_neurons, ax=ax)
        axes.set_title(self.title, fontsize=10)
        return axes

    @property
    def _first(self) -> float:
        return self.estimates[0].value

    def _summary(self) -> Summary:
        numbers = (
            ("N", grouped(self.n_neurons)),
            ("D", grouped(self.n_samples)),
            ("c/N", significant(self.c / self.n_neurons)),
        )
        names = [(n, str(self.provenance[n])) for n in ("layer", "rule") if n in self.provenance]
        facts = (tuple(names), numbers, (("K", grouped(self.k)), ("status", str(self.status))))
        rows = [
            (e.name, significant(e.value), _interval(e), significant(e.error))
            for e in self.estimates
        ]
        return Summary(
            title=self.title,
            facts=tuple(line for line in facts if line),
            columns=("estimate", f"{self.level * 100:g} % interval", "SE(log)"),
            rows=tuple(rows),
            measures=self.measures,
            notes=tuple(sentence(words) for words in (self.reason, *self.warnings) if words),
        )


def _interval(estimate: Estimate) -> str:
    return f"[{significant(estimate.low)}, {significant(estimate.high)}]"
