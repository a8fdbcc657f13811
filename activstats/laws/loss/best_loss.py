"""How the best loss falls with the number of neurons.

L_opt(N) is set against three forms: the same at every N, a line in log N, and a power law with a floor,
L_inf + A·N^−gamma. The theory leaves open how L_opt depends on N; none of the forms is its prediction.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from activstats.errors import InputError
from activstats.laws._checks import check_level
from activstats.laws.loss._forms import FORMS, compared, criterion_of
from activstats.laws.loss.best_loss_curves import fitted_floors, losses_at_largest
from activstats.laws.loss.best_loss_result import FALLS, NO_TREND, RISES, BestLossResult
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.family_fit import FamilyFit
from activstats.laws.loss.fit import fit_family
from activstats.laws.loss.noise import MULTIPLICATIVE, check_noise, grows_with_loss
from activstats.laws.loss.profile import profile_interval
from activstats.laws.results import Status

__all__ = ["BestLoss", "BestLossResult", "fitted_floors", "losses_at_largest"]

_PER_DECADE = math.log(10)
# A floor and a power take three widths, and one more to be wrong about.
_LEAST_WIDTHS = 4


@dataclass(frozen=True)
class BestLoss:
    """How the best loss depends on the number of neurons.

    Parameters
    ----------
    noise : {"multiplicative", "additive"}
        As in `LossTransition`; standard errors in the curve go before either, as relative precision.
    robust : bool
        Whether widths far off the curve lose weight (Huber 1981).
    level : float
        Confidence level of the intervals.

    Raises
    ------
    DomainError
        If a setting has another value.

    Examples
    --------
    >>> n = [64, 128, 256, 512, 1024, 2048]
    >>> found = BestLoss().fit(n, [[0.5 + 4 / m, 0.502 + 4 / m] for m in n])
    >>> found.answer, found.choice, round(found.exponent, 1)
    ('falls', 'power law with floor', 1.0)
    """

    noise: str = MULTIPLICATIVE
    robust: bool = False
    level: float = 0.95

    def __post_init__(self) -> None:
        check_noise(self.noise)
        check_level(self.level)

    def fit(
        self, n: object, loss: ArrayLike | None = None, *, se: ArrayLike | None = None
    ) -> BestLossResult:
        """Fit the best losses of networks of several widths.

        Parameters
        ----------
        n : LossCurve, mapping or iterable of results, or array_like of float, shape (m,)
            A curve over N, results of fits over D whose `loss_opt` is meant, or widths.
        loss : array_like of float, shape (m,) or (m, seeds), optional
            Best loss of each network, where `n` are widths.
        se : array_like of float, shape (m,), optional
            Their standard errors.

        Returns
        -------
        BestLossResult

        Raises
        ------
        InputError
            If these are no losses over N, or not above 0 under multiplicative noise.
        """
        curve = _curve(n, loss, se)
        grows_with_loss(curve, self.noise)
        known: dict[str, Any] = {
            "method": "weighted least squares over log N",
            "level": self.level,
            "n_obs": curve.n_runs,
            "provenance": dict(curve.provenance),
            "curve": curve,
            "noise": self.noise,
            "robust": self.robust,
        }
        if curve.n_sizes < 2 or curve.n_runs < 3:
            widths = "a single width" if curve.n_sizes == 1 else "two networks"
            reason = f"{widths}: no trend can be told from noise"
            return BestLossResult(**known, status=Status.TOO_FEW, reason=reason)
        if np.ptp(curve.loss) == 0:
            reason = "the loss is the same at every width"
            known |= {"per_decade": 0.0, "per_decade_low": 0.0, "per_decade_high": 0.0}
            return BestLossResult(**known, status=Status.CONVERGED, reason=reason, answer=NO_TREND)
        return BestLossResult(**known, **self._numbers(curve))

    def _numbers(self, curve: LossCurve) -> dict[str, Any]:
        settings = {"noise": self.noise, "robust": self.robust}
        fitted = {family.name: fit_family(family, curve, **settings) for family in FORMS}  # type: ignore[arg-type]
        _, trend, power = fitted.values()
        fits = list(fitted.values())
        forms = compared(fits)
        found = _trend(trend, self.level)
        found |= {"forms": forms, "criterion": criterion_of(fits)}
        found["choice"] = forms[0].family if forms[0].known else ""
        found["noise_level"] = fitted[forms[0].family].noise
        if found["answer"] != FALLS:
            return found | {"status": Status.CONVERGED, "reason": _WITHOUT_FALL[found["answer"]]}
        return found | _exponent(power, self.level)


_WITHOUT_FALL = {
    NO_TREND: "the interval of the change over N holds 0",
    RISES: "the loss rises with N: there is no exponent of a fall",
}


def _curve(n: object, loss: ArrayLike | None, se: ArrayLike | None) -> LossCurve:
    whole = isinstance(n, LossCurve | Mapping) or (loss is None and isinstance(n, Iterable))
    if whole and (loss is not None or se is not None):
        raise InputError("these runs have their losses already.", hint="leave loss and se out")
    if isinstance(n, LossCurve):
        return n
    if whole:
        return fitted_floors(n)  # type: ignore[arg-type]
    if loss is None:
        raise InputError(
            "best losses need the numbers of neurons and the losses.",
            got=type(n).__name__,
            hint="fit(n, loss), fit(LossCurve(n, loss)) or fit({n: result})",
        )
    return LossCurve.from_arrays(n, loss, **({} if se is None else {"se": se}))  # type: ignore[arg-type]


def _trend(fit: FamilyFit, level: float) -> dict[str, Any]:
    """Return the change of the loss over a decade of N, and what it says."""
    slope, error = fit.params["slope"], fit.bse["slope"]
    reach = float(stdtrit(fit.df, (1 + level) / 2)) * error
    change, low, high = (-_PER_DECADE * v for v in (slope, slope + reach, slope - reach))
    answer = FALLS if high < 0 else RISES if low > 0 else NO_TREND
    return {
        "answer": answer,
        "per_decade": change,
        "per_decade_low": low,
        "per_decade_high": high,
    }


def _exponent(fit: FamilyFit, level: float) -> dict[str, Any]:
    if fit.data.n_sizes < _LEAST_WIDTHS or fit.df <= 0:
        reason = f"{fit.data.n_sizes} widths, where an exponent and a floor take {_LEAST_WIDTHS} at least"
        return {"status": Status.TOO_FEW, "reason": reason}
    low, high = profile_interval(fit, "beta", level)
    found = {"exponent_low": low, "exponent_high": high}
    if low == 0 and math.isinf(high):
        reason = "any exponent fits: too few widths, too near to each other or too noisy"
        return found | {"status": Status.NOT_IDENTIFIABLE, "reason": reason}
    found |= {
        "exponent": fit.params["beta"],
        "exponent_se": fit.bse["beta"],
        "loss_floor": fit.params["loss_opt"],
        "loss_floor_se": fit.bse["loss_opt"],
    }
    if low == 0:
        reason = "the exponent has no lower end: a line in log N fits, too"
    elif math.isinf(high):
        reason = "the exponent has no upper end: the fall may be over after the narrowest network"
    else:
        return found | {"status": Status.CONVERGED}
    return found | {"status": Status.AT_BOUNDARY, "reason": reason}
