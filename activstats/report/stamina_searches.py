"""Section: the search for a penalty, and who was predicted to live under one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activstats.claims.stamina_evidence import STAMINA, StaminaEvidence
from activstats.claims.words import significant
from activstats.report.section import Part, Section
from activstats.report.tables import Column, Rows, Table, cells

if TYPE_CHECKING:
    import pandas as pd


def searches(evidence: StaminaEvidence) -> Section:
    """Return the section."""
    rows = evidence.layers
    columns = (
        Column("search", words=True), Column("searches"), Column("met the size"),
        Column("training runs, median"), Column("most"),
    )  # fmt: skip
    body = []
    for name, group in rows[rows["search"].notna() & (rows["search"] != "")].groupby("search"):
        runs = group["search_runs"].astype(float)
        met = f"{int(group['hit'].astype(bool).sum())}"
        most = significant(float(runs.max()))
        body.append(cells(str(name), str(len(group)), met, significant(runs.median()), most))
    note = (
        "Bisection on log p starts from what earlier searches of the same layer found; annealing "
        "(scipy's dual_annealing) starts afresh, and for the smallest size only."
    )
    table = Table(
        "Searches for the penalty that leaves so many", columns, (Rows("", tuple(body)),), note
    )
    return Section("Finding a penalty for a size", (table, *_predicted(rows)))


def _predicted(rows: pd.DataFrame) -> list[Part]:
    chosen = rows[(rows["method"] == STAMINA) & (rows["chosen_by"] == "ratio")]
    columns = (
        Column("condition", words=True), Column("gain", words=True), Column("r"), Column("lived"),
        Column("ledger says"), Column("p* > p"),
    )  # fmt: skip
    body = tuple(
        cells(
            str(condition), str(signal), f"{ratio:g}",
            *(significant(float(group[name].mean())) for name in ("kept", "ledger_kept", "expected_kept")),
        )
        for (condition, signal, ratio), group in chosen.groupby(
            ["condition", "signal", "ratio"], sort=False
        )
    )  # fmt: skip
    note = (
        "Means over seeds. Ledger and p* are of the whole layer's recording, in which nobody dies."
    )
    return [Table("Who lived, and who was predicted to", columns, (Rows("", body),), note)]
