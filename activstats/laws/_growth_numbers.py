"""The numbers that a fit of the growth law found, and what follows from them at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from activstats.laws._counted import CountedResult, read_histogram
from activstats.laws._estimators import MEAN_FIELD_CURVE
from activstats.laws._fitted_curve import FittedCurve
from activstats.laws.histogram import Histogram

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, kw_only=True)
class GrowthNumbers(CountedResult):
    """Estimates and counts of a fitted growth law; see `GrowthLawResult` for the parameters."""

    b: float = math.nan
    b_low: float = 0.0
    b_high: float = math.inf
    bse: float = math.nan
    log_likelihood: float = math.nan
    misfit: float = math.nan
    misfit_mean_field: float = math.nan
    misfit_equal_rates: float = math.nan
    n_live: float | None = None
    dead_share: float | None = None
    dead_low: float | None = None
    dead_high: float | None = None
    dead_pvalue: float | None = None
    arrivals: Histogram | None = None

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **CountedResult._readers,  # noqa: SLF001  (a class extends what its base reads)
        "float | None": lambda content: None if content is None else float(content),
        "Histogram | None": lambda content: None if content is None else read_histogram(content),
    }

    @property
    def could_fire(self) -> float:
        """Neurons that could fire: `n_live` where that was estimated, all of them otherwise."""
        return self.n_neurons if self.n_live is None else self.n_live

    @property
    def curve(self) -> FittedCurve:
        """The fitted law as a curve."""
        law = "mean-field" if self.method == MEAN_FIELD_CURVE else "exact"
        most = math.nan if self.n_live is None else max(self.n_live, float(self.n_neurons))
        return FittedCurve(self.could_fire, self.b, self.c, law, most)

    @property
    def steepest(self) -> float:
        """Samples N/c at which (1 + D/D*)^-b falls fastest in log D; infinite if nothing fired."""
        return self.could_fire / self.c if self.c else math.inf

    @property
    def d_star(self) -> float:
        """The law's scale in samples, D* = bN/c."""
        return self.b * self.steepest

    @property
    def params(self) -> dict[str, float]:
        """The estimates b and d_star."""
        return {"b": self.b, "d_star": self.d_star}
