"""Runs code of the user's own: named functions are found and called, and their errors say where."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from activstats.errors import ActivstatsError, InputError, UsageError

_CHECKPOINT_FILES = (".pt", ".pth", ".bin", ".safetensors")


@contextlib.contextmanager
def users_code(what: str, *, hint: str | None = None) -> Iterator[None]:
    """Turn whatever the user's code raises into one error that says where it came from.

    Parameters
    ----------
    what : str
        What went wrong if something does, a sentence.
    hint : str, optional
        What to do then.

    Raises
    ------
    InputError
    """
    try:
        yield
    except ActivstatsError:
        raise
    except (Exception, SystemExit) as error:
        message = " ".join(str(error).split())[:300]
        raise InputError(what, got=f"{type(error).__name__}: {message}", hint=hint) from error


def load_object(spec: str, what: str) -> Any:
    """Return the object that ``package.module:name`` or ``file.py:name`` stands for."""
    place, colon, name = spec.rpartition(":")
    if not colon or not place or not name.isidentifier():
        checkpoint = Path(spec).suffix in _CHECKPOINT_FILES
        raise UsageError(
            f"'{spec}' does not name {what}.",
            allowed="package.module:function or file.py:function",
            hint=f"say the function that builds the model, and --weights {spec}"
            if checkpoint
            else None,
        )
    module = _import_file(Path(place)) if place.endswith(".py") else _import_module(place)
    if not hasattr(module, name):
        public = [key for key in vars(module) if not key.startswith("_")]
        raise InputError(
            f"'{place}' has no '{name}'.", allowed=", ".join(public[:20]) or "nothing is in it"
        )
    return getattr(module, name)


def _import_module(name: str) -> Any:
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))  # as `python -m` does: the user's own modules are there
    hint = "run from its folder, or give a file: path/to/file.py:function"
    with users_code(f"the module '{name}' cannot be imported.", hint=hint):
        return importlib.import_module(name)


def _import_file(path: Path) -> Any:
    if not path.is_file():
        raise InputError(f"there is no file '{path}'.")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None  # noqa: PT018  (a .py file always has both)
    module = importlib.util.module_from_spec(spec)
    with users_code(f"'{path}' fails when it is run."):
        spec.loader.exec_module(module)
    return module


def call(function: Any, spec: str) -> Any:
    """Return what a function without arguments returns.

    Raises
    ------
    InputError
        If it is no function, needs arguments, or raises.
    """
    if not callable(function):
        raise InputError(f"'{spec}' is no function.", got=type(function).__name__)
    needed = _arguments_without_default(function)
    if needed:
        raise InputError(
            f"'{spec}' needs arguments, and there are none to give.",
            got=", ".join(needed),
            hint="write a function without arguments around it",
        )
    with users_code(f"'{spec}' fails when it is called."):
        return function()


def _arguments_without_default(function: Any) -> list[str]:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):  # compiled functions do not always tell
        return []
    return [
        name
        for name, parameter in parameters.items()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
