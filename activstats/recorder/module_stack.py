"""Which module of a model is running: a stack kept by hooks, innermost last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from torch import nn
from torch.utils.hooks import RemovableHandle


@dataclass
class Running:
    """A call of a module that is under way, and how often each operation has run in it so far."""

    path: str
    module: nn.Module
    operations: Counter[str] = field(default_factory=Counter)

    def next_index(self, operation: str) -> int:
        """Return the number of this call of an operation within the module's call, from 0."""
        index = self.operations[operation]
        self.operations[operation] += 1
        return index


class ModuleStack:
    """Knows the innermost module that is running while it is attached and on.

    Its hooks return at once while it is off. `has_seen` says whether any module has run under it.

    Parameters
    ----------
    modules : sequence of (str, torch.nn.Module)
        As `named_modules` has them.
    """

    def __init__(self, modules: Sequence[tuple[str, nn.Module]]) -> None:
        self._modules = modules
        self._running: list[Running] = []
        self._is_on = False
        self.has_seen = False

    @property
    def innermost(self) -> Running | None:
        """The call under way, None outside of the model."""
        return self._running[-1] if self._running else None

    def turn(self, *, on: bool) -> None:
        """Begin or end to follow the calls."""
        self._is_on = on
        self._running.clear()

    def attach(self, handles: list[RemovableHandle]) -> None:
        """Put the hooks on, each of them noted as soon as it is on."""
        for path, module in self._modules:
            handles.append(module.register_forward_pre_hook(self._entering(path), prepend=True))
            # Called even where the module raises, for its caller may catch that and go on.
            handles.append(module.register_forward_hook(self._leave, always_call=True))

    def _entering(self, path: str):  # type: ignore[no-untyped-def]  # noqa: ANN202  (a hook)
        def enter(module: nn.Module, _args: object) -> None:
            if self._is_on:
                self.has_seen = True
                self._running.append(Running(path, module))

        return enter

    def _leave(self, module: nn.Module, _args: object, _output: object) -> None:
        for depth in range(len(self._running), 0, -1):
            if self._running[depth - 1].module is module:
                del self._running[depth - 1 :]
                return
