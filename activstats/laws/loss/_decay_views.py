"""The decay of a loss curve as a row of a table and as a picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws.loss.decay_result import LossDecayResult
    from activstats.laws.loss.local_exponent_result import LocalExponent

_COLUMNS = (
    "beta", "beta_low", "beta_high", "beta_se", "loss_opt", "loss_opt_low", "loss_opt_high",
    "loss_opt_se", "amplitude", "amplitude_low", "amplitude_high", "amplitude_se_log",
    "falls_pvalue", "lack_of_fit", "lack_of_fit_pvalue", "noise_level", "level", "n_obs", "noise",
    "robust", "reason",
)  # fmt: skip
_POINTS = 120


def table_row(result: LossDecayResult) -> pd.DataFrame:
    """Return one row: what is known of the runs, the status, then the numbers."""
    import pandas as pd

    simple = bool | int | float | str
    row: dict[str, Any] = {k: v for k, v in result.provenance.items() if isinstance(v, simple)}
    row["status"] = result.status.value
    row["n_sizes"] = result.curve.n_sizes
    return pd.DataFrame([row | {name: getattr(result, name) for name in _COLUMNS}])


def draw(result: LossDecayResult, ax: Axes | None) -> Axes:
    """Draw runs, power law and band over the floor; the losses themselves where there is none."""
    from activstats.figures.decay import excess_loss

    curve = result.curve
    name = str(result.provenance.get("loss", "loss")).replace("_", " ")
    shown: dict[str, Any] = {"ylabel": name, "level": result.level, "title": _title(result)}
    if result.found:
        grid = np.geomspace(curve.sizes[0], curve.sizes[-1], _POINTS)
        fitted = result.predict(grid)
        shown |= {"line": (grid, fitted.loss), "band": (fitted.low, fitted.high)}
        shown["floor"] = None if math.isnan(result.loss_opt) else result.loss_opt
    return excess_loss(curve.d, curve.loss, **shown, ax=ax)


def draw_panels(result: LossDecayResult, local: LocalExponent) -> tuple[Axes, Axes]:
    """Draw the excess loss and, below it, the local exponent."""
    from activstats.figures.decay import two_panels

    upper, lower = two_panels()
    draw(result, upper)
    fitted = (result.beta, result.beta_low, result.beta_high) if result.found else None
    local.plot(lower, fitted=fitted)
    upper.set_xlabel("")
    lower.set_xlim(upper.get_xlim())
    return upper, lower


def _title(result: LossDecayResult) -> str:
    if not result.found:
        return str(result.status)
    low, high = result.beta_low, result.beta_high
    end = "∞" if math.isinf(high) else f"{high:.3g}"
    title = f"beta {result.beta:.3g}, {result.level * 100:g} % interval {low:.3g} to {end}"
    return title.replace("-", "−")
