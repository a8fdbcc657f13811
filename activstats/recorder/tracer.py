"""Follows one pass through a model: which tensors arise where, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn
from torch.nn.modules.dropout import _DropoutNd
from torch.overrides import TorchFunctionMode
from torch.utils.hooks import RemovableHandle

from activstats.errors import RecorderError
from activstats.recorder.call_patterns import operation_of
from activstats.recorder.kinds import kind_of, kind_of_call
from activstats.recorder.matrix import reading_of
from activstats.recorder.module_stack import ModuleStack
from activstats.recorder.nested import activations_in
from activstats.recorder.origins import Met, Origin, Origins, role_of_output
from activstats.recorder.places import (
    GATE,
    INPUT,
    POST,
    PROBABILITIES,
    PRODUCT,
    SQUASHED,
    SUM,
)
from activstats.recorder.taps import Tap

_ROLES = {"rectifier": POST, "squashing": SQUASHED}
# What changes the shape or the type of activations, or nothing at all in evaluation mode.
_PASSING = frozenset(
    [
        "view",
        "reshape",
        "flatten",
        "unflatten",
        "transpose",
        "permute",
        "movedim",
        "contiguous",
        "to",
        "type_as",
        "float",
        "half",
        "bfloat16",
        "double",
        "squeeze",
        "unsqueeze",
        "clone",
        "detach",
        "dropout",
        "dropout1d",
        "dropout2d",
        "dropout3d",
        "alpha_dropout",
    ]
)


class Tracer(TorchFunctionMode):
    """Follows what runs inside of a model while it is entered.

    Parameters
    ----------
    modules : sequence of (str, torch.nn.Module)
        Of the whole model.
    """

    def __init__(self, modules: Iterable[tuple[str, nn.Module]]) -> None:
        super().__init__()
        self._modules = list(modules)
        self._stack = ModuleStack(self._modules)
        self._origins = Origins()
        self._paused = False
        self.met: dict[Tap, Met] = {}

    def attach(self, handles: list[RemovableHandle]) -> None:
        """Put hooks on all modules and begin to follow them."""
        for path, module in self._modules:
            handles.append(module.register_forward_pre_hook(self._taking(path), with_kwargs=True))
            handles.append(module.register_forward_hook(self._giving(path)))
        self._stack.attach(handles)
        self._stack.turn(on=True)

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Call the function and note what it made of its tensors."""
        before = [] if self._paused else [self._origins.of(value) for value in args[:2]]
        sizes = [getattr(value, "shape", None) for value in args[:2]]
        result = func(*args, **kwargs or {})
        running = None if self._paused else self._stack.innermost
        if (
            running is None
            or not isinstance(result, torch.Tensor)
            or not result.is_floating_point()
            or kind_of(running.module)  # what an activation function is made of is its own affair
        ):
            return result
        name = operation_of(func)
        role = _ROLES.get(kind_of_call(name), PROBABILITIES if name == "softmax" else "")
        if role:
            tap = Tap(running.path, running.module, operation=name, index=running.next_index(name))
            self._note(tap, name, result, role)
        else:
            self._derive(name, before, sizes, result)
        return result

    def _derive(
        self, name: str, before: list[Origin | None], sizes: list[Any], result: torch.Tensor
    ) -> None:
        known = [origin for origin in before if origin is not None]
        alike = len(sizes) == 2 and sizes[0] == sizes[1]  # noqa: PLR2004  (two operands)
        gates = [one for one in known if one.role in (POST, SQUASHED, GATE) and one.met]
        if name == "mul" and alike and gates:
            self._origins.set(result, PRODUCT, gates=[one.met for one in gates if one.met])
        elif name == "add" and alike:
            self._origins.set(result, SUM)
        elif known and (name in _PASSING or (name == "mul" and sizes[-1] is None)):
            self._origins.set(result, known[0].role, known[0].met, known[0].gates)

    def _taking(self, path: str) -> Callable[..., None]:
        def take(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            if isinstance(module, _DropoutNd):
                return  # it changes nothing in evaluation mode, and the module after it takes the same
            value = args or kwargs
            for way, tensor in activations_in(value):
                origin = self._origins.of(tensor)
                if origin is None or (origin.role in (PRODUCT, SUM) and origin.met is None):
                    role = INPUT if origin is None else origin.role
                    self._note(Tap(path, module, "in", way), type(module).__name__, tensor, role)

        return take

    def _giving(self, path: str) -> Callable[..., None]:
        def give(module: nn.Module, _args: object, output: Any) -> None:
            kind = kind_of(module)
            for way, tensor in activations_in(output):
                origin = self._origins.of(tensor)
                if isinstance(module, _DropoutNd) and origin is not None and origin.met is None:
                    continue
                role = _ROLES[kind] if kind else role_of_output(module, origin)
                same = (
                    "" if kind or origin is None or origin.met is None else origin.met.tap.layer(0)
                )
                tap = Tap(path, module, "out", way)
                self._note(tap, type(module).__name__, tensor, role, same_as=same)

        return give

    def _note(
        self, tap: Tap, kind: str, tensor: torch.Tensor, role: str, *, same_as: str = ""
    ) -> None:
        """Note a place, if it can be recorded, and where its tensor is from."""
        origin = self._origins.of(tensor)
        met = self.met.get(tap) or self._meet(tap, kind, tensor, role, same_as)
        if met is None:
            return
        self._paused = True
        met.calls += 1
        met.active += int((tensor > 0).sum())
        met.total += tensor.numel()
        self._paused = False
        gates = origin.gates if origin is not None and role == PRODUCT else []
        for gate in gates:
            gate.role, gate.product_at = GATE, gate.product_at or tap.layer(0)
        if not same_as:
            self._origins.set(tensor, role, met, gates)

    def _meet(
        self, tap: Tap, kind: str, tensor: torch.Tensor, role: str, same_as: str
    ) -> Met | None:
        name, dtype = tap.layer(0), str(tensor.dtype).removeprefix("torch.")
        try:
            unit = reading_of(tensor, tap.module, name, None, None).sample_unit
        except RecorderError:
            return None
        met = Met(tap, kind, role, tuple(tensor.shape), dtype, unit, same_as)
        self.met[tap] = met
        return met
