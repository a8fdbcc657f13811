"""How commands print: tables for people, JSON for machines."""

from __future__ import annotations

import json
import math
import shutil
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def show_json(content: Any) -> None:
    """Print as JSON; infinite and undefined numbers, which JSON has not, as strings."""
    text = json.dumps(_plain(content), indent=2, allow_nan=False, ensure_ascii=False)
    print(text)  # noqa: T201


def show_table(frame: pd.DataFrame, *, title: str = "") -> None:
    """Print a table whose columns line up, as wide as the terminal or unwrapped into a file."""
    import pandas as pd
    from rich import box
    from rich.console import Console
    from rich.table import Table

    if title:
        show_text(title)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in frame.columns:
        numeric = pd.api.types.is_numeric_dtype(frame[name])
        table.add_column(str(name), justify="right" if numeric else "left", no_wrap=numeric)
    for row in frame.itertuples(index=False):
        table.add_row(*(_cell(value) for value in row))
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 200
    Console(width=width, markup=False, highlight=False).print(table)


def show_text(text: str) -> None:
    """Print text as it is."""
    print(text)  # noqa: T201


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "∞" if value == math.inf else "–" if math.isnan(value) else f"{value:.4g}"
    return str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
