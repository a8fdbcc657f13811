"""What the numbers of an agreement amount to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activstats.laws._summary import significant
from activstats.laws.loss.agreement_numbers import CANNOT_TELL

if TYPE_CHECKING:
    from activstats.laws.loss.agreement_numbers import AgreementNumbers

AGREES, DIFFERS = "agrees", "differs"


def answered(found: AgreementNumbers) -> tuple[str, str]:
    """Return the answer and its reason in words."""
    alpha = 1 - found.level
    if not found.transition.found:
        return _without_transition(found, alpha)
    if found.transition.form_contradicted:
        return DIFFERS, _other_form(found)
    within = _inside(found.ratio_low, found.ratio_high, found.margin)
    at_odds = found.joint_pvalue <= alpha
    if within and (not at_odds or _inside(found.b_ratio_low, found.b_ratio_high, found.margin)):
        return AGREES, _within(found, alpha)
    if found.location_pvalue <= alpha:
        return DIFFERS, f"D* is not where b and c put it ({_p(found.location_pvalue)})"
    if at_odds:
        return DIFFERS, _other_exponent(found, within=within)
    return CANNOT_TELL, (
        "D* is not told from the prediction, but the interval of the ratio reaches beyond a factor "
        f"{significant(found.margin)}"
    )


def _inside(low: float, high: float, margin: float) -> bool:
    return low >= 1 / margin and high <= margin


def _p(pvalue: float) -> str:
    return f"p = {pvalue:.2g}"


def _without_transition(found: AgreementNumbers, alpha: float) -> tuple[str, str]:
    # A curve without transition may still exclude one in a certain place.
    why = f"the losses show no transition to compare: {found.transition.reason}"
    if found.location_pvalue <= alpha:
        return DIFFERS, (
            "the losses show no transition, and exclude one at the predicted D* "
            f"({_p(found.location_pvalue)})"
        )
    return CANNOT_TELL, why


def _other_form(found: AgreementNumbers) -> str:
    one = found.transition
    place = "not told from the predicted one" if found.location_pvalue > 1 - found.level else "off"
    return (
        f"the form of the theory is contradicted: s = 1 is rejected ({_p(one.sharpness_pvalue)}), the "
        f"losses have s = {significant(one.sharpness)}; D* of the fit with free s is {place} "
        f"({_p(found.location_pvalue)}), which is no agreement with the theory"
    )


def _within(found: AgreementNumbers, alpha: float) -> str:
    words = f"D* lies within a factor {significant(found.margin)} of bN/c"
    if found.location_pvalue <= alpha:
        return f"{words}, though not on it ({_p(found.location_pvalue)})"
    if found.joint_pvalue <= alpha:
        return f"{words} and the exponent of b, though not on them ({_p(found.joint_pvalue)})"
    return words


def _other_exponent(found: AgreementNumbers, *, within: bool) -> str:
    place = "D* is where b and c put it" if within else "D* alone is not told from the prediction"
    return (
        f"{place}, but not together with the exponent ({_p(found.joint_pvalue)}): the losses fall "
        f"with {significant(found.transition.b)}, the recordings have b = "
        f"{significant(found.predicted.b)}"
    )
