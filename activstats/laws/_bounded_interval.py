"""Likelihood-ratio intervals for the exponent and the rate of the bounded law."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from scipy.optimize import brentq
from scipy.special import chdtri

if TYPE_CHECKING:
    from collections.abc import Callable

    from activstats.laws._bounded_fit import Estimate, Facts, Name, Search

# The search for an interval's end gives up, and calls it open, so many standard errors away.
_FARTHEST = 1e3
_END_TOLERANCE = 1e-6


def profile_interval(
    search: Search, name: Name, facts: Facts, best: Estimate, level: float
) -> tuple[float, float]:
    """Return the values of one parameter that a likelihood-ratio test accepts."""
    value, error = (
        (best.alpha, best.alpha_se) if name == "alpha" else (best.lambda_, best.lambda_se)
    )
    curve = search.profile(name, facts)
    drop = float(chdtri(1, 1 - level)) / 2 / facts.n
    step = error if math.isfinite(error) else 1 / facts.mean

    def above(at: float) -> float:
        return curve(at) - (best.value - drop)

    least = 0.0 if name == "lambda" and search.open_ended else -math.inf
    return _end(above, value, -step, least), _end(above, value, step, math.inf)


def _end(above: Callable[[float], float], best: float, step: float, limit: float) -> float:
    """Walk from the maximum until the likelihood is too low, then find the crossing."""
    inside, farthest = best, best + _FARTHEST * step
    while abs(inside - best) < abs(farthest - best):
        outside = inside + step
        if step < 0 and outside <= limit:
            outside = limit
        if above(outside) < 0:
            tolerance = _END_TOLERANCE * abs(step)
            return float(brentq(above, inside, outside, xtol=tolerance, rtol=1e-12))
        if outside == limit:
            return limit
        inside, step = outside, 1.5 * step
    return math.copysign(math.inf, step)
