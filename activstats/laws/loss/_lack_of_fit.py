"""Pure error against lack of fit: whether means of sizes lie where a curve says they do."""

from __future__ import annotations

import math
from typing import NamedTuple

from scipy.special import fdtrc

from activstats.laws.loss.family_fit import FamilyFit

# Means this much closer to the curve than to 0 differ from it by rounding.
_ROUNDING = 1e-13


class LackOfFit(NamedTuple):
    """The test; nan where there are no replicates or no size to spare."""

    statistic: float = math.nan
    pvalue: float = math.nan


def lack_of_fit(fit: FamilyFit) -> LackOfFit:
    """Test a fitted curve against the scatter of replicates.

    Parameters
    ----------
    fit : FamilyFit
        Of a curve with several runs at some sizes.

    Returns
    -------
    LackOfFit

    Notes
    -----
    F = [RSS of the means / (n − p)] / [pure error / (m − n)] on n − p and m − n degrees of freedom,
    for m runs of n sizes and p parameters (Draper & Smith 1998, Applied Regression Analysis, 3rd
    ed., sec. 2.1). Replicates must be runs of their own: seeds that share a training set and differ
    in its order alone lie closer together than the noise of the curve.
    """
    cells = fit.cells
    spare, replicates = cells.n_sizes - fit.family.n_params, cells.n_runs - cells.n_sizes
    if spare <= 0 or replicates <= 0:
        return LackOfFit()
    about_curve = fit.shape.rss
    total = float(cells.weight @ (cells.mean * cells.mean))
    if about_curve <= _ROUNDING * total:
        return LackOfFit(0.0, 1.0)
    if cells.pure_error <= _ROUNDING * total:
        return LackOfFit(math.inf, 0.0)
    statistic = (about_curve / spare) / (cells.pure_error / replicates)
    return LackOfFit(statistic, float(fdtrc(spare, replicates, statistic)))
