"""What the scaling of transitions over widths gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from activstats.laws._checks import check_level
from activstats.laws.loss._scaling_answer import case_of_c
from activstats.laws.loss._scaling_views import draw, table_row, width_rows
from activstats.laws.loss._scaling_words import describe, notes, sentence
from activstats.laws.loss.meta_slope import MetaSlope
from activstats.laws.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws._summary import Summary


@dataclass(frozen=True, kw_only=True)
class TransitionScaling(Result):
    """How the scale D* of the loss goes with the width N, and what recordings predict.

    Parameters
    ----------
    margin : float
        How far gamma may lie from the predicted slope and count as it.
    n_neurons, d_star, d_star_low, d_star_high : tuple of float
        Widths that show a transition, D* of each by itself, and its interval.
    left_out : tuple of str
        Widths without a transition.
    answer : {"agrees", "differs", "cannot tell"}
        Whether gamma is the predicted slope, within the margin.
    gamma, gamma_low, gamma_high, gamma_se : float
        Slope of ln D* over ln N with its interval and standard error; nan for fewer than two widths.
    df, tau : float
        Degrees of freedom behind the interval, and the scatter of ln D* between widths.
    log_d_star, log_d_star_se : tuple of float
        ln D* of each width as the line takes it, with its standard error.
    line_level, line_level_se, line_centre : float
        Height of the line, its error, and the ln N at which that is independent of the slope's.
    shared_b, shared_b_pvalue : float
        The exponent of all crossovers, nan where each has its own; F test that they are alike.
    one_pvalue : float
        Of the test that gamma is 1.
    excess, excess_low, excess_high, predicted_pvalue : float
        Slope of ln D* − ln(N/c) over ln N, which is gamma less the slope predicted with one b, its
        interval, and p of the test that it is 0; nan without recordings of two widths.
    predicted_n, predicted_d_star, predicted_low, predicted_high : tuple of float
        Widths with recordings, their bN/c, and its interval.
    c_slope, c_slope_low, c_slope_high, b_slope, b_slope_low, b_slope_high : float
        Slopes of ln c and ln b of the recordings over ln N; nan for fewer than two widths.

    Notes
    -----
    The remaining parameters are those of `Result`; `n_obs` is the number of widths that show a
    transition.
    """

    margin: float
    n_neurons: tuple[float, ...] = ()
    d_star: tuple[float, ...] = ()
    d_star_low: tuple[float, ...] = ()
    d_star_high: tuple[float, ...] = ()
    left_out: tuple[str, ...] = ()
    answer: str = "cannot tell"
    gamma: float = math.nan
    gamma_low: float = math.nan
    gamma_high: float = math.nan
    gamma_se: float = math.nan
    df: float = math.nan
    tau: float = math.nan
    log_d_star: tuple[float, ...] = ()
    log_d_star_se: tuple[float, ...] = ()
    line_level: float = math.nan
    line_level_se: float = math.nan
    line_centre: float = math.nan
    shared_b: float = math.nan
    shared_b_pvalue: float = math.nan
    one_pvalue: float = math.nan
    excess: float = math.nan
    excess_low: float = math.nan
    excess_high: float = math.nan
    predicted_pvalue: float = math.nan
    predicted_n: tuple[float, ...] = ()
    predicted_d_star: tuple[float, ...] = ()
    predicted_low: tuple[float, ...] = ()
    predicted_high: tuple[float, ...] = ()
    c_slope: float = math.nan
    c_slope_low: float = math.nan
    c_slope_high: float = math.nan
    b_slope: float = math.nan
    b_slope_low: float = math.nan
    b_slope_high: float = math.nan

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "tuple[float, ...]": lambda content: tuple(map(float, content)),
    }

    @property
    def predicted_slope(self) -> float:
        """Slope of ln D* over ln N by the theory with one b: 1 − slope of ln c."""
        return 1 - self.c_slope

    @property
    def case_of_c(self) -> str:
        """What c does as N grows, and what the theory then says of the threshold, in words."""
        return case_of_c(self.c_slope)

    @property
    def line(self) -> MetaSlope:
        """The line through ln D*."""
        return MetaSlope(
            self.gamma, self.gamma_se, self.df, self.line_level, self.line_level_se,
            self.line_centre, self.tau,
        )  # fmt: skip

    @property
    def sentence(self) -> str:
        """The answer in one sentence."""
        return sentence(self)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know, in phrases."""
        return notes(self)

    @property
    def params(self) -> dict[str, float]:
        """Gamma, the slope predicted, and those of c and b that it rests on."""
        names = ("gamma", "predicted_slope", "c_slope", "b_slope")
        return {name: getattr(self, name) for name in names}

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the intervals of gamma, the predicted slope, and the slopes of c and b.

        Only gamma's can be had at another level than that of the fit; the others are then nan, as
        they are for two widths whose c is known.
        """
        import pandas as pd

        own = level is None or level == self.level
        rows = {
            "gamma": (self.gamma_low, self.gamma_high),
            "predicted_slope": (1 - self.c_slope_high, 1 - self.c_slope_low),
            "c_slope": (self.c_slope_low, self.c_slope_high),
            "b_slope": (self.b_slope_low, self.b_slope_high),
        }
        if level is not None and not own:
            check_level(level)
            rows = dict.fromkeys(rows, (math.nan, math.nan)) | {"gamma": self.line.interval(level)}
        return pd.DataFrame.from_dict(rows, orient="index", columns=["low", "high"], dtype=float)

    def band(self, n_neurons: object) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the line through D*, in samples, and its pointwise interval at widths N."""
        z = np.log(np.asarray(n_neurons, dtype=np.float64))
        line, low, high = self.line.band(z, self.level)
        with np.errstate(over="ignore"):
            return np.exp(line), np.exp(low), np.exp(high)

    def to_frame(self) -> pd.DataFrame:
        """Return the result as one row of a table, its provenance first."""
        return table_row(self)

    def widths_frame(self) -> pd.DataFrame:
        """Return a row for each width: D* of the losses and bN/c of the recordings."""
        return width_rows(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw D* and bN/c over N with the line, its band and a guide of slope 1."""
        return draw(self, ax)

    def _summary(self) -> Summary:
        return describe(self)
