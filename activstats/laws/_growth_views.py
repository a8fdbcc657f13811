"""The growth law's result as a row of a table and as a picture."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.errors import InputError
from activstats.laws._estimators import MEAN_FIELD_CURVE
from activstats.laws.hazard_points import hazard_points
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
_DEAD = ("n_live", "dead_share", "dead_low", "dead_high", "dead_pvalue")


def table_row(result: GrowthLawResult) -> pd.DataFrame:
    """Return one row: what is known of the recording, the status, then the numbers."""
    import pandas as pd

    simple = bool | int | float | str
    row = {k: v for k, v in result.provenance.items() if isinstance(v, simple)}
    row["status"] = result.status.value
    ends = result.conf_int()
    d_star = {f"d_star_{end}": ends[end].iloc[1] for end in ("low", "high")}
    for name in (*_ESTIMATES, *_GIVEN, *_FIT, *_DEAD):
        value = d_star[name] if name in d_star else getattr(result, name)
        row[name] = math.nan if value is None else value
    return pd.DataFrame([row])


def draw(result: GrowthLawResult, ax: Axes | None) -> Axes:
    """Draw K(D): rarefied counts, exact law with its interval, and mean-field law."""
    from activstats.figures.growth import growth_curves

    grid = log_grid(max(result.n_samples, 1), _POINTS)
    rarefied = result.rarefied(grid) if result.n_samples else np.zeros(grid.size)
    n, b = result.n_neurons, result.b
    curves: dict[str, Any] = {}
    if not math.isnan(b):
        law = result.expected(grid)
        curves["exact"], curves["exact_band"] = law.k, (law.k_low, law.k_high)
        curves["mean_field"] = replace(result.curve, law="mean-field").expected(grid)
        if result.method == MEAN_FIELD_CURVE:
            curves["mean_field"] = curves.pop("exact")
            del curves["exact_band"]
    return growth_curves(grid, rarefied, n_neurons=n, ax=ax, **curves)


def draw_hazard(result: GrowthLawResult, ax: Axes | None) -> Axes:
    """Draw the binned inverse hazard of first activations with the fitted line and its interval."""
    from activstats.figures.hazard import hazard_line

    if result.arrivals is None:
        raise InputError("there are no first activations to draw.", got=result.reason)
    points = hazard_points(result.arrivals, result.n_neurons, result.level)
    seen = np.append(0.0, np.geomspace(1, max(result.n_samples, 2), _POINTS))
    line, band = None, None
    if not math.isnan(result.b):
        line = (seen, result.steepest + seen / result.b)
        band = (result.steepest + seen / result.b_high, result.steepest + seen / result.b_low)
    return hazard_line(
        points.n_samples,
        points.inverse_hazard,
        (points.low, points.high),
        line=line,
        band=band,
        level=result.level,
        ax=ax,
    )
