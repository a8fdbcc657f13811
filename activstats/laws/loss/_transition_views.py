"""The transition as a row of a table and as a picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import stdtrit

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws.loss.family_fit import FamilyFit
    from activstats.laws.loss.transition_result import LossTransitionResult

_COLUMNS = (
    "answer", "pvalue", "d_star", "d_star_low", "d_star_high", "steepest", "half_drop",
    "width_decades", "b", "b_low", "b_high", "sharpness", "sharpness_low", "sharpness_high",
    "sharpness_pvalue", "loss_opt", "loss_opt_se", "drop", "drop_se", "noise_level", "statistic",
    "n_boot", "null_beta", "level", "n_obs", "noise", "bootstrap", "robust", "reason",
)  # fmt: skip
_POINTS = 200


def table_row(result: LossTransitionResult) -> pd.DataFrame:
    """Return one row: what is known of the runs, the status, then the numbers."""
    import pandas as pd

    simple = bool | int | float | str
    row: dict[str, Any] = {k: v for k, v in result.provenance.items() if isinstance(v, simple)}
    row["status"] = result.status.value
    row["n_sizes"] = result.curve.n_sizes
    return pd.DataFrame([row | {name: getattr(result, name) for name in _COLUMNS}])


def draw(result: LossTransitionResult, fit: FamilyFit | None, ax: Axes | None, **more: Any) -> Axes:
    """Draw runs, crossover with band, D* with its interval, steepest point, and what more there is."""
    from activstats.figures.transition import transition_curve

    curve = result.curve
    name = str(result.provenance.get("loss", "loss")).replace("_", " ")
    shown: dict[str, Any] = {"ylabel": name, "answer": result.answer, "level": result.level}
    if fit is not None:
        grid = np.geomspace(curve.sizes[0], curve.sizes[-1], _POINTS)
        line = fit.predict(grid)
        half = _half_width(fit, grid, result.level)
        shown |= {"line": (grid, line), "band": (line - half, line + half)}
    if result.found:
        shown["d_star"] = result.d_star
        shown["d_star_interval"] = (result.d_star_low, result.d_star_high)
        shown["steepest"] = result.steepest
    return transition_curve(curve.d, curve.loss, **(shown | more), ax=ax)


def _half_width(fit: FamilyFit, grid: np.ndarray, level: float) -> np.ndarray:
    """Return half the pointwise interval of the fitted curve, by the delta method."""
    if fit.df <= 0:
        return np.full(grid.size, math.nan)
    slopes = fit.jacobian(np.log(grid))
    variance = np.einsum("pn,pq,qn->n", slopes, fit.covariance, slopes)
    return np.asarray(stdtrit(fit.df, (1 + level) / 2) * np.sqrt(np.maximum(variance, 0)))
