"""What fitting the decay of a loss curve gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from activstats.errors import InputError
from activstats.laws._checks import check_level
from activstats.laws.loss import _decay_views as views
from activstats.laws.loss._decay_levels import level_ends
from activstats.laws.loss._decay_words import describe
from activstats.laws.loss.choice import choose_curve
from activstats.laws.loss.choice_result import CurveChoice
from activstats.laws.loss.decay_numbers import DecayNumbers
from activstats.laws.loss.decay_prediction import LossPrediction, predict
from activstats.laws.loss.families import POWER_LAW
from activstats.laws.loss.family_fit import FamilyFit
from activstats.laws.loss.fit import fit_family
from activstats.laws.loss.local_exponent import local_exponent
from activstats.laws.loss.local_exponent_result import LocalExponent
from activstats.laws.loss.profile import profile_interval

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from activstats.laws._summary import Summary

_NAMES = ("beta", "loss_opt", "amplitude")
_OPEN = {"beta": (0.0, math.inf), "loss_opt": (-math.inf, math.inf), "amplitude": (0.0, math.inf)}


@dataclass(frozen=True, kw_only=True)
class LossDecayResult(DecayNumbers):
    """The power law L = L_inf + A · D^−beta of a loss curve.

    Parameters
    ----------
    curve : LossCurve
        The losses.
    beta, beta_low, beta_high : float
        Exponent and its interval.

    Notes
    -----
    The remaining parameters are those of `Result` and, with every number of the fit, of
    `DecayNumbers`; `n_obs` is the number of runs.
    """

    @property
    def params(self) -> dict[str, float]:
        """Estimates of beta, L_inf and A."""
        return {name: getattr(self, name) for name in _NAMES}

    @property
    def bse(self) -> dict[str, float]:
        """Standard errors of beta and L_inf, and of ln A."""
        errors = (self.beta_se, self.loss_opt_se, self.amplitude_se_log)
        return dict(zip(("beta", "loss_opt", "log amplitude"), errors, strict=True))

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the profile intervals of beta, L_inf and A, one row each.

        Parameters
        ----------
        level : float, optional
            Confidence level; that of the fit if left out.

        Returns
        -------
        DataFrame
            Index `beta`, `loss_opt`, `amplitude`; columns `low`, `high`; ends are 0 or infinite
            where an interval is open.
        """
        import pandas as pd

        ends = self._intervals(self.level if level is None else level)
        return pd.DataFrame(ends.values(), index=list(ends), columns=["low", "high"], dtype=float)

    def predict(self, d: ArrayLike, level: float | None = None) -> LossPrediction:
        """Predict the loss at sizes D.

        Parameters
        ----------
        d : array_like of float, shape (k,)
            Sizes of the training set, in samples.
        level : float, optional
            Confidence level; that of the fit if left out.

        Returns
        -------
        LossPrediction
            With the interval of the expected loss and that of a new run.

        Raises
        ------
        InputError
            If there is no exponent to predict with, or a size is not above 0.

        Examples
        --------
        >>> from activstats.laws.loss.decay import LossDecay
        >>> d = [10, 30, 100, 300, 1000, 3000]
        >>> result = LossDecay().fit(d, [2.05, 1.51, 1.17, 0.94, 0.79, 0.71])
        >>> result.predict(10_000).to_frame().round(2)[["d", "loss", "low", "high"]]
               d  loss   low  high
        0  10000.0  0.65  0.62  0.67
        """
        if not self.found or self._fit is None:
            raise InputError("there is no exponent to predict with.", got=self.reason)
        used = self.level if level is None else level
        beta = self._intervals(used)["beta"]
        return predict(self._fit, d, beta=beta, noise=self.noise, level=used)

    def local_exponent(self, **settings: Any) -> LocalExponent:
        """Return −d ln(L − L_inf)/d ln D along these losses.

        Parameters
        ----------
        **settings
            As in `activstats.laws.loss.local_exponent.local_exponent`.
        """
        chosen: dict[str, Any] = {"noise": self.noise, "robust": self.robust, "level": self.level}
        return local_exponent(self.curve, **(chosen | settings))

    def choice(self) -> CurveChoice:
        """Return how well every family of curves describes these losses, best first."""
        return choose_curve(self.curve, noise=self.noise, robust=self.robust)

    def to_frame(self) -> pd.DataFrame:
        """Return the result as one row of a table, its provenance first."""
        return views.table_row(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the excess loss L − L_inf over D, both logarithmic, with the fit and its band."""
        return views.draw(self, ax)

    def plot_panels(self, **settings: Any) -> tuple[Axes, Axes]:
        """Draw the excess loss, and below it the local exponent; `settings` as there."""
        return views.draw_panels(self, self.local_exponent(**settings))

    def _summary(self) -> Summary:
        return describe(self)

    def _intervals(self, level: float) -> dict[str, tuple[float, float]]:
        check_level(level)
        if level == self.level:
            return {n: (getattr(self, f"{n}_low"), getattr(self, f"{n}_high")) for n in _NAMES}
        if self._fit is None:
            return _OPEN
        beta = profile_interval(self._fit, "beta", level)
        levels = level_ends(self._fit, beta, level) if self.found else {}
        return _OPEN | {"beta": beta} | levels

    @cached_property
    def _fit(self) -> FamilyFit | None:
        """The fit once more; what was fitted is not kept, as it cannot travel."""
        # A comparison with nan is false: where nothing was tested, nothing was fitted.
        if not self.falls_pvalue <= 1 - self.level:
            return None
        return fit_family(POWER_LAW, self.curve, noise=self.noise, robust=self.robust)
