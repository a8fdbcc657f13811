"""Finds what a user named among what is there, and says what is there when it is not."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from activstats.errors import LayerNotFoundError
from activstats.rules import Rule, parse_rule

_SHOWN = 20


def choose(what: str, wanted: str | None, names: Sequence[str], where: str) -> str:
    """Return the name that is wanted, or the only one where none was said.

    Raises
    ------
    LayerNotFoundError
        If it is not there, or if one must be said because there are several.
    """
    known = list(dict.fromkeys(names))
    if wanted is None and len(known) == 1:
        return known[0]
    if wanted is None:
        raise LayerNotFoundError(
            f"'{where}' holds {len(known)} {what}s; say which.", allowed=listing(known)
        )
    if wanted not in known:
        raise not_there(what, wanted, known, where)
    return wanted


def choose_rule(wanted: str | Rule | None, recorded: Sequence[str], where: str) -> str:
    """Return the recorded name of the rule that is wanted, or the only one where none was said.

    A name that was recorded to the letter is taken as it is: rules of the user's own have names that
    only their recording knows.

    Raises
    ------
    RuleError
        If it is not recorded and no rule either.
    LayerNotFoundError
        If it is not recorded, or if one must be said because there are several.
    """
    if wanted is None or (isinstance(wanted, str) and wanted in recorded):
        return choose("rule", wanted, recorded, where)
    return choose("rule", parse_rule(wanted).name, recorded, where)


def not_there(what: str, wanted: object, known: Sequence[Any], where: str) -> LayerNotFoundError:
    """Return the error for a name that is not there, with the one that is nearest to it."""
    names = [str(name) for name in known]
    near = difflib.get_close_matches(str(wanted), names, n=1, cutoff=0.4)
    return LayerNotFoundError(
        f"'{where}' holds no {what} '{wanted}'.",
        allowed=listing(names) or "none",
        hint=f"{what} '{near[0]}'" if near else None,
    )


def listing(names: Sequence[str]) -> str:
    """Return names in one line, the first of them if there are many."""
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
