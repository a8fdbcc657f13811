"""What the test of the growth law gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from activstats.laws import _goodness_views as views
from activstats.laws.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws._summary import Summary


@dataclass(frozen=True, kw_only=True)
class GoodnessOfFit(Result):
    """How far the growth law is from the counts, and how often chance gives as much.

    Parameters
    ----------
    n_samples : int
        Samples seen, D.
    b : float
        Constant of the law tested.
    dead_share : float
        Share of dead neurons of the law tested; 0 for a law without.
    misfit : float
        sup over D of |K_rarefied − K_law| / N: the effect size.
    cramer_von_mises : float
        Cramér–von Mises statistic W² of the counts.
    pvalue_misfit, pvalue_cramer_von_mises : float
        Their p-values; the least possible is 1 / (B + 1).
    misfit_draws, cramer_von_mises_draws : tuple of float, B numbers
        The same two of layers drawn from the law, each with its refit.

    Notes
    -----
    The remaining parameters are those of `Result`; `n_obs` is the number of neurons. Neurons are
    drawn independently of each other; where they fire together, p-values come out too small.
    """

    n_samples: int = 0
    b: float = math.nan
    dead_share: float = 0.0
    misfit: float = math.nan
    cramer_von_mises: float = math.nan
    pvalue_misfit: float = math.nan
    pvalue_cramer_von_mises: float = math.nan
    misfit_draws: tuple[float, ...] = ()
    cramer_von_mises_draws: tuple[float, ...] = ()

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "tuple[float, ...]": lambda numbers: tuple(float(number) for number in numbers),
    }

    @property
    def n_boot(self) -> int:
        """Number of layers drawn, B."""
        return len(self.misfit_draws)

    @property
    def params(self) -> dict[str, float]:
        """The two distances and their p-values."""
        names = ("misfit", "cramer_von_mises", "pvalue_misfit", "pvalue_cramer_von_mises")
        return {name: getattr(self, name) for name in names}

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return what chance alone gives of the distances, and the Monte Carlo error of p.

        Parameters
        ----------
        level : float, optional
            Share of the draws between the ends, and confidence level for p; that of the fit if
            left out.

        Returns
        -------
        DataFrame
            A row for each of `params`; columns `low`, `high`. For the p-values the exact binomial
            interval (Clopper & Pearson 1934, Biometrika 26, 404) from B draws.
        """
        return views.intervals(self, self.level if level is None else level)

    def to_frame(self) -> pd.DataFrame:
        """Return the result as one row of a table, its provenance first."""
        return views.table_row(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the misfits that chance gives and the one measured."""
        from activstats.figures.goodness import chance_histogram

        return chance_histogram(self.misfit_draws, self.misfit, p=self.pvalue_misfit, ax=ax)

    def _summary(self) -> Summary:
        return views.describe(self)
