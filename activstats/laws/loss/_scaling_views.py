"""The scaling as rows of tables and as a picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws.loss.scaling_result import TransitionScaling

_NUMBERS = (
    "gamma", "gamma_low", "gamma_high", "gamma_se", "df", "tau", "shared_b", "shared_b_pvalue",
    "one_pvalue", "predicted_slope", "excess", "excess_low", "excess_high", "predicted_pvalue", "c_slope", "c_slope_low", "c_slope_high",
    "b_slope", "b_slope_low", "b_slope_high", "margin", "level", "n_obs", "case_of_c", "reason",
)  # fmt: skip
_POINTS = 60


def table_row(found: TransitionScaling) -> pd.DataFrame:
    """Return one row: what is known of the runs, the answer, then the numbers."""
    import pandas as pd

    simple = bool | int | float | str
    row: dict[str, Any] = {k: v for k, v in found.provenance.items() if isinstance(v, simple)}
    row |= {"status": found.status.value, "answer": found.answer}
    return pd.DataFrame([row | {name: getattr(found, name) for name in _NUMBERS}])


def width_rows(found: TransitionScaling) -> pd.DataFrame:
    """Return a row for each width that has a transition or a recording."""
    import pandas as pd

    of_losses = pd.DataFrame(
        {name: getattr(found, name) for name in ("d_star", "d_star_low", "d_star_high")},
        index=list(found.n_neurons),
        dtype=float,
    )
    recorded = pd.DataFrame(
        {
            name: getattr(found, name)
            for name in ("predicted_d_star", "predicted_low", "predicted_high")
        },
        index=list(found.predicted_n),
        dtype=float,
    )
    joined = of_losses.join(recorded, how="outer").sort_index()
    return joined.rename_axis("n_neurons").reset_index()


def draw(found: TransitionScaling, ax: Axes | None) -> Axes:
    """Draw D* and bN/c over N with the line and its band."""
    from activstats.figures.scaling import scaling_picture

    shown: dict[str, Any] = {}
    if found.predicted_n:
        ends = np.column_stack([found.predicted_low, found.predicted_high])
        shown["predicted"] = (found.predicted_n, found.predicted_d_star, ends)
    widths = (*found.n_neurons, *found.predicted_n)
    if not math.isnan(found.gamma):
        grid = np.geomspace(min(widths), max(widths), _POINTS)
        line, low, high = found.band(grid)
        shown |= {"line": (grid, line), "band": (low, high), "gamma": found.gamma}
    d_star, intervals = _points(found)
    return scaling_picture(found.n_neurons, d_star, intervals, **shown, level=found.level, ax=ax)


def _points(found: TransitionScaling) -> tuple[Any, Any]:
    """Return D* as the line takes it, with intervals, or of each width where there is no line."""
    if not found.log_d_star or math.isnan(found.shared_b):
        return found.d_star, np.column_stack([found.d_star_low, found.d_star_high])
    x, error = np.asarray(found.log_d_star), np.asarray(found.log_d_star_se)
    reach = float(ndtri((1 + found.level) / 2)) * error
    return np.exp(x), np.exp(np.stack([x - reach, x + reach], axis=1))
