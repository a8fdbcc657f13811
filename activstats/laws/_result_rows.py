"""Results and tables, whatever form they come in, as rows of names and values."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from activstats.errors import InputError

Row = dict[str, Any]

_SEEN_IN_RESULTS = ("n_neurons", "n_samples", "method", "c")
_ESTIMATES = ("b", "bse", "b_low", "b_high", "level", "status")
_NAMES = ("label", "run", "layer", "rule", "step")


def rows_of(source: object) -> list[Row]:
    """Return one row of names and values for each result."""
    if hasattr(source, "to_dict") and hasattr(source, "columns"):
        return [{str(k): v for k, v in row.items()} for row in source.to_dict("records")]
    if hasattr(source, "b") or isinstance(source, str | bytes):
        source = [source]
    if isinstance(source, Mapping):
        return [{**_row(result), "label": str(name)} for name, result in source.items()]
    if not isinstance(source, Iterable):
        _refuse(source)
    return [_row(result) for result in source]


def check_columns(rows: list[Row], by: tuple[str, ...]) -> None:
    found = list(dict.fromkeys(name for row in rows for name in row))
    for name in ("b", *by):
        if name not in found:
            raise InputError(
                f"the results have nothing called '{name}'.",
                got=", ".join(found) or "no column",
                hint="by= names a column of the table, or what the results' provenance knows",
            )


def labels_of(rows: list[Row]) -> list[str]:
    """Name each result by as little as tells it from the others."""
    labels: list[str] = [""] * len(rows)
    for name in _NAMES:
        parts = [str(row[name]) if name in row else "" for row in rows]
        longer = [", ".join(filter(None, pair)) for pair in zip(labels, parts, strict=True)]
        if len(set(longer)) > len(set(labels)):
            labels = longer
    return labels if all(labels) else [str(place + 1) for place in range(len(rows))]


def number_in(row: Row, name: str, label: str) -> float:
    value = row.get(name)
    if is_missing(value):
        return math.nan
    try:
        if type(value) is not bool and isinstance(value, numbers.Real | str):
            return float(value)
    except (ValueError, OverflowError):
        pass
    raise InputError(f"'{name}' must be a number.", got=f"{value!r} ({label})")


def is_missing(value: object) -> bool:
    """Return whether a cell is empty; pandas' own sign for that is not equal to itself either."""
    if value is None or type(value).__name__ == "NAType":
        return True
    return isinstance(value, numbers.Real) and math.isnan(value)


def _row(result: object) -> Row:
    if isinstance(result, Mapping):
        return {str(name): value for name, value in result.items()}
    if not hasattr(result, "b"):
        _refuse(result)
    known = getattr(result, "provenance", None)
    row = {str(k): v for k, v in known.items()} if isinstance(known, Mapping) else {}
    for name in _SEEN_IN_RESULTS:
        if name not in row and hasattr(result, name):
            row[name] = getattr(result, name)
    return row | {name: getattr(result, name) for name in _ESTIMATES if hasattr(result, name)}


def _refuse(given: object) -> NoReturn:
    raise InputError(
        "only results that hold a constant b can be pooled.",
        got=type(given).__name__,
        allowed="results of GrowthLaw().fit, or a table with columns b and bse or b_low, b_high",
    )
