"""Maximum likelihood of k^−alpha e^(−lambda k) on a support."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from activstats.laws._bounded_family import Family, Maximum
from activstats.laws._bounded_support import NO_END, FloatArray, Support

if TYPE_CHECKING:
    from collections.abc import Callable

Name = Literal["alpha", "lambda"]


@dataclass(frozen=True)
class Facts:
    """All that the law's likelihood knows of counts.

    Parameters
    ----------
    n : int
        Number of counts.
    centre : float
        Their geometric mean.
    mean : float
        Their mean.
    """

    n: int
    centre: float
    mean: float


@dataclass(frozen=True)
class Estimate:
    """The best law for some counts.

    Parameters
    ----------
    alpha, lambda_ : float
        Exponent and rate.
    alpha_se, lambda_se : float
        Standard errors from the curvature; nan for a rate that is not free.
    value : float
        Log-likelihood per count.
    reached : bool
        Whether the search ended at the maximum.
    at_boundary : bool
        Whether the rate is held at 0 because only a negative one would be better.
    """

    alpha: float
    lambda_: float
    alpha_se: float
    lambda_se: float
    value: float
    reached: bool
    at_boundary: bool


@dataclass(frozen=True, eq=False)
class Search:
    """The law on a support, in parameters that the data hardly tie to each other.

    With g a typical count and x = ln(k/g), the law is exp(−(alpha + lambda·g)·x − lambda·g·t) up
    to a constant, where t = e^x − 1 − x; x tells where the counts lie, t how wide they spread.

    Parameters
    ----------
    support : Support
        Where the counts live.
    centre : float
        The typical count g.
    cutoff : bool
        Whether the rate is free; it is 0 otherwise.
    """

    support: Support
    centre: float
    cutoff: bool

    @property
    def open_ended(self) -> bool:
        """Whether the support has no end, so that the rate must not be negative."""
        return self.support.last >= NO_END

    @cached_property
    def _x(self) -> FloatArray:
        return np.asarray(np.log(self.support.nodes / self.centre))

    @cached_property
    def family(self) -> Family:
        """The law with all its free parameters."""
        shape = (self._x, np.expm1(self._x) - self._x) if self.cutoff else (self._x,)
        return Family(self.support, shape, np.zeros_like(self._x))

    @cached_property
    def _straight(self) -> Search:
        return Search(self.support, self.centre, cutoff=False)

    def maximise(self, means: FloatArray, start: FloatArray) -> Maximum:
        """Find the best parameters of the family for each row of means of its statistics."""
        if not (self.cutoff and self.open_ended):
            return self.family.maximise(means, start)
        found = self._straight.family.maximise(means[:, :1], np.array([[1.5]]))
        theta = np.hstack([found.theta, np.zeros_like(found.theta)])
        # Where the law without cutoff spreads wider than the counts, a positive rate is better.
        cut = self.family.moments(theta).mean[:, 1] > means[:, 1]
        value, reached = found.value, found.reached
        if np.any(cut):
            best = self.family.maximise(means[cut], start)
            theta[cut], value[cut], reached[cut] = best.theta, best.value, best.reached
        return Maximum(theta, value, reached)

    def estimate(self, facts: Facts) -> Estimate:
        """Return the best law for counts whose geometric mean is `centre`."""
        spread = facts.mean / self.centre - 1
        means = np.array([[0.0, spread] if self.cutoff else [0.0]])
        start = np.array([[0.5 + 1 / (1 + spread), 1 / (1 + spread)]])[:, : means.shape[1]]
        found = self.maximise(means, start)
        theta, value = found.theta[0], float(found.value[0])
        at_boundary = self.cutoff and self.open_ended and theta[1] == 0
        family = self._straight.family if at_boundary else self.family
        free = theta[None, : len(family.statistics)]
        errors = _standard_errors(facts.n * family.moments(free).covariance[0], self.centre)
        lambda_ = float(theta[1] / self.centre) if self.cutoff else 0.0
        alpha = float(theta[0]) - lambda_ * self.centre
        reached = bool(found.reached[0])
        return Estimate(float(alpha), lambda_, *errors, value, reached, bool(at_boundary))

    def theta(self, alpha: float, lambda_: float) -> FloatArray:
        """Return the family's parameters for an exponent and a rate, shape (1, p)."""
        scaled = lambda_ * self.centre
        return np.array([[alpha + scaled, scaled] if self.cutoff else [alpha]])

    def profile(self, name: Name, facts: Facts) -> Callable[[float], float]:
        """Return the log-likelihood per count with one parameter held and the other at its best."""
        flat = np.zeros_like(self._x)
        if name == "alpha" and not self.cutoff:

            def straight(alpha: float) -> float:
                return -float(self.family.moments(np.array([[alpha]])).log_normaliser[0])

            return straight

        def held(value: float) -> float:
            if name == "lambda":
                family = Family(self.support, (self._x,), flat - value * self.support.nodes)
                found = family.maximise(np.zeros((1, 1)), np.array([[0.5]]))
                return float(found.value[0]) - value * facts.mean
            ratio, mean = self.support.nodes / self.centre, facts.mean / self.centre
            family = Family(self.support, (ratio,), flat - value * self._x)
            straight = family.moments(np.zeros((1, 1)))
            if self.open_ended and straight.mean[0, 0] <= mean:
                return -float(straight.log_normaliser[0])
            return float(family.maximise(np.array([[mean]]), np.array([[1 / mean]])).value[0])

        return held


def _standard_errors(information: FloatArray, centre: float) -> tuple[float, float]:
    """Return the standard errors of alpha and lambda from the information on the parameters."""
    if information.shape == (1, 1):
        return 1 / math.sqrt(information[0, 0]), math.nan
    determinant = np.linalg.det(information)
    if not determinant > 0:
        return math.inf, math.inf
    covariance = np.linalg.inv(information)
    alpha = covariance[0, 0] - 2 * covariance[0, 1] + covariance[1, 1]
    return math.sqrt(max(alpha, 0.0)), math.sqrt(covariance[1, 1]) / centre
