"""Maximum and likelihood interval of phi = 1/b on [0, ∞), both ends included."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import chdtri

if TYPE_CHECKING:
    from collections.abc import Callable

    from activstats.laws._likelihood import Likelihood

# Steps of ln phi in which the maximum is looked for; away from it the likelihood falls steadily.
_COARSE_STEP = 2.0
# How far beyond the scales of the data the search goes, as a factor.
_MARGIN = 1e4
_LOG_TOLERANCE = 1e-7
# Half-width, in ln phi, over which the curvature at the maximum is taken.
_CURVATURE_STEP = 0.05


@dataclass(frozen=True)
class Profile:
    """Where the likelihood is highest, and where it is high enough.

    Parameters
    ----------
    phi : float
        Best value of 1/b; 0 if no finite b does better than b = ∞.
    low, high : float
        Ends of the interval of phi; `high` is infinite if phi has no upper bound.
    log_likelihood : float
        At `phi`.
    se_log : float
        Standard error of ln phi from the curvature at the maximum; infinite at phi = 0.
    """

    phi: float
    low: float
    high: float
    log_likelihood: float
    se_log: float


def profile(likelihood: Likelihood, level: float) -> Profile:
    """Return the maximum of the likelihood and the interval that a likelihood-ratio test accepts.

    Parameters
    ----------
    likelihood : Likelihood
        In phi = 1/b.
    level : float
        Confidence level, 0 < level < 1.

    Returns
    -------
    Profile
        The interval {phi ≥ 0: 2 [max ln L − ln L(phi)] ≤ χ²(1; level)}.
    """
    least, most = _search_range(likelihood)
    best, value = _maximum(likelihood, least, most)
    equal = likelihood(0.0)
    if equal >= value - likelihood.rounding:
        best, value, se_log = -math.inf, equal, math.inf
    else:
        se_log = _standard_error(likelihood, best, value)
    drop = float(chdtri(1, 1 - level)) / 2

    def above(log_phi: float) -> float:
        return likelihood(math.exp(log_phi)) - (value - drop)

    low = 0.0 if equal >= value - drop else _end(above, best, -se_log, least)
    high = _end(above, max(best, least), min(se_log, 1.0), most)
    return Profile(math.exp(best), low, high, value - likelihood.coefficient, se_log)


def inverse(phi: float) -> float:
    """Return b = 1/phi, infinite at phi = 0."""
    return 1 / phi if phi else math.inf


def _search_range(likelihood: Likelihood) -> tuple[float, float]:
    """Return ln phi so small that all neurons look alike, and so large that each fires or never."""
    counts = likelihood.histogram
    mu, n = counts.total / counts.n_neurons, counts.n_neurons
    least = -math.log(_MARGIN * (1 + mu) * math.sqrt(n))
    return least, math.log(_MARGIN * n * (1 + math.log(counts.n_samples)))


def _maximum(likelihood: Likelihood, least: float, most: float) -> tuple[float, float]:
    grid = np.arange(least, most + _COARSE_STEP, _COARSE_STEP)
    coarse = [likelihood.rough(math.exp(u)) for u in grid]
    near = float(grid[int(np.argmax(coarse))])
    found = minimize_scalar(
        lambda u: -likelihood(math.exp(u)),
        bounds=(near - _COARSE_STEP, near + _COARSE_STEP),
        method="bounded",
        options={"xatol": _LOG_TOLERANCE},
    )
    return float(found.x), -float(found.fun)


def _standard_error(likelihood: Likelihood, best: float, value: float) -> float:
    h = _CURVATURE_STEP
    sides = likelihood(math.exp(best - h)) + likelihood(math.exp(best + h))
    bend = (2 * value - sides) / h**2
    return 1 / math.sqrt(bend) if bend > 0 else math.inf


def _end(above: Callable[[float], float], best: float, step: float, limit: float) -> float:
    """Walk from the maximum until the likelihood is too low, then find the crossing."""
    inside, step = best, math.copysign(max(2 * abs(step), 1e-4), step)
    if math.isinf(step):
        step = math.copysign(1.0, step)
    while True:
        outside = inside + step
        if above(outside) < 0:
            root = brentq(above, inside, outside, xtol=_LOG_TOLERANCE)
            return math.exp(float(root))
        if (outside - limit) * step > 0:
            return math.exp(math.copysign(math.inf, step))
        inside, step = outside, 1.5 * step
