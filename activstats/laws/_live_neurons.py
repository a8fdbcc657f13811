"""How many neurons could fire: the interval of their number."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from activstats.laws._ascent import highest
from activstats.laws._gamma_of_one import double_ratio_of_one
from activstats.laws._third_profile import crossing, drop_at
from activstats.laws._zero_likelihood import ZeroTruncated

if TYPE_CHECKING:
    from activstats.laws._third_profile import Beside

# A layer with so many silent neurons for each that fired is as good as one without end.
ENDLESS = 1e6
# Of the search for the ends, in the logarithm of the number of silent neurons that could fire.
_FIRST_STEP = 0.25
# The number of silent neurons that could fire enters as its logarithm, shifted to hold zero.
_SHIFT = 0.5


def live_interval(beside: Beside, live: float, level: float) -> tuple[float, float]:
    """Return the ends of the interval of the number of neurons that could fire."""
    likelihood = beside.likelihood
    assert isinstance(likelihood, ZeroTruncated)
    fired = likelihood.histogram.k

    def value(place: float) -> float:
        silent = max(math.exp(place) - _SHIFT, 0.0)
        choices = -double_ratio_of_one(1.0, fired, silent)
        return choices + beside(lambda silence: likelihood.given(silence, fired + silent))

    least, most = math.log(_SHIFT), math.log(ENDLESS * fired)
    near = min(math.log(live - fired + _SHIFT), most)
    best, top = highest(value, near, _FIRST_STEP, most)
    best = min(max(best, least), most)

    def above(place: float) -> float:
        return value(place) - (top - drop_at(level))

    low, high = (_end(above, best, limit) for limit in (least, most))
    return fired + math.exp(low) - _SHIFT, math.inf if high == most else fired + math.exp(
        high
    ) - _SHIFT


def _end(above: Callable[[float], float], best: float, limit: float) -> float:
    """Walk towards the limit until the likelihood is too low; the limit itself if it never is."""
    inside, step = best, math.copysign(_FIRST_STEP, limit - best)
    while inside != limit:
        outside = min(inside + step, limit) if step > 0 else max(inside + step, limit)
        if above(outside) < 0:
            return crossing(above, inside, outside)
        inside, step = outside, 2 * step
    return limit
