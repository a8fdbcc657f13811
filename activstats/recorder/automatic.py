"""Places chosen by the package: behind activation functions, or at the product of a gated block."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import nn

from activstats.errors import LayerNotFoundError, RecorderError
from activstats.recorder.call_patterns import ACTIVATIONS, RECTIFIERS, CallPattern, NamedCalls
from activstats.recorder.fused import fused_note
from activstats.recorder.kinds import Kind, gated_consumer, kind_of, names_in_code
from activstats.recorder.places import POST, PRODUCT, SQUASHED
from activstats.recorder.selection import Selection, select
from activstats.recorder.taps import Layers, Tap
from activstats.recorder.tracing import Trace, trace

AUTO = "auto"
"""As `layers`, leaves the choice to the package; a module of that name is reached as ``"[a]uto"``."""

_CHOSEN = (PRODUCT, POST)


def selection_of(model: nn.Module, layers: Layers, sample: Any = None) -> Selection:
    """Return what `layers` selects of a model.

    Parameters
    ----------
    model : torch.nn.Module
    layers : pattern or sequence of patterns
        As for `select`, or ``"auto"``.
    sample : tensor, tuple or dict, optional
        Input to trace the model with, for ``"auto"``.

    Raises
    ------
    LayerNotFoundError
        If a pattern matches nothing, or nothing can be chosen.
    RecorderError
        If a sample is given and the layers are named.
    """
    alone = layers[0] if isinstance(layers, list | tuple) and len(layers) == 1 else layers
    if not isinstance(alone, str) or alone != AUTO:
        if sample is not None:
            raise RecorderError("a sample helps to choose layers.", hint='layers="auto"')
        return select(model, layers)
    return choose(model) if sample is None else choose_from(trace(model, sample), model)


def choose(model: nn.Module) -> Selection:
    """Choose by the types, names and sizes of a model's modules, and leave calls to its first batch.

    Parameters
    ----------
    model : torch.nn.Module

    Raises
    ------
    LayerNotFoundError
        If the model has no module that computes anything.

    Examples
    --------
    >>> model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1), nn.Sigmoid())
    >>> [tap.layer(0) for tap in choose(model).taps]
    ['1']
    """
    modules = tuple(model.named_modules())
    gated = {path: name for path, module in modules if (name := gated_consumer(module))}
    taps = tuple(_taps(modules, gated, "rectifier"))
    names = names_in_code(model)
    rectified = bool(taps or names.intersection(RECTIFIERS))
    if not rectified:
        taps = tuple(_taps(modules, gated, "squashing")) or tuple(_recurrent(modules))
    inside = {path for path, module in modules if kind_of(module)}
    operations = frozenset(RECTIFIERS if rectified else ACTIVATIONS)
    calls = AnyCalls(operations, frozenset(inside | gated.keys()))
    return Selection(modules, taps, (calls,), automatic=True, is_open=True)


def _taps(
    modules: Sequence[tuple[str, nn.Module]], gated: Mapping[str, str], kind: Kind
) -> Iterator[Tap]:
    for path, module in modules:
        parent, _, name = path.rpartition(".")
        in_block = parent in gated and bool(path)
        if in_block and gated[parent] == name:
            yield Tap(path, module, "in")
        elif kind_of(module) == kind and not in_block:
            yield Tap(path, module)


def _recurrent(modules: Sequence[tuple[str, nn.Module]]) -> Iterator[Tap]:
    """Yield the hidden states of recurrent layers, whose activations are inside of their kernels."""
    for path, module in modules:
        if isinstance(module, nn.RNNBase):
            yield Tap(path, module, "out", ("0",))


@dataclass(frozen=True)
class AnyCalls:
    """All calls of some operations, but for those inside of some modules.

    Parameters
    ----------
    operations : frozenset of str
    passed_over : frozenset of str
        Paths of modules that are recorded as a whole.
    """

    operations: frozenset[str]
    passed_over: frozenset[str]
    shown: str = AUTO
    port: str = "out"

    def matches(self, path: str, operation: str, index: int) -> bool:  # noqa: ARG002
        """Return whether a call is meant."""
        return operation in self.operations and path not in self.passed_over


def choose_from(traced: Trace, model: nn.Module) -> Selection:
    """Choose from what a sample showed.

    Parameters
    ----------
    traced : Trace
    model : torch.nn.Module
        The one that was traced.

    Raises
    ------
    LayerNotFoundError
        If the sample passed no activation function.
    """
    roles = {place.role for place in traced.places}
    wanted = _CHOSEN if roles.intersection(_CHOSEN) else (SQUASHED,)
    taps = [
        tap
        for tap, place in zip(traced.taps, traced.places, strict=True)
        if place.role in wanted and not place.same_as
    ]
    if not taps:
        raise nothing_to_choose()
    calls: list[CallPattern] = [_exactly(tap) for tap in taps if tap.operation]
    return Selection(
        tuple(model.named_modules()),
        tuple(tap for tap in taps if not tap.operation),
        tuple(calls),
        automatic=True,
    )


def _exactly(tap: Tap) -> NamedCalls:
    name = tap.layer(0)
    whole = re.compile(rf"\A{re.escape(name)}\Z")
    return NamedCalls(name, whole, frozenset({tap.operation}), whole=True)


def nothing_to_choose() -> LayerNotFoundError:
    """Return the error for a model in which no activation function was met."""
    return LayerNotFoundError(
        'layers="auto" found no activation function in the model.',
        hint="`activstats trace` lists what can be recorded; name some of it in `layers`",
    )


def choice_note(chosen: Sequence[str], modules: Sequence[tuple[str, nn.Module]]) -> str:
    """Return in one line what was chosen, for the notes of a recording."""
    note = f"chosen by the package, behind activation functions: {', '.join(chosen)}"
    fused = fused_note(modules)
    return f"{note}; {fused}" if fused else note
