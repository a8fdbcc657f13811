"""What the comparison of a transition with its prediction gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from activstats.laws._checks import check_level
from activstats.laws.loss._agreement_views import draw, table_row
from activstats.laws.loss._agreement_words import describe, sentence
from activstats.laws.loss.agreement_numbers import AgreementNumbers, ratio_with_ends

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws._summary import Summary


@dataclass(frozen=True, kw_only=True)
class TransitionAgreement(AgreementNumbers):
    """D* and exponent of a loss curve beside bN/c and b of recordings.

    Parameters
    ----------
    transition : LossTransitionResult
        The transition of the losses.
    predicted : PredictedTransition
        What the recordings predict.
    margin : float
        Factor within which D* counts as the predicted one.
    answer : {"agrees", "differs", "cannot tell"}
        Whether it does: ``agrees`` means within the margin, ``reason`` says what of.
    ratio, ratio_low, ratio_high : float
        D* of the losses over bN/c, with its interval; nan without a transition.
    b_ratio, b_ratio_low, b_ratio_high : float
        Exponent of the losses over b of the recordings, likewise.
    location_statistic, location_df, location_pvalue : float
        F(1, df) test that D* is the predicted one, whatever the exponent; nan where nothing could
        be fitted.
    joint_statistic, joint_df, joint_pvalue : float
        F(2, df) test that D* and exponent both are; nan where s = 1 is rejected.

    Notes
    -----
    The remaining parameters are those of `Result`; `n_obs` is the number of runs.
    """

    @property
    def d_star(self) -> float:
        """D* of the losses; nan without a transition."""
        return self.transition.d_star if self.transition.found else float("nan")

    @property
    def d_star_predicted(self) -> float:
        """The prediction bN/c of the recordings."""
        return self.predicted.d_star

    @property
    def sentence(self) -> str:
        """The answer in one sentence."""
        return sentence(self)

    @property
    def params(self) -> dict[str, float]:
        """D* of the losses and of the recordings, and the ratios of D* and of b."""
        names = ("d_star", "d_star_predicted", "ratio", "b_ratio")
        return {name: getattr(self, name) for name in names}

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the intervals of `params`, columns `low` and `high`."""
        import pandas as pd

        level = self.level if level is None else level
        check_level(level)
        ends = ratio_with_ends(self.transition, self.predicted, level)
        of_losses = self.transition.conf_int(level)
        rows = {
            "d_star": (of_losses["low"]["d_star"], of_losses["high"]["d_star"]),
            "d_star_predicted": self.predicted.interval(level),
            "ratio": ends["d_star"][1:],
            "b_ratio": ends["b"][1:],
        }
        return pd.DataFrame.from_dict(rows, orient="index", columns=["low", "high"], dtype=float)

    def to_frame(self) -> pd.DataFrame:
        """Return the result as one row of a table, its provenance first."""
        return table_row(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw runs, crossover and D*, and the predicted bN/c with its interval."""
        return draw(self, ax)

    def _summary(self) -> Summary:
        return describe(self)
