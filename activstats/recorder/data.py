"""Data from the outside: batches from named functions and array files, run through a model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from activstats.errors import InputError
from activstats.recorder.array_files import ARRAY_FILES, FOR_THE_RECORDER, batches_of_file
from activstats.recorder.recorder import Recorder
from activstats.recorder.users_code import call, load_object, users_code


@dataclass(frozen=True)
class InputBatch:
    """One batch as a model is called with it, and what the recorder must know of it."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    mask: Any = None
    ids: Any = None


def load_batches(spec: str, batch_size: int) -> tuple[Iterator[InputBatch], int | None]:
    """Return the batches of a data source, and how many there are if that is known.

    Parameters
    ----------
    spec : str
        ``package.module:function`` or ``file.py:function`` whose function returns batches (a tensor,
        a tuple of arguments, or a dict of them by name; ``mask`` and ``ids`` are for the recorder);
        or a ``.npy``, ``.npz`` or ``.parquet`` file, whose columns or arrays ``mask`` and
        ``ids`` are for the recorder as well.
    batch_size : int
        Rows a batch of a file.

    Raises
    ------
    InputError
        If the source cannot be read, is empty, raises, or its arrays differ in length.
    """
    if Path(spec).suffix in ARRAY_FILES:
        parts, n_batches = batches_of_file(Path(spec), batch_size)
        return (as_batch(part) for part in parts), n_batches
    batches = load_object(spec, "data")
    batches = call(batches, spec) if callable(batches) else batches
    if not isinstance(batches, Iterable):
        raise InputError(
            f"'{spec}' gives no batches.", got=type(batches).__name__, allowed="an iterable"
        )
    length = len(batches) if isinstance(batches, Sized) else None
    return (as_batch(batch) for batch in told(batches, f"'{spec}'")), length


def told(batches: Iterable[Any], source: str) -> Iterator[Any]:
    """Yield the batches of the user's code; where it raises, say where."""
    what, end = f"{source} fails while it gives batches.", object()
    with users_code(what):
        rest = iter(batches)
    while True:
        with users_code(what):
            batch = next(rest, end)
        if batch is end:
            return
        yield batch


def as_batch(batch: Any) -> InputBatch:
    """Return one batch as a user gives it as a model is called with it."""
    if isinstance(batch, Mapping):
        special = {key: batch[key] for key in FOR_THE_RECORDER if key in batch}
        inputs = {key: value for key, value in batch.items() if key not in FOR_THE_RECORDER}
        if len(inputs) == 1 and special.keys() | inputs.keys() <= {"x", *FOR_THE_RECORDER}:
            return InputBatch((inputs["x"],), {}, **special)
        return InputBatch((), inputs, **special)
    if isinstance(batch, tuple | list):
        return InputBatch(tuple(batch), {})
    return InputBatch((batch,), {})


def record_batches(
    model: nn.Module,
    recorder: Recorder,
    batches: Iterable[InputBatch],
    *,
    step: int = 0,
    run: Callable[..., Any] | None = None,
    done: Callable[[], None] = lambda: None,
) -> None:
    """Run a model in evaluation mode over batches under an open recorder.

    Arrays become tensors; those of floating-point numbers get the type of the model's parameters. All
    tensors go to the device of the model's parameters.

    Parameters
    ----------
    model : torch.nn.Module
        Left in evaluation mode.
    recorder : Recorder
    batches : iterable of InputBatch
    step : int
        Of the recording.
    run : callable, optional
        Called with the inputs instead of the model.
    done : callable
        Called after each batch.

    Raises
    ------
    InputError
        If the model cannot take the data.
    """
    model.eval()
    floating, device = _floating_type(model), _device(model)
    hint = "a dict of arrays is passed by name, a tuple by place"
    with torch.no_grad():
        for batch in batches:
            with (
                recorder.batch(step=step, mask=batch.mask, sample_ids=batch.ids),
                users_code("the model cannot take the data.", hint=hint),
            ):
                args, kwargs = _inputs(batch, floating, device)
                (run or model)(*args, **kwargs)
            done()


def inputs_of(model: nn.Module, batch: InputBatch) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return what to call a model with for a batch, by place and by name, as `record_batches` does."""
    return _inputs(batch, _floating_type(model), _device(model))


def _inputs(
    batch: InputBatch, floating: torch.dtype, device: torch.device
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    args = tuple(_tensor(value, floating, device) for value in batch.args)
    kwargs = {name: _tensor(value, floating, device) for name, value in batch.kwargs.items()}
    return args, kwargs


def _floating_type(model: nn.Module) -> torch.dtype:
    """Return the type of the first parameter of floating-point numbers, float32 if there is none."""
    types = (parameter.dtype for parameter in model.parameters())
    return next((kind for kind in types if kind.is_floating_point), torch.float32)


def _device(model: nn.Module) -> torch.device:
    return next((parameter.device for parameter in model.parameters()), torch.device("cpu"))


def _tensor(value: Any, floating: torch.dtype, device: torch.device) -> Any:
    if isinstance(value, torch.Tensor):
        return value.to(device)
    if not isinstance(value, np.ndarray):
        return value
    # A copy in the machine's own byte order: files on the disk are read-only and may have another.
    tensor = torch.from_numpy(np.array(value, dtype=value.dtype.newbyteorder("="), order="C"))
    return tensor.to(device, floating if tensor.is_floating_point() else None)
