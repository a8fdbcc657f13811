"""Activations computed by functions: the mode that sees the calls inside of a model."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from torch import nn
from torch.overrides import TorchFunctionMode

from activstats.recorder.call_patterns import CallPattern, functions_of
from activstats.recorder.module_stack import ModuleStack
from activstats.recorder.nested import tensors_in


@dataclass(frozen=True)
class Call:
    """A call of a function in a model: the module it runs in, the operation, its index there."""

    path: str
    module: nn.Module
    operation: str
    index: int


class FunctionalCalls(TorchFunctionMode):
    """Hands over what chosen functions take and return inside of a model, while it is entered.

    It sees what one thread calls. Calls outside of the model, inside of other functions of torch, or in a
    function that a fused kernel replaces are not seen.

    Parameters
    ----------
    stack : ModuleStack
    patterns : sequence of CallPattern
    read : callable
        Called with the call, the port and the value.
    """

    def __init__(
        self,
        stack: ModuleStack,
        patterns: tuple[CallPattern, ...],
        read: Callable[[Call, str, Any], None],
    ) -> None:
        super().__init__()
        self._stack = stack
        self._patterns = patterns
        self._read = read
        self._paused = False
        self._ports: dict[Call, frozenset[str]] = {}
        operations = sorted({one for pattern in patterns for one in pattern.operations})
        self._operation = {function: name for name in operations for function in functions_of(name)}

    def __enter__(self) -> Self:
        self._stack.turn(on=True)
        super().__enter__()  # type: ignore[no-untyped-call]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        super().__exit__(kind, error, trace)  # type: ignore[no-untyped-call]
        self._stack.turn(on=False)

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Call the function, and hand over what goes in and out if the call is chosen."""
        operation = self._operation.get(func)
        running = self._stack.innermost
        if operation is None or running is None or self._paused:
            return func(*args, **kwargs or {})
        index = running.next_index(operation)
        call = Call(running.path, running.module, operation, index)
        ports = self._chosen_ports(call)
        if "in" in ports:
            self._read(call, "in", _first_tensor(args, kwargs))
        result = func(*args, **kwargs or {})
        if "out" in ports:
            self._read(call, "out", result)
        return result

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Let calls pass unseen, such as those of whoever reads."""
        self._paused = True
        try:
            yield
        finally:
            self._paused = False

    def settle(self) -> None:
        """Keep to the calls that were chosen so far."""
        self._patterns = ()

    def _chosen_ports(self, call: Call) -> frozenset[str]:
        ports = self._ports.get(call)
        if ports is None:
            ports = frozenset(
                pattern.port
                for pattern in self._patterns
                if pattern.matches(call.path, call.operation, call.index)
            )
            self._ports[call] = ports
        return ports


def _first_tensor(args: tuple[Any, ...], kwargs: dict[str, Any] | None) -> Any:
    return next((tensor for _, tensor in tensors_in((args, kwargs or {}))), None)
