"""What fitting the growth law gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from activstats.errors import DomainError
from activstats.laws._estimators import LIKELIHOODS
from activstats.laws._growth_summary import describe
from activstats.laws._growth_views import draw, table_row
from activstats.laws._profile import inverse, profile
from activstats.laws.histogram import Histogram, histogram_of
from activstats.laws.prediction import Prediction, predict
from activstats.laws.rarefaction import rarefy
from activstats.laws.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from activstats.laws._gamma import FloatArray
    from activstats.laws._summary import Summary


def _read_histogram(content: dict[str, Any]) -> Histogram:
    pair = (np.asarray(content["values"]), np.asarray(content["multiplicities"]))
    if content["n_samples"] == 0:
        return Histogram(pair[0].astype(np.int64), pair[1].astype(np.int64), 0)
    return histogram_of(pair, content["n_samples"])


@dataclass(frozen=True, kw_only=True)
class GrowthLawResult(Result):
    """The growth law fitted to the counts of one layer.

    Parameters
    ----------
    histogram : Histogram
        The counts.
    b : float
        Constant of the activation process; ``inf`` if equal firing rates describe the counts best,
        nan if the status is not identifiable.
    b_low, b_high : float
        Interval for b at `level`; `b_high` may be infinite.
    bse : float
        Standard error of log b.
    log_likelihood : float
        At the best b, without the terms that do not depend on the law.
    misfit : float
        sup over D of |K_rarefied − K_law| / N for the exact law with the best b.
    misfit_mean_field, misfit_equal_rates : float
        The same for the published mean-field law with the same b, and for equal firing rates.

    Notes
    -----
    The remaining parameters are those of `Result`. Of a frozen network the fit says how unequal the
    firing rates are: fixed unequal rates and the reinforcement process give the same counts.
    """

    histogram: Histogram
    b: float = math.nan
    b_low: float = 0.0
    b_high: float = math.inf
    bse: float = math.nan
    log_likelihood: float = math.nan
    misfit: float = math.nan
    misfit_mean_field: float = math.nan
    misfit_equal_rates: float = math.nan

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "Histogram": _read_histogram,
    }

    @property
    def n_neurons(self) -> int:
        """Number of neurons of the layer, N."""
        return self.histogram.n_neurons

    @property
    def n_samples(self) -> int:
        """Samples seen, D."""
        return self.histogram.n_samples

    @property
    def c(self) -> float:
        """Mean number of neurons that one sample activates."""
        return self.histogram.c

    @property
    def k(self) -> int:
        """Neurons activated at least once, K(D)."""
        return self.histogram.k

    @property
    def steepest(self) -> float:
        """Samples N/c at which (1 + D/D*)^-b falls fastest in log D; infinite if nothing fired."""
        return self.n_neurons / self.c if self.c else math.inf

    @property
    def d_star(self) -> float:
        """The law's scale in samples, D* = bN/c."""
        return self.b * self.steepest

    @property
    def params(self) -> dict[str, float]:
        """The estimates b and d_star."""
        return {"b": self.b, "d_star": self.d_star}

    def interval(self, level: float | None = None) -> tuple[float, float]:
        """Return the ends of the interval for b, at the level of the fit or at another."""
        if level is None or level == self.level:
            return self.b_low, self.b_high
        if not 0 < level < 1:
            raise DomainError("this is no confidence level.", got=level, allowed="0 < level < 1")
        if math.isnan(self.log_likelihood):
            return 0.0, math.inf
        found = profile(LIKELIHOODS[self.method](self.histogram), level)
        return inverse(found.high), inverse(found.low)

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the intervals of b and D*, one row each.

        Parameters
        ----------
        level : float, optional
            Confidence level; that of the fit if left out.

        Returns
        -------
        DataFrame
            Index `b`, `d_star`; columns `low`, `high`. The interval of D* = bN/c carries the
            uncertainty of b alone.
        """
        import pandas as pd

        ends = self.interval(level)
        d_star = [b * self.steepest for b in ends] if self.c else [0.0, math.inf]
        return pd.DataFrame([ends, d_star], index=["b", "d_star"], columns=["low", "high"])

    def predict(self, n_samples: ArrayLike, level: float | None = None) -> Prediction:
        """Return the expected number of activated neurons after `n_samples` samples.

        Parameters
        ----------
        n_samples : array_like of int, shape (m,)
            Samples, fewer or more than were seen.
        level : float, optional
            Confidence level; that of the fit if left out.

        Returns
        -------
        Prediction
            The interval is that of b carried through the law. It does not cover the scatter of K
            itself, the uncertainty of c, neurons that fire together, nor a law that is wrong
            (see `misfit`).

        Raises
        ------
        InputError
            If there is no b.

        Examples
        --------
        >>> from activstats.laws.growth import GrowthLaw
        >>> result = GrowthLaw().fit([0, 0, 0, 1, 1, 2, 3, 5, 9, 30], n_samples=60)
        >>> result.predict(600).to_frame().round(1)
           n_samples    k  k_low  k_high
        0        600  8.4    5.6     9.8
        """
        ends = self.interval(level)
        return predict(self, n_samples, ends, self.level if level is None else level)

    def rarefied(self, grid: ArrayLike) -> FloatArray:
        """Return E[K(d)] of the counts themselves for each number of samples d in `grid`."""
        counts = self.histogram
        return rarefy(counts.values, counts.multiplicities, counts.n_samples, grid)

    def to_frame(self) -> pd.DataFrame:
        """Return the result as one row of a table, its provenance first."""
        return table_row(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw K(D): rarefied counts, exact law with its interval, and mean-field law."""
        return draw(self, ax)

    def _summary(self) -> Summary:
        return describe(self)
