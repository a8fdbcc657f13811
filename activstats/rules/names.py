"""The rules by name: what stands in a file or on a command line, read back."""

from __future__ import annotations

import difflib
import re
from dataclasses import fields
from typing import NoReturn

from activstats.errors import RuleError
from activstats.rules.base import Rule
from activstats.rules.quantile import LayerQuantile
from activstats.rules.ranks import Argmax, FractionOfMax, TopFraction, TopK
from activstats.rules.thresholds import Above, AbsAbove

RULES: dict[str, type[Rule]] = {
    kind.keyword: kind
    for kind in (Above, TopFraction, TopK, Argmax, AbsAbove, FractionOfMax, LayerQuantile)
}
DEFAULT_RULE = TopFraction(0.01)

_NAMES = ", ".join(sorted(RULES)) + "; top1% for top_fraction(0.01)"
_CALL = re.compile(r"\s*(?P<keyword>\w+)\s*(?:\((?P<arguments>[^()]*)\))?\s*")
_PERCENT = re.compile(r"\s*top\s*(?P<percent>\d+\.?\d*|\.\d+)\s*%\s*")


def parse_rule(name: str | Rule) -> Rule:
    """Return the rule that a name stands for.

    Parameters
    ----------
    name : str or Rule
        Such as ``"above(0)"``, ``"top_fraction(0.01)"``, ``"top1%"`` or ``"argmax"``; a rule is
        returned as it is.

    Returns
    -------
    Rule
        With ``parse_rule(rule.name) == rule``.

    Raises
    ------
    RuleError
        If the name is unknown (the message lists those that are allowed) or a parameter is outside
        its domain.

    Examples
    --------
    >>> parse_rule("top1%")
    TopFraction(fraction=0.01)
    """
    if isinstance(name, Rule):
        return name
    if not isinstance(name, str):
        raise RuleError("a rule is said by its name.", got=repr(name), allowed=_NAMES)
    if percent := _PERCENT.fullmatch(name):
        # Through text, so that 1 % is the same number as 0.01 and not its neighbour.
        return TopFraction(float(f"{percent['percent']}e-2"))
    call = _CALL.fullmatch(name)
    if call is None or call["keyword"] not in RULES:
        _unknown(name, call["keyword"] if call else name)
    return _build(name, RULES[call["keyword"]], call["arguments"] or "")


def _build(name: str, kind: type[Rule], arguments: str) -> Rule:
    try:
        return kind(*(float(text) for text in arguments.split(",") if text.strip()))
    except RuleError:
        raise
    except (TypeError, ValueError) as error:
        wanted = ", ".join(field.name for field in fields(kind))
        raise RuleError(
            f"rule '{name}' does not have the parameters of {kind.keyword}.",
            got=f"({arguments})",
            allowed=f"{kind.keyword}({wanted}), each a number",
        ) from error


def _unknown(name: str, keyword: str) -> NoReturn:
    near = difflib.get_close_matches(keyword, RULES, n=1)
    raise RuleError(
        f"'{name}' is no activation rule.",
        got=name,
        allowed=_NAMES,
        hint=f"{near[0]}(…)" if near else DEFAULT_RULE.name,
    )
