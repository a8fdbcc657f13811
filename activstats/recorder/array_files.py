"""Array files as data: .npy, .npz and .parquet, cut into batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from activstats.errors import ActivstatsError, InputError

ARRAY_FILES = (".npy", ".npz", ".parquet")
# Arrays of these names are for the recorder, not for the model.
FOR_THE_RECORDER = ("mask", "ids")

Arrays = dict[str, np.ndarray[Any, Any]]


def batches_of_file(path: Path, batch_size: int) -> tuple[Iterator[Arrays], int]:
    """Return the batches of an array file, and how many there are.

    A model of one input gets it by place, under the name ``x``, whatever it is called in the file. A
    ``.npy`` file is not loaded but read as it is needed.

    Raises
    ------
    InputError
        If the file cannot be read, is empty, holds no numbers, or its arrays differ in length.
    """
    arrays = _read_arrays(path)
    starts = range(0, len(next(iter(arrays.values()))), batch_size)
    parts = ({k: v[start : start + batch_size] for k, v in arrays.items()} for start in starts)
    return parts, len(starts)


def _read_arrays(path: Path) -> Arrays:
    try:
        arrays = _open_arrays(path)
    except ActivstatsError:
        raise
    except FileNotFoundError as error:
        raise InputError(f"there is no data file '{path}'.") from error
    except Exception as error:
        raise InputError(
            f"the data file '{path}' cannot be read.", got=" ".join(str(error).split())[:200]
        ) from error
    for name, array in arrays.items():
        if name not in FOR_THE_RECORDER:
            _check_numbers(array, path)
    if not arrays.keys() - set(FOR_THE_RECORDER):
        raise InputError(f"the data file '{path}' holds nothing to give to a model.")
    lengths = {name: len(array) if array.ndim else 0 for name, array in arrays.items()}
    if set(lengths.values()) == {0}:
        raise InputError(f"the data file '{path}' holds no rows.")
    if len(set(lengths.values())) > 1:
        raise InputError(f"the arrays in '{path}' differ in length.", got=lengths)
    return arrays


def _check_numbers(array: np.ndarray[Any, Any], path: Path) -> None:
    if array.dtype.kind not in "biufc" or array.dtype.itemsize > _widest(array.dtype.kind):
        raise InputError(
            f"the data file '{path}' holds no numbers that a model takes.",
            got=f"type {array.dtype}",
            allowed="booleans, integers, floats of at most 64 bits, complex numbers of such floats",
        )


def _widest(kind: str) -> int:
    return 16 if kind == "c" else 8


def _open_arrays(path: Path) -> Arrays:
    if path.suffix == ".parquet":
        return _of_table(pd.read_parquet(path), path)
    loaded = np.load(path, allow_pickle=False, mmap_mode="r")
    if isinstance(loaded, np.ndarray):
        return {"x": loaded}
    arrays = {name: loaded[name] for name in loaded.files}
    inputs = [name for name in arrays if name not in FOR_THE_RECORDER]
    if len(inputs) == 1:
        arrays["x"] = arrays.pop(inputs[0])
    return arrays


def _of_table(table: pd.DataFrame, path: Path) -> Arrays:
    special = {
        name: table.pop(name).to_numpy(copy=True) for name in FOR_THE_RECORDER if name in table
    }
    numbers = table.select_dtypes("number")
    if numbers.shape[1] < table.shape[1]:
        others = ", ".join(sorted(str(name) for name in set(table) - set(numbers)))
        raise InputError(
            f"the data file '{path}' has columns that are no numbers.",
            got=others,
            allowed="numbers, and ids and mask for the recorder",
        )
    if not numbers.shape[1]:
        return special
    return {"x": numbers.to_numpy(np.float64, na_value=np.nan)} | special
