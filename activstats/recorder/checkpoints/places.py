"""Places of checkpoints, and what their names say: one step each, and an order."""

from __future__ import annotations

import itertools
import operator
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from activstats.errors import InputError
from activstats.recorder.checkpoints.files import WHOLE_NAMES, is_part, read_file
from activstats.recorder.checkpoints.hub import HUB, HubRevision
from activstats.recorder.checkpoints.steps import GIVE, says_step, steps_of

Place: TypeAlias = Path | HubRevision
Location: TypeAlias = str | os.PathLike[str]

_ENDINGS = re.compile(r"(\.index\.json|\.safetensors|\.pth?|\.ckpt|\.bin)$")


@dataclass(frozen=True)
class Checkpoint:
    """A saved state of a model.

    Parameters
    ----------
    step : int
        Of the training.
    place : Path or HubRevision
        Where its weights are.
    """

    step: int
    place: Place


def place_at(at: Location) -> Place:
    """Return the place that a text names.

    Raises
    ------
    InputError
        If it is not there, or is but a part of a checkpoint.
    """
    text = os.fspath(at)
    if text.startswith(HUB):
        return HubRevision.parse(text)
    path = Path(text)
    if not path.exists():
        raise InputError(f"there is no checkpoint '{text}'.")
    if is_part(path):
        raise InputError(
            f"'{text}' is one part of a checkpoint.",
            hint="name its folder, or the .index.json that lists all parts",
        )
    return path


def in_order(places: Sequence[Place], *, copies_of_the_last: bool = False) -> list[Checkpoint]:
    """Return checkpoints in the order of the steps that the names of their places say.

    Files of Lightning say theirs inside, too. Of those in one folder (`copies_of_the_last`), a
    ``last.ckpt`` of the step of another one is left out: it is a copy of it.

    Raises
    ------
    InputError
        If the names leave the steps open; see `steps_of`.
    """
    if not places:
        return []
    names = _names([str(place) for place in places])
    inside = _steps_inside(places) if not all(map(says_step, names)) else None
    if inside is None:
        return by_step(zip(steps_of(names), places, strict=True))
    pairs = list(zip(inside, places, strict=True))
    if copies_of_the_last:  # Lightning's last.ckpt is a second copy of the newest one
        others = {step for step, place in pairs if not _is_last(place)}
        pairs = [
            (step, place) for step, place in pairs if not _is_last(place) or step not in others
        ]
    return by_step(pairs)


def _is_last(place: Place) -> bool:
    return isinstance(place, Path) and place.stem.startswith("last")


def _names(places: list[str]) -> list[str]:
    """Return what places are called, without the folder that they share and the endings of files."""
    paths = [Path(_ENDINGS.sub("", place)) for place in places]
    if len(paths) == 1:
        (path,) = paths
        whole = any(places[0].endswith(name) for name in WHOLE_NAMES)
        return [path.parent.name if whole else path.name]
    shared = Path(os.path.commonpath(paths))
    return [path.relative_to(shared).as_posix() for path in paths]


def _steps_inside(places: Sequence[Place]) -> list[int] | None:
    """Return the steps that files of Lightning say inside, if all places are such files."""
    if not all(isinstance(place, Path) and place.suffix == ".ckpt" for place in places):
        return None
    steps = [read_file(place).get("global_step") for place in places if isinstance(place, Path)]
    return [step for step in steps if isinstance(step, int)] if _all_whole(steps) else None


def _all_whole(steps: Iterable[Any]) -> bool:
    return all(isinstance(step, int) for step in steps)


def by_step(pairs: Iterable[tuple[int, Place]]) -> list[Checkpoint]:
    """Return checkpoints in the order of their steps.

    Raises
    ------
    InputError
        If there are none, or two of one step.
    """
    ordered = sorted((Checkpoint(step, place) for step, place in pairs), key=_step)
    for one, other in itertools.pairwise(ordered):
        if one.step == other.step:
            raise InputError(
                f"two checkpoints are said to be of step {one.step}.",
                got=f"'{one.place}', '{other.place}'",
                hint=GIVE,
            )
    if not ordered:
        raise InputError("no checkpoints were given.")
    return ordered


_step: Callable[[Checkpoint], int] = operator.attrgetter("step")
