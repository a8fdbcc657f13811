"""From what an estimator found to a result: status, reasons, warnings and misfit."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

from activstats.laws._estimators import HAZARD
from activstats.laws.growth_result import GrowthLawResult
from activstats.laws.identifiability import saturation, too_wide
from activstats.laws.misfit import misfits
from activstats.laws.results import Status

if TYPE_CHECKING:
    from activstats.laws._estimate import Estimate, Observed

_NUMBERS = (
    "b", "b_low", "b_high", "bse", "log_likelihood", "n_live", "dead_share", "dead_low",
    "dead_high", "dead_pvalue",
)  # fmt: skip


def assembled(
    method: str, level: float, observed: Observed, provenance: dict[str, Any], found: Estimate
) -> GrowthLawResult:
    """Return the result of a fit, or one that says why there is no b after all."""
    histogram = observed.histogram
    mu = histogram.total / histogram.n_neurons
    reason = found.reason if math.isnan(found.b) else too_wide(found.b_low, found.b_high, mu)
    if math.isnan(found.b) or reason:
        bare = without_b(method, level, observed, provenance, reason)
        return dataclasses.replace(
            bare,
            status=found.status if math.isnan(found.b) else bare.status,
            warnings=found.warnings,
            b_low=found.b_low,
            log_likelihood=found.log_likelihood,
        )
    status, reason, warnings = _told(method, observed, found)
    misfit = misfits(histogram, found.b, found.n_live)
    return GrowthLawResult(
        method=method,
        level=level,
        n_obs=histogram.n_neurons,
        status=status,
        reason=reason,
        warnings=warnings,
        provenance=provenance,
        histogram=histogram,
        arrivals=observed.arrivals,
        misfit=misfit.exact,
        misfit_mean_field=misfit.mean_field,
        misfit_equal_rates=misfit.equal_rates,
        **{name: getattr(found, name) for name in _NUMBERS},
    )


def without_b(
    method: str, level: float, observed: Observed, provenance: dict[str, Any], reason: str
) -> GrowthLawResult:
    """Return a result that gives no b and says why."""
    return GrowthLawResult(
        method=method,
        level=level,
        n_obs=observed.histogram.n_neurons,
        status=Status.NOT_IDENTIFIABLE,
        reason=reason,
        provenance=provenance,
        histogram=observed.histogram,
        arrivals=observed.arrivals,
        misfit_equal_rates=misfits(observed.histogram, math.nan).equal_rates,
    )


def _told(method: str, observed: Observed, found: Estimate) -> tuple[Status, str, tuple[str, ...]]:
    status, reason, warnings = found.status, found.reason, list(found.warnings)
    if math.isinf(found.b):
        status = Status.EQUAL_RATES
        reason = "no finite b describes the counts better than b = ∞"
    elif math.isinf(found.b_high):
        warnings.append("equal firing rates (b = ∞) lie within the interval")
    saturated = found.reason if method == HAZARD else saturation(observed.histogram)
    if saturated:
        warnings += [reason] if reason and reason != saturated else []
        status, reason = Status.SATURATED, saturated
    return status, reason, tuple(warnings)
