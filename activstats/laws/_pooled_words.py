"""What a pooled b says about whether b is one constant, in words."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from activstats.laws._summary import significant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from activstats.laws.between_groups import Between
    from activstats.laws.poolable import Entry, LeftOut
    from activstats.laws.random_effects import RandomEffects

# With tau = 0.05, 95 % of the true values of b lie within 10 % of the pooled one.
SMALL_TAU = 0.05
# Below some ten members, I² is known so poorly that its interval must be read with it.
FEW = 10
# With tau about as large as the standard errors (I² near a half), the prediction interval of four
# results or more held 86 to 93 % of new values instead of 95 % (docs/calibration/pooling.md).
_UNSAFE_I2, _UNSAFE_FROM = 0.5, 4
_MIDDLE = 1.96  # 95 % of a normal distribution lie within so many standard deviations


def finding(found: RandomEffects, level: float) -> str:
    """Return in a sentence or two whether the results share one b, as far as they can tell."""
    if found.k < 2:
        return ""
    test = f"Q = {significant(found.q)} on {found.df} df, p {_p(found.pvalue)}"
    if found.pvalue >= 1 - level:
        open_to = significant(math.sqrt(found.tau2_high), 2)
        return (
            f"the results do not differ by more than their own uncertainty ({test}); that is no proof "
            f"of one constant: tau up to {open_to}, {_spread(math.sqrt(found.tau2_high))}, agrees with them"
        )
    differ = f"the results differ by more than their own uncertainty ({test})"
    if found.tau <= SMALL_TAU:
        return (
            f"{differ}, but the difference is of no practical note: tau = {significant(found.tau, 2)}, "
            f"{_spread(found.tau)}"
        )
    return f"{differ}: b is not one constant here. tau = {significant(found.tau, 2)}: {_spread(found.tau)}"


def finding_between(
    between: Between | None, by: tuple[str, ...], n_groups: int, level: float
) -> str:
    """Return in a sentence whether groups of results differ in b; empty without groups."""
    if not by:
        return ""
    names = ", ".join(by)
    if between is None:
        why = "there is only one group" if n_groups < 2 else "no group holds a second result"
        return f"no test between groups by {names}: {why}"
    test = (
        f"F({between.df}, {between.df_residual}) = {significant(between.f)}, p {_p(between.pvalue)}"
    )
    if between.pvalue < 1 - level:
        return f"groups by {names} differ in b ({test})"
    return f"no difference of b between groups by {names} was found ({test})"


def cautions(found: RandomEffects, entries: Sequence[Entry], by: tuple[str, ...]) -> list[str]:
    """Return what a reader of the pooled numbers must know."""
    said = []
    if found.k == 2:
        said.append(
            "two results: the interval stands on one degree of freedom, and there is no prediction"
        )
    if 2 <= found.k < FEW:
        said.append(f"with {found.k} results, tau² and I² are uncertain: read their intervals")
    if found.k >= 2 and found.tau2_high == 0:
        said.append("the results agree more closely than their standard errors allow")
    if found.k >= _UNSAFE_FROM and found.i2 < _UNSAFE_I2:
        said.append(
            "tau is no larger than the standard errors: the interval for a new one may be too narrow"
        )
    said += _not_independent(entries)
    if "rule" not in by and len({entry.rule for entry in entries if entry.rule}) > 1:
        said.append("results under different rules are pooled, and b depends on the rule")
    return said


def trust_in_errors(found: RandomEffects, between: Between | None, level: float) -> str:
    """Return what heterogeneity may also come from; empty where none was found."""
    if not found.pvalue < 1 - level:
        return ""
    said = (
        "Q takes the standard errors at their word: those from counts alone leave out that neurons fire "
        "together, which makes Q too large"
    )
    allows = "; the test between groups allows for it, by the scatter within them"
    return said if between is None else said + allows


def left_out_in_words(left_out: Sequence[LeftOut], total: int) -> str:
    """Return how many results were left out and why; empty if none was."""
    if not left_out:
        return ""
    reasons = Counter(one.reason for one in left_out)
    why = "; ".join(f"{number}: {reason}" for reason, number in reasons.most_common())
    return f"{len(left_out)} of {total} results left out ({why})"


def _not_independent(entries: Sequence[Entry]) -> list[str]:
    shared = Counter(entry.recording for entry in entries if entry.recording)
    several = sum(number for number in shared.values() if number > 1)
    if not several:
        return []
    said = (
        f"{several} results come from recordings that give more than one; rules, layers and steps of "
        "one run are not independent, so that intervals and p are not to be trusted"
    )
    return [said]


def _spread(tau: float) -> str:
    factor = math.exp(min(_MIDDLE * tau, 700.0))
    if factor < 2:
        return (
            f"95 % of true values within {significant(100 * (factor - 1), 2)} % of the pooled one"
        )
    return f"95 % of true values within a factor of {significant(factor, 2)} of the pooled one"


def small_p(pvalue: float) -> str:
    """Write a p, which below one in ten thousand is no more than that."""
    return "< 0.0001" if pvalue < 1e-4 else significant(pvalue, 2)


def _p(pvalue: float) -> str:
    text = small_p(pvalue)
    return text if text.startswith("<") else f"= {text}"
