"""Tables of the report on learning rates."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.claims.fluctuation_and_score import association_at
from activstats.claims.seeds import over_seeds
from activstats.claims.words import significant
from activstats.report.tables import Cell, Column, Rows, Table, cells

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from activstats.claims.learning_rates_evidence import Arm


def table_by_rate(caption: str, arm: Arm, columns: tuple[tuple[str, str], ...]) -> Table:
    """Return means over seeds, a row for each learning rate."""
    rows = []
    for place, rate in enumerate(arm.rates):
        found = [_mean(_unit(column) * arm.table(column)[:, place]) for column, _ in columns]
        if all(text == "–" for text in found):
            rows.append((*cells(f"{rate:g}"), Cell("diverged", span=len(columns), words=True)))
        else:
            rows.append(cells(f"{rate:g}", *found))
    heads = (Column("learning rate"), *(Column(head) for _, head in columns))
    note = "Means over seeds ± half of their 95 % t-interval."
    if any(_unit(column) > 1 for column, _ in columns):
        note += " Fluctuations, drifts and spreads in thousandths, ratios as they are."
    return Table(caption, heads, (Rows("", tuple(rows)),), note)


def _two(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}".replace("-", "−")


def _unit(column: str) -> float:
    """Return what a column is multiplied by: numbers of fluctuation are small."""
    plain = column.startswith(("relative", "firing", "dead", "always", "train", "test"))
    return 1.0 if plain else 1e3


def _mean(values: NDArray[np.float64]) -> str:
    found = over_seeds(enumerate(values.tolist()))
    if math.isnan(found.mean):
        return "–"
    if math.isnan(found.low):
        return _signed(found.mean)
    reach = found.high - found.mean
    if reach <= 0:
        return _signed(found.mean)
    # Both to the place of the second digit of the reach: more of the mean says nothing.
    places = max(1 - math.floor(math.log10(reach)), 0)
    return f"{found.mean:.{places}f} ± {reach:.{places}f}".replace("-", "−")


def _signed(value: float, digits: int = 3) -> str:
    return significant(value, digits).replace("-", "−")


def correlations(arms: list[Arm]) -> Table:
    """Return correlations of fluctuation and score, arm by arm and window by window."""
    rows = []
    for arm in arms:
        inside = arm.within_range()
        for window in ("late", "whole", "equal loss"):
            found = association_at(inside, window)
            shown = []
            for name in ("within", "between", "overall"):
                low, high = found.interval(name)
                value = _two(found[name].value)
                ends = "" if math.isnan(low) else f" [{_two(low)}, {_two(high)}]"
                shown.append(value + ends)
            shown.insert(1, _two(found["within_ranks"].value))
            label = arm.title if window == "late" else ""
            rows.append(cells(label, window, *shown))
    columns = (
        Column("arm", words=True), Column("window", words=True), Column("within a rate"),
        Column("of ranks"), Column("between rates"), Column("all runs")
    )  # fmt: skip
    note = (
        "Correlation of log fluctuation with the score, minus the logarithm of the test loss, with 95 % "
        "intervals; range of rates as in the claims. Within: after the means of rates and seeds."
    )
    return Table("Fluctuation and score", columns, (Rows("", tuple(rows)),), note)
