"""Which parameters of a model are recorded: patterns in, names out."""

from __future__ import annotations

import difflib
import fnmatch
import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from torch import nn

from activstats.errors import LayerNotFoundError, RecorderError

ParameterPattern: TypeAlias = (
    str | re.Pattern[str] | type[nn.Module] | Callable[[str, nn.Parameter], bool]
)
"""A glob, a compiled regular expression, a module class, or a function of (name, parameter)."""

Parameters: TypeAlias = ParameterPattern | Sequence[ParameterPattern]

_SHOWN = 12


def find_parameters(model: nn.Module, patterns: Parameters) -> list[str]:
    """Return the names of the parameters that a selection stands for, in the order of the model.

    Parameters
    ----------
    model : torch.nn.Module
    patterns : pattern or sequence of patterns
        Globs such as ``"*.weight"``; compiled regular expressions (searched in the whole name);
        module classes, whose own parameters they stand for; functions of (name, parameter).
        Parameters that are empty or hold no floating-point numbers are passed over.

    Raises
    ------
    LayerNotFoundError
        If a pattern matches nothing; the message names parameters that look like it.
    RecorderError
        If something is no pattern.

    Examples
    --------
    >>> find_parameters(nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1)), "*.weight")
    ['0.weight', '1.weight']
    """
    several: Sequence[ParameterPattern] = (
        patterns if isinstance(patterns, Sequence) and not isinstance(patterns, str) else [patterns]
    )
    there = {
        name: parameter
        for name, parameter in model.named_parameters()
        if parameter.is_floating_point() and parameter.numel()
    }
    found = {name for pattern in several for name in _matches(model, there, pattern)}
    if not found:
        raise LayerNotFoundError("no parameter was asked for.", got=repr(patterns))
    return [name for name in there if name in found]


def _matches(
    model: nn.Module, there: dict[str, nn.Parameter], pattern: ParameterPattern
) -> list[str]:
    if isinstance(pattern, str):
        found = [name for name in there if fnmatch.fnmatchcase(name, pattern)]
    elif isinstance(pattern, re.Pattern):
        found = [name for name in there if pattern.search(name)]
    elif isinstance(pattern, type):
        found = [name for name in there if isinstance(model.get_submodule(_home(name)), pattern)]
    elif callable(pattern):
        found = [name for name, parameter in there.items() if pattern(name, parameter)]
    else:
        raise RecorderError(
            "parameters cannot be chosen that way.",
            got=repr(pattern),
            allowed="a glob, a compiled regular expression, a module class, a function of "
            "(name, parameter), or a list of these",
        )
    if not found:
        near = difflib.get_close_matches(str(pattern), there, n=3, cutoff=0.4)
        raise LayerNotFoundError(
            f"{pattern!r} matches no parameter of the model.",
            allowed=", ".join(list(there)[:_SHOWN]) + (", …" if len(there) > _SHOWN else ""),
            hint=", ".join(f"'{name}'" for name in near) or None,
        )
    return found


def _home(name: str) -> str:
    return name.rpartition(".")[0]
