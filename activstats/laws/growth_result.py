"""What fitting the growth law gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from activstats.errors import InputError
from activstats.laws._checks import check_level
from activstats.laws._estimate import Observed
from activstats.laws._estimators import HAZARD, interval_of
from activstats.laws._growth_numbers import GrowthNumbers
from activstats.laws._growth_summary import describe
from activstats.laws._growth_views import draw, draw_hazard, table_row
from activstats.laws.identifiability import what_hides_b
from activstats.laws.prediction import Prediction, predict
from activstats.laws.rarefaction import rarefy
from activstats.laws.rarefaction_covariance import Rarefaction, rarefaction

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from activstats.laws._gamma import FloatArray
    from activstats.laws._summary import Summary
    from activstats.laws.bits import HasBits
    from activstats.laws.comparison import LawComparison
    from activstats.laws.goodness import GoodnessOfFit
    from activstats.laws.two_way import TwoWay


@dataclass(frozen=True, kw_only=True)
class GrowthLawResult(GrowthNumbers):
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
    n_live : float, optional
        Neurons that could fire, where the estimator tells them from dead ones.
    dead_share, dead_low, dead_high : float, optional
        Share of the neurons that cannot fire, with its interval, by the zero-inflated likelihood.
    dead_pvalue : float, optional
        Of the test that there are none: likelihood ratio on the boundary, half chi-square of 1.
    arrivals : Histogram, optional
        Samples seen before each first activation, which the hazard was fitted to.

    Notes
    -----
    The remaining parameters are those of `Result`. Of a frozen network the fit says how unequal the
    firing rates are: fixed unequal rates and the reinforcement process give the same counts.
    """

    def interval(self, level: float | None = None) -> tuple[float, float]:
        """Return the ends of the interval for b, at the level of the fit or at another."""
        if level is None or level == self.level:
            return self.b_low, self.b_high
        check_level(level)
        if what_hides_b(self.histogram):
            return 0.0, math.inf
        return interval_of(self.method, Observed(self.histogram, self.arrivals), level)

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
        """Predict how many neurons of this layer `n_samples` samples activate.

        Parameters
        ----------
        n_samples : array_like of int, shape (m,)
            Samples: up to D, a fresh set of so many; beyond D, all in all, those seen included.
        level : float, optional
            Confidence level; that of the fit if left out.

        Returns
        -------
        Prediction
            With an interval for the number itself, warnings and what the interval leaves out; see
            `activstats.laws.prediction.predict`.

        Raises
        ------
        InputError
            If there is no b to predict with.

        Examples
        --------
        >>> from activstats.laws.growth import GrowthLaw
        >>> result = GrowthLaw().fit([0, 0, 0, 1, 1, 2, 3, 5, 9, 30], n_samples=60)
        >>> result.predict(600).to_frame().round(1)
           n_samples    k  k_low  k_high
        0        600  8.7    7.0    10.0
        """
        return predict(self, n_samples, self.level if level is None else level)

    def expected(self, n_samples: ArrayLike, level: float | None = None) -> Prediction:
        """Return the law's curve itself, with b at the ends of its interval.

        Parameters
        ----------
        n_samples, level
            As in `predict`.

        Returns
        -------
        Prediction
            Expected numbers with an interval that carries the uncertainty of b alone.
        """
        if math.isnan(self.b):
            raise InputError("there is no b to draw a curve with.", got=self.reason)
        low, high = (self.curve.with_b(b, self.k, self.n_samples) for b in self.interval(level))
        k, k_low, k_high = (curve.expected(n_samples) for curve in (self.curve, low, high))
        used = self.level if level is None else level
        return Prediction(np.asarray(n_samples), k, k_low, k_high, used)

    def rarefied(self, grid: ArrayLike) -> FloatArray:
        """Return E[K(d)] of the counts themselves for each number of samples d in `grid`."""
        counts = self.histogram
        return rarefy(counts.values, counts.multiplicities, counts.n_samples, grid)

    def rarefaction(self, grid: ArrayLike, level: float | None = None) -> Rarefaction:
        """Return the rarefied curve with its covariance and intervals."""
        return rarefaction(self.histogram, grid, level=self.level if level is None else level)

    def goodness_of_fit(
        self, n_boot: int = 999, rng: np.random.Generator | int | None = None
    ) -> GoodnessOfFit:
        """Test the law by a parametric bootstrap with refit; see `laws.goodness`."""
        from activstats.laws.goodness import goodness_of_fit

        return goodness_of_fit(self, n_boot, rng)

    def compare(self) -> LawComparison:
        """Compare the law with others by the likelihood of the counts; see `laws.comparison`."""
        from activstats.laws.comparison import compare_laws

        return compare_laws(self.histogram)

    def two_way(self, mask: HasBits) -> TwoWay:
        """Return the interval for b where neurons fire together; see `laws.two_way`."""
        from activstats.laws.two_way import two_way

        return two_way(self, mask)

    def plot_hazard(self, ax: Axes | None = None) -> Axes:
        """Draw (N − K)/new against n with the fitted line, the diagnostic of the hazard."""
        if self.method != HAZARD:
            raise InputError(
                "only the hazard has a plot of first activations.",
                got=self.method,
                hint='GrowthLaw(method="hazard").fit(counts).plot_hazard()',
            )
        return draw_hazard(self, ax)

    def to_frame(self) -> pd.DataFrame:
        """Return the result as one row of a table, its provenance first."""
        return table_row(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw K(D): rarefied counts, exact law with its interval, and mean-field law."""
        return draw(self, ax)

    def _summary(self) -> Summary:
        return describe(self)
