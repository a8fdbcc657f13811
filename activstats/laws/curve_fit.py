"""The constant b by least squares on the rarefied growth curve.

The points of one curve are strongly dependent, and the usual standard errors of a curve fit know
nothing of it. Here they come from how the curve would scatter with other neurons of the same kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import ndtri

from activstats.laws._estimate import Estimate, Observed
from activstats.laws._gamma import FloatArray
from activstats.laws.curves import expected_activated, mean_field_activated
from activstats.laws.histogram import Histogram
from activstats.laws.misfit import log_grid
from activstats.laws.rarefaction_covariance import Rarefaction, rarefaction

Law = Callable[..., FloatArray]

LAWS: dict[str, Law] = {"exact": expected_activated, "mean-field": mean_field_activated}

MEAN_FIELD_ONLY_FOR_COMPARISON = (
    "mean-field law, for comparison only: the interval is that of the published curve's constant and "
    "does not hold the b of the process where c/N is not small"
)
# Points of the curve that is fitted; more would repeat what their neighbours say.
_POINTS = 40
# ln b is looked for this far around the place where unequal rates begin to show.
_REACH, _STEP = 16.0, 1.0
_LOG_TOLERANCE = 1e-8
# Relative step of the derivatives, at which rounding and curvature are both below 1e-8.
_DERIVATIVE = 1e-4


@dataclass(frozen=True)
class CurveFit:
    """Squared distance between a law and the rarefied curve, with what the fit needs around it.

    Parameters
    ----------
    histogram : Histogram
        Counts of the layer.
    law : {"exact", "mean-field"}
        Which law is fitted, with the measured c.

    Notes
    -----
    The estimate solves g(θ) = Jᵀ(K − L(θ, c)) = 0 with θ = ln b and J = dL/dθ. As c = K(1) is
    itself a point of the curve, g is to first order aᵀK with a = J − (Jᵀ dL/dc) e₁, and its
    variance aᵀSa, where S is the unconditional covariance of the rarefied curve with the neurons as
    sample. Standard error of ln b: sqrt(aᵀSa) / JᵀJ (a sandwich, White 1980, Econometrica 48, 817;
    its middle derived).
    """

    histogram: Histogram
    law: str = "exact"
    grid: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        grid = log_grid(self.histogram.n_samples, _POINTS).astype(np.float64)
        object.__setattr__(self, "grid", grid)

    @cached_property
    def measured(self) -> Rarefaction:
        """The rarefied curve with its covariance."""
        return rarefaction(self.histogram, self.grid)

    def curve(self, log_b: float, shift_c: float = 0.0) -> FloatArray:
        """Return the law's curve, ln c shifted by so much."""
        n, c = self.histogram.n_neurons, self.histogram.c
        b = math.exp(log_b) if math.isfinite(log_b) else math.inf
        return LAWS[self.law](self.grid, n_neurons=n, b=b, c=c * math.exp(shift_c))

    def distance(self, log_b: float) -> float:
        """Return the sum of squares."""
        return float(np.square(self.measured.k - self.curve(log_b)).sum())

    def score(self, log_b: float) -> tuple[float, float, float]:
        """Return g, its variance and JᵀJ; at b = ∞ the derivative is by 1/b."""
        slope = self._slope(log_b)
        # At c = N the law ends; derivatives look to the side on which it is defined.
        by_c = (self.curve(log_b) - self.curve(log_b, -_DERIVATIVE)) / _DERIVATIVE
        weights = slope.copy()
        weights[0] -= float((slope * by_c).sum()) / self.histogram.c
        middle = float(np.einsum("i,ij,j->", weights, self.measured.covariance, weights))
        residuals = self.measured.k - self.curve(log_b)
        return float((slope * residuals).sum()), middle, float((slope * slope).sum())

    def _slope(self, log_b: float) -> FloatArray:
        h = _DERIVATIVE
        if math.isinf(log_b):
            largest = math.log((1 + self.histogram.total / self.histogram.n_neurons) / h)
            return (self.curve(largest) - self.curve(math.inf)) * math.exp(largest)
        return (self.curve(log_b + h) - self.curve(log_b - h)) / (2 * h)

    def best(self) -> float:
        """Return the ln b of least distance, infinite if equal rates are as near."""
        centre = math.log1p(self.histogram.total / self.histogram.n_neurons)
        tried = centre + np.arange(-_REACH, _REACH + _STEP, _STEP)
        near = float(tried[int(np.argmin([self.distance(float(u)) for u in tried]))])
        found = minimize_scalar(
            self.distance,
            bounds=(near - _STEP, near + _STEP),
            method="bounded",
            options={"xatol": _LOG_TOLERANCE},
        )
        rounding = np.finfo(np.float64).eps * float(np.square(self.measured.k).sum())
        equal = self.distance(math.inf)
        return math.inf if equal <= float(found.fun) + rounding else float(found.x)

    def rejects(self, log_b: float, z: float) -> float:
        """Return by how much the score at ln b exceeds what z standard errors allow."""
        g, variance, _ = self.score(log_b)
        return g * g - z * z * variance


def by_curve(observed: Observed, level: float, law: str = "exact") -> Estimate:
    """Return b by least squares on the rarefied curve, its interval on ln b from the sandwich.

    Parameters
    ----------
    observed : Observed
        Counts of the layer.
    level : float
        Confidence level.
    law : {"exact", "mean-field"}
        Which law is fitted.

    Notes
    -----
    Where the score does not turn b = ∞ down, the interval reaches there, and its lower end is where
    the score begins to: near equal rates ln b is far from normal.
    """
    fit = CurveFit(observed.histogram, law)
    z, best = float(ndtri((1 + level) / 2)), fit.best()
    _, variance, bend = fit.score(best)
    error = math.sqrt(variance) / bend if bend > 0 and math.isfinite(best) else math.inf
    if fit.rejects(math.inf, z) <= 0 or math.isinf(best):
        low, high = min(_lower_end(fit, z), _exp(best)), math.inf
    else:
        low, high = _exp(best - z * error), _exp(best + z * error)
    return Estimate(
        b=_exp(best),
        b_low=low,
        b_high=high,
        bse=error,
        warnings=(MEAN_FIELD_ONLY_FOR_COMPARISON,) if law == "mean-field" else (),
    )


def _lower_end(fit: CurveFit, z: float) -> float:
    """Return the b below which the score turns equal rates down; 0 if it never does."""
    highest = math.log1p(fit.histogram.total / fit.histogram.n_neurons) + _REACH
    for upper in np.arange(highest, highest - 2 * _REACH, -_STEP):
        if fit.rejects(float(upper) - _STEP, z) > 0 >= fit.rejects(float(upper), z):
            root = brentq(fit.rejects, upper - _STEP, upper, args=(z,), xtol=_LOG_TOLERANCE)
            return math.exp(float(root))
    return 0.0


def _exp(x: float) -> float:
    return math.exp(x) if x < 700 else math.inf
