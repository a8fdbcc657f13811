"""By which power the loss falls here and there: −d ln(L − L_inf)/d ln D along a curve.

A power law has the same exponent everywhere. The crossover of the theory has b·u/(1 + u) with
u = D/D*, which rises from 0 on the plateau to b beyond it (derived). The exponent at a place is the
slope of a line through the excess losses of neighbouring sizes, both logarithmic; its interval
carries the noise of the losses and that of the floor, which enters all of them alike.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from activstats.laws._checks import check_level
from activstats.laws.loss._answer import LEAST_SIZES
from activstats.laws.loss._excess import excess_above, floor_influence
from activstats.laws.loss._local_settings import FLOORS, check_settings
from activstats.laws.loss._local_slopes import found_exponents
from activstats.laws.loss.crossover_exponent import crossover_exponent, crossover_of
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.families import CROSSOVER, POWER_LAW
from activstats.laws.loss.family_fit import FamilyFit
from activstats.laws.loss.fit import fit_family
from activstats.laws.loss.local_exponent_result import LocalExponent
from activstats.laws.loss.noise import MULTIPLICATIVE, grows_with_loss
from activstats.laws.loss.profile import profile_interval
from activstats.laws.loss.reading import loss_curve
from activstats.laws.results import Status

__all__ = ["LocalExponent", "crossover_exponent", "local_exponent"]

NO_FLOOR = (
    "no floor can be told from these sizes, so there is no excess loss to take slopes of: say "
    "floor=, such as 0 for a loss that may fall to 0"
)


def local_exponent(  # noqa: PLR0913  (each setting has its own name)
    d: object,
    loss: ArrayLike | None = None,
    *,
    window: int = 3,
    floor: str | float = "power law",
    floor_se: float = 0.0,
    b: float | None = None,
    d_star: float | None = None,
    noise: str = MULTIPLICATIVE,
    robust: bool = False,
    level: float = 0.95,
) -> LocalExponent:
    """Return the local exponent of a loss curve with its interval.

    Parameters
    ----------
    d : LossCurve, DataFrame or array_like of float, shape (m,)
        As in `LossDecay.fit`.
    loss : array_like of float, shape (m,) or (m, seeds), optional
        Loss of each run, where `d` are sizes.
    window : int
        Neighbouring sizes that one exponent is taken from, at least 2.
    floor : {"power law", "crossover"} or float
        L_inf: that of a fitted power law or of a fitted crossover, or a number. A power law bends
        the exponents towards its own, a crossover towards the theory's.
    floor_se : float
        Standard error of L_inf where it is a number.
    b, d_star : float, optional
        Constants of the theory, both or none, whose exponent b·u/(1 + u) is put beside, as it is
        and as it is seen through the same windows.
    noise, robust
        As in `LossDecay`.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    LocalExponent
        With a status; where no floor can be told, the reason in words and no exponents.

    Raises
    ------
    InputError
        If these are no loss curve.
    DomainError
        If a setting makes no sense.

    Notes
    -----
    The delta method (derived): with local slopes f = −Σ aᵢ ln(ȳᵢ − L_inf) and L_inf = L_inf(ȳ), the
    gradient is −aᵢ/Eᵢ + (Σ a/E) ∂L_inf/∂ȳᵢ. The scatter is that about a fitted crossover. Intervals
    are point by point, and neighbouring exponents share sizes. A size whose excess is within its
    own noise is called lost, and no exponent is taken from it.

    Examples
    --------
    >>> d = np.geomspace(10, 20_000, 12)
    >>> found = local_exponent(d, 0.3 + 4 * d**-0.4)
    >>> found.exponent.round(3)
    array([0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4])
    """
    check_level(level)
    check_settings(window, floor, floor_se)
    theory = crossover_of(b, d_star)
    curve = loss_curve(d, loss)
    grows_with_loss(curve, noise)  # refuses losses that such noise cannot have
    known: dict[str, Any] = {"level": level, "window": window, "provenance": dict(curve.provenance)}
    if reason := _too_little(curve, window):
        return LocalExponent(status=Status.TOO_FEW, reason=reason, **known)
    if np.ptp(curve.loss) == 0:
        reason = "all losses are the same: nothing decays"
        return LocalExponent(status=Status.NOT_IDENTIFIABLE, reason=reason, **known)
    scatter = fit_family(CROSSOVER, curve, noise=noise, robust=robust)
    if not isinstance(floor, str):
        above = excess_above(scatter, float(floor), floor_se=float(floor_se))
    else:
        fit = fit_family(FLOORS[floor], curve, noise=noise, robust=robust)
        if not _has_floor(fit, level):
            return LocalExponent(status=Status.NOT_IDENTIFIABLE, reason=NO_FLOOR, **known)
        above = excess_above(scatter, fit.params["loss_opt"], influence=floor_influence(fit))
    return found_exponents(above, theory, known)


def _too_little(curve: LossCurve, window: int) -> str:
    """Return why there are too few sizes, or nothing."""
    sizes = "a single size" if curve.n_sizes == 1 else f"{curve.n_sizes} sizes"
    if curve.n_sizes < max(LEAST_SIZES, window):
        return f"{sizes}, where local exponents need at least {max(LEAST_SIZES, window)}"
    return ""


def _has_floor(fit: FamilyFit, level: float) -> bool:
    """Return whether the exponent is told from 0, where the floor sinks without end."""
    name = "beta" if fit.family is POWER_LAW else "b"
    return profile_interval(fit, name, level)[0] > 0
