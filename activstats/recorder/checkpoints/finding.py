"""Which checkpoints there are: patterns, folders, lists and mappings in, steps and places out."""

from __future__ import annotations

import glob
import operator
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from activstats.errors import InputError
from activstats.recorder.checkpoints.files import (
    WHOLE_NAMES,
    is_weights_file,
    main_file,
    may_be_weights,
)
from activstats.recorder.checkpoints.hub import HUB, revisions
from activstats.recorder.checkpoints.places import (
    Checkpoint,
    Location,
    by_step,
    in_order,
    place_at,
)
from activstats.recorder.checkpoints.steps import GIVE, says_step, steps_of

_GIVEN = re.compile(r"(\d+)=(.+)")

Checkpoints: TypeAlias = Location | Sequence[Location | Checkpoint] | Mapping[int, Location]


def find_checkpoints(source: Checkpoints) -> list[Checkpoint]:
    """Return checkpoints in the order of their steps.

    Parameters
    ----------
    source : path-like, sequence of path-like, or mapping of int to path-like
        A glob; a folder of weights files or of folders with weights in them, as trainers of Lightning
        and Hugging Face leave it; a repository in the cache of the Hugging Face hub, whose references
        say the steps; ``hf://owner/name`` or ``hf://owner/name@step*`` for revisions on the hub; a
        list of files and folders; or each of them by its step. ``"500=path"`` in a list says a step
        as well.

    Raises
    ------
    InputError
        If there are none, or the names do not say their steps; see `steps_of`.
    """
    if isinstance(source, Mapping):
        return by_step((_read_step(step), place_at(at)) for step, at in source.items())
    if isinstance(source, str | os.PathLike):
        return _found(os.fspath(source))
    if not isinstance(source, Sequence):
        raise InputError(
            "checkpoints cannot be given that way.",
            got=type(source).__name__,
            allowed="a glob, a folder, a list of paths, or a mapping of steps to paths",
        )
    return _listed(list(source))


def _listed(source: list[Location | Checkpoint]) -> list[Checkpoint]:
    given = [one for one in source if isinstance(one, Checkpoint)]
    paths = [os.fspath(one) for one in source if not isinstance(one, Checkpoint)]
    said = [(int(match[1]), match[2]) for match in map(_GIVEN.fullmatch, paths) if match]
    bare = [path for path in paths if not _GIVEN.fullmatch(path)]
    if len(bare) == 1 and not (given or said):
        return _found(bare[0])
    named = in_order([place_at(path) for path in bare]) if bare else []
    pairs = [(one.step, one.place) for one in (*given, *named)]
    return by_step([*pairs, *((step, place_at(path)) for step, path in said)])


def _found(text: str) -> list[Checkpoint]:
    """Return what a glob, a folder or the name of a repository stands for."""
    if text.startswith(HUB):
        return by_step((step, revision) for step, revision in revisions(text))
    path = Path(text)
    if path.is_dir():
        return _in_folder(path)
    if path.exists():
        return in_order([place_at(path)])
    matches = [Path(match) for match in sorted(glob.glob(text, recursive=True))]  # noqa: PTH207  (absolute or not)
    places = [path for path in matches if may_be_weights(path) or main_file(path)]
    if not places:
        raise _none_at(text)
    return in_order([place_at(path) for path in places])


def _in_folder(folder: Path) -> list[Checkpoint]:
    if (folder / "refs").is_dir() and (folder / "snapshots").is_dir():
        return _of_cached_repository(folder)
    places = [path for path in sorted(folder.iterdir()) if is_weights_file(path) or main_file(path)]
    if not places and (folder / "checkpoints").is_dir():
        return _in_folder(folder / "checkpoints")
    if not places and main_file(folder):
        return in_order([folder])
    if not places:
        raise _none_at(str(folder))
    return in_order(places, copies_of_the_last=True)


def _of_cached_repository(folder: Path) -> list[Checkpoint]:
    """Read the references of a repository as the hub's client keeps it: a name, and its snapshot."""
    refs = folder / "refs"
    names = {
        path.relative_to(refs).as_posix(): folder / "snapshots" / path.read_text("utf-8").strip()
        for path in sorted(refs.rglob("*"))
        if path.is_file()
    }
    there = [name for name, place in names.items() if says_step(name) and main_file(place)]
    if not there:
        raise InputError(
            f"no reference of the repository '{folder}' that is there says a step.",
            got=", ".join(names) or "no references",
            hint=GIVE,
        )
    return by_step(zip(steps_of(there), (names[name] for name in there), strict=True))


def _read_step(step: Any) -> int:
    try:
        number = operator.index(step)
    except TypeError:
        number = -1
    if number < 0:
        raise InputError("a step must be a whole number.", got=repr(step), allowed="step >= 0")
    return number


def _none_at(text: str) -> InputError:
    return InputError(
        f"there are no checkpoints at '{text}'.",
        allowed="a folder or a glob of .safetensors, .pt, .pth or .ckpt files, or of folders with "
        f"{WHOLE_NAMES[1]} in them; hf://owner/name@step* for the hub",
    )
