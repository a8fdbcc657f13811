"""The growth law's result as a row of a table and as a picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.laws.curves import mean_field_activated
from activstats.laws.misfit import log_grid

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws.growth_result import GrowthLawResult

# As many circles as stand apart in the picture.
_POINTS = 40
_ESTIMATES = ("b", "b_low", "b_high", "bse", "level", "d_star", "d_star_low", "d_star_high")
_GIVEN = ("method", "reason", "n_neurons", "n_samples", "k", "c", "steepest", "log_likelihood")
_FIT = ("misfit", "misfit_mean_field", "misfit_equal_rates")


def table_row(result: GrowthLawResult) -> pd.DataFrame:
    """Return one row: what is known of the recording, the status, then the numbers."""
    import pandas as pd

    simple = bool | int | float | str
    row = {k: v for k, v in result.provenance.items() if isinstance(v, simple)}
    row["status"] = result.status.value
    ends = result.conf_int()
    d_star = {f"d_star_{end}": ends[end].iloc[1] for end in ("low", "high")}
    for name in (*_ESTIMATES, *_GIVEN, *_FIT):
        row[name] = d_star[name] if name in d_star else getattr(result, name)
    return pd.DataFrame([row])


def draw(result: GrowthLawResult, ax: Axes | None) -> Axes:
    """Draw K(D): rarefied counts, exact law with its interval, and mean-field law."""
    from activstats.figures.growth import growth_curves

    grid = log_grid(max(result.n_samples, 1), _POINTS)
    rarefied = result.rarefied(grid) if result.n_samples else np.zeros(grid.size)
    n, b, c = result.n_neurons, result.b, result.c
    curves: dict[str, Any] = {}
    if not math.isnan(b):
        law = result.predict(grid)
        curves["exact"], curves["exact_band"] = law.k, (law.k_low, law.k_high)
        curves["mean_field"] = mean_field_activated(grid, n_neurons=n, b=b, c=c)
    return growth_curves(grid, rarefied, n_neurons=n, ax=ax, **curves)
