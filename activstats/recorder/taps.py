"""Which places of a model are recorded: patterns in, modules and ports out."""

from __future__ import annotations

import difflib
import fnmatch
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence

from activstats.errors import LayerNotFoundError, RecorderError
from activstats.recorder.call_patterns import WHOLE_MODEL
from activstats.recorder.nested import inside, listing

LayerPattern: TypeAlias = str | re.Pattern[str] | type[nn.Module] | Callable[[str, nn.Module], bool]
"""A glob, a compiled regular expression, a module class, or a function of (name, module)."""

Layers: TypeAlias = LayerPattern | Sequence[LayerPattern]

_PORT = re.compile(r"(?P<glob>.*?)(?::(?P<port>in|out)(?P<path>(?:\.\w+)*))?")


@dataclass(frozen=True)
class Tap:
    """A place where activations are read: a module's input or output, or a tensor nested in one.

    Parameters
    ----------
    path : str
        Name of the module, as `named_modules` has it.
    module : torch.nn.Module
    port : str
        ``"out"`` or ``"in"``.
    tuple_path : tuple of str
        Way into a nested output: indices, keys or attributes, outermost first.
    operation : str
        Function that the module calls, where not the module itself is read but that call.
    index : int
        Which call of the function within one call of the module, from 0.
    """

    path: str
    module: nn.Module
    port: str = "out"
    tuple_path: tuple[str, ...] = ()
    operation: str = ""
    index: int = 0

    def layer(self, call: int) -> str:
        """Return the layer's name in the recording for the module's `call`-th call in a batch."""
        name = self.path or WHOLE_MODEL
        name += f"@{call}" if call else ""
        if self.operation:
            name += f"/{self.operation}" + (f"@{self.index}" if self.index else "")
        way = "".join(f".{key}" for key in self.tuple_path)
        return f"{name}:{self.port}{way}" if self.port == "in" or way else name


def find_taps(model: nn.Module, layers: Layers) -> list[Tap]:
    """Return the taps that a selection stands for, in the order of the model.

    Parameters
    ----------
    model : torch.nn.Module
    layers : pattern or sequence of patterns
        Globs such as ``"*.relu"``, with ``":in"`` for inputs and ``":out.0"`` for a tensor in a
        tuple; compiled regular expressions (searched in the whole name); module classes; functions
        of (name, module).

    Raises
    ------
    LayerNotFoundError
        If a pattern matches nothing; the message names layers that look like it.
    """
    patterns: Iterable[LayerPattern] = (
        layers if isinstance(layers, Sequence) and not isinstance(layers, str) else [layers]
    )
    modules = list(model.named_modules())
    order = {name: place for place, (name, _) in enumerate(modules)}
    found = dict.fromkeys(tap for pattern in patterns for tap in _matches(modules, pattern))
    _check_names(found)
    if not found:
        raise LayerNotFoundError("no layer was asked for.", got=repr(layers), hint='layers="*relu"')
    return sorted(found, key=lambda tap: order[tap.path])


def _check_names(taps: Iterable[Tap]) -> None:
    """Refuse two places that would be recorded under one name, such as ``relu@1`` for two reasons."""
    by_name: dict[str, Tap] = {}
    for tap in taps:
        name = tap.layer(0)
        if by_name.setdefault(name, tap) != tap or re.search(r"@\d+$", tap.path):
            raise LayerNotFoundError(
                f"two places of the model would be recorded as '{name}'.",
                hint="choose one of them by a narrower pattern, or rename the module",
            )


def _matches(modules: list[tuple[str, nn.Module]], pattern: LayerPattern) -> list[Tap]:
    if isinstance(pattern, nn.Module):
        raise RecorderError(
            "layers are named, not handed over.", got=type(pattern).__name__, hint='layers="*relu"'
        )
    if isinstance(pattern, str):
        return _glob_matches(modules, pattern)
    if isinstance(pattern, re.Pattern):
        taps = [Tap(name, module) for name, module in modules if pattern.search(name)]
        shown = f"regular expression {pattern.pattern!r}"
    elif isinstance(pattern, type):
        taps = [Tap(name, module) for name, module in modules if isinstance(module, pattern)]
        shown = f"type {pattern.__name__}"
    elif callable(pattern):
        taps = [Tap(name, module) for name, module in modules if pattern(name, module)]
        shown = f"function {getattr(pattern, '__name__', pattern)}"
    else:
        raise RecorderError(
            "a layer cannot be chosen that way.",
            got=repr(pattern),
            allowed="a glob, a compiled regular expression, a module class, a function of "
            "(name, module), or a list of these",
        )
    if not taps:
        raise _nothing_matches(modules, shown, "")
    return taps


def _glob_matches(modules: list[tuple[str, nn.Module]], text: str) -> list[Tap]:
    parts = _PORT.fullmatch(text)
    assert parts is not None  # every string has the form of a glob with an optional port
    glob, port = parts["glob"], parts["port"] or "out"
    inside = tuple(filter(None, (parts["path"] or "").split(".")))
    taps = [
        Tap(name, module, port, inside)
        for name, module in modules
        if fnmatch.fnmatchcase(name, glob) and (name or glob == "")
    ]
    if not taps and glob == WHOLE_MODEL:
        taps = [Tap("", modules[0][1], port, inside)]
    if not taps:
        raise _nothing_matches(modules, f"glob '{glob}'", glob)
    return taps


def _nothing_matches(
    modules: list[tuple[str, nn.Module]], shown: str, glob: str
) -> LayerNotFoundError:
    names = [name for name, _ in modules if name]
    near = difflib.get_close_matches(glob, names, n=3, cutoff=0.4) if glob else []
    near = near or [name for name in names if glob.strip("*.").lower() in name.lower()][:3]
    listed = ", ".join(f"{name} ({type(module).__name__})" for name, module in modules[1:13])
    return LayerNotFoundError(
        f"the {shown} matches no layer of the model.",
        allowed=listed + (", …" if len(names) > 12 else ""),  # noqa: PLR2004  (a line's worth)
        hint=", ".join(f"'{name}'" for name in near) or None,
    )


def tensor_at(value: Any, tap: Tap) -> torch.Tensor | PackedSequence:
    """Return the tensor, or packed sequence, that a tap reads from a module's inputs or output.

    Raises
    ------
    RecorderError
        If the tap does not say which of several tensors it means; the message lists them.
    """
    for key in tap.tuple_path:
        value = _inside(value, key, tap)
    if isinstance(value, PackedSequence):
        return value
    if isinstance(value, Mapping | tuple | list) and len(value) == 1:
        (value,) = value.values() if isinstance(value, Mapping) else value
    if not isinstance(value, torch.Tensor | PackedSequence):
        raise RecorderError(
            f"layer '{tap.path}' gives no single tensor at its {tap.port}put.",
            got=type(value).__name__,
            allowed=listing(value, f"{tap.path}:{tap.port}") or "no tensor in it",
            hint="name one of them in `layers`",
        )
    return value


def _inside(value: Any, key: str, tap: Tap) -> Any:
    try:
        return inside(value, key)
    except (KeyError, IndexError, AttributeError) as error:
        raise RecorderError(
            f"layer '{tap.path}' has nothing at ':{tap.port}.{'.'.join(tap.tuple_path)}'.",
            got=f"a {type(value).__name__} without {key!r}",
            allowed=listing(value),
        ) from error
