"""Checks of what a reader is asked for."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, Literal, get_args

from activstats.errors import InputError

OnDamage = Literal["raise", "skip"]
LAST_STEP = -1


def check_step(step: Any) -> int | None:
    """Return a step as a whole number, None as it is.

    Raises
    ------
    InputError
        If it is no whole number.
    """
    try:
        return None if step is None else operator.index(step)
    except TypeError as error:
        raise InputError(
            "a step is a whole number.",
            got=repr(step),
            allowed="a recorded step, -1 for the last one, or None for all",
        ) from error


def check_on_damage(on_damage: Any) -> None:
    """Refuse what is no answer to damaged shards.

    Raises
    ------
    InputError
    """
    if on_damage not in get_args(OnDamage):
        raise InputError(
            "no such way with damaged shards.",
            got=f"on_damage={on_damage!r}",
            allowed=", ".join(f"{way!r}" for way in get_args(OnDamage)),
        )


def check_columns(columns: Sequence[str], there: Sequence[str]) -> None:
    """Refuse columns that a table does not have.

    Raises
    ------
    InputError
    """
    unknown = [column for column in columns if column not in there]
    if unknown:
        raise InputError(
            f"the recording has no column '{unknown[0]}'.",
            allowed=", ".join(there),
            hint='mode="mask" records the bits' if unknown[0] == "bits" else None,
        )
