"""The share of dead neurons: its interval and the test that there are none."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from scipy.special import chdtrc

from activstats.laws._count_terms import log_silence
from activstats.laws._third_profile import crossing, drop_at
from activstats.laws._zero_likelihood import ZeroInflated

if TYPE_CHECKING:
    from activstats.laws._third_profile import Beside


def of_dead(beside: Beside, plain: float, level: float) -> dict[str, Any]:
    """Return what is found of the dead neurons and of the mean rate of the others.

    Parameters
    ----------
    beside : Beside
        The zero-inflated likelihood at its maximum.
    plain : float
        Highest log-likelihood without dead neurons.
    level : float
        Confidence level of the interval.
    """
    likelihood, found = beside.likelihood, beside.found
    assert isinstance(likelihood, ZeroInflated)
    odds = math.exp(beside.logit)
    silence = log_silence(found.phi, odds, likelihood.histogram.n_samples)
    share = likelihood.best_share(silence)
    gain = found.log_likelihood - plain if share else 0.0
    low, high = _interval(beside, share, drop_at(level) - gain, level)
    return {
        "dead_share": share,
        "dead_low": low,
        "dead_high": high,
        "mean": odds / (1 + odds),
        "log_likelihood": plain + gain,
        "log_likelihood_plain": plain,
        "pvalue_dead": pvalue_on_boundary(2 * gain, likelihood.rounding),
    }


def pvalue_on_boundary(ratio: float, rounding: float = 0.0) -> float:
    """Return the p-value of a likelihood ratio that is half χ²(1) and half zero.

    Examples
    --------
    >>> pvalue_on_boundary(0.0), round(pvalue_on_boundary(2.7055), 4)
    (1.0, 0.05)
    """
    return 1.0 if ratio <= 2 * rounding else 0.5 * float(chdtrc(1, ratio))


def _interval(beside: Beside, share: float, at_zero: float, level: float) -> tuple[float, float]:
    """Return the ends of the interval of the share; `at_zero` says by how much 0 lies in it."""
    likelihood = beside.likelihood
    assert isinstance(likelihood, ZeroInflated)
    n = likelihood.histogram.n_neurons
    least = beside.found.log_likelihood + likelihood.coefficient - drop_at(level)

    def above(w: float) -> float:
        return beside(lambda silence: likelihood.gain(silence, w)) - least

    low = 0.0 if at_zero >= 0 or share == 0 else crossing(above, share, 0.0)
    silent = likelihood.silent / n
    inside, step = share, 2 * math.sqrt((silent * (1 - silent) + 1 / n) / n)
    while True:
        outside = min(inside + step, (1 + inside) / 2)
        if above(outside) < 0:
            return low, crossing(above, inside, outside)
        inside, step = outside, 2 * step
