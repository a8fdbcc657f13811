"""Permutation bands in words and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activstats.laws._summary import Summary, grouped, significant

if TYPE_CHECKING:
    import pandas as pd

    from activstats.laws.bands_result import PermutationBands

_COLUMNS = ("ordered", "mean", "low", "high", "low_all", "high_all")
_SHOWN = 5


def table(bands: PermutationBands) -> pd.DataFrame:
    """Return a row for each number of samples."""
    import pandas as pd

    return pd.DataFrame(
        {"n_samples": bands.grid} | {name: getattr(bands, name) for name in _COLUMNS}
    )


def describe(bands: PermutationBands) -> Summary:
    """Return what a summary of the bands says."""
    numbers = (("N", grouped(bands.n_neurons)), ("D", grouped(bands.n_samples)))
    permuted = (("groups", grouped(bands.n_groups)), ("B", grouped(bands.n_permutations)))
    known = tuple((n, str(bands.provenance[n])) for n in ("layer", "rule") if n in bands.provenance)
    lines = (known, numbers, permuted, (("status", str(bands.status)),))
    return Summary(
        title="Growth curve against random orders of the samples",
        facts=tuple(line for line in lines if line),
        columns=("in order", f"{100 * bands.level:g} % of curves", "mean"),
        rows=_rows(bands),
        measures=(
            ("sup|K − mean|/N", f"{significant(100 * bands.gap, 2)} %"),
            ("in SD of orders", significant(bands.largest)),
            ("p", significant(bands.pvalue, 2)),
        ),
        notes=(
            *((bands.reason[0].upper() + bands.reason[1:] + ".",) if bands.reason else ()),
            (
                "The bands show the scatter of the order of these samples, not of other samples or "
                "neurons. The curve alone is nearly blind to drift: see order_tests."
            ),
        ),
    )


def _rows(bands: PermutationBands) -> tuple[tuple[str, ...], ...]:
    step = max(1, (bands.grid.size - 1) // (_SHOWN - 1))
    rows = []
    for place in [*range(0, bands.grid.size - 1, step), bands.grid.size - 1][-_SHOWN - 1 :]:
        ends = f"[{significant(bands.low_all[place])}, {significant(bands.high_all[place])}]"
        cells = (f"K({bands.grid[place]})", str(bands.ordered[place]), ends)
        rows.append((*cells, significant(float(bands.mean[place]))))
    return tuple(rows)
