"""Models and data from the outside: named functions, checkpoints and array files."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn

from activstats.errors import InputError, RecorderError
from activstats.recorder.recorder import Recorder

ARRAY_FILES = (".npy", ".npz", ".parquet")
CHECKPOINT_FILES = (".pt", ".pth", ".bin", ".safetensors")
_SPECIAL = ("mask", "ids")


@dataclass(frozen=True)
class InputBatch:
    """One batch as a model is called with it, and what the recorder must know of it."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    mask: Any = None
    ids: Any = None


def load_model(spec: str) -> nn.Module:
    """Return the model that ``package.module:function`` or ``file.py:function`` builds.

    Raises
    ------
    InputError
        If there is no such module, file or function, or it builds no `torch.nn.Module`.
    """
    built = load_object(spec, "a model")
    if not isinstance(built, nn.Module):
        built = _call(built, spec)
    if not isinstance(built, nn.Module):
        raise InputError(
            f"'{spec}' builds no model.", got=type(built).__name__, allowed="a torch.nn.Module"
        )
    return built


def load_object(spec: str, what: str) -> Any:
    """Return the object that ``package.module:name`` or ``file.py:name`` stands for."""
    place, colon, name = spec.rpartition(":")
    if not colon or not place or not name.isidentifier():
        checkpoint = Path(spec).suffix in CHECKPOINT_FILES
        raise InputError(
            f"'{spec}' does not name {what}.",
            allowed="package.module:function or file.py:function",
            hint=f"say the function that builds the model, and --weights {spec}"
            if checkpoint
            else None,
        )
    module = _import_file(Path(place)) if place.endswith(".py") else _import_module(place)
    if not hasattr(module, name):
        public = [key for key in vars(module) if not key.startswith("_")]
        raise InputError(
            f"'{place}' has no '{name}'.", allowed=", ".join(public[:20]) or "nothing is in it"
        )
    return getattr(module, name)


def _import_module(name: str) -> Any:
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))  # as `python -m` does: the user's own modules are there
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise InputError(
            f"the module '{name}' cannot be imported.",
            got=str(error),
            hint="run from its folder, or give a file: path/to/file.py:function",
        ) from error


def _import_file(path: Path) -> Any:
    if not path.is_file():
        raise InputError(f"there is no file '{path}'.")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None  # noqa: PT018  (a .py file always has both)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise InputError(
            f"'{path}' fails when it is run.", got=f"{type(error).__name__}: {error}"
        ) from error
    return module


def _call(function: Any, spec: str) -> Any:
    if not callable(function):
        raise InputError(f"'{spec}' is no function.", got=type(function).__name__)
    needed = [
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    if needed:
        raise InputError(
            f"'{spec}' needs arguments, and there are none to give.",
            got=", ".join(needed),
            hint="write a function without arguments around it",
        )
    return function()


def load_weights(model: nn.Module, path: str | os.PathLike[str]) -> None:
    """Load a checkpoint into a model, all of it and nothing else.

    Parameters
    ----------
    model : torch.nn.Module
    path : path-like
        ``.safetensors``, or a ``.pt`` or ``.pth`` file of tensors; a state dict may lie under
        ``state_dict``, ``model_state_dict`` or ``model``. No code from the file is run.

    Raises
    ------
    InputError
        If the file cannot be read or does not fit the model.
    """
    state = _read_checkpoint(Path(path))
    for key in ("state_dict", "model_state_dict", "model"):
        if isinstance(state.get(key), dict):
            state = state[key]
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        raise InputError(
            f"the checkpoint '{path}' does not fit the model.",
            got=" ".join(str(error).split())[:300],
        ) from error


def _read_checkpoint(path: Path) -> dict[str, Any]:
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            return dict(load_file(path))
        return dict(torch.load(path, map_location="cpu", weights_only=True))
    except FileNotFoundError as error:
        raise InputError(f"there is no checkpoint '{path}'.") from error
    except Exception as error:
        raise InputError(
            f"the checkpoint '{path}' cannot be read.",
            got=" ".join(str(error).split())[:200],
            allowed="a .safetensors file, or a .pt or .pth file of tensors only",
        ) from error


def load_batches(spec: str, batch_size: int) -> tuple[Iterator[InputBatch], int | None]:
    """Return the batches of a data source, and how many there are if that is known.

    Parameters
    ----------
    spec : str
        ``package.module:function`` or ``file.py:function`` whose function returns batches (a tensor,
        a tuple of arguments, or a dict of them by name; ``mask`` and ``ids`` are for the recorder);
        or a ``.npy``, ``.npz`` or ``.parquet`` file.
    batch_size : int
        Rows a batch of a file.

    Raises
    ------
    InputError
        If the source cannot be read, is empty, or its arrays differ in length.
    """
    if Path(spec).suffix in ARRAY_FILES:
        arrays = _read_arrays(Path(spec))
        n_rows = len(next(iter(arrays.values())))
        starts = range(0, n_rows, batch_size)
        parts = ({k: v[start : start + batch_size] for k, v in arrays.items()} for start in starts)
        return (_as_batch(part) for part in parts), len(starts)
    batches = load_object(spec, "data")
    batches = _call(batches, spec) if isinstance(batches, Callable) else batches  # type: ignore[arg-type]
    if not isinstance(batches, Iterable):
        raise InputError(
            f"'{spec}' gives no batches.", got=type(batches).__name__, allowed="an iterable"
        )
    length = len(batches) if isinstance(batches, Sized) else None
    return (_as_batch(batch) for batch in batches), length


def _as_batch(batch: Any) -> InputBatch:
    if isinstance(batch, dict):
        special = {key: batch[key] for key in _SPECIAL if key in batch}
        inputs = {key: value for key, value in batch.items() if key not in _SPECIAL}
        if len(inputs) == 1 and special.keys() | inputs.keys() <= {"x", *_SPECIAL}:
            return InputBatch((_tensor(inputs["x"]),), {}, **special)
        return InputBatch((), {key: _tensor(value) for key, value in inputs.items()}, **special)
    if isinstance(batch, tuple | list):
        return InputBatch(tuple(_tensor(value) for value in batch), {})
    return InputBatch((_tensor(batch),), {})


def _tensor(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        # Models have float32 weights; files usually have float64.
        kind = np.float32 if value.dtype == np.float64 else value.dtype
        return torch.from_numpy(np.ascontiguousarray(value, dtype=kind))
    return value


def _read_arrays(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    try:
        arrays = _open_arrays(path)
    except FileNotFoundError as error:
        raise InputError(f"there is no data file '{path}'.") from error
    except Exception as error:
        raise InputError(
            f"the data file '{path}' cannot be read.", got=" ".join(str(error).split())[:200]
        ) from error
    lengths = {name: len(array) if array.ndim else 0 for name, array in arrays.items()}
    if not lengths or set(lengths.values()) == {0}:
        raise InputError(f"the data file '{path}' holds no rows.")
    if len(set(lengths.values())) > 1:
        raise InputError(f"the arrays in '{path}' differ in length.", got=lengths)
    return arrays


def _open_arrays(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    if path.suffix == ".parquet":
        frame = pd.read_parquet(path)
        numbers = frame.select_dtypes("number")
        if numbers.shape[1] < frame.shape[1]:
            others = ", ".join(sorted(set(frame.columns) - set(numbers.columns)))
            raise InputError("columns that are no numbers.", got=others)
        return {"x": numbers.to_numpy(np.float32)}
    loaded = np.load(path, allow_pickle=False)
    if isinstance(loaded, np.ndarray):
        return {"x": loaded}
    arrays = {name: loaded[name] for name in loaded.files}
    inputs = [name for name in arrays if name not in _SPECIAL]
    if len(inputs) == 1:  # whatever it is called: a model of one input takes it by place
        arrays["x"] = arrays.pop(inputs[0])
    return arrays


def record_batches(
    model: nn.Module, recorder: Recorder, batches: Iterable[InputBatch], *, done: Callable[[], None]
) -> None:
    """Run a model in evaluation mode over batches under an open recorder.

    Raises
    ------
    InputError
        If the model cannot take the data.
    """
    model.eval()
    with torch.no_grad():
        for batch in batches:
            with recorder.batch(mask=batch.mask, sample_ids=batch.ids):
                try:
                    model(*batch.args, **batch.kwargs)
                except (TypeError, RuntimeError) as error:
                    if isinstance(error, RecorderError):
                        raise
                    raise InputError(
                        "the model cannot take the data.",
                        got=f"{type(error).__name__}: {' '.join(str(error).split())[:200]}",
                        hint="a dict of arrays is passed by name, a tuple by place",
                    ) from error
            done()
