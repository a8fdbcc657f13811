"""Blocks of torch that run as one fused kernel in evaluation mode, where nothing inside can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from torch import nn
from torch.overrides import TorchFunctionMode


class _StepByStep(TorchFunctionMode):
    """Changes nothing. That it is there makes torch leave its fused kernels aside."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        return func(*args, **kwargs or {})


def unfused(
    modules: Sequence[tuple[str, nn.Module]], recorded: Iterable[str]
) -> AbstractContextManager[Any] | None:
    """Return a context in which recorded fused blocks run step by step, None where there are none.

    In evaluation mode `torch.nn.TransformerEncoder` packs a padded batch into a nested tensor, which
    has no axis of positions. A layer of it that carries hooks runs step by step as it is. Step by
    step, the output at padding is what the layers give and not 0.

    Parameters
    ----------
    modules : sequence of (str, Module)
        All of the model.
    recorded : iterable of str
        Paths of the modules that carry hooks; blocks without any are left as they are.
    """
    packing = [
        f"{path}." if path else ""
        for path, module in modules
        if isinstance(module, nn.TransformerEncoder) and getattr(module, "use_nested_tensor", False)
    ]
    inside = any(path.startswith(block) for path in recorded for block in packing)
    return _StepByStep() if inside else None


def fused_note(modules: Sequence[tuple[str, nn.Module]]) -> str | None:
    """Say which blocks would run fused were they not recorded, None where there are none."""
    names = [
        path or "the model"
        for path, module in modules
        if isinstance(module, nn.TransformerEncoderLayer) and not module.training
    ]
    if not names:
        return None
    return (
        f"in evaluation mode torch may run {names[0]}{' and others' if len(names) > 1 else ''} as one "
        "fused kernel, which passes over what is inside; while recorded, it runs step by step, with the "
        "same values up to rounding"
    )
