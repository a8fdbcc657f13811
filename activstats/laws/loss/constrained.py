"""How much worse a crossover fits where the activations put it: the tests of agreement.

The sum of squares of the losses rises as the crossover is moved to where b and c put it; b and c
may give way in turn, at the price of their own errors. The least sum of the two is what the losses
and the recordings disagree by.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc

from activstats.laws.loss.descent import residuals
from activstats.laws.loss.families import B_RANGE
from activstats.laws.loss.family_fit import FamilyFit
from activstats.laws.loss.predicted import PredictedTransition
from activstats.laws.loss.projection import sums_of_squares

FloatArray = NDArray[np.float64]

# Values of ln b at which the search starts, and number of places between fitted and predicted ln D*.
_B_STARTS = np.linspace(math.log(B_RANGE[0]), math.log(B_RANGE[1]), 29)
_PLACES = 5
# Polished starts; the sum of two terms can have two minima.
_STARTS = 3
# A variance below this share of the squared losses is rounding.
_ROUNDING = 1e-13
# A standard error of ln b or ln c below this counts as none.
_LEAST_SE = 1e-9
# Two recordings leave one degree of freedom, and a joint test none.
_LEAST_DF = 0.5


@dataclass(frozen=True)
class AgreementTest:
    """Test of whether losses and recordings agree.

    Parameters
    ----------
    statistic : float
        F: the least disagreement divided by the number of things compared.
    df, df_residual : float
        Things compared, and degrees of freedom behind the errors.
    pvalue : float
        Nan where there are no degrees of freedom.
    """

    statistic: float = math.nan
    df: int = 1
    df_residual: float = math.nan
    pvalue: float = math.nan


def location_test(fit: FamilyFit, predicted: PredictedTransition) -> AgreementTest:
    """Test whether ln D* of the losses is the predicted one, whatever their exponent.

    Notes
    -----
    min over the shape of [RSS − RSS_min]/σ² + ((ln D* − ln bN/c)/se)² against F(1, m − p), p being
    the parameters of the fitted curve (derived; with se = 0 the profile test of Bates & Watts
    1988, ch. 6). Where the errors of b and c are themselves estimated, on ν_rec degrees of freedom,
    they are 1/ν = share²/(m − p) + (1 − share)²/ν_rec if that is fewer, share being the part of the
    minimum that comes from the losses (Welch 1947).
    """
    if not fit.df > 0:
        return AgreementTest()
    centre = math.log(predicted.d_star)
    free = predicted.se_log > _LEAST_SE
    n_shape = fit.shape.theta.size

    def shape(u: FloatArray) -> FloatArray:
        return u if free else np.concatenate([np.full((len(u), 1), centre), u], axis=1)

    def price(u: FloatArray) -> FloatArray:
        return (u[:, :1] - centre) / predicted.se_log if free else np.empty((len(u), 0))

    best = fit.shape.theta
    places = np.linspace(best[0], centre, _PLACES) if free else np.array([centre])
    exponents = np.append(_B_STARTS, best[1])
    pairs = np.stack(np.meshgrid(places, exponents, indexing="ij"), axis=-1).reshape(-1, 2)
    starts = np.concatenate([pairs, np.broadcast_to(best[2:], (len(pairs), n_shape - 2))], axis=1)[
        :, 0 if free else 1 :
    ]
    parts = _least(fit, shape, price, starts)
    return _tested(fit, parts, predicted.df, 1)


def joint_test(fit: FamilyFit, predicted: PredictedTransition) -> AgreementTest:
    """Test whether place and exponent of the losses are both those of the recordings.

    Parameters
    ----------
    fit : FamilyFit
        The crossover with s = 1.
    predicted : PredictedTransition

    Notes
    -----
    min over b and c of [RSS(ln D* = ln bN/c, b) − RSS_min]/σ² + ((ln b − ln b_rec)/se)² + ((ln c −
    ln c_rec)/se)², divided by 2, against F(2, m − 4) (derived). Where the errors of b and c are estimated, with ν as
    in `location_test`, the minimum is compared with 2ν/(ν − 1) · F(2, ν − 1) (Yao 1965, Biometrika
    52).
    """
    if not fit.df > 0:
        return AgreementTest(df=2)
    known = np.log([predicted.b, predicted.c])
    errors = np.array([predicted.b_se_log, predicted.c_se_log])
    free = errors > _LEAST_SE

    def both(u: FloatArray) -> FloatArray:
        whole = np.broadcast_to(known, (len(u), 2)).copy()
        whole[:, free] = u
        return whole

    def shape(u: FloatArray) -> FloatArray:
        b, c = both(u).T
        return np.stack([b + math.log(predicted.n_neurons) - c, b], axis=1)

    def price(u: FloatArray) -> FloatArray:
        return np.asarray((u - known[free]) / errors[free])

    exponents = np.append(_B_STARTS, [known[0], fit.shape.theta[1]])
    starts = np.stack([exponents, np.full(exponents.size, known[1])], axis=1)[:, free]
    parts = _least(fit, shape, price, starts)
    return _tested(fit, parts, predicted.df, 2)


def _least(
    fit: FamilyFit,
    shape: Callable[[FloatArray], FloatArray],
    price: Callable[[FloatArray], FloatArray],
    starts: FloatArray,
) -> FloatArray:
    """Return the parts of the least disagreement: of the losses, then of each price.

    `shape` gives shapes (q, p) and `price` the deviations (q, r) in standard errors, of free
    numbers u, shape (q, f).
    """
    from scipy.optimize import least_squares

    cells = fit.cells
    scale = math.sqrt(max(fit.variance, _ROUNDING * float(cells.weight @ np.square(cells.mean))))

    def deviations(u: FloatArray) -> FloatArray:
        row = u[None]
        left = residuals(fit.family, cells, shape(row))[0] / scale
        return np.concatenate([left, price(row)[0]])

    squares = sums_of_squares(fit.family, cells, shape(starts)) / scale**2
    order = np.argsort(squares + np.square(price(starts)).sum(axis=1))
    found = starts[order[0]]
    if found.size:
        tried = [least_squares(deviations, starts[i], x_scale="jac") for i in order[:_STARTS]]
        found = min(tried, key=lambda one: float(one.cost)).x
    of_losses = float(sums_of_squares(fit.family, cells, shape(found[None]))[0])
    rise = max(of_losses - fit.shape.rss, 0.0) / scale**2
    return np.array([rise, *np.square(price(found[None])[0])])


def _tested(fit: FamilyFit, parts: FloatArray, df_recorded: float, df: int) -> AgreementTest:
    """Return the test from the least disagreement, of the losses and of the recordings."""
    total = float(parts.sum())
    residual, statistic = float(fit.df), total / df
    if total > 0 and df_recorded < math.inf:
        share = float(parts[0]) / total
        welch = 1 / (share**2 / fit.df + (1 - share) ** 2 / df_recorded)
        fewer = df - 1
        residual = min(residual, max(welch - fewer, _LEAST_DF))
        statistic *= residual / (residual + fewer)
    return AgreementTest(statistic, df, residual, float(fdtrc(df, residual, statistic)))
