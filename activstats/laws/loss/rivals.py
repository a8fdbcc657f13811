"""The crossovers that a curve without scale is tested against: a grid, finer where it must be.

Near the best curve without scale lies a ridge of crossovers that look almost like it. Precise losses
tell them apart within a step of the grid, so that ridge gets steps of its own, in units of what the
noise lets one see.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from activstats.laws.loss.descent import descend
from activstats.laws.loss.families import CROSSOVER
from activstats.laws.loss.family import bounds_of, grid_of
from activstats.laws.loss.projection import sums_of_squares
from activstats.laws.loss.scale_free import NullFit

FloatArray = NDArray[np.float64]

# Along the ridge curves change slowly: so many of the grid's D* are one step.
_ALONG = 3
# Steps across the ridge, in standard errors of ln b; none longer than the grid's own.
_ACROSS = np.array([-2.6, -1.6, -0.8, 0.0, 0.8, 1.6, 2.6])
_LONGEST = 0.1
# Change of ln b from which its standard error is taken.
_TRIAL = 0.01


def rivals(null: NullFit, variance: float) -> FloatArray:
    """Return the shapes of the alternative, shape (q, 2): ln D* and ln b.

    Parameters
    ----------
    null : NullFit
        The best curve without scale; the shapes depend on it and on no replicate.
    variance : float
        Of a run of weight 1, about that curve.
    """
    grid = grid_of(CROSSOVER, null.cells.x)
    if np.isnan(null.beta) or variance <= 0:
        return grid
    exact = replace(null.cells, mean=null.curve, pure_error=0.0)
    axes = [coordinate.grid(exact.x) for coordinate in CROSSOVER.coordinates]
    squares = sums_of_squares(CROSSOVER, exact, grid).reshape(axes[0].size, axes[1].size)
    starts = np.stack([axes[0], axes[1][squares.argmin(axis=1)]], axis=1)[::_ALONG]
    ridge, lowest = descend(CROSSOVER, exact, starts, fixed=(0,))
    aside = sums_of_squares(CROSSOVER, exact, ridge + np.array([0.0, _TRIAL]))
    seen = _TRIAL * np.sqrt(variance / np.maximum(aside - lowest, variance * 1e-6))
    across = np.minimum(seen, _LONGEST)[:, None] * _ACROSS
    fine = np.stack([np.broadcast_to(ridge[:, :1], across.shape), ridge[:, 1:] + across], axis=2)
    bounds = bounds_of(CROSSOVER, exact.x)
    return np.concatenate([grid, np.clip(fine.reshape(-1, 2), bounds[0], bounds[1])])
