"""What every estimator of b hands over, and what it is given."""

from __future__ import annotations

import math
from dataclasses import dataclass

from activstats.laws.histogram import Histogram
from activstats.laws.results import Status


@dataclass(frozen=True)
class Observed:
    """What was seen of a layer.

    Parameters
    ----------
    histogram : Histogram
        Counts of the neurons.
    arrivals : Histogram or None
        Samples seen before each neuron's first activation, for the neurons that fired; None where
        the order of the samples is not known or not asked for.
    """

    histogram: Histogram
    arrivals: Histogram | None = None


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """An estimate of b with its interval, and what else the estimator found.

    Parameters
    ----------
    b, b_low, b_high : float
        Estimate and interval; b may be infinite, or nan with a `status` that says so.
    bse : float
        Standard error of ln b.
    log_likelihood : float
        At the best b; nan where the estimator has none.
    status : Status
        What the estimator itself says of the fit.
    reason : str
        The status in words.
    warnings : tuple of str
        What a reader of b must know.
    n_live : float
        Neurons that could fire, where this was estimated.
    dead_share, dead_low, dead_high, dead_pvalue : float
        Share of dead neurons with its interval, and the p-value of the test that there are none.
    """

    b: float
    b_low: float
    b_high: float
    bse: float
    log_likelihood: float = math.nan
    status: Status = Status.CONVERGED
    reason: str = ""
    warnings: tuple[str, ...] = ()
    n_live: float | None = None
    dead_share: float | None = None
    dead_low: float | None = None
    dead_high: float | None = None
    dead_pvalue: float | None = None
