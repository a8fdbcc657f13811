"""The table of all runs: what was trained or fitted, and the losses it came to."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from activstats.claims.words import counted, grouped, significant
from activstats.report.section import Folded, Section
from activstats.report.tables import Cell, Column, Rows, Table

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from activstats.claims.evidence import Evidence

_LOSS_DIGITS = 4


def _whole(value: Any) -> str:
    return "–" if math.isnan(value) or value == 0 else grouped(int(value))


def _score(value: Any) -> str:
    return "–" if math.isnan(value) else significant(float(value), _LOSS_DIGITS)


# Column of the runs table, its head on the page, and how its cells are written.
_COLUMNS: tuple[tuple[str, Column, Callable[[Any], str]], ...] = (
    ("width", Column("width N"), _whole),
    ("depth", Column("layers"), _whole),
    ("n_train", Column("training samples D"), _whole),
    ("seed", Column("seed"), str),
    ("best_step", Column("step"), _whole),
    ("validation_loss", Column("validation", "loss"), _score),
    ("test_loss", Column("test", "loss"), _score),
    ("test_accuracy", Column("test accuracy"), _score),
)


def runs_section(evidence: Evidence) -> Section | None:
    """Return the section with all runs, folded, or None where the study has none."""
    runs = evidence.runs
    if runs.empty:
        return None
    said = (
        f"All {counted(len(runs), 'run')} of the study, those without a recording among them. Losses "
        "and accuracies are of the weights of the chosen step, that with the lowest validation loss."
    )
    return Section("Runs", (said, Folded("Every run with its losses", (runs_table(runs),))))


def runs_table(runs: pd.DataFrame) -> Table:
    """Return a table with a row for each run, those of one kind under one heading.

    Parameters
    ----------
    runs : DataFrame
        With `kind`; columns that it lacks are left out.

    Returns
    -------
    Table
        Runs in the order of width, training samples and seed.
    """
    shown = [one for one in _COLUMNS if one[0] in runs]
    by = [name for name in ("width", "depth", "n_train", "seed") if name in runs]
    body = tuple(
        Rows(
            str(kind),
            tuple(
                tuple(Cell(write(getattr(run, name))) for name, _, write in shown)
                for run in own.sort_values(by).itertuples()
            ),
        )
        for kind, own in runs.groupby("kind", sort=False)
    )
    return Table("Every run", tuple(column for _, column, _ in shown), body)
