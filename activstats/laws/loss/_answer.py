"""What the numbers of a transition test amount to: the answer, its status and its reasons."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from activstats.laws._summary import significant
from activstats.laws.loss.shapes import drop_shift
from activstats.laws.results import Status

if TYPE_CHECKING:
    from activstats.laws.loss._sharpness import Sharpness
    from activstats.laws.loss.curve import LossCurve
    from activstats.laws.loss.existence import Existence
    from activstats.laws.loss.family_fit import FamilyFit
    from activstats.laws.loss.transition import LossTransition

TRANSITION, NO_TRANSITION, CANNOT_TELL = "transition", "no transition", "cannot tell"
# The crossover has four parameters, and the noise is a fifth.
LEAST_SIZES = 5

CONTRADICTED = (
    "s = 1 is rejected: the curve has a transition, but not in the theory's form; D*, b and the "
    "places on the curve are those of the fit with free s"
)
NOT_BY_ITSELF = (
    "A transition is no evidence for free neurons by itself: learners without neurons whose loss "
    "starts on a plateau show one, too."
)

Interval = tuple[float, float]


@dataclass(frozen=True)
class Verdict:
    """Answer, how the fit ended, and why."""

    answer: str
    status: Status
    reason: str = ""


def too_few(curve: LossCurve) -> dict[str, Any]:
    """Return the answer for a curve of too few sizes."""
    sizes = "a single size" if curve.n_sizes == 1 else f"{curve.n_sizes} sizes"
    reason = f"{sizes}, where the crossover needs at least {LEAST_SIZES}"
    return {"answer": CANNOT_TELL, "status": Status.TOO_FEW, "reason": reason}


def constant(curve: LossCurve) -> dict[str, Any]:
    """Return the answer for losses that are all the same."""
    reason = f"the loss is {significant(float(curve.loss[0]))} in every run, without any fall"
    return {"answer": NO_TRANSITION, "status": Status.CONVERGED, "reason": reason, "pvalue": 1.0}


def exists(test: Existence, level: float) -> bool:
    """Return whether curves without scale are rejected at 1 − level."""
    return test.pvalue <= 1 - level + 1e-12


def answered(
    best: FamilyFit,
    ends: dict[str, Interval],
    test: Existence,
    sharpness: Sharpness | None,
    settings: LossTransition,
) -> dict[str, Any]:
    """Return the fields of the result: the answer with its reason, and every number."""
    verdict = decided(best, ends["d_star"], test, settings)
    found: dict[str, Any] = {
        "answer": verdict.answer,
        "status": verdict.status,
        "reason": verdict.reason,
        "pvalue": test.pvalue,
        "statistic": test.statistic,
        "n_boot": int(settings.n_boot),
        "null_beta": test.beta,
        "noise_level": best.noise,
        "d_star_low": ends["d_star"][0],
        "d_star_high": ends["d_star"][1],
    }
    # Numbers are given where the answer says that there is something to give them of.
    if sharpness is None or (verdict.answer != TRANSITION and settings.n_boot):
        return found
    return found | _numbers(best, ends["b"], sharpness)


def _numbers(best: FamilyFit, b: Interval, sharpness: Sharpness) -> dict[str, Any]:
    contradicted = sharpness.fit is best
    params, errors = best.params, best.bse
    return {
        "warnings": (CONTRADICTED,) * contradicted + extrapolated(best),
        "d_star": params["d_star"],
        "d_star_se_log": errors["d_star"] / params["d_star"],
        "b": params["b"],
        "b_low": b[0],
        "b_high": b[1],
        "b_se_log": errors["b"] / params["b"],
        "sharpness": sharpness.estimate,
        "sharpness_low": sharpness.low,
        "sharpness_high": sharpness.high,
        "sharpness_pvalue": sharpness.pvalue,
        "sharpness_used": sharpness.estimate if contradicted else 1.0,
        "loss_opt": params["loss_opt"],
        "loss_opt_se": errors["loss_opt"],
        "drop": params["drop"],
        "drop_se": errors["drop"],
    }


def decided(
    best: FamilyFit, d_star: Interval, test: Existence, settings: LossTransition
) -> Verdict:
    """Return the answer to whether there is a transition, and why."""
    if settings.n_boot == 0:
        return Verdict(CANNOT_TELL, Status.CONVERGED, "no test was asked for (n_boot = 0)")
    if not exists(test, settings.level):
        return _without_scale(d_star, test, 1 - settings.level)
    return _with_scale(best, d_star)


def _without_scale(d_star: Interval, test: Existence, alpha: float) -> Verdict:
    if test.falls > alpha:
        reason = "the loss does not fall beyond its noise over these sizes"
        return Verdict(NO_TRANSITION, Status.CONVERGED, reason)
    form = "a line in log D" if test.beta == 0 else f"a power law (beta {significant(test.beta)})"
    fits = f"{form}, which has no scale, describes the losses as well (p = {test.pvalue:.2g})"
    low, high = d_star
    if low == 0 and math.isinf(high):
        reason = f"{fits}, but so does a transition anywhere: the curve is too short or too noisy"
        return Verdict(CANNOT_TELL, Status.NOT_IDENTIFIABLE, reason)
    beyond = "" if math.isinf(high) else f"; a transition above D = {significant(high)} is excluded"
    below = f", one below {significant(low)} too" if low > 0 else ", one far below is not"
    return Verdict(NO_TRANSITION, Status.CONVERGED, fits + beyond + below * bool(beyond))


def _with_scale(best: FamilyFit, d_star: Interval) -> Verdict:
    low, high = d_star
    first, last = best.data.sizes[[0, -1]]
    if math.isinf(high) and half_drop_of(best) > last:
        reason = (
            "the curve has a scale, but ends too early to place it: at "
            f"D = {significant(last)} less than half of the drop is seen"
        )
        return Verdict(CANNOT_TELL, Status.NOT_IDENTIFIABLE, reason)
    if low == 0:
        reason = (
            f"the curve has a scale, but starts too late, at D = {significant(first)}, to place it"
        )
        return Verdict(CANNOT_TELL, Status.NOT_IDENTIFIABLE, reason)
    if math.isinf(high):
        reason = "D* and b have no upper end: the losses tell D*/b, the steepest point, alone"
        return Verdict(TRANSITION, Status.AT_BOUNDARY, reason)
    return Verdict(TRANSITION, Status.CONVERGED)


def half_drop_of(fit: FamilyFit) -> float:
    """Return the size at which half of the drop has happened, by a fitted crossover."""
    numbers = fit.params
    shift = drop_shift(0.5, numbers["b"], numbers.get("sharpness", 1.0))
    return numbers["d_star"] * math.exp(min(float(shift), 700.0))


def extrapolated(fit: FamilyFit) -> tuple[str, ...]:
    """Return a warning where the last size lies before half of the drop."""
    if half_drop_of(fit) <= fit.data.sizes[-1]:
        return ()
    return ("less than half of the drop lies within these sizes: L_opt is extrapolated",)
