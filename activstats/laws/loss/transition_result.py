"""What the transition test gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from activstats.errors import DomainError, InputError
from activstats.laws.loss._transition_views import draw, table_row
from activstats.laws.loss._transition_words import describe
from activstats.laws.loss.alternatives import Alternative, alternatives
from activstats.laws.loss.families import CROSSOVER, SHARP_CROSSOVER
from activstats.laws.loss.family_fit import FamilyFit
from activstats.laws.loss.fit import fit_family, refit
from activstats.laws.loss.profile import profile_interval
from activstats.laws.loss.transition_numbers import TransitionNumbers

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws._summary import Summary


@dataclass(frozen=True, kw_only=True)
class LossTransitionResult(TransitionNumbers):
    """The transition of a loss curve.

    Parameters
    ----------
    answer : {"transition", "no transition", "cannot tell"}
        Whether there is a transition that these sizes can place.
    curve : LossCurve
        The losses.

    Notes
    -----
    The remaining parameters are those of `Result` and, with every number of the test and the fit,
    of `TransitionNumbers`; `n_obs` is the number of runs.
    """

    @property
    def params(self) -> dict[str, float]:
        """Estimates of the reported crossover."""
        names = ("d_star", "b", "sharpness", "loss_opt", "drop")
        return {name: getattr(self, name) for name in names}

    @property
    def bse(self) -> dict[str, float]:
        """Standard errors: of ln D* and ln b, and of the two loss levels."""
        names = ("d_star_se_log", "b_se_log", "loss_opt_se", "drop_se")
        keys = ("log d_star", "log b", "loss_opt", "drop")
        return {key: getattr(self, name) for key, name in zip(keys, names, strict=True)}

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the intervals of D*, b and s, one row each.

        Parameters
        ----------
        level : float, optional
            Confidence level; that of the fit if left out.

        Returns
        -------
        DataFrame
            Index `d_star`, `b`, `sharpness`; columns `low`, `high`; ends are 0 or infinite where an
            interval is open.
        """
        import pandas as pd

        names = ("d_star", "b", "sharpness")
        if level is None or level == self.level:
            ends = [(getattr(self, f"{n}_low"), getattr(self, f"{n}_high")) for n in names]
        elif not 0 < level < 1:
            raise DomainError("this is no confidence level.", got=level, allowed="0 < level < 1")
        elif self._reported is None:
            ends = [(0.0, math.inf)] * len(names)
        else:
            fits = (self._reported, self._reported, self._sharp)
            ends = [profile_interval(f, n, level) for f, n in zip(fits, names, strict=True)]
        return pd.DataFrame(ends, index=list(names), columns=["low", "high"], dtype=float)

    def alternatives(self) -> tuple[Alternative, ...]:
        """Return how well every family of curves describes these losses, best first.

        Raises
        ------
        InputError
            If there are too few sizes to fit any.
        """
        if self._reported is None:
            raise InputError("there is nothing to compare.", got=self.reason)
        return alternatives(self.curve, noise=self.noise, robust=self.robust)

    def to_frame(self) -> pd.DataFrame:
        """Return the result as one row of a table, its provenance first."""
        return table_row(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the runs, the crossover with its band, D* with its interval and the steepest point."""
        return draw(self, self._reported, ax)

    def _summary(self) -> Summary:
        return describe(self)

    @cached_property
    def _smooth(self) -> FamilyFit | None:
        """The crossover with s = 1 once more; what was fitted is not kept, as it cannot travel."""
        if math.isnan(self.statistic):
            return None
        return fit_family(CROSSOVER, self.curve, noise=self.noise, robust=self.robust)

    @cached_property
    def _sharp(self) -> FamilyFit:
        assert self._smooth is not None  # asked for only where there is a fit
        return refit(SHARP_CROSSOVER, self._smooth)

    @cached_property
    def _reported(self) -> FamilyFit | None:
        return self._sharp if self._smooth and self.form_contradicted else self._smooth
