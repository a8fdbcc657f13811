"""Checks of the settings by which a tail is searched."""

from __future__ import annotations

import numpy as np

from activstats.errors import DomainError
from activstats.laws.tail_settings import GRID


def check_candidates(xmin: object, *, discrete: bool) -> None:
    """Check a value of xmin, several, or the word for a grid."""
    if xmin is None or (isinstance(xmin, str) and xmin == GRID):
        return
    try:
        numbers = np.atleast_1d(np.asarray(xmin, dtype=np.float64))
        sound = numbers.ndim == 1 and numbers.size > 0
        sound = sound and bool(np.all(np.isfinite(numbers) & (numbers > 0)))
        sound = sound and not (discrete and bool(np.any(numbers != np.floor(numbers))))
    except (TypeError, ValueError):
        sound = False
    if not sound:
        raise DomainError(
            "a tail cannot begin there.",
            got=f"xmin = {xmin!r}",
            allowed=f'{"whole" if discrete else "finite"} numbers above 0, "{GRID}" or None',
        )


def check_range(xmin_range: object) -> None:
    """Check the lowest and highest xmin allowed."""
    if xmin_range is None:
        return
    pair = isinstance(xmin_range, tuple | list) and len(xmin_range) == 2
    if not pair or not xmin_range[0] <= xmin_range[1]:  # type: ignore[index]  # a pair, as was seen
        raise DomainError("this is no range for xmin.", got=xmin_range, allowed="(lowest, highest)")


def check_number(name: str, number: object) -> None:
    """Check how many there shall be of something."""
    whole = isinstance(number, int | np.integer) and not isinstance(number, bool)
    if not whole or number < 0:  # type: ignore[operator]  # a whole number, as was seen
        raise DomainError(
            f"{name} is how many, a whole number.", got=f"{name} = {number!r}", allowed="0, 1, 2, …"
        )
