"""Laws that counts may follow in place of the bounded one, each fitted on the same support."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from activstats.laws._bounded_family import Family
from activstats.laws._gamma import log_double_ratio
from activstats.laws._truncated import fit_truncated, log_normaliser
from activstats.laws.negative_binomial import fit_negative_binomial, log_negative_binomial_weight

if TYPE_CHECKING:
    from activstats.laws._bounded_support import FloatArray
    from activstats.laws.bounded_result import BoundedPowerLawResult

BETA_BINOMIAL = "beta-binomial"
NEGATIVE_BINOMIAL = "negative binomial"
LOGNORMAL = "lognormal"
GEOMETRIC = "geometric"
POWER_LAW = "power law"

# Shapes are looked for between e^-9 and e^25.
_LOG_SHAPES = (-9.0, 25.0)


@dataclass(frozen=True)
class Fitted:
    """A law at its best.

    Parameters
    ----------
    law : str
        Its name.
    parameters : dict
        Best values by name.
    nested : bool
        Whether it is the bounded law with one parameter held.
    """

    law: str
    parameters: dict[str, float]
    nested: bool = False


def rival_laws(result: BoundedPowerLawResult) -> list[Fitted]:
    """Fit all rivals that the support allows."""
    rivals = [_negative_binomial(result), _lognormal(result)]
    if result.n_samples is not None:
        rivals.insert(0, _beta_binomial(result, result.n_samples))
    if result.cutoff:
        rivals.append(_geometric(result))
        if math.isfinite(result.xmax):
            rivals.append(_power_law(result))
    return [rival for rival in rivals if all(map(math.isfinite, rival.parameters.values()))]


def log_weight(rival: Fitted, count: FloatArray) -> FloatArray:
    """Return the logarithm of a rival's probabilities, up to a constant."""
    p = rival.parameters
    if rival.law == BETA_BINOMIAL:
        return log_beta_binomial_weight(count, p["b"], p["beta"], int(p["n_samples"]))
    if rival.law == NEGATIVE_BINOMIAL:
        return log_negative_binomial_weight(count, p["shape"], p["rate"])
    x = np.log(count)
    if rival.law == LOGNORMAL:
        return np.asarray(-x - (x - p["mu"]) ** 2 / (2 * p["sigma"] ** 2))
    return np.asarray(-p.get("alpha", 0.0) * x - p.get("lambda", 0.0) * count)


def log_probability(rival: Fitted, count: FloatArray, result: BoundedPowerLawResult) -> FloatArray:
    """Return the logarithm of a rival's probabilities on the support of the bounded law."""
    support = result.search.support
    return log_weight(rival, count) - log_normaliser(log_weight(rival, support.nodes), support)


def log_beta_binomial_weight(
    count: FloatArray, b: float, beta: float, n_samples: int
) -> FloatArray:
    """Return ln[(b)_k / k! · (D−k+1)_k / (β+D−k)_k], the beta-binomial law up to a constant."""
    left = n_samples - count
    if beta >= 1:
        silent = log_double_ratio(left + 1, count, beta - 1)
    else:
        silent = -log_double_ratio(left + beta, count, 1 - beta)
    return log_negative_binomial_weight(count, b, 0.0) + silent


def _beta_binomial(result: BoundedPowerLawResult, n_samples: int) -> Fitted:
    data, support = result.in_range, result.search.support
    mean = data.facts.mean
    b = min(max(1 - result.alpha, 0.05), 20.0)
    start = (math.log(b), math.log(max(b * (n_samples / mean - 1), 0.1)))
    found = fit_truncated(
        lambda k, p: log_beta_binomial_weight(k, math.exp(p[0]), math.exp(p[1]), n_samples),
        support,
        data,
        start,
        [_LOG_SHAPES, _LOG_SHAPES],
    )
    b, beta = (math.exp(x) for x in found.parameters)
    return Fitted(BETA_BINOMIAL, {"b": b, "beta": beta, "n_samples": float(n_samples)})


def _negative_binomial(result: BoundedPowerLawResult) -> Fitted:
    data = result.in_range
    last = None if math.isinf(result.xmax) else int(result.xmax)
    pair = (data.values, data.multiplicities)
    found = fit_negative_binomial(pair, xmin=result.xmin, xmax=last)
    return Fitted(NEGATIVE_BINOMIAL, {"shape": found.shape, "rate": found.rate})


def _lognormal(result: BoundedPowerLawResult) -> Fitted:
    """Fit k^−1 exp(−(ln k − mu)² / 2 sigma²), an exponential family in ln k and its square."""
    data, support = result.in_range, result.search.support
    share = data.multiplicities / data.facts.n
    x, seen = np.log(support.nodes), np.log(data.values)
    family = Family(support, (x, x * x), -x)
    means = np.array([[(share * seen).sum(), (share * seen * seen).sum()]])
    spread = max(float(means[0, 1] - means[0, 0] ** 2), 1e-6)
    start = np.array([[-means[0, 0] / spread, 0.5 / spread]])
    slope, bend = family.maximise(means, start).theta[0]
    if bend <= 0:
        # Upright or curved the other way: as wide a lognormal as one likes is a power law.
        return Fitted(LOGNORMAL, {"mu": math.nan, "sigma": math.nan})
    return Fitted(LOGNORMAL, {"mu": float(-slope / (2 * bend)), "sigma": float((2 * bend) ** -0.5)})


def _geometric(result: BoundedPowerLawResult) -> Fitted:
    data, support = result.in_range, result.search.support
    family = Family(support, (support.nodes / data.facts.mean,), np.zeros(support.nodes.size))
    found = family.maximise(np.ones((1, 1)), np.ones((1, 1)))
    return Fitted(GEOMETRIC, {"lambda": float(found.theta[0, 0] / data.facts.mean)}, nested=True)


def _power_law(result: BoundedPowerLawResult) -> Fitted:
    support = result.search.support
    x = np.log(support.nodes / result.in_range.facts.centre)
    found = Family(support, (x,), np.zeros_like(x)).maximise(np.zeros((1, 1)), np.zeros((1, 1)))
    return Fitted(POWER_LAW, {"alpha": float(found.theta[0, 0])}, nested=True)
