"""The ratios of gamma functions of `_gamma` for single numbers, some twenty times as fast."""

from __future__ import annotations

import math

from activstats.laws._stirling import (
    HALF_LOG_TWO_PI,
    SERIES_BELOW,
    STIRLING_FROM,
    entropy_series,
    remainder,
    remainder_step,
)

# As in `_gamma`: products above the first and below the second are not taken as they are.
_NEAR_ONE, _NEAR_ZERO = 0.5, 1e-280


def double_ratio_of_one(base: float, s: float, t: float) -> float:
    """Return ln[Γ(base+s) Γ(base+t) / (Γ(base) Γ(base+s+t))], as `log_double_ratio` does.

    Parameters
    ----------
    base : float
        Positive.
    s, t : float
        Not negative.

    Examples
    --------
    >>> round(double_ratio_of_one(1.0, 1.0, 1.0), 12) == round(math.log(1 / 2), 12)
    True
    """
    s, t = min(s, t), max(s, t)
    result = 0.0
    if base < STIRLING_FROM:
        result = _recurrence(base, s, t)
        base += STIRLING_FROM
    leading = (base - 0.5) * math.log1p(s / base * (t / (base + s + t)))
    leading -= t * math.log1p(s / (base + t)) + s * math.log1p(t / (base + s))
    return result + leading + remainder_step(base, s) - remainder_step(base + t, s)


def _recurrence(base: float, s: float, t: float) -> float:
    places = [base + j for j in range(STIRLING_FROM)]
    factors = [z / (z + s) * ((z + s + t) / (z + t)) for z in places]
    product = math.prod(factors)
    if product > _NEAR_ONE:
        return math.fsum(math.log1p(-s / (z + s) * (t / (z + t))) for z in places)
    if product < _NEAR_ZERO:
        return math.fsum(map(math.log, factors))
    return math.log(product)


def rising_excess_of_one(phi: float, k: float) -> float:
    """Return Σ ln(1 + phi·j) over j = 0 … k−1, as `log_rising_excess` does.

    Parameters
    ----------
    phi : float
        Not negative; 0 gives 0.
    k : float
        Number of factors, not negative.

    Examples
    --------
    >>> round(rising_excess_of_one(0.5, 3), 6)
    1.098612
    """
    if phi == 0:
        return 0.0
    z = 1 / phi
    if z < STIRLING_FROM:
        return _log_gamma(z + k) - math.lgamma(z) - k * math.log(z)
    ratio = k * phi
    log_ratio = math.log1p(ratio)
    excess = entropy_series(ratio) if ratio < SERIES_BELOW else (1 + ratio) * log_ratio - ratio
    return z * excess - 0.5 * log_ratio + remainder(z + k) - remainder(z)


def _log_gamma(z: float) -> float:
    if z < STIRLING_FROM:
        return math.lgamma(z)
    return (z - 0.5) * math.log(z) - z + HALF_LOG_TWO_PI + remainder(z)
