"""What the comparison of exponents amounts to: the answer, its reason, what a reader must know."""

from __future__ import annotations

import math
from dataclasses import replace

from activstats.laws._summary import significant
from activstats.laws.loss._exponent_words import WORDS
from activstats.laws.loss.exponent_comparison import (
    AGREE,
    CANNOT_TELL,
    DIFFER,
    Difference,
    ExponentComparison,
)

_FROM_LAW = (
    "alpha is taken less what, over its range, it exceeds 1 − b by under the law itself ({:.2g})"
)
_HUMP = "b is not below 1: counts then have a hump, and alpha = 1 − b is not what the law says"
_DETECTED = "the three are not exactly one number, but differ by less than the margin"


def answered(found: ExponentComparison, alpha: object) -> ExponentComparison:
    """Return the comparison with its answer.

    Parameters
    ----------
    found : ExponentComparison
        With all its numbers.
    alpha : object
        What was given for alpha.
    """
    missing = [
        f"no number for {WORDS[one.name]}: {one.reason}" for one in found.exponents if not one.known
    ]
    rejected = found.pvalue <= 1 - found.level + 1e-12
    within = not missing and all(one.within for one in found.differences)
    warnings = _warnings(found, alpha)
    if within:
        answer, reason = AGREE, ""
        warnings += [_DETECTED] * rejected
    elif rejected:
        answer, reason = DIFFER, ""
    else:
        answer, reason = CANNOT_TELL, _open_question(found)
    if missing:
        reason = "; ".join([*missing, reason] if reason else missing)
    return replace(found, answer=answer, reason=reason, warnings=tuple(warnings))


def _warnings(found: ExponentComparison, alpha: object) -> list[str]:
    told = []
    b = found.exponents[1]
    if b.known and b.estimate >= 1:
        told.append(_HUMP)
    expected = getattr(alpha, "expected", math.nan)
    if isinstance(expected, float) and math.isfinite(expected):
        told.append(_FROM_LAW.format(expected))
    return told


def _open_question(found: ExponentComparison) -> str:
    wide = [one for one in found.differences if not one.within]
    if not wide:
        return ""
    widest = max(wide, key=_far_end)
    return (
        "equality is not rejected, but neither is a difference beyond "
        f"±{found.margin:g}: {widest.words} may be as far from 0 as {significant(_far_end(widest), 2)}"
    )


def _far_end(one: Difference) -> float:
    return max(abs(one.inner_low), abs(one.inner_high))
