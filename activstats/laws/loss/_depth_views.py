"""The comparison of depths as text, as a row of a table and as a picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from activstats.laws._summary import Summary, grouped, significant

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws.loss.depth_cells import DepthRatio
    from activstats.laws.loss.depth_result import DepthComparison

_COLUMNS = (
    "answer", "pvalue", "statistic", "df", "df_residual", "interaction_pvalue", "margin", "matched",
    "noise_level", "most_unequal", "level", "n_obs", "reason",
)  # fmt: skip
_KNOWN = ("source", "loss", "n_train")
_LIMITS = (
    "This holds for these budgets, this size of the training set and the same training of every "
    "depth: depths that want another learning rate or more steps were not given them."
)
_UNMATCHED = "Runs are taken to be independent: nothing that they share, such as a seed, is used."


def describe(result: DepthComparison) -> Summary:
    """Return what a summary of the comparison says."""
    known = [(n, str(result.provenance[n])) for n in _KNOWN if n in result.provenance]
    depths = ", ".join(str(d) for d in sorted({cell.depth for cell in result.cells}))
    budgets = len({cell.budget for cell in result.cells})
    return Summary(
        title="Loss by depth at equal numbers of parameters",
        facts=(
            *((pair,) for pair in known),
            (("answer", result.answer),),
            (("depths", depths), ("budgets", str(budgets))),
            (
                ("runs", grouped(result.n_obs)),
                ("seeds", "matched" if result.matched else "not used"),
            ),
            (("status", str(result.status)), ("margin", f"±{100 * result.margin:g} %")),
        ),
        columns=("loss ratio", f"{result.level * 100:g} % interval", ""),
        rows=tuple(_row(one) for one in (*result.ratios, *result.ratios_by_budget)),
        measures=(
            ("p, no effect of depth", _p(result.pvalue)),
            ("p, same at budgets", _p(result.interaction_pvalue)),
            ("noise of a run", significant(result.noise_level, 2)),
            ("parameters within", _percent(result.most_unequal)),
        ),
        notes=_notes(result),
    )


def _row(one: DepthRatio) -> tuple[str, ...]:
    where = f" {one.budget:,.6g}".replace(",", " ") if math.isfinite(one.budget) else " all"
    label = f"{one.depth}/{one.baseline}{where}"
    interval = f"[{significant(one.low)}, {significant(one.high)}]"
    return label, significant(one.ratio), interval, ""


def _notes(result: DepthComparison) -> tuple[str, ...]:
    sentences = (*_effects(result), result.reason, *result.warnings)
    told = tuple(text[0].upper() + text[1:] + "." for text in sentences if text)
    return (*told, *((_UNMATCHED,) * (not result.matched)), _LIMITS)


def _effects(result: DepthComparison) -> tuple[str, ...]:
    """Return the size of each effect in words."""
    percent = f"{100 * result.level:g} %"
    return tuple(
        f"over these budgets {one.depth} hidden layers have a loss {_change(one.ratio)} "
        f"[{percent} interval {_change(one.low)} to {_change(one.high)}] against {one.baseline}"
        for one in result.ratios
        if math.isfinite(one.high)
    )


def _change(ratio: float) -> str:
    return f"{100 * (ratio - 1):+.2g} %".replace("-", "−")


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{100 * share:.2g} %"


def _p(pvalue: float) -> str:
    return "–" if math.isnan(pvalue) else f"{pvalue:.2g}"


def table_row(result: DepthComparison) -> pd.DataFrame:
    """Return one row: what is known of the runs, the status, then the numbers."""
    import pandas as pd

    simple = bool | int | float | str
    row: dict[str, Any] = {k: v for k, v in result.provenance.items() if isinstance(v, simple)}
    row |= {"status": result.status.value}
    row |= {name: getattr(result, name) for name in _COLUMNS}
    for one in result.ratios:
        name = f"ratio_{one.depth}_to_{one.baseline}"
        row |= {name: one.ratio, f"{name}_low": one.low, f"{name}_high": one.high}
    return pd.DataFrame([row])


def draw(result: DepthComparison, ax: Axes | None) -> Axes:
    """Draw loss over the number of parameters, a curve for each depth."""
    from activstats.figures.depth import DepthSeries, losses_by_depth

    series = []
    for depth in sorted({cell.depth for cell in result.cells}):
        cells = [cell for cell in result.cells if cell.depth == depth]
        layers = "1 hidden layer" if depth == 1 else f"{depth} hidden layers"
        columns = ([getattr(c, n) for c in cells] for n in ("budget", "loss", "low", "high"))
        budgets, losses, low, high = columns
        runs = [(cell.budget, loss) for cell in cells for loss in cell.losses]
        series.append(DepthSeries(layers, budgets, losses, low, high, runs))
    return losses_by_depth(series, answer=result.answer, level=result.level, ax=ax)
