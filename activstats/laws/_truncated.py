"""Laws of two parameters on a cut-off support, known up to a constant, fitted to counts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from activstats.laws._bounded_range import CountsInRange
    from activstats.laws._bounded_support import FloatArray, Support

    LogWeight = Callable[[FloatArray, FloatArray], FloatArray]

_TOLERANCE = 1e-7
# Half-width of the second differences, relative to a parameter of order one.
_STEP = 1e-3


@dataclass(frozen=True)
class TruncatedFit:
    """Best parameters, their standard errors (infinite where flat) and the log-likelihood."""

    parameters: tuple[float, ...]
    standard_errors: tuple[float, ...]
    log_likelihood: float


def log_normaliser(log_weight: FloatArray, support: Support) -> float:
    """Return ln Σ over the support of weights whose logarithms are known at its nodes."""
    highest = float(log_weight.max())
    return highest + math.log(float((support.weights * np.exp(log_weight - highest)).sum()))


def fit_truncated(
    log_weight: LogWeight,
    support: Support,
    data: CountsInRange,
    start: Sequence[float],
    bounds: Sequence[tuple[float, float]],
) -> TruncatedFit:
    """Find the most likely parameters of the law with this weight on the support."""
    values, neurons = data.floats

    def lacking(parameters: FloatArray) -> float:
        """Return minus the log-likelihood per count."""
        seen = float((neurons * log_weight(values, parameters)).sum()) / data.facts.n
        return log_normaliser(log_weight(support.nodes, parameters), support) - seen

    first = np.clip(start, *np.transpose(bounds)).astype(np.float64)
    # Downhill by simplex: two parameters, and rounding that would spoil differences for slopes.
    found = minimize(
        lacking,
        first,
        method="Nelder-Mead",
        bounds=bounds,
        options={"xatol": _TOLERANCE, "fatol": 1e-13, "maxiter": 600, "maxfev": 600},
    )
    best = np.asarray(found.x, dtype=np.float64)
    information = data.facts.n * _curvature(lacking, best)
    return TruncatedFit(
        tuple(best.tolist()), _errors(information), -data.facts.n * float(found.fun)
    )


def _curvature(f: Callable[[FloatArray], float], at: FloatArray) -> FloatArray:
    size = at.size
    steps = _STEP * np.eye(size)
    result = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            corners = [
                f(at + s * steps[i] + t * steps[j]) * s * t for s in (1, -1) for t in (1, -1)
            ]
            result[i, j] = sum(corners) / (4 * _STEP**2)
    return result


def _errors(information: FloatArray) -> tuple[float, ...]:
    values = np.linalg.eigvalsh(information)
    if not values[0] > 1e-9 * abs(values[-1]):
        return (math.inf,) * len(information)
    return tuple(np.sqrt(np.diag(np.linalg.inv(information))).tolist())
