"""What the numbers of a decay amount to: which of them can be had, the status and its reasons."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from scipy.special import fdtrc

from activstats.laws._summary import significant
from activstats.laws.loss._answer import LEAST_SIZES
from activstats.laws.loss._decay_levels import edge_of, estimates, level_ends
from activstats.laws.loss._lack_of_fit import LackOfFit, lack_of_fit
from activstats.laws.loss.cells import Cells
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.families import BETA_RANGE
from activstats.laws.loss.family_fit import FamilyFit
from activstats.laws.loss.profile import profile_interval
from activstats.laws.results import Status

SIDES = ("low", "high")


class Verdict(NamedTuple):
    """How the fit ended, and why."""

    status: Status
    reason: str = ""


def too_few(curve: LossCurve) -> dict[str, Any]:
    """Return the fields of a result for a curve of too few sizes."""
    sizes = "a single size" if curve.n_sizes == 1 else f"{curve.n_sizes} sizes"
    reason = f"{sizes}, where a power law with floor needs at least {LEAST_SIZES}"
    return {"status": Status.TOO_FEW, "reason": reason}


def constant(curve: LossCurve) -> dict[str, Any]:
    """Return the fields for losses that are all the same."""
    reason = f"the loss is {significant(float(curve.loss[0]))} in every run: nothing decays"
    return {"status": Status.NOT_IDENTIFIABLE, "reason": reason, "falls_pvalue": 1.0}


def answered(fit: FamilyFit, falls: float, level: float, *, robust: bool) -> dict[str, Any]:
    """Return the fields of the result: status, reason, warnings and every number there is.

    Parameters
    ----------
    fit : FamilyFit
        Of the power law with floor.
    falls : float
        p-value of the test that the loss is flat.
    level : float
        Confidence level.
    robust : bool
        Whether outliers were weighed down.
    """
    known: dict[str, Any] = {"falls_pvalue": falls, "noise_level": fit.noise}
    if falls > 1 - level:
        reason = _without_fall(fit, 1 - level)
        return known | {"status": Status.NOT_IDENTIFIABLE, "reason": reason}
    beta = profile_interval(fit, "beta", level)
    verdict = _decided(fit, beta)
    # Huber's weights depend on the very residuals that the test compares.
    misfit = LackOfFit() if robust else lack_of_fit(fit)
    known |= {
        "status": verdict.status,
        "reason": verdict.reason,
        "beta_low": beta[0],
        "beta_high": beta[1],
        "lack_of_fit": misfit.statistic,
        "lack_of_fit_pvalue": misfit.pvalue,
    }
    if verdict.status is Status.NOT_IDENTIFIABLE:
        return known
    found = known | _ends(fit, beta, level) | estimates(fit)
    return found | {"warnings": _warnings(fit, found, misfit, level)}


def _without_fall(fit: FamilyFit, alpha: float) -> str:
    if _rises(fit.cells) <= alpha:
        return "the loss rises with D over these sizes: nothing decays"
    return "the loss does not fall beyond its noise over these sizes"


def _rises(cells: Cells) -> float:
    """Return the p-value of the F test of a flat loss against a rising line in log D."""
    root = np.sqrt(cells.weight)
    x = root * (cells.x - np.average(cells.x, weights=cells.weight))
    y = root * (cells.mean - np.average(cells.mean, weights=cells.weight))
    length, share = float(x @ x), float(x @ y)
    if share <= 0 or length == 0:
        return 1.0
    explained, df = share**2 / length, cells.n_runs - 2
    left = max(float(y @ y) - explained, 0.0) + cells.pure_error
    return float(fdtrc(1, df, explained * df / left)) if left > 0 else 0.0


def _decided(fit: FamilyFit, beta: tuple[float, float]) -> Verdict:
    low, high = beta
    edge = edge_of(fit)
    if low == 0 and math.isinf(high):
        reason = (
            "the loss falls, but these sizes do not tell how: a line in log D without a floor and "
            "a fall that is over by the second size describe it as well"
        )
        return Verdict(Status.NOT_IDENTIFIABLE, reason)
    if edge > 0:
        reason = (
            f"the loss falls faster than by D^−{BETA_RANGE[1]:g}, the steepest power that is "
            "looked at: nearly all of the fall lies before the second size"
        )
        return Verdict(Status.NOT_IDENTIFIABLE, reason)
    if edge < 0:
        reason = (
            "a line in log D, the power law with beta = 0, describes the losses best: no floor can "
            "be told from these sizes"
        )
        return Verdict(Status.AT_BOUNDARY, reason)
    if low == 0:
        reason = (
            "beta has no lower end: a line in log D describes the losses within their noise, so no "
            "floor can be told from these sizes"
        )
        return Verdict(Status.AT_BOUNDARY, reason)
    if math.isinf(high):
        reason = "beta has no upper end: most of the fall lies before the second size"
        return Verdict(Status.AT_BOUNDARY, reason)
    return Verdict(Status.CONVERGED)


def _ends(fit: FamilyFit, beta: tuple[float, float], level: float) -> dict[str, float]:
    """Return the intervals of L_inf and A by the names of their fields."""
    pairs = level_ends(fit, beta, level).items()
    return {
        f"{name}_{side}": end for name, pair in pairs for side, end in zip(SIDES, pair, strict=True)
    }


def _warnings(
    fit: FamilyFit, found: dict[str, Any], misfit: LackOfFit, level: float
) -> tuple[str, ...]:
    told = []
    if misfit.pvalue <= 1 - level:
        told.append(
            "the means of the sizes lie farther from the power law than the scatter of their "
            f"replicates explains (lack of fit, p = {misfit.pvalue:.2g}): beta is that of the best "
            "power law, and none describes this curve"
        )
    floor = found.get("loss_opt", math.nan)
    if floor < 0 < float(fit.data.loss.min()):
        where = (
            "below 0, as its whole interval is: a loss that cannot be negative cannot go on falling "
            "like this"
            if found["loss_opt_high"] < 0
            else "below 0, while its interval holds 0"
        )
        told.append(f"the fitted floor is {significant(floor)}, {where}")
    return tuple(told)
