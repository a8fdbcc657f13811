"""Columns of numbers in files of the user's: text, CSV, NumPy and Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from activstats.errors import InputError

TEXT, TABLES, ARRAYS = (".txt", ".dat"), (".csv", ".tsv", ".parquet"), (".npy",)
SUFFIXES = (*TEXT, *TABLES, *ARRAYS)


def is_column_file(path: str) -> bool:
    """Return whether a path names a file that a column can be read from."""
    return Path(path).suffix.lower() in SUFFIXES


def read_column(path: str, column: str | None = None) -> np.ndarray[Any, np.dtype[Any]]:
    """Return a column of numbers.

    Parameters
    ----------
    path : str
        Text with numbers between blanks (``#`` begins a comment), ``.csv`` or ``.tsv`` with a head,
        ``.parquet``, or ``.npy`` with an array of any shape.
    column : str, optional
        Of a table; needed where it has several.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    InputError
        If the file cannot be read, has no such column, or the column holds no numbers.
    """
    suffix = Path(path).suffix.lower()
    try:
        if suffix in TABLES:
            numbers = _of_table(_table(path, suffix), column, path)
        elif suffix in ARRAYS:
            numbers = np.load(path, allow_pickle=False).ravel()
        else:
            text = Path(path).read_text(encoding="utf-8").splitlines()
            words = [word for line in text for word in line.split("#")[0].split()]
            numbers = np.asarray(words, dtype=np.float64)
    except InputError:
        raise
    except (OSError, ValueError, ImportError, KeyError) as error:
        raise InputError(
            f"'{path}' cannot be read.",
            got=f"{type(error).__name__}: {error}",
            allowed=f"numbers in {', '.join(SUFFIXES)}",
        ) from error
    if numbers.dtype.kind not in "iuf":
        raise InputError(f"'{path}' holds no numbers there.", got=f"type {numbers.dtype}")
    return numbers


def _table(path: str, suffix: str) -> pd.DataFrame:
    if suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path, sep="\t" if suffix == ".tsv" else ",")


def _of_table(table: pd.DataFrame, column: str | None, path: str) -> np.ndarray[Any, np.dtype[Any]]:
    names = [str(name) for name in table.columns]
    if column is None and len(names) == 1:
        column = names[0]
    if column not in names:
        raise InputError(
            f"'{path}' does not say which column to take."
            if column is None
            else f"'{path}' has no column '{column}'.",
            allowed=", ".join(names),
            hint=f"--column {names[0]}" if names else None,
        )
    return np.asarray(table.iloc[:, names.index(column)])
