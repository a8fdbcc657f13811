"""Data that is run through a model more than once, in the same order each time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from torch.utils.data import RandomSampler

from activstats.errors import InputError
from activstats.recorder.array_files import ARRAY_FILES
from activstats.recorder.data import InputBatch, as_batch, load_batches, told
from activstats.recorder.users_code import call, load_object

Batches: TypeAlias = Callable[[], Iterator[InputBatch]]


def repeatable(data: Any, batch_size: int) -> Batches:
    """Return a function that gives the batches of some data from the start, each time it is called.

    Parameters
    ----------
    data
        A tensor, an array, or a mapping of them, cut into batches; an iterable of batches, each a
        tensor, a tuple of arguments or a dict of them by name (``mask`` and ``ids`` are for the
        recorder); a function that returns batches; or, as text, an array file or
        ``package.module:function``, as `load_batches` takes them.
    batch_size : int
        Items a batch, where the data are not in batches.

    Raises
    ------
    InputError
        If it can be read only once, or comes in another order each time.

    Examples
    --------
    >>> batches = repeatable(torch.zeros(5, 3), batch_size=2)
    >>> [len(batch.args[0]) for batch in batches()], sum(1 for _ in batches())
    ([2, 2, 1], 3)
    """
    if batch_size < 1:
        raise InputError("a batch must have items.", got=f"batch_size={batch_size}", allowed=">= 1")
    if isinstance(data, str | os.PathLike):
        return _named(os.fspath(data), batch_size)
    if isinstance(data, torch.Tensor | np.ndarray | Mapping):
        return _cut(data if isinstance(data, Mapping) else {"x": data}, batch_size)
    if callable(data):
        return lambda: _batches_of(_called(data, "data"), "the data function")
    _check_repeatable(data, "the data")
    return lambda: _batches_of(data, "the data")


def _named(spec: str, batch_size: int) -> Batches:
    if Path(spec).suffix in ARRAY_FILES:
        return lambda: load_batches(spec, batch_size)[0]
    there = load_object(spec, "data")
    if callable(there):
        return lambda: _batches_of(_called(there, spec), f"'{spec}'")
    _check_repeatable(there, f"'{spec}'")
    return lambda: _batches_of(there, f"'{spec}'")


def _called(function: Callable[[], Any], spec: str) -> Any:
    batches = call(function, spec)
    if not isinstance(batches, Iterable):
        raise InputError(
            f"'{spec}' gives no batches.", got=type(batches).__name__, allowed="an iterable"
        )
    return batches


def _batches_of(batches: Iterable[Any], what: str) -> Iterator[InputBatch]:
    return (as_batch(batch) for batch in told(batches, what))


def _cut(arrays: Mapping[str, Any], batch_size: int) -> Batches:
    lengths = {name: len(array) if np.ndim(array) else 0 for name, array in arrays.items()}
    if len(set(lengths.values())) != 1 or 0 in lengths.values():
        raise InputError("the data must be arrays of one length, not empty.", got=lengths)
    starts = range(0, next(iter(lengths.values())), batch_size)
    return lambda: (
        as_batch({name: array[at : at + batch_size] for name, array in arrays.items()})
        for at in starts
    )


def _check_repeatable(data: Any, what: str) -> None:
    if not isinstance(data, Iterable):
        raise InputError(
            f"{what} gives no batches.", got=type(data).__name__, allowed="an iterable"
        )
    if isinstance(data, Iterator):
        raise InputError(
            f"{what} can be read only once.",
            got=type(data).__name__,
            allowed="a list, a DataLoader, or a function that gives the batches anew each time",
        )
    if isinstance(getattr(data, "sampler", None), RandomSampler):
        raise InputError(
            f"{what} comes in another order each time.",
            got="a DataLoader that shuffles",
            hint="DataLoader(…, shuffle=False)",
        )
