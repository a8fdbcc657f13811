"""The estimators of b by the names under which users know them."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from activstats.laws._estimate import Estimate, Observed
from activstats.laws._large_counts import LargeBetaBinomial
from activstats.laws._likelihood import BetaBinomial, DirichletMultinomial, Likelihood
from activstats.laws._profile import inverse, profile
from activstats.laws.curve_fit import by_curve
from activstats.laws.hazard import by_hazard
from activstats.laws.results import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from activstats.laws.histogram import Histogram

LIKELIHOOD, HAZARD, CURVE = METHODS = ("likelihood", "hazard", "curve")
BETA_BINOMIAL = "beta-binomial"
DIRICHLET_MULTINOMIAL = "dirichlet-multinomial"
ZERO_INFLATED = "zero-inflated"
ZERO_TRUNCATED = "zero-truncated"
MEAN_FIELD_CURVE = "mean-field curve"
# Above this rounding error an interval, which ends 1.9 below the maximum, would begin to move.
_TOLERABLE_ROUNDING = 1e-3


def beta_binomial(histogram: Histogram) -> Likelihood:
    """Return the beta-binomial likelihood in the form that suits the size of the counts."""
    plain = BetaBinomial(histogram)
    return plain if plain.rounding < _TOLERABLE_ROUNDING else LargeBetaBinomial(histogram)


def by_likelihood(
    observed: Observed, level: float, likelihood: Callable[[Histogram], Likelihood]
) -> Estimate:
    """Return b of highest likelihood with the interval of the likelihood ratio."""
    found = profile(likelihood(observed.histogram), level)
    return Estimate(
        b=inverse(found.phi),
        b_low=inverse(found.high),
        b_high=inverse(found.low),
        bse=found.se_log,
        log_likelihood=found.log_likelihood,
    )


def by_zero_inflated(observed: Observed, level: float) -> Estimate:
    """Return b where a share of the neurons is dead, with that share and the test for it."""
    from activstats.laws.zero_inflated import fit_zero_inflated

    found = fit_zero_inflated(observed.histogram, level)
    n_live = observed.histogram.n_neurons * (1 - found.dead_share)
    return Estimate(
        **_shared(found),
        n_live=n_live,
        dead_share=found.dead_share,
        dead_low=found.dead_low,
        dead_high=found.dead_high,
        dead_pvalue=found.pvalue_dead,
    )


def by_zero_truncated(observed: Observed, level: float) -> Estimate:
    """Return b of the neurons that fired, whatever the silent ones are."""
    from activstats.laws.zero_truncated import fit_zero_truncated

    found = fit_zero_truncated(observed.histogram, level)
    return Estimate(**_shared(found), n_live=found.n_live)


def _shared(found: Any) -> dict[str, Any]:
    names = ("b", "b_low", "b_high", "bse", "log_likelihood", "status", "reason")
    return {name: getattr(found, name) for name in names}


LIKELIHOODS: dict[str, Callable[[Histogram], Likelihood]] = {
    BETA_BINOMIAL: beta_binomial,
    DIRICHLET_MULTINOMIAL: DirichletMultinomial,
}

ESTIMATORS: dict[str, Callable[[Observed, float], Estimate]] = {
    BETA_BINOMIAL: partial(by_likelihood, likelihood=beta_binomial),
    DIRICHLET_MULTINOMIAL: partial(by_likelihood, likelihood=DirichletMultinomial),
    ZERO_INFLATED: by_zero_inflated,
    ZERO_TRUNCATED: by_zero_truncated,
    HAZARD: by_hazard,
    CURVE: by_curve,
    MEAN_FIELD_CURVE: partial(by_curve, law="mean-field"),
}


def interval_of(method: str, observed: Observed, level: float) -> tuple[float, float]:
    """Return the ends of the interval for b by one of the estimators."""
    found = ESTIMATORS[method](observed, level)
    if found.status is Status.NOT_IDENTIFIABLE or math.isnan(found.b):
        return found.b_low, math.inf
    return found.b_low, found.b_high
