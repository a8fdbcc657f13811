"""How b and 1 − alpha, which come from the same counts, depend on each other."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from activstats.errors import DomainError, InputError
from activstats.laws.loss._exponent_inputs import ONE_MINUS_ALPHA, B, Exponent, read_exponent
from activstats.laws.loss._joint_deviance import MOST_CORRELATED

# Where the correlation of b and 1 − alpha comes from.
GIVEN, DRAWN, FROM_DIFFERENCE, UNKNOWN = (
    "as given",
    "from joint draws",
    "from the interval of their difference",
    "unknown: the worst one is taken",
)
_FEWEST_DRAWS = 39


def correlation_of(
    b: Exponent,
    alpha: object,
    correlation: float | None,
    covariance: ArrayLike | None,
    draws: ArrayLike | None,
) -> tuple[float, str]:
    """Return the correlation of b and 1 − alpha, nan where it is unknown, and its origin.

    Parameters
    ----------
    b : Exponent
    alpha : object
        What was given for alpha.
    correlation : float, optional
        Of b and 1 − alpha.
    covariance : array_like of float, shape (2, 2), optional
        Of (b, alpha).
    draws : array_like of float, shape (m, 2), optional
        Joint draws of (b, alpha).
    """
    given = [one for one in (correlation, covariance, draws) if one is not None]
    if len(given) > 1:
        raise InputError(
            "there is one way too many to say how b and 1 − alpha depend on each other.",
            hint="give correlation=, covariance= or draws=, not several",
        )
    if correlation is not None:
        return _within(float(correlation)), GIVEN
    if covariance is not None:
        return _of_covariance(np.asarray(covariance, dtype=np.float64)), GIVEN
    if draws is not None:
        return _of_draws(np.asarray(draws, dtype=np.float64)), DRAWN
    found = _of_difference(b, alpha)
    return found, UNKNOWN if math.isnan(found) else FROM_DIFFERENCE


def _within(correlation: float) -> float:
    if not abs(correlation) < 1:
        raise DomainError(
            "this is no correlation of b and 1 − alpha.",
            got=correlation,
            allowed="−1 < correlation < 1",
        )
    return max(-MOST_CORRELATED, min(MOST_CORRELATED, correlation))


def _of_covariance(covariance: np.ndarray) -> float:
    if covariance.shape != (2, 2) or not np.isfinite(covariance).all():
        raise InputError(
            "this is no covariance of (b, alpha).",
            got=f"shape {covariance.shape}",
            allowed="a matrix of 2 × 2 finite numbers",
        )
    if not np.allclose(covariance, covariance.T) or np.diag(covariance).min() <= 0:
        raise InputError(
            "this is no covariance of (b, alpha).",
            got=covariance.tolist(),
            allowed="a symmetric matrix with variances above 0",
        )
    return _within(-float(covariance[0, 1] / np.sqrt(np.prod(np.diag(covariance)))))


def _of_draws(draws: np.ndarray) -> float:
    usable = draws.ndim == 2 and draws.shape[1] == 2
    kept = draws[np.isfinite(draws).all(axis=1)] if usable else np.empty((0, 2))
    if len(kept) < _FEWEST_DRAWS or np.ptp(kept, axis=0).min() == 0:
        raise InputError(
            "these are no joint draws of (b, alpha).",
            got=f"shape {draws.shape}, {len(kept)} rows of two numbers",
            allowed=f"at least {_FEWEST_DRAWS} rows that differ",
        )
    return _within(-float(np.corrcoef(kept.T)[0, 1]))


def _of_difference(b: Exponent, alpha: object) -> float:
    """Return the correlation that makes Var(alpha + b) what the joint resampling found."""
    ends = [getattr(alpha, f"difference_{end}", math.nan) for end in ("low", "high")]
    same = getattr(alpha, "b", math.nan)
    told = all(isinstance(one, float) and math.isfinite(one) for one in (*ends, same))
    if not told or not b.known or not math.isclose(same, b.estimate, rel_tol=1e-3):
        return math.nan
    level = float(getattr(alpha, "level", 0.95))
    z = float(ndtri((1 + level) / 2))
    variance = ((ends[1] - ends[0]) / (2 * z)) ** 2
    errors = b.se, read_exponent(ONE_MINUS_ALPHA, alpha, level).se
    if not all(0 < one < math.inf for one in errors):
        return math.nan
    # alpha − (1 − b) is b − (1 − alpha): Var = s_b² + s_q² − 2 r s_b s_q.
    found = (errors[0] ** 2 + errors[1] ** 2 - variance) / (2 * errors[0] * errors[1])
    return max(-MOST_CORRELATED, min(MOST_CORRELATED, found))


def places_of(exponents: tuple[Exponent, ...]) -> tuple[int, int] | None:
    """Return where b and 1 − alpha stand, if both are there."""
    names = [one.name for one in exponents]
    return (
        (names.index(B), names.index(ONE_MINUS_ALPHA)) if {B, ONE_MINUS_ALPHA} <= {*names} else None
    )
