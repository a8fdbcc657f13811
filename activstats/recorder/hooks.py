"""Hooks on a model, put on together and taken off together, and the mode that sees its functions."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch import nn
from torch._compile import _disable_dynamo
from torch.nn.utils.rnn import PackedSequence
from torch.utils.hooks import RemovableHandle

from activstats.errors import LayerNotFoundError
from activstats.recorder.as_written import run_as_written
from activstats.recorder.compiled_models import compiler_is_loaded
from activstats.recorder.functional import Call, FunctionalCalls
from activstats.recorder.fused import unfused
from activstats.recorder.module_stack import ModuleStack
from activstats.recorder.selection import Selection
from activstats.recorder.taps import Tap, tensor_at

Read = Callable[[Tap, torch.Tensor | PackedSequence], None]


class Hooks:
    """Hands what is selected of a model to a function while it is attached.

    Parameters
    ----------
    selection : Selection
    read : callable
        Called with the tap and its tensor as soon as the tensor is there: an in-place operation may
        overwrite it right after. Inputs are read before their module runs.
    """

    def __init__(self, selection: Selection, read: Read) -> None:
        self._selection = selection
        self._read = read
        self._handles: list[RemovableHandle] = []
        self._stack_handles: list[RemovableHandle] = []
        self._stack = ModuleStack(selection.modules)
        self._unfused = unfused(selection.modules, [tap.path for tap in selection.taps])
        self._calls: dict[tuple[Call, str], Tap] = {}
        self._mode = (
            FunctionalCalls(self._stack, selection.calls, self._kept(self._reader_of_calls()))
            if selection.calls
            else None
        )

    @property
    def chosen(self) -> tuple[Tap, ...]:
        """Places at modules in the order of the model, then calls of functions as they were met."""
        return (*self._selection.taps, *self._calls.values())

    def attach(self) -> None:
        """Put the hooks on; none stays on if one cannot be put on."""
        try:
            if self._mode is not None:
                self._stack.attach(self._stack_handles)
            for tap in self._selection.taps:
                self._handles.append(self._attach(tap))
        except BaseException:
            self.detach()
            raise

    def detach(self) -> None:
        """Take the hooks off."""
        for handles in (self._handles, self._stack_handles):
            while handles:
                handles.pop().remove()

    def watching(self) -> AbstractContextManager[Any]:
        """Return the context that the model must run in, entered anew for each batch.

        It is left between batches, so that nothing else is slowed down, and contexts of the caller's
        own are left in the order in which they were entered.
        """
        if self._mode is not None:
            return self._seeing_calls(self._mode)
        return self._unfused or contextlib.nullcontext()

    @staticmethod
    @contextlib.contextmanager
    def _seeing_calls(mode: FunctionalCalls) -> Iterator[None]:
        """Enter the mode; what is compiled runs as it was written meanwhile.

        The compiler would trace the mode as well, and break its graph at every function.
        """
        with contextlib.ExitStack() as entered:
            if compiler_is_loaded():
                entered.enter_context(run_as_written())
            entered.enter_context(mode)
            yield

    def settle(self) -> None:
        """Keep to the calls met so far, where the first batch decides; to be called after a batch.

        Raises
        ------
        LayerNotFoundError
            If there is nothing to record.
        """
        if not self._selection.is_open or self._mode is None or not self._stack.has_seen:
            return
        self._mode.settle()
        if not self._calls:
            self._mode = None
            while self._stack_handles:
                self._stack_handles.pop().remove()
        if not self.chosen:
            raise LayerNotFoundError(
                "no activation function was met in the first batch.",
                hint="`activstats trace` lists what can be recorded; name some of it in `layers`",
            )

    def unmatched(self) -> list[str]:
        """Return the patterns of calls that no call has answered to."""
        if self._selection.automatic:
            return []
        return [
            pattern.shown
            for pattern in self._selection.calls
            if not any(
                pattern.port == tap.port and pattern.matches(tap.path, tap.operation, tap.index)
                for tap in self._calls.values()
            )
        ]

    def _attach(self, tap: Tap) -> RemovableHandle:
        def read(value: Any) -> None:
            self._read_paused(tap, value)

        kept = self._kept(read)

        def before(_: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            kept(args or kwargs)

        def after(_: nn.Module, _args: tuple[Any, ...], output: Any) -> None:
            kept(output)

        if tap.port == "in":
            return tap.module.register_forward_pre_hook(before, with_kwargs=True)
        return tap.module.register_forward_hook(after)

    def _read_paused(self, tap: Tap, value: Any) -> None:
        """Read at a module, where the mode would see the reader's own calls."""
        if self._mode is None:
            self._read(tap, tensor_at(value, tap))
            return
        with self._mode.paused():
            self._read(tap, tensor_at(value, tap))

    def _reader_of_calls(self) -> Callable[[Call, str, Any], None]:
        def read(call: Call, port: str, value: Any) -> None:
            tap = self._calls.get((call, port))
            if tap is None:
                tap = Tap(call.path, call.module, port, (), call.operation, call.index)
                self._check_name(tap)
                self._calls[call, port] = tap
            self._read(tap, tensor_at(value, tap))

        return read

    def _check_name(self, tap: Tap) -> None:
        name = tap.layer(0)
        if any(name == path for path, _ in self._selection.modules):
            raise LayerNotFoundError(
                f"a call of a function would be recorded as '{name}', as a module is called already.",
                hint="rename the module, or choose calls by a narrower pattern",
            )

    @staticmethod
    def _kept(read: Callable[..., None]) -> Callable[..., None]:
        """Let a compiled model call the function instead of tracing it.

        A hook that is traced runs once, and the batches after it are lost. The decorator that prevents
        it imports the compiler when it is first called, which takes longer than a small recording; so
        it is called only while the compiler is at work.
        """
        untraced: Callable[..., None] = _disable_dynamo(read)

        def kept(*values: Any) -> None:
            if torch.compiler.is_compiling():
                untraced(*values)
            else:
                read(*values)

        return kept
