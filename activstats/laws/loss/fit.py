"""Fit of one family to a loss curve, with weights that follow the fit."""

from __future__ import annotations

import numpy as np

from activstats.laws.loss.cells import Cells, gather
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.family import Family
from activstats.laws.loss.family_fit import FamilyFit
from activstats.laws.loss.noise import (
    MULTIPLICATIVE,
    expected,
    grows_with_loss,
    huber_weights,
    own_weights,
)
from activstats.laws.loss.projection import Shape, solve
from activstats.laws.loss.search import best_shape, downhill

# Rounds in which weights follow the fitted losses, and in which outliers lose theirs.
_ROUNDS, _HUBER_ROUNDS = 2, 6
_STARTS = 4


def fit_family(
    family: Family, curve: LossCurve, *, noise: str = MULTIPLICATIVE, robust: bool = False
) -> FamilyFit:
    """Fit a family to a loss curve by weighted least squares.

    Parameters
    ----------
    family : Family
    curve : LossCurve
        Of more than one size.
    noise : {"multiplicative", "additive"}
        Whether a run's standard deviation is proportional to its expected loss (weights 1/L̂² in two
        rounds) or the same everywhere. Standard errors in the curve go before either.
    robust : bool
        Whether runs far from the curve lose weight (Huber 1981).

    Returns
    -------
    FamilyFit

    Examples
    --------
    >>> from activstats.laws.loss.families import POWER_LAW
    >>> d = np.array([10, 30, 100, 300, 1000, 3000])
    >>> fit = fit_family(POWER_LAW, LossCurve(d, 0.5 + 4 * d**-0.4))
    >>> {name: round(value, 4) for name, value in fit.params.items()}
    {'beta': 0.4, 'loss_opt': 0.5, 'excess': 1.5924}
    """
    proportional = grows_with_loss(curve, noise)
    own = own_weights(curve)
    place = np.searchsorted(curve.sizes, curve.d)
    weights, kept = own, np.ones(curve.n_runs)
    if proportional:
        weights = own / np.square(gather(curve, own).mean[place])
    cells = gather(curve, weights)
    shape = best_shape(family, cells, starts=_STARTS)
    for turn in range(_ROUNDS * proportional + _HUBER_ROUNDS * robust):
        fitted = shape.curve[place]
        weights = own / np.square(expected(curve, fitted)) if proportional else own
        if robust and turn >= _ROUNDS * proportional:
            kept = huber_weights(np.sqrt(weights) * (curve.loss - fitted))
            weights = weights * kept
        cells = gather(curve, weights)
        shape = _again(family, cells, shape)
    return FamilyFit(family, curve, cells, weights, shape, kept)


def refit(family: Family, like: FamilyFit) -> FamilyFit:
    """Fit another family to the same curve under the weights of a fit."""
    shape = best_shape(family, like.cells, starts=_STARTS)
    return FamilyFit(family, like.data, like.cells, like.weights, shape, like.kept)


def _again(family: Family, cells: Cells, shape: Shape) -> Shape:
    """Return the best curve under new weights, from the last one."""
    if not family.coordinates:
        return solve(family, cells, shape.theta)
    return downhill(family, cells, shape.theta[None])
