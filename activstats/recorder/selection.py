"""What is recorded of a model: places at its modules, and calls of functions in them."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from torch import nn

from activstats.recorder.call_patterns import (
    ACTIVATIONS,
    CallPattern,
    NamedCalls,
    read_call_glob,
)
from activstats.recorder.taps import LayerPattern, Layers, Tap, find_taps

_Rules = TypeVar("_Rules")


@dataclass(frozen=True)
class Selection:
    """What is recorded of a model.

    Parameters
    ----------
    modules : tuple of (str, torch.nn.Module)
        Of the whole model.
    taps : tuple of Tap
        Places at modules, in the order of the model.
    calls : tuple of CallPattern
        Calls of functions, found as they run.
    automatic : bool
        Whether it was left to the package to choose.
    is_open : bool
        Whether the first batch decides which of the calls are recorded.
    """

    modules: tuple[tuple[str, nn.Module], ...]
    taps: tuple[Tap, ...]
    calls: tuple[CallPattern, ...] = ()
    automatic: bool = False
    is_open: bool = False

    def rules_known_before(self, rules: Mapping[str, _Rules]) -> dict[str, _Rules]:
        """Leave out rules given for calls of functions, whose names are known only as they run."""
        names = {tap.layer(0) for tap in self.taps}
        is_call = {layer: bool(self.calls) and "/" in layer for layer in rules}
        return {
            layer: some for layer, some in rules.items() if layer in names or not is_call[layer]
        }


def select(model: nn.Module, layers: Layers) -> Selection:
    """Return what a selection stands for: places at modules, and patterns of calls.

    Parameters
    ----------
    model : torch.nn.Module
    layers : pattern or sequence of patterns
        As for `find_taps`, and globs such as ``"*.mlp/relu"`` or ``"*/gelu:in"`` for functions that
        modules call.

    Raises
    ------
    LayerNotFoundError
        If a pattern matches nothing.
    """
    patterns = (
        list(layers) if isinstance(layers, Sequence) and not isinstance(layers, str) else [layers]
    )
    modules = tuple(model.named_modules())
    calls = [_as_calls(modules, pattern) for pattern in patterns]
    others = [one for one, call in zip(patterns, calls, strict=True) if call is None]
    chosen = tuple(dict.fromkeys(call for call in calls if call is not None))
    taps = tuple(find_taps(model, others)) if others or not chosen else ()
    return Selection(modules, taps, chosen)


def _as_calls(modules: Sequence[tuple[str, nn.Module]], pattern: LayerPattern) -> NamedCalls | None:
    """Return the calls that a pattern with a slash stands for; modules with such a name go first."""
    text = pattern.pattern if isinstance(pattern, re.Pattern) else pattern
    if not isinstance(text, str) or "/" not in text:
        return None
    if isinstance(pattern, re.Pattern):
        if any(pattern.search(name) for name, _ in modules):
            return None
        operations = frozenset({*ACTIVATIONS, "softmax"})
        return NamedCalls(f"regular expression {text!r}", pattern, operations, whole=True)
    glob = re.sub(r":(in|out)[.\w]*$", "", text)
    if any("/" in name and fnmatch.fnmatchcase(name, glob) for name, _ in modules):
        return None
    return read_call_glob(text, modules)
