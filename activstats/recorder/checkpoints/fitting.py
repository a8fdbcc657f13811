"""Fits the names of a checkpoint to those of a model, and loads it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from activstats.errors import InputError
from activstats.recorder.checkpoints.files import State

# What DataParallel, Lightning and the compiler put before names.
_FRONTS = ("", "module.", "model.", "module.model.", "model.module.")
_COMPILED = "_orig_mod."
_SHOWN = 4


@dataclass(frozen=True)
class Fit:
    """How a checkpoint's names stand to a model's.

    Parameters
    ----------
    names : mapping of str to str
        The model's name for each of the checkpoint's names that it has.
    missing, unexpected : tuple of str
        Names of the model that the checkpoint lacks, and of the checkpoint that the model lacks.
    prefix : str
        What was taken off.
    """

    names: Mapping[str, str]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    prefix: str

    def check(self, path: str, *, hint: str | None = None) -> None:
        """Refuse names that are missing or unexpected.

        Raises
        ------
        InputError
        """
        if not (self.missing or self.unexpected):
            return
        told = [("missing", self.missing), ("unexpected", self.unexpected)]
        raise InputError(
            f"the checkpoint '{path}' does not fit the model.",
            got="; ".join(f"{what}: {_listed(names)}" for what, names in told if names),
            allowed="all of the model's tensors and no others",
            hint=hint,
        )


def fit_names(model: nn.Module, names: Iterable[str]) -> Fit:
    """Fit a checkpoint's names to a model's.

    Of the prefixes that DataParallel (``module.``), Lightning (``model.``) and the compiler
    (``_orig_mod.``, anywhere) put into names, those are taken off with which most names fit. Two names
    of one tensor in the model, as of tied weights, need only one in the checkpoint.
    """
    given = list(names)
    own = {name.replace(_COMPILED, ""): name for name in model.state_dict()}
    plain = {name: name.replace(_COMPILED, "") for name in given}
    front = max(_FRONTS, key=lambda front: _n_fitting(own, plain.values(), front))
    fitting = {
        name: own[short.removeprefix(front)]
        for name, short in plain.items()
        if short.startswith(front) and short.removeprefix(front) in own
    }
    met = set(fitting.values())
    tied = {name for group in _tied(model) if met & group for name in group}
    return Fit(
        names=fitting,
        missing=tuple(name for name in own.values() if name not in met | tied),
        unexpected=tuple(name for name in given if name not in fitting),
        prefix=front + (_COMPILED if any(_COMPILED in name for name in fitting) else ""),
    )


def _n_fitting(own: Mapping[str, str], names: Iterable[str], front: str) -> int:
    return sum(name.startswith(front) and name.removeprefix(front) in own for name in names)


def _tied(model: nn.Module) -> list[set[str]]:
    """Return the groups of names that stand for the same memory."""
    groups: defaultdict[tuple[Any, ...], set[str]] = defaultdict(set)
    for name, tensor in model.state_dict().items():
        if isinstance(tensor, torch.Tensor) and tensor.data_ptr():
            groups[tensor.data_ptr(), tensor.shape, tensor.stride()].add(name)
    return [names for names in groups.values() if len(names) > 1]


def check_shapes(model: nn.Module, fit: Fit, states: Iterable[State], path: str) -> Iterator[State]:
    """Yield the states on, unless a tensor of them has another shape than in the model.

    Raises
    ------
    InputError
    """
    own = model.state_dict()
    for state in states:
        for name in state.keys() & fit.names.keys():
            there, here = _shape(state[name]), _shape(own[fit.names[name]])
            if there != here:
                raise InputError(
                    f"the checkpoint '{path}' does not fit the model.",
                    got=f"'{name}' of shape {there}",
                    allowed=f"shape {here}",
                )
        yield state


def _shape(value: Any) -> tuple[int, ...] | None:
    return tuple(value.shape) if isinstance(value, torch.Tensor) else None


def load_state(model: nn.Module, fit: Fit, states: Iterable[State]) -> None:
    """Put the tensors of a checkpoint that fit into a model."""
    for state in states:
        renamed = {fit.names[name]: value for name, value in state.items() if name in fit.names}
        model.load_state_dict(renamed, strict=False)


def content_sha256(fit: Fit, states: Iterable[State]) -> str:
    """Return the SHA-256 of what is loaded: names, types, shapes and bytes, in the order of names.

    The same for the same weights, however many files they lie in, of whichever kind.
    """
    lines = {
        fit.names[name]: _line(value)
        for state in states
        for name, value in state.items()
        if name in fit.names and isinstance(value, torch.Tensor)
    }
    text = "".join(f"{name} {lines[name]}\n" for name in sorted(lines))
    return hashlib.sha256(text.encode()).hexdigest()


def _line(tensor: torch.Tensor) -> str:
    flat = tensor.detach().cpu().contiguous().flatten().view(torch.uint8)
    return f"{tensor.dtype} {tuple(tensor.shape)} {hashlib.sha256(flat.numpy().data).hexdigest()}"


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
