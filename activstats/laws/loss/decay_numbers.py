"""The numbers of a decay."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.reading import read_curve
from activstats.laws.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, kw_only=True)
class DecayNumbers(Result):
    """The numbers of the power law L = L_inf + A · D^−beta of a loss curve.

    Parameters
    ----------
    curve : LossCurve
        The losses.
    noise : str
        Noise model.
    robust : bool
        Whether outliers were weighed down.
    beta, beta_low, beta_high : float
        Exponent and its interval; nan where there is none, 0 where a line in log D fits best. Ends
        are 0 or infinite where the interval is open.
    beta_se : float
        Standard error of beta.
    loss_opt, loss_opt_low, loss_opt_high : float
        Floor L_inf that the curve falls to, with its interval, likewise; the lower end is −∞ where
        no floor can be told.
    loss_opt_se : float
        Standard error of L_inf.
    amplitude, amplitude_low, amplitude_high : float
        A, the excess loss at D = 1, with its interval.
    amplitude_se_log : float
        Standard error of ln A.
    falls_pvalue : float
        Of the F test that the loss is flat; nan where there was none.
    lack_of_fit, lack_of_fit_pvalue : float
        F of the means of the sizes against the scatter of replicates, and its p-value; nan without
        replicates or where outliers were weighed down.
    noise_level : float
        Standard deviation of one run, relative to its loss or, with additive noise, absolute.

    Notes
    -----
    The remaining parameters are those of `Result`; `n_obs` is the number of runs. Standard errors
    are those of the curvature at the estimate: trust the intervals where the two differ.
    """

    curve: LossCurve
    noise: str
    robust: bool
    beta: float = math.nan
    beta_low: float = 0.0
    beta_high: float = math.inf
    beta_se: float = math.nan
    loss_opt: float = math.nan
    loss_opt_low: float = -math.inf
    loss_opt_high: float = math.inf
    loss_opt_se: float = math.nan
    amplitude: float = math.nan
    amplitude_low: float = 0.0
    amplitude_high: float = math.inf
    amplitude_se_log: float = math.nan
    falls_pvalue: float = math.nan
    lack_of_fit: float = math.nan
    lack_of_fit_pvalue: float = math.nan
    noise_level: float = math.nan

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "LossCurve": read_curve,
        "bool": bool,
    }

    @property
    def found(self) -> bool:
        """Whether there is an exponent."""
        return not math.isnan(self.beta)
