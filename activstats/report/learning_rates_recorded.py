"""Section on the recordings of weights that a study of learning rates made."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.claims.words import significant
from activstats.report.section import Section
from activstats.report.tables import Column, Rows, Table, cells

if TYPE_CHECKING:
    import pandas as pd

_WORDS = (
    "Of the first seeds the study also recorded running moments of every weight, in windows as long "
    "as the late one. Here the fluctuation is measured from these recordings alone, as "
    "activstats fluctuation measures any recording of parameters, and stands beside what the "
    "study measured while it trained."
)
_COLUMNS = (
    Column("learning rate"), Column("seed"),
    Column("recording", "late window"), Column("study", "late window"),
    Column("recording", "whole run"), Column("study", "whole run"),
)  # fmt: skip


def recorded_section(recorded: pd.DataFrame) -> list[Section]:
    """Return the section, none where no weights were recorded."""
    if recorded.empty:
        return []
    arms = tuple(
        Rows(f"{task}, {optimizer}", tuple(cells(*_texts(row)) for _, row in some.iterrows()))
        for (task, optimizer), some in recorded.groupby(["task", "optimizer"], sort=False)
    )
    table = Table(
        "Fluctuation by recording",
        _COLUMNS,
        arms,
        "In thousandths; runs that diverged are left out.",
    )
    return [Section("Weights recorded along the training", (_WORDS, table))]


def _texts(row: pd.Series[float]) -> list[str]:
    names = ("fluctuation_late", "table_late", "fluctuation_whole", "table_whole")
    return [f"{row['learning_rate']:g}", str(row["seed"]), *(_number(row[name]) for name in names)]


def _number(value: float | None) -> str:
    return "–" if value is None or math.isnan(value) else significant(1e3 * value)
