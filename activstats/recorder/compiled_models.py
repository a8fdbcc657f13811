"""Models compiled before they are recorded: whether hooks that are put on now would still be seen.

`torch.compile` traces a model at its first call, with the hooks that it has by then. The machine code
it makes does not look at hooks again: those that come later never fire, and nothing says so.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from torch import nn

from activstats.errors import ActivstatsWarning, RecorderError
from activstats.recorder.taps import Tap

_ORIGINAL = "_torchdynamo_orig_callable"
_ADVICE = (
    "record the model as it was before torch.compile, and run that one; or begin to record before the "
    "compiled one runs for the first time; or call torch.compiler.reset() and begin to record then"
)


def compiler_is_loaded() -> bool:
    """Return whether anything can have been compiled in this process."""
    return "torch._dynamo" in sys.modules


def has_compiled() -> bool:
    """Return whether the compiler has been at work in this process."""
    tools: Any = sys.modules.get("torch._dynamo.utils")
    return tools is not None and bool(getattr(tools, "counters", {}).get("frames"))


def original(model: nn.Module) -> nn.Module:
    """Return the model that `torch.compile` was given, or the model itself."""
    inner = vars(model).get("_modules", {}).get("_orig_mod")
    return inner if isinstance(inner, nn.Module) and hasattr(model, _ORIGINAL) else model


def check_not_traced(model: nn.Module, taps: Iterable[Tap]) -> None:
    """Refuse to record places inside of a module whose machine code has been made already.

    Parameters
    ----------
    model : torch.nn.Module
        As it will be called.
    taps : iterable of Tap
        Places in it, or in the model that it was compiled from.

    Raises
    ------
    RecorderError
        If hooks at one of the places would never fire.

    Warns
    -----
    ActivstatsWarning
        If a place is inside of a compiled module, and this version of torch does not tell whether it
        has been traced.
    """
    if not compiler_is_loaded():
        return
    hidden = {id(module): compiled for compiled in _compiled(model) for module in compiled.inside}
    for tap in taps:
        compiled = hidden.get(id(tap.module))
        if compiled is None:
            continue
        traced = compiled.is_traced()
        said = f"'{tap.layer(0)}' is inside of {compiled.name}, which"
        if traced:
            raise RecorderError(
                f"{said} was compiled and has run before it is recorded: its machine code passes "
                "hooks over.",
                hint=_ADVICE,
            )
        if traced is None:
            warnings.warn(
                f"{said} was compiled: if it has run already, it passes hooks over. To be safe, "
                f"{_ADVICE}.",
                ActivstatsWarning,
                stacklevel=4,
            )


class _Compiled:
    """A compiled call of a module.

    Parameters
    ----------
    name : str
        How to speak of it.
    module : torch.nn.Module
        What was compiled.
    function : callable
        What is called in its stead.
    with_itself : bool
        Whether the module's own hooks are inside as well.
    """

    def __init__(
        self, name: str, module: nn.Module, function: Callable[..., Any], *, with_itself: bool
    ) -> None:
        self.name = name
        self.inside = [one for one in module.modules() if with_itself or one is not module]
        self._function = function

    def is_traced(self) -> bool | None:
        """Return whether there is machine code for it, or None where torch does not tell.

        Code made for another module of the same class counts: it serves this one too.
        """
        try:
            from torch._C._dynamo.eval_frame import _debug_get_cache_entry_list as entries

            found = [_compiler(value) for value in _enclosed(self._function)]
            compilers = [compiler for compiler in found if compiler is not None]
            traced = [entry.backend for code in self._codes() for entry in entries(code)]
        except (ImportError, AttributeError, TypeError):
            return None
        if not compilers:
            return None
        return any(backend == compiler for backend in traced for compiler in compilers)

    def _codes(self) -> Iterator[Any]:
        """Yield what the compiler may have begun to trace at: this call, or a part after a break."""
        functions = [getattr(self._function, _ORIGINAL, None), nn.Module._call_impl]  # noqa: SLF001  (no public name)
        functions += [value for value in _enclosed(self._function) if callable(value)]
        functions += [type(module).forward for module in self.inside]
        functions += [vars(module).get("forward") for module in self.inside]
        functions += [getattr(function, _ORIGINAL, None) for function in functions]
        for function in functions:
            code = getattr(getattr(function, "__func__", function), "__code__", None)
            if code is not None:
                yield code


def _compiled(model: nn.Module) -> Iterator[_Compiled]:
    for path, module in model.named_modules(remove_duplicate=False):
        name = f"module '{path}'" if path else "the model"
        inner = original(module)
        forward = vars(module).get("forward", type(module).forward)
        if inner is not module:
            yield _Compiled(name, inner, vars(module)["forward"], with_itself=True)
        elif hasattr(forward, _ORIGINAL):
            yield _Compiled(name, module, forward, with_itself=False)
        called = module._compiled_call_impl  # noqa: SLF001  (what compile() leaves has no public name)
        if called is not None:
            yield _Compiled(name, module, called, with_itself=True)


def _enclosed(function: Any) -> list[Any]:
    function = getattr(function, "__func__", function)
    return [cell.cell_contents for cell in getattr(function, "__closure__", None) or ()]


def _compiler(value: Any) -> Any:
    """Return the innermost of the compilers wrapped around each other, None for anything else."""
    inner = getattr(value, "_torchdynamo_orig_backend", None)
    if inner is None:
        return None
    while (deeper := getattr(inner, "_torchdynamo_orig_backend", None)) is not None:
        inner = deeper
    return inner
