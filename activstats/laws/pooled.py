"""What pooling several values of b gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy.special import ndtri

from activstats.laws._pooled_views import describe, draw, group_rows, overall_row, result_rows
from activstats.laws._pooled_words import finding, finding_between
from activstats.laws.between_groups import Between
from activstats.laws.poolable import LeftOut
from activstats.laws.random_effects import RandomEffects, random_effects
from activstats.laws.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws._gamma import FloatArray
    from activstats.laws._summary import Summary

_WHOLE = ("k", "df", "df_residual")


def _numbers(content: dict[str, Any]) -> dict[str, Any]:
    # Infinite and undefined numbers stand in JSON as text.
    return {name: int(x) if name in _WHOLE else float(x) for name, x in content.items()}


def _read_effects(content: dict[str, Any]) -> RandomEffects:
    return RandomEffects(**_numbers(content))


@dataclass(frozen=True, kw_only=True)
class Pooled(Result):
    """One b for several results, and how much their true values differ.

    Parameters
    ----------
    labels : tuple of str
        The results pooled, k of them.
    log_b, se : tuple of float
        Their log b and its standard error.
    by : tuple of str
        What the groups are made of; empty without groups.
    group_of : tuple of int
        Group of each result.
    group_names : tuple of str
        Names of the groups.
    overall : RandomEffects
        All results pooled, on the scale of log b.
    groups : tuple of RandomEffects
        The results of each group pooled.
    between : Between or None
        Test of whether the groups differ.
    left_out : tuple of LeftOut
        Results that could not be pooled, each with the reason.
    tau_method, interval_method : str
        Estimator of tau² and interval of the mean, see `random_effects`.

    Notes
    -----
    The remaining parameters are those of `Result`; `n_obs` is the number of results pooled.
    """

    labels: tuple[str, ...]
    log_b: tuple[float, ...]
    se: tuple[float, ...]
    by: tuple[str, ...]
    group_of: tuple[int, ...]
    group_names: tuple[str, ...]
    overall: RandomEffects
    groups: tuple[RandomEffects, ...]
    between: Between | None
    left_out: tuple[LeftOut, ...]
    tau_method: str
    interval_method: str

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "tuple[float, ...]": lambda content: tuple(map(float, content)),
        "tuple[int, ...]": lambda content: tuple(map(int, content)),
        "RandomEffects": _read_effects,
        "tuple[RandomEffects, ...]": lambda content: tuple(map(_read_effects, content)),
        "Between | None": lambda content: content and Between(**_numbers(content)),
        "tuple[LeftOut, ...]": lambda content: tuple(LeftOut(**one) for one in content),
    }

    @property
    def b(self) -> float:
        """The pooled constant."""
        return self._exp(self.overall.mean)

    @property
    def b_low(self) -> float:
        """Lower end of its interval."""
        return self._exp(self.overall.low)

    @property
    def b_high(self) -> float:
        """Upper end of its interval."""
        return self._exp(self.overall.high)

    @property
    def bse(self) -> float:
        """Standard error of its logarithm."""
        return self.overall.se

    @property
    def prediction(self) -> tuple[float, float]:
        """Where the true b of a new layer or run is expected, at the level; nan for k < 3."""
        return self._exp(self.overall.predicted_low), self._exp(self.overall.predicted_high)

    @property
    def params(self) -> dict[str, float]:
        """The estimates b, tau2 and i2."""
        return {"b": self.b, "tau2": self.overall.tau2, "i2": self.overall.i2}

    @property
    def weights(self) -> tuple[float, ...]:
        """Share of each result in the pooled mean."""
        tau2 = 0.0 if math.isnan(self.overall.tau2) else self.overall.tau2
        raw = 1 / (np.square(self.se) + tau2)
        return tuple(float(w) for w in raw / raw.sum())

    @property
    def intervals(self) -> tuple[FloatArray, FloatArray]:
        """Normal intervals of log b of the results themselves, lower and upper ends."""
        reach = float(ndtri((1 + self.level) / 2)) * np.asarray(self.se, dtype=np.float64)
        return np.asarray(self.log_b) - reach, np.asarray(self.log_b) + reach

    @property
    def findings(self) -> tuple[str, ...]:
        """Whether b is one constant, and one between groups, in words."""
        between = finding_between(self.between, self.by, len(self.groups), self.level)
        return finding(self.overall, self.level), between

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the intervals of b, of a new result's b (`prediction`), of tau2 and of i2.

        Parameters
        ----------
        level : float, optional
            Confidence level; that of the pooling if left out.

        Returns
        -------
        DataFrame
            Index `b`, `prediction`, `tau2`, `i2`; columns `low`, `high`.
        """
        import pandas as pd

        found = self.overall
        if level is not None and level != self.level:
            how = {"method": self.tau_method, "interval": self.interval_method}
            effects, variances = np.asarray(self.log_b), np.square(self.se)
            found = random_effects(effects, variances, level=level, **how)
        rows = [
            (self._exp(found.low), self._exp(found.high)),
            (self._exp(found.predicted_low), self._exp(found.predicted_high)),
            (found.tau2_low, found.tau2_high),
            (found.i2_low, found.i2_high),
        ]
        return pd.DataFrame(rows, index=["b", "prediction", "tau2", "i2"], columns=["low", "high"])

    def to_frame(self) -> pd.DataFrame:
        """Return the pooled numbers as one row of a table."""
        return overall_row(self)

    def groups_frame(self) -> pd.DataFrame:
        """Return one row for each group, empty without groups."""
        return group_rows(self)

    def results_frame(self) -> pd.DataFrame:
        """Return one row for each result with its weight; last those left out, with the reason."""
        return result_rows(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the forest plot: each result, the pooled b, and where a new one is expected."""
        return draw(self, ax)

    def _summary(self) -> Summary:
        return describe(self)

    @staticmethod
    def _exp(x: float) -> float:
        with np.errstate(over="ignore"):
            return float(np.exp(x))
