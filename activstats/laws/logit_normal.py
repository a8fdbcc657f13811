"""A rival of the growth law: firing rates whose logits are normal.

The logit-normal-binomial (Pierce & Sands 1975, Oregon State University, Technical Report 46;
Williams 1982, Appl. Statist. 31, 144) spreads rates as smoothly as the Beta law does but has no
power law at small rates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from activstats.laws._ascent import ascend
from activstats.laws._checks import check_level
from activstats.laws._count_model import CountModelFit, Estimate, normal_quantile
from activstats.laws._logit_normal_probability import log_logit_normal
from activstats.laws._nodes import condensed
from activstats.laws.identifiability import what_hides_b
from activstats.laws.results import Status

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from activstats.laws._gamma import FloatArray
    from activstats.laws.histogram import Histogram

LOGIT_NORMAL = "logit-normal-binomial"

# Rates spread over more than seven decades, or less than by a thousandth, are the ends of the search.
LARGEST_SIGMA, LEAST_SIGMA = 8.0, 1e-3
_FARTHEST_LOGIT = 45.0
_STEP = 0.3
_NEAR_END = 1e-3


@dataclass(frozen=True, kw_only=True)
class LogitNormalFit(CountModelFit):
    """The logit-normal-binomial fitted to the counts of one layer.

    Parameters
    ----------
    mu, sigma : float
        Mean and standard deviation of the logit of the firing rates.
    mu_error, sigma_error : float
        Standard errors of mu and of the logarithm of sigma, from the curvature at the maximum.

    Notes
    -----
    The remaining parameters are those of `Result`; intervals are those of a normal distribution of
    mu and ln sigma.
    """

    mu: float = math.nan
    sigma: float = math.nan
    mu_error: float = math.nan
    sigma_error: float = math.nan

    title: ClassVar[str] = "Logit-normal firing rates"

    @property
    def estimates(self) -> tuple[Estimate, ...]:
        """The parameters mu and sigma."""
        z = normal_quantile(self.level)
        mu = (self.mu - z * self.mu_error, self.mu + z * self.mu_error)
        low, high = (self.sigma * math.exp(s * z * self.sigma_error) for s in (-1, 1))
        return (
            Estimate("mu", self.mu, *mu),
            Estimate("sigma", self.sigma, low, high, self.sigma_error),
        )

    def expected_activated(self, n_samples: ArrayLike) -> FloatArray:
        """Return the expected number of neurons activated at least once in `n_samples` samples."""
        sizes = np.asarray(n_samples, dtype=np.float64)
        if math.isnan(self.sigma):
            return np.full(sizes.shape, math.nan)[()]
        silence = [
            log_logit_normal([0.0], int(d), self.mu, self.sigma)[0] if d else 0.0
            for d in sizes.ravel()
        ]
        return np.asarray(-self.n_neurons * np.expm1(silence)).reshape(sizes.shape)[()]

    def _at_level(self, level: float) -> Self:
        return type(self)(**_fitted(self.histogram, level, self.provenance))


def fit_logit_normal(
    histogram: Histogram, level: float = 0.95, provenance: dict[str, Any] | None = None
) -> LogitNormalFit:
    """Find the mean and the spread of logit-normal firing rates by maximum likelihood.

    Parameters
    ----------
    histogram : Histogram
        Counts of one layer, see `histogram_of`.
    level : float
        Confidence level of the intervals.
    provenance : dict, optional
        Where the counts come from.

    Returns
    -------
    LogitNormalFit
        Sigma stays between .001 and 8; where the best one is at an end the status says so. Where
        there is nothing to fit, the reason in words and no numbers.

    Raises
    ------
    DomainError
        If the level is not between 0 and 1.

    Examples
    --------
    >>> from activstats.laws.histogram import histogram_of
    >>> fit = fit_logit_normal(histogram_of([3, 5, 8, 13, 21, 34], n_samples=100))
    >>> round(fit.mu, 1), round(fit.sigma, 1)
    (-2.1, 0.9)
    """
    check_level(level)
    return LogitNormalFit(**_fitted(histogram, level, provenance or {}))


def _fitted(histogram: Histogram, level: float, provenance: dict[str, Any]) -> dict[str, Any]:
    known: dict[str, Any] = {
        "method": LOGIT_NORMAL,
        "level": level,
        "n_obs": histogram.n_neurons,
        "provenance": provenance,
        "histogram": histogram,
        "status": Status.NOT_IDENTIFIABLE,
    }
    if reason := what_hides_b(histogram):
        return known | {"reason": reason}
    counts, weights = condensed(histogram)

    def height(points: FloatArray) -> FloatArray:
        laws = [(mu, math.exp(log_sigma)) for mu, log_sigma in points]
        terms = [log_logit_normal(counts, histogram.n_samples, *law) for law in laws]
        return np.array([np.sum(weights * term) for term in terms])

    start = _moments(histogram)
    errors = np.array([start[1], 1.0]) / math.sqrt(histogram.n_neurons)
    ends = (
        np.array([-_FARTHEST_LOGIT, math.log(LEAST_SIGMA)]),
        np.array([_FARTHEST_LOGIT, math.log(LARGEST_SIGMA)]),
    )
    first = np.array([[start[0], math.log(start[1])]])
    points, values = ascend(height, first, _STEP * np.minimum(errors, 1.0), ends)
    mu, log_sigma = (float(x) for x in points[0])
    found = _curvature_errors(height, points, _STEP * np.minimum(errors, 1.0))
    known |= {"mu": mu, "sigma": math.exp(log_sigma), "log_likelihood": float(values[0])}
    known |= {"mu_error": found[0], "sigma_error": found[1]}
    return known | _status(log_sigma)


def _moments(histogram: Histogram) -> tuple[float, float]:
    """Return the mean and the standard deviation of the logits of (k + .5)/(D + 1)."""
    share = (histogram.values + 0.5) / (histogram.n_samples + 1)
    logits = np.log(share / (1 - share))
    mean = float(np.sum(histogram.weights * logits) / histogram.n_neurons)
    variance = float(np.sum(histogram.weights * (logits - mean) ** 2) / histogram.n_neurons)
    return mean, min(max(math.sqrt(variance), 10 * LEAST_SIGMA), LARGEST_SIGMA / 2)


def _curvature_errors(height: Any, points: FloatArray, steps: FloatArray) -> tuple[float, float]:
    """Return standard errors of both parameters from second differences at the maximum."""
    h = np.diag(steps)
    middle = height(points)[0]
    ends = [height(points + sign * row)[0] for row in h for sign in (1, -1)]
    corners = [height(points + sign * steps)[0] for sign in (1, -1)]
    a, b = (2 * middle - ends[i] - ends[i + 1] for i in (0, 2))
    mixed = (2 * middle - sum(corners) - a - b) / 2
    determinant = a * b - mixed**2
    if not (a > 0 and determinant > 0):
        return math.inf, math.inf
    scale_mu, scale_sigma = (float(step) for step in steps)
    return scale_mu * math.sqrt(b / determinant), scale_sigma * math.sqrt(a / determinant)


def _status(log_sigma: float) -> dict[str, Any]:
    if log_sigma <= math.log(LEAST_SIGMA) + _NEAR_END:
        reason = "the rates have no spread, as far as the counts can tell: one common rate"
        return {"status": Status.EQUAL_RATES, "reason": reason}
    if log_sigma >= math.log(LARGEST_SIGMA) - _NEAR_END:
        reason = f"the spread of the logits is at the end of the search, sigma = {LARGEST_SIGMA:g}"
        return {"status": Status.AT_BOUNDARY, "reason": reason}
    return {"status": Status.CONVERGED}
