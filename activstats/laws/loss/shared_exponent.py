"""Crossovers of several curves with one exponent b: where each lies, and how sure that is.

D* and b of one curve err together, for a steeper curve with a later D* looks much the same. Curves
that share b tell their D* apart far better than each alone tells its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc

from activstats.laws.loss.descent import descend
from activstats.laws.loss.families import CROSSOVER
from activstats.laws.loss.family_fit import FamilyFit
from activstats.laws.loss.projection import solve

FloatArray = NDArray[np.float64]

# Values of ln b tried at first, and rounds in which the best one's neighbourhood is tried anew.
_FIRST, _WITHIN, _ROUNDS = 41, 9, 5
# A variance below this share of the squared losses is rounding.
_ROUNDING = 1e-13


@dataclass(frozen=True, eq=False)
class Places:
    """Where several crossovers lie.

    Parameters
    ----------
    x_star : ndarray of float, shape (k,)
        ln D* of each curve.
    covariance : ndarray of float, shape (k, k)
        Of these.
    b : float
        The shared exponent; nan if each curve has its own.
    pvalue : float
        Of the F test that the exponents are all alike; nan without degrees of freedom.
    """

    x_star: FloatArray
    covariance: FloatArray
    b: float
    pvalue: float


def own_places(fits: Sequence[FamilyFit]) -> Places:
    """Return ln D* of fits that each have an exponent, and a sharpness, of their own."""
    x_star = np.array([fit.shape.theta[0] for fit in fits])
    variances = np.array([float(fit.covariance[0, 0]) for fit in fits])
    return Places(x_star, np.diag(variances), math.nan, math.nan)


def shared_places(fits: Sequence[FamilyFit]) -> Places:
    """Return ln D* of crossovers with s = 1 that share their exponent.

    Parameters
    ----------
    fits : sequence of FamilyFit
        Each curve fitted by itself, with degrees of freedom left.

    Notes
    -----
    b minimises Σ RSS_j(b)/σ_j² over the curves, σ_j² from each by itself; the covariance is that of
    the curvature at the estimates, with the shared b taken out. F on k − 1 and Σ (m_j − 4) degrees
    of freedom (derived).
    """
    scales = np.array([_variance(fit) for fit in fits])
    log_b, thetas = _shared(fits, scales)
    held = [_held(fit, theta) for fit, theta in zip(fits, thetas, strict=True)]
    informed = [np.linalg.pinv(one.covariance[:2, :2]) for one in held]
    own = np.array([1 / max(info[0, 0], 1e-300) for info in informed])
    lean = np.array([-info[0, 1] for info in informed]) * own
    about_b = sum(
        float(info[1, 1] - info[0, 1] ** 2 * v) for info, v in zip(informed, own, strict=True)
    )
    covariance = np.diag(own) + np.outer(lean, lean) / max(about_b, 1e-300)
    gain = sum(
        max(one.shape.rss - fit.shape.rss, 0.0) / scale
        for one, fit, scale in zip(held, fits, scales, strict=True)
    )
    apart, residual = len(fits) - 1, sum(fit.df for fit in fits)
    pvalue = float(fdtrc(apart, residual, gain / apart)) if apart else math.nan
    return Places(thetas[:, 0], covariance, math.exp(log_b), pvalue)


def _variance(fit: FamilyFit) -> float:
    squares = float(fit.cells.weight @ np.square(fit.cells.mean))
    return max(fit.variance, _ROUNDING * squares)


def _shared(fits: Sequence[FamilyFit], scales: FloatArray) -> tuple[float, FloatArray]:
    """Return the best shared ln b and the shape of each curve at it, shape (k, 2)."""
    alone = [float(fit.shape.theta[1]) for fit in fits]
    tried = np.linspace(min(alone), max(alone), _FIRST)
    for _ in range(_ROUNDS):
        shapes, squares = _along(fits, tried)
        best = int(np.argmin(squares @ (1 / scales)))
        ends = tried[max(best - 1, 0)], tried[min(best + 1, tried.size - 1)]
        found = float(tried[best]), shapes[best]
        tried = np.sort(np.append(np.linspace(*ends, _WITHIN), found[0]))
    return found


def _along(fits: Sequence[FamilyFit], log_b: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the best shapes with b held, (q, k, 2), and their sums of squares, (q, k)."""
    shapes, squares = [], []
    for fit in fits:
        # The ridge of a curve: as ln b rises by 1, the D* that fits best rises by about as much.
        shift = log_b - fit.shape.theta[1]
        starts = np.stack([fit.shape.theta[0] + shift, log_b], axis=1)
        theta, rss = descend(CROSSOVER, fit.cells, starts, fixed=(1,))
        shapes.append(theta)
        squares.append(rss)
    return np.stack(shapes, axis=1), np.stack(squares, axis=1)


def _held(fit: FamilyFit, theta: FloatArray) -> FamilyFit:
    return replace(fit, shape=solve(CROSSOVER, fit.cells, theta))
