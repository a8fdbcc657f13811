"""Settings of a study from a TOML file, and as one."""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from types import UnionType
from typing import Any, Protocol, TypeVar, get_args, get_origin, get_type_hints

from activstats.errors import InputError, UsageError


class _Settings(Protocol):
    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values."""


S = TypeVar("S", bound=_Settings)


def settings_kind(make: Callable[..., Any]) -> type[Any]:
    """Return the class of the settings of a study, from the annotation of its function.

    Parameters
    ----------
    make : callable
        With a parameter `settings`, annotated as a class or None.

    Examples
    --------
    >>> from activstats.studies.learning_rates_study import run_learning_rates
    >>> settings_kind(run_learning_rates).__name__
    'LearningRatesSettings'
    """
    hints = get_type_hints(make)
    found: type[Any] = next(one for one in get_args(hints["settings"]) if one is not type(None))
    return found


def read_settings(path: Path, base: S) -> S:
    """Return settings with what a file says of them.

    Parameters
    ----------
    path : Path
        A TOML file; its keys are names of settings, at the top level.
    base : settings
        What the file does not say.

    Returns
    -------
    settings
        Of the same class as `base`.

    Raises
    ------
    InputError
        If the file cannot be read.
    UsageError
        If it is no TOML, names no setting, or gives one a value of another kind.
    DomainError
        If a setting is outside its domain.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"'{path}' cannot be read.", got=error.strerror or str(error)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"'{path}' is no TOML file.", got=error) from error
    kinds = get_type_hints(type(base))
    known = [field.name for field in fields(base)]  # type: ignore[arg-type]
    for name in said:
        if name not in known:
            raise _unknown(name, known, path)
    values = {name: _fitted(value, kinds[name], f"{path}: {name}") for name, value in said.items()}
    return replace(base, **values)  # type: ignore[type-var]


def settings_toml(settings: _Settings) -> str:
    """Return settings as TOML, from which `read_settings` makes them again.

    Examples
    --------
    >>> from activstats.studies.settings import StudySettings
    >>> print(settings_toml(StudySettings.quick()).splitlines()[0])
    widths = [64, 256]
    """
    # What JSON writes of numbers, strings, booleans and lists is TOML, too.
    lines = [
        f"{name} = {json.dumps(value, ensure_ascii=False)}"
        for name, value in settings.to_dict().items()
    ]
    return "\n".join(lines)


def _unknown(name: str, known: list[str], path: Path) -> UsageError:
    near = difflib.get_close_matches(name, known, n=1)
    return UsageError(
        f"'{path}' has a key that is no setting of this study.",
        got=name,
        allowed=", ".join(known),
        hint=near[0] if near else None,
    )


def _fitted(value: Any, kind: Any, where: str) -> Any:
    """Return a value of a file as a setting of some kind."""
    for one in get_args(kind) if isinstance(kind, UnionType) else (kind,):
        if get_origin(one) is tuple and isinstance(value, list):
            return tuple(_fitted(inner, get_args(one)[0], where) for inner in value)
        if one is float and type(value) in {int, float}:
            return float(value)
        if type(value) is one:
            return value
    raise UsageError(
        "a setting has a value of another kind.", got=f"{where} = {value!r}", allowed=_words(kind)
    )


def _words(kind: Any) -> str:
    names = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}
    if isinstance(kind, UnionType):
        return ", or ".join(map(_words, get_args(kind)))
    if get_origin(kind) is tuple:
        return f"a list, each {_words(get_args(kind)[0])}"
    return names.get(kind, str(kind))
