"""Negative binomial counts of which only those in a range were seen, zero-truncated ones first.

Where a layer is sparse the growth law's beta-binomial becomes a negative binomial of shape b.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln, ndtri

from activstats.errors import DomainError
from activstats.laws._bounded_range import in_range
from activstats.laws._bounded_support import NO_END, FloatArray, Support, support
from activstats.laws._gamma_step import log_gamma_step
from activstats.laws._truncated import fit_truncated
from activstats.laws.results import Status

if TYPE_CHECKING:
    from activstats.laws._bounded_range import CountsInRange

# Shapes below and above cannot be told from the logarithmic series law and from Poisson's.
_LEAST_SHAPE, _MOST_SHAPE = 1e-4, 1e6
_LEAST_RATE, _MOST_RATE = 1e-12, 50.0
_FEWEST = 3


@dataclass(frozen=True)
class NegativeBinomialFit:
    """The negative binomial law of counts from `xmin` to `xmax`.

    Parameters
    ----------
    level : float
        Confidence level.
    n_obs : int
        Counts in range.
    status : Status
        How the fit ended.
    reason : str
        The status in words; empty if the fit converged.
    shape : float
        Shape r; nan if the counts do not tell it. It is the growth law's b in sparse layers.
    shape_se_log : float
        Standard error of ln r.
    shape_low, shape_high : float
        Interval exp(ln r ± z·SE) at `level`.
    rate : float
        −ln q, where q is the ratio at which probabilities fall in the end.
    mean : float
        Mean of the whole law, r q / (1 − q), the counts not seen among them.
    log_likelihood : float
        Of the counts in range, normalised over the range.
    """

    level: float
    n_obs: int
    status: Status
    reason: str = ""
    shape: float = math.nan
    shape_se_log: float = math.nan
    shape_low: float = 0.0
    shape_high: float = math.inf
    rate: float = math.nan
    mean: float = math.nan
    log_likelihood: float = math.nan


def log_negative_binomial_weight(count: FloatArray, shape: float, rate: float) -> FloatArray:
    """Return ln[(r)_k / k!] − k·rate, the law up to a constant."""
    step = log_gamma_step(np.asarray(count + 1, dtype=np.float64), shape - 1)
    return np.asarray(step - gammaln(shape) - rate * count)


def fit_negative_binomial(
    counts: object,
    n_samples: int | None = None,
    *,
    xmin: int = 1,
    xmax: int | None = None,
    level: float = 0.95,
) -> NegativeBinomialFit:
    """Fit the negative binomial law to the counts in a range; by default all that are not zero.

    Parameters
    ----------
    counts : Counts, array_like of int, or tuple of two array_like
        Counts of a recording, one count for each neuron, or a histogram.
    n_samples : int, optional
        Samples seen, if the counts do not know it; the law then ends there.
    xmin, xmax : int
        Ends of the range, both included; without `xmax` as for `BoundedPowerLaw`.
    level : float
        Confidence level.

    Returns
    -------
    NegativeBinomialFit
        With a status; where the counts do not tell the law, nan and the reason in words.

    Raises
    ------
    DomainError
        If a setting makes no sense.
    InputError
        If the counts are no counts.

    Notes
    -----
    P(k) ∝ Γ(r + k) / (Γ(r) k!) q^k over the range, by maximum likelihood in (ln r, ln −ln q).

    Examples
    --------
    >>> fit = fit_negative_binomial([1, 1, 1, 1, 2, 2, 3, 5, 8, 9, 15, 17])
    >>> round(fit.shape, 2), fit.shape_low < fit.shape < fit.shape_high
    (0.16, True)
    """
    if not (0 < level < 1 and 1 <= xmin < (xmax or NO_END)):
        got = f"xmin = {xmin}, xmax = {xmax}, level = {level}"
        raise DomainError(
            "this is no range or no level.", got=got, allowed="1 <= xmin < xmax, 0 < level < 1"
        )
    data = in_range(counts, n_samples, xmin, xmax)
    if reason := _hidden(data):
        return NegativeBinomialFit(
            level=level, n_obs=data.facts.n, status=Status.NOT_IDENTIFIABLE, reason=reason
        )
    return _fit(data, support(xmin, data.xmax or NO_END), level)


def _hidden(data: CountsInRange) -> str:
    if data.facts.n < _FEWEST:
        return f"{data.facts.n} counts lie in range, fewer than {_FEWEST}"
    if data.values.size == 1:
        return f"all counts in range are equal ({data.values[0]})"
    if data.xmax is not None and data.xmax - data.xmin < 2:
        return "the range has no room for a law's shape"
    return ""


def _fit(data: CountsInRange, support_: Support, level: float) -> NegativeBinomialFit:
    found = fit_truncated(
        lambda k, p: log_negative_binomial_weight(k, math.exp(p[0]), math.exp(p[1])),
        support_,
        data,
        start=_start(data),
        bounds=[
            (math.log(_LEAST_SHAPE), math.log(_MOST_SHAPE)),
            (math.log(_LEAST_RATE), math.log(_MOST_RATE)),
        ],
    )
    shape, rate = (float(x) for x in np.exp(found.parameters))
    error = found.standard_errors[0]
    reach = float(ndtri(0.5 + level / 2)) * error
    status, reason = Status.CONVERGED, ""
    if shape < 2 * _LEAST_SHAPE:
        status, reason = Status.AT_BOUNDARY, "the logarithmic series (shape 0) fits best"
    elif shape > _MOST_SHAPE / 2:
        status, reason = Status.AT_BOUNDARY, "a Poisson law (infinite shape) fits best"
    elif rate < 2 * _LEAST_RATE:
        status, reason = Status.AT_BOUNDARY, "no exponential cutoff (rate 0) fits best"
    return NegativeBinomialFit(
        shape=shape,
        shape_se_log=error,
        shape_low=shape * math.exp(-reach),
        shape_high=shape * math.exp(min(reach, 700.0)),
        rate=rate,
        mean=shape / math.expm1(rate),
        log_likelihood=found.log_likelihood,
        level=level,
        n_obs=data.facts.n,
        status=status,
        reason=reason,
    )


def _start(data: CountsInRange) -> tuple[float, float]:
    """Return a first guess by moments, as if nothing were cut off."""
    values, share = data.values, data.multiplicities / data.facts.n
    mean = data.facts.mean
    variance = float((share * (values - mean) ** 2).sum())
    shape = min(max(mean**2 / max(variance - mean, mean / 100), 0.05), 100.0)
    return math.log(shape), math.log(math.log1p(shape / mean))
