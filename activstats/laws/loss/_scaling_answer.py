"""What the slope of D* over N amounts to, and the case that c makes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.laws._summary import significant

if TYPE_CHECKING:
    from activstats.laws.loss.scaling_result import TransitionScaling

AGREES, DIFFERS, CANNOT_TELL = "agrees", "differs", "cannot tell"
# How near to 0 or 1 the slope of ln c is called that, and nearly that.
_NEAR, _NEARLY = 0.05, 0.25


def case_of_c(slope: float) -> str:
    """Return what c does as N grows, and what follows for the threshold.

    Examples
    --------
    >>> case_of_c(1.02)
    'c proportional to N: the threshold b/rho, with rho = c/N, does not move with N'
    """
    if math.isnan(slope):
        return ""
    cases = (
        (1.0, "proportional to N", "the threshold b/rho, with rho = c/N, does not move with N"),
        (0.0, "the same at every N", "the threshold bN/c is proportional to N"),
    )
    for at, name, follows in cases:
        if abs(slope - at) <= _NEAR:
            verb = "" if at else "is "
            return f"c {verb}{name}: {follows}"
        if abs(slope - at) <= _NEARLY:
            measured = f"c goes like N^{significant(slope, 2)}"
            return f"c nearly {name} ({measured}): as far as it is, {follows}"
    return (
        f"c goes like N^{significant(slope, 2)}: the threshold bN/c, with one b, goes like "
        f"N^{significant(1 - slope, 2)}"
    )


def answered(found: TransitionScaling) -> tuple[str, str]:
    """Return the answer and its reason in words."""
    aim = found.predicted_slope
    if math.isnan(found.excess):
        return CANNOT_TELL, "no recordings of two widths say what slope to expect"
    words = f"gamma {significant(found.gamma, 2)} against {significant(aim, 2)} predicted"
    margin = significant(found.margin, 2)
    if found.excess_low >= -found.margin and found.excess_high <= found.margin:
        beyond = found.predicted_pvalue <= 1 - found.level
        return AGREES, (
            f"{words}, within the stated margin of {margin}"
            + f", though not equal (p = {found.predicted_pvalue:.2g})" * beyond
        )
    if found.predicted_pvalue <= 1 - found.level:
        return DIFFERS, f"{words} (p = {found.predicted_pvalue:.2g})"
    return CANNOT_TELL, (
        f"{words} are not told apart, but the interval of their difference reaches beyond the "
        f"stated margin of {margin}"
    )
