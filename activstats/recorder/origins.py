"""Where the tensors of a traced pass are from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from activstats.recorder.places import INPUT, NORMALISED, PROBABILITIES, SIGNED, Place, advice
from activstats.recorder.taps import Tap


@dataclass
class Met:
    """A place that the pass came by."""

    tap: Tap
    kind: str
    role: str
    shape: tuple[int, ...]
    dtype: str
    sample_unit: str
    same_as: str = ""
    product_at: str = ""
    calls: int = 0
    active: int = 0
    total: int = 0

    def place(self) -> Place:
        """Return it as it is shown."""
        share = self.active / self.total
        words = advice(self.role, share, product_at=self.product_at, same_as=self.same_as)
        return Place(
            self.tap.layer(0), self.kind, self.tap.port, self.shape, self.dtype, self.calls, share,
            self.sample_unit, self.role, words, self.same_as,
        )  # fmt: skip


@dataclass
class Origin:
    """What a tensor is, the place it was read at, and the gates that it is the product of."""

    role: str
    tensor: torch.Tensor  # kept, so that its identity is given to no other
    met: Met | None = None
    gates: list[Met] = field(default_factory=list)


class Origins:
    """The origins of the tensors that are known, each kept in memory."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], Origin] = {}

    def of(self, value: Any) -> Origin | None:
        """Return the origin of a tensor, None if it is unknown or no tensor."""
        return self._known.get(_key(value)) if isinstance(value, torch.Tensor) else None

    def set(
        self,
        tensor: torch.Tensor,
        role: str,
        met: Met | None = None,
        gates: list[Met] | None = None,
    ) -> None:
        """Note what a tensor is."""
        self._known[_key(tensor)] = Origin(role, tensor, met, gates or [])


def _key(tensor: torch.Tensor) -> tuple[int, int]:
    """Tell a tensor from others, and from itself before an operation in place."""
    return id(tensor), 0 if tensor.is_inference() else tensor._version  # noqa: SLF001  (the only tell of it)


def role_of_output(module: nn.Module, origin: Origin | None) -> str:
    """Return what a module gives, by its class or by where its output is from."""
    name = type(module).__name__.lower()
    if "norm" in name:
        return NORMALISED
    if "softmax" in name:
        return PROBABILITIES
    return SIGNED if origin is None or origin.role == INPUT else origin.role
