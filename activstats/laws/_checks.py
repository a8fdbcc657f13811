"""Checks of the numbers that users hand to a law."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from activstats.errors import DomainError, InputError


def check_level(level: float) -> None:
    """Refuse what is no confidence level."""
    if not 0 < level < 1:
        raise DomainError("this is no confidence level.", got=level, allowed="0 < level < 1")


def agreed(known: int, said: int | None) -> int:
    """Return the number of samples that the counts know and the caller may have repeated."""
    if said is not None and said != known:
        raise InputError(
            "the counts come from another number of samples than n_samples says.",
            got=f"n_samples = {said}",
            allowed=f"{known}, or leave it out",
        )
    return int(known)


def sample_number(n_samples: object) -> int:
    """Return a number of samples, at least one."""
    whole = isinstance(n_samples, int | float | np.number) and not isinstance(n_samples, bool)
    if not whole or not (1 <= n_samples < 2**53) or n_samples != int(n_samples):  # type: ignore[operator, call-overload]
        raise InputError(
            "counts say nothing without the number of samples they were counted over.",
            got=f"n_samples = {n_samples!r}",
            allowed="a whole number, at least 1",
            hint="GrowthLaw().fit(counts, n_samples=1797)",
        )
    return int(n_samples)  # type: ignore[call-overload, no-any-return]


def whole_numbers(numbers: object, name: str, hint: str) -> NDArray[np.int64]:
    """Return a list of whole numbers, not negative, as an array."""
    try:
        array = np.asarray(numbers)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{name} are no array of numbers.", got=type(numbers), hint=hint
        ) from error
    if array.ndim != 1 or array.size == 0 or array.dtype.kind not in "iuf":
        got = f"shape {array.shape}, type {array.dtype}"
        raise InputError(f"{name} are no list of whole numbers.", got=got, hint=hint)
    if array.dtype.kind == "f" and not np.array_equal(array, np.floor(array)):
        bad = array[array != np.floor(array)][0]
        raise InputError(f"{name} must be whole numbers.", got=bad, hint=hint)
    if array.min() < 0 or array.max() >= 2**53:
        bad = array.min() if array.min() < 0 else array.max()
        raise InputError(f"{name} lie outside what can be counted.", got=bad, allowed=">= 0")
    return np.asarray(array, dtype=np.int64)
