"""Training steps from the names of checkpoints."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TypeAlias

from activstats.errors import InputError

Steps: TypeAlias = list[int | None]

# The words before a number that say what it counts, the best first.
_WORDS = (r"(?:global_?)?steps?", r"iter(?:ation)?s?|its?", r"epochs?|ep", r"checkpoint|ckpt")
_NUMBER = r"(?P<number>\d+(?:\.\d+)?)(?P<unit>[kKmMB](?![a-zA-Z]))?"
_ANY_NUMBER = re.compile(_NUMBER)
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9}
_SHOWN = 4

GIVE = "give the steps: {500: 'a.pt', 1000: 'b.pt'}, or --checkpoints 500=a.pt"


def steps_of(names: Sequence[str]) -> list[int]:
    """Return the step that each name says.

    A number after ``step`` counts first, then after ``iter``, ``epoch``, ``checkpoint``, as in
    ``epoch=3-step=400`` and ``checkpoint-500``; without such a word, the one whole number in which the
    names differ. ``10k`` is 10,000.

    Parameters
    ----------
    names : sequence of str
        Without the endings of files.

    Raises
    ------
    InputError
        If a name says no step, or more than one, or if two say the same.

    Examples
    --------
    >>> steps_of(["epoch=0-step=100", "epoch=1-step=1k"])
    [100, 1000]
    >>> steps_of(["resnet18_0005", "resnet18_0010"])
    [5, 10]
    """
    readings: list[Callable[[Sequence[str]], Steps]] = [
        *(lambda some, word=word: [_after(word, name) for name in some] for word in _WORDS),
        _differing,
    ]
    best: Steps = [None] * len(names)
    for reading in readings:
        found = reading(names)
        if None not in found:
            return _distinct([step for step in found if step is not None], names)
        if found.count(None) < best.count(None):
            best = found
    unclear = [name for name, step in zip(names, best, strict=True) if step is None]
    raise InputError(
        "the names of checkpoints do not say their steps.",
        got=_listed(unclear),
        allowed="one number after 'step', 'iter', 'epoch' or 'checkpoint', or one number in all",
        hint=GIVE,
    )


def says_step(name: str) -> bool:
    """Return whether a name says a step by the word."""
    return _after(_WORDS[0], name) is not None


def _after(word: str, name: str) -> int | None:
    """Return the number after a word, if there is just one."""
    pattern = rf"(?<![a-zA-Z])(?:{word})[-_= ]*{_NUMBER}"
    found = {_whole(match) for match in re.finditer(pattern, name, re.IGNORECASE)}
    return found.pop() if len(found) == 1 else None


def _differing(names: Sequence[str]) -> Steps:
    """Return the one whole number in which the names differ, or that a single name has."""
    numbers = [[_whole(match) for match in _ANY_NUMBER.finditer(name)] for name in names]
    if len({len(row) for row in numbers}) != 1:
        return [row[0] if len(row) == 1 else None for row in numbers]
    columns = [column for column in zip(*numbers, strict=True) if None not in column]
    if len(names) > 1:
        columns = [column for column in columns if len(set(column)) > 1]
    return list(columns[0]) if len(columns) == 1 else [None] * len(names)


def _whole(match: re.Match[str]) -> int | None:
    number = Decimal(match["number"]) * _UNITS[(match["unit"] or "").lower()]
    return (
        int(number)
        if number == int(number) and ("." not in match["number"] or match["unit"])
        else None
    )


def _distinct(steps: list[int], names: Sequence[str]) -> list[int]:
    for step in sorted(set(steps)):
        same = [name for name, at in zip(names, steps, strict=True) if at == step]
        if len(same) > 1:
            raise InputError(
                f"{len(same)} checkpoints say that they are of step {step}.",
                got=_listed(same),
                hint=GIVE,
            )
    return steps


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(f"'{name}'" for name in names[:_SHOWN]) + (
        f" and {more} more" if more > 0 else ""
    )
