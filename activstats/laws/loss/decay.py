"""Decay of the loss: by which power of the number of samples it falls, and to which floor.

The law is L = L_inf + A · D^−beta (for learning curves: Cortes et al. 1993, NIPS 6; Hestness et al.
2017, arXiv 1712.00409), fitted by the same weighted projection as every family of loss curves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from activstats.laws._checks import check_level
from activstats.laws.loss._answer import LEAST_SIZES
from activstats.laws.loss._decay_answer import answered, constant, too_few
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.decay_result import LossDecayResult
from activstats.laws.loss.families import POWER_LAW
from activstats.laws.loss.fit import fit_family
from activstats.laws.loss.noise import MULTIPLICATIVE, check_noise, grows_with_loss
from activstats.laws.loss.reading import loss_curve
from activstats.laws.loss.scale_free import fitted_null
from activstats.laws.loss.transition import MIXED


@dataclass(frozen=True)
class LossDecay:
    """Power law with a floor for the loss over the size of the training set.

    Parameters
    ----------
    noise : {"multiplicative", "additive"}
        Whether the noise of a run is proportional to its expected loss, or the same at every size.
        Standard errors in the curve go before either.
    robust : bool
        Whether runs far off the curve lose weight (Huber 1981).
    level : float
        Confidence level of the intervals. A loss that is flat at 1 − level has no exponent.

    Raises
    ------
    DomainError
        If a setting has another value.

    Notes
    -----
    Intervals are those of the profile F test. A power law has no scale: where the curve has one,
    beta is an average over its bend, which the local exponent shows and the lack of fit may tell.
    With `robust` the intervals take the scatter of the runs as they are weighed, and are too short
    where there are no outliers: 95 % intervals then hold beta in about 90 %.
    Runs count as independent; nested training sets and test sets in common tie their losses
    together, which the scatter between seeds shows only in part.

    Examples
    --------
    >>> d = np.repeat(np.geomspace(10, 20_000, 12), 2)
    >>> noise = np.random.default_rng(1).normal(1, 0.01, d.size)
    >>> result = LossDecay().fit(d, (0.3 + 4 * d**-0.4) * noise)
    >>> round(result.beta, 2), result.beta_low < 0.4 < result.beta_high
    (0.4, True)
    >>> result.loss_opt_low < 0.3 < result.loss_opt_high
    True
    """

    noise: str = MULTIPLICATIVE
    robust: bool = False
    level: float = 0.95

    def __post_init__(self) -> None:
        check_noise(self.noise)
        check_level(self.level)

    def fit(self, d: object, loss: ArrayLike | None = None) -> LossDecayResult:
        """Fit the power law to a curve.

        Parameters
        ----------
        d : LossCurve, DataFrame or array_like of float, shape (m,)
            A curve, a table with a row for each run, or sizes of the training sets in samples;
            sizes may repeat.
        loss : array_like of float, shape (m,) or (m, seeds), optional
            Loss of each run, where `d` are sizes.

        Returns
        -------
        LossDecayResult
            With a status; where there is no exponent, the reason in words.

        Raises
        ------
        InputError
            If these are no loss curve, or losses are not above 0 under multiplicative noise.
        """
        curve = loss_curve(d, loss)
        proportional = grows_with_loss(curve, self.noise)
        if curve.n_sizes < LEAST_SIZES:
            return self._result(curve, too_few(curve))
        if np.ptp(curve.loss) == 0:
            return self._result(curve, constant(curve))
        fit = fit_family(POWER_LAW, curve, noise=self.noise, robust=self.robust)
        falls = fitted_null(curve, fit.kept, proportional=proportional).falls
        return self._result(curve, answered(fit, falls, self.level, robust=self.robust))

    def _result(self, curve: LossCurve, found: dict[str, Any]) -> LossDecayResult:
        if curve.width is not None and np.unique(curve.width).size > 1:
            found["warnings"] = (MIXED, *found.get("warnings", ()))
        return LossDecayResult(
            level=self.level,
            n_obs=curve.n_runs,
            provenance=dict(curve.provenance),
            curve=curve,
            method="power law with floor, weighted least squares",
            noise=self.noise,
            robust=self.robust,
            **found,
        )
