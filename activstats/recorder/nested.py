"""Tensors in what modules take and give: plain, or nested in tuples, dictionaries and objects."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch.nn.utils.rnn import PackedSequence

_SHOWN = 8


def tensors_in(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the tensors nested in a value with the way to each, outermost key first.

    Examples
    --------
    >>> [way for way, _ in tensors_in((torch.ones(1), {"state": torch.ones(2)}))]
    [('0',), ('1', 'state')]
    """
    if isinstance(value, torch.Tensor):
        yield place, value
        return
    if isinstance(value, PackedSequence):  # a tuple, but read as a whole
        yield place, value.data
        return
    for key, item in _items(value):
        yield from tensors_in(item, (*place, str(key)))


def activations_in(value: Any) -> list[tuple[tuple[str, ...], torch.Tensor]]:
    """Return the tensors of floating-point numbers in a value, with the ways that a tap needs to them."""
    alone = isinstance(value, Mapping | tuple | list) and len(value) == 1
    return [
        (way[1:] if alone else way, tensor)
        for way, tensor in tensors_in(value)
        if isinstance(tensor, torch.Tensor) and tensor.is_floating_point() and tensor.numel()
    ]


def _items(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, tuple | list):
        yield from enumerate(value)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))


def inside(value: Any, key: str) -> Any:
    """Return what lies under one key: an item, a field, or an attribute.

    Raises
    ------
    KeyError, IndexError, AttributeError
        If there is no such thing.
    """
    if isinstance(value, Mapping):
        # Model outputs that are dictionaries are also read by place, as tuples are.
        by_place = key not in value and key.isdigit()
        return list(value.values())[int(key)] if by_place else value[key]
    if isinstance(value, tuple | list) and key.isdigit():
        return value[int(key)]
    return getattr(value, key)


def listing(value: Any, prefix: str = "") -> str | None:
    """Return the tensors nested in a value with places, shapes and types, in one line."""
    found = [
        f"{prefix}{''.join(f'.{key}' for key in way)} {tuple(tensor.shape)} "
        f"{str(tensor.dtype).removeprefix('torch.')}"
        for way, tensor in tensors_in(value)
    ]
    return "; ".join(found[:_SHOWN]) or None
