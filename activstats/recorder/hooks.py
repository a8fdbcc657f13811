"""Forward hooks on the modules of a model, put on together and taken off together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn
from torch._compile import _disable_dynamo
from torch.utils.hooks import RemovableHandle

from activstats.recorder.taps import Tap, tensor_at

Read = Callable[[Tap, torch.Tensor], None]


class Hooks:
    """Hands the tensors at some taps to a function while it is attached.

    Parameters
    ----------
    taps : sequence of Tap
    read : callable
        Called with the tap and its tensor as soon as the tensor is there: an in-place operation may
        overwrite it right after. Inputs are read before their module runs.
    """

    def __init__(self, taps: Sequence[Tap], read: Read) -> None:
        self._taps = taps
        self._read = read
        self._handles: list[RemovableHandle] = []

    def attach(self) -> None:
        """Put the hooks on; none stays on if one cannot be put on."""
        try:
            for tap in self._taps:
                self._handles.append(self._attach(tap))
        except BaseException:
            self.detach()
            raise

    def detach(self) -> None:
        """Take the hooks off."""
        while self._handles:
            self._handles.pop().remove()

    def _attach(self, tap: Tap) -> RemovableHandle:
        def read(value: Any) -> None:
            self._read(tap, tensor_at(value, tap))

        kept = _kept_from_compiler(read)

        def before(_: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            kept(args or kwargs)

        def after(_: nn.Module, _args: tuple[Any, ...], output: Any) -> None:
            kept(output)

        if tap.port == "in":
            return tap.module.register_forward_pre_hook(before, with_kwargs=True)
        return tap.module.register_forward_hook(after)


def _kept_from_compiler(read: Callable[[Any], None]) -> Callable[[Any], None]:
    """Let a compiled model call the function instead of tracing it.

    A hook that is traced runs once, and the batches after it are lost. The decorator that prevents it
    imports the compiler when it is first called, which takes longer than a small recording; so it is
    called only while the compiler is at work.
    """
    untraced: Callable[[Any], None] = _disable_dynamo(read)

    def kept(value: Any) -> None:
        if torch.compiler.is_compiling():
            untraced(value)
        else:
            read(value)

    return kept
