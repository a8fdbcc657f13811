"""A user's file, csv, Parquet or Feather, with or without a header, as a table to study."""

from __future__ import annotations

import csv
import difflib
import re
import warnings
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from activstats.errors import InputError, UsageError
from activstats.studies.frame import table_from_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from activstats.studies.table import Table

PARQUET = (".parquet", ".pq")
FEATHER = (".feather", ".arrow")
TEXT = (".csv", ".tsv", ".txt", ".data")
HEAD = 50  # lines looked at to tell a header from data
MISSING = ["", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "none", "?"]
SHOWN = 12  # column names shown in a message
UNREADABLE = (
    pd.errors.ParserError,
    pd.errors.ParserWarning,
    pa.ArrowException,
    csv.Error,
    UnicodeDecodeError,
)
_WHOLE = re.compile(r"[+-]?\d+")


def read_table(path: Path | str, target: str | int) -> Table:
    """Read a table from a csv, Parquet or Feather file.

    Parameters
    ----------
    path : path
        ``.csv``, ``.tsv``, ``.txt``, ``.data`` (separated by comma, semicolon or tab) or
        ``.parquet``, ``.pq``, ``.feather``, ``.arrow``.
    target : str or int
        Column of the labels by name or, where no column is called that, by number from 0 (−1 is
        the last one). A csv file whose target is given by name has a header; otherwise its first
        line is taken for a header where it cannot be data (see `_has_header`).

    Returns
    -------
    Table
        Named after the file.

    Raises
    ------
    InputError
        If the file is missing, not readable or no table, or the column does not exist.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError("there is no such file.", got=path, hint="check the path")
    if path.suffix.lower() not in PARQUET + FEATHER + TEXT:
        raise UsageError(
            "a table is read from csv or Parquet, or from Feather.",
            got=path.name,
            allowed=", ".join(TEXT + PARQUET + FEATHER),
        )
    try:
        frame = _read_text(path, target) if path.suffix.lower() in TEXT else _read_columns(path)
    except UNREADABLE as error:
        raise InputError(f"{path} cannot be read as a table.", got=error) from error
    names = [str(column) for column in frame.columns]
    return table_from_frame(frame, frame.columns[_place(target, names, path)], name=path.name)


def _read_columns(path: Path) -> pd.DataFrame:
    feather = path.suffix.lower() in FEATHER
    frame = pd.read_feather(path) if feather else pd.read_parquet(path)
    _refuse_repeated_names([str(column) for column in frame.columns], path)
    return frame


def _read_text(path: Path, target: str | int) -> pd.DataFrame:
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = [line for _, line in zip(range(HEAD), file, strict=False) if line.strip()]
    if not lines:
        raise InputError("the file is empty.", got=path)
    delimiter = max(",;\t", key=lines[0].count)
    rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)]
    names = [str(place) for place in range(len(rows[0]))]
    header = not _WHOLE.fullmatch(str(target)) or _has_header(rows)
    if header:
        _refuse_repeated_names(rows[0], path)
        names = rows[0]
    column = names[_place(target, names, path)]
    with warnings.catch_warnings():
        # pandas only warns when it cuts off cells that have no name.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        return pd.read_csv(
            path,
            sep=delimiter,
            names=names,
            header=0 if header else None,
            index_col=False,
            skipinitialspace=True,
            encoding="utf-8-sig",
            # Labels are words: "NA" may be a class, and "01" is not "1".
            dtype={column: str},
            keep_default_na=False,
            na_values={name: [""] if name == column else MISSING for name in names},
        )


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first line cannot be data.

    It is a header if one of its cells is a word above nothing but numbers, or if its numbers, at
    least three, are consecutive (names such as 0, 1, 2, … that tables without names are given).
    """
    first, below = rows[0], rows[1:]
    for place, cell in enumerate(first):
        column = [row[place] for row in below if place < len(row) and row[place]]
        if column and cell and not _is_number(cell) and all(map(_is_number, column)):
            return True
    numbers = [int(cell) for cell in first if _WHOLE.fullmatch(cell)]
    least = 3
    return len(numbers) >= least and all(b - a == 1 for a, b in pairwise(numbers))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _place(target: str | int, names: Sequence[str], path: Path) -> int:
    if str(target) in names:
        return names.index(str(target))
    if _WHOLE.fullmatch(str(target)) and -len(names) <= int(target) < len(names):
        return int(target) % len(names)
    shown = ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
    near = difflib.get_close_matches(str(target), names, n=1)
    raise InputError(
        f"{path} has no column '{target}'.",
        got=target,
        allowed=f"{shown}; or a number from {-len(names)} to {len(names) - 1}",
        hint=near[0] if near else "a file without a header needs the column's number, from 0",
    )


def _refuse_repeated_names(names: Sequence[str], path: Path) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InputError(
            f"columns of {path} have the same name.",
            got=", ".join(repeated[:SHOWN]),
            hint="rename them; in a file without a header give the target as a column number",
        )
