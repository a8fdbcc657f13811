"""What `activstats pool` pools: the fits of a study, or the rows of a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from activstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from activstats.laws.growth_result import GrowthLawResult

TEXT, PARQUET = (".csv", ".tsv", ".txt"), (".parquet", ".pq")


def is_table(source: str) -> bool:
    """Return whether the argument is a file, by its suffix, and not the folder of a study."""
    return Path(source).suffix.lower() in TEXT + PARQUET and not Path(source).is_dir()


def conditions(where: Sequence[str]) -> dict[str, object]:
    """Return column and value of each ``column=value``."""
    pairs = [one.partition("=") for one in where]
    for text, (column, sign, _) in zip(where, pairs, strict=True):
        if not (column.strip() and sign):
            raise typer.BadParameter(f"--where takes column=value, not '{text}'")
    return {column.strip(): value.strip() for column, _, value in pairs}


def table(source: str, where: dict[str, object]) -> pd.DataFrame:
    """Return the rows of a file that have certain values, compared as text.

    Raises
    ------
    InputError
        If the file cannot be read, a column is missing, or no row is left.
    """
    frame = _read(source)
    for column, value in where.items():
        if column not in frame:
            known = ", ".join(map(str, frame.columns))
            raise InputError(f"the table has no column '{column}'.", got=known)
        frame = frame[frame[column].astype(str) == str(value)]
    if frame.empty:
        got = ", ".join(f"{column} = {value}" for column, value in where.items())
        raise InputError(f"no row of '{source}' is left to pool.", got=got or "an empty table")
    return frame


def fits(
    source: str,
    *,
    rule: str | None,
    layer: str | None,
    step: str,
    where: dict[str, object],
    recordings: str,
    level: float,
) -> list[GrowthLawResult]:
    """Return the fits of a study's runs."""
    from activstats.fitting import EACH, fit_study
    from activstats.laws.growth import GrowthLaw

    chosen = {"rule": rule, "layer": layer, "where": where, "recordings": recordings}
    law = GrowthLaw(level=level)
    if step == EACH:
        return fit_study(source, step="each", law=law, **chosen)  # type: ignore[arg-type]
    try:
        number = int(step)
    except ValueError:
        raise typer.BadParameter(f"--step is a number or 'each', not '{step}'") from None
    return fit_study(source, step=number, law=law, **chosen)  # type: ignore[arg-type]


def _read(source: str) -> pd.DataFrame:
    from io import BytesIO, StringIO

    import pandas as pd
    import pyarrow as pa

    from activstats.recording.remote import place

    try:
        content = place(source).read_bytes()
        if Path(source).suffix.lower() in PARQUET:
            return pd.read_parquet(BytesIO(content))
        text = content.decode("utf-8-sig")
        delimiter = max(",;\t", key=text.partition("\n")[0].count)
        return pd.read_csv(StringIO(text), sep=delimiter, skipinitialspace=True)
    except FileNotFoundError as error:
        raise InputError("there is no such file.", got=source, hint="check the path") from error
    except (OSError, ValueError, pa.ArrowException) as error:
        # Errors of parsing and of encoding are ValueErrors, too.
        raise InputError(f"'{source}' cannot be read as a table.", got=error) from error
