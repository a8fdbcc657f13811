"""Hurwitz zeta function and the exponent of highest likelihood, compiled.

The sum Σ (q+k)^-s over k = 0, 1, … is q^(1-s) P(s, 1/q) with Euler and Maclaurin's series
P(s, w) = 1/(s-1) + w/2 + s w²/12 - s(s+1)(s+2) w⁴/720 + … (NIST DLMF 25.11.28); nearer to 0 than
`series_start` terms are added one by one first.
"""

from __future__ import annotations

import math

from activstats.compiled import inlined, kernel

# B₂/2!, of Bernoulli's numbers over factorials, and by how much B₄/4!, B₆/6! and B₈/8! are each
# smaller than the one before, their signs taken out.
_FIRST, _DIVISORS = 1.0 / 12.0, (60.0, 42.0, 40.0)
# From here on, and from 2s on, the series is good to 1e-10.
_NEAREST = 14.0
# A term so small beside the sum no longer changes it.
_NOTHING = 1e-18
_MOST_STEPS = 80
# The step after one as small as this would no longer be seen.
_STEP_TOLERANCE = 1e-8


@inlined
def series_start(s: float) -> float:
    """Return the argument from which the series may be used."""
    return 2.0 * s if 2.0 * s > _NEAREST else _NEAREST  # noqa: FURB136  (max takes long to compile)


@kernel
def series(s: float, w: float) -> tuple[float, float]:
    """Return P(s, w), and its derivative in s with its sign turned."""
    pole, square = 1.0 / (s - 1.0), w * w
    term, slope = _FIRST * square * s, _FIRST * square
    p, p1 = pole + 0.5 * w + term, pole * pole - slope
    at = s + 1.0
    for divisor in _DIVISORS:
        factor = -square / divisor
        slope = factor * (slope * at * (at + 1.0) + term * (2.0 * at + 1.0))
        term *= factor * at * (at + 1.0)
        p += term
        p1 -= slope
        at += 2.0
    return p, p1


@kernel
def mean_log(s: float, q: float, log_q: float) -> float:
    """Return E[ln(x/q)] for x ~ x^-s on q, q+1, …."""
    start = series_start(s)
    z, z1, at = 0.0, 0.0, q
    while at < start:
        step = math.log(at) - log_q
        term = math.exp(-s * step)
        z += term
        z1 += step * term
        if term < _NOTHING * z:
            return z1 / z
        at += 1.0
    step = math.log(at) - log_q
    p, p1 = series(s, 1.0 / at)
    scale = q * math.exp((1.0 - s) * step)
    return (z1 + scale * (step * p + p1)) / (z + scale * p)


def scaled_zeta(s: float, q: float) -> float:
    """Return Σ ((q+k)/q)^-s, which is zeta(s, q) q^s and overflows nowhere.

    Not compiled: it is needed once or twice in a fit.
    """
    start, log_q = max(_NEAREST, 2.0 * s), math.log(q)
    z, at = 0.0, q
    while at < start:
        term = math.exp(-s * (math.log(at) - log_q))
        z += term
        if term < _NOTHING * z:
            return z
        at += 1.0
    step = math.log(at) - log_q
    return z + q * math.exp((1.0 - s) * step) * series(s, 1.0 / at)[0]


@kernel
def zeta_exponent(mean: float, q: float, log_q: float, step: float) -> float:
    """Return the s at which E[ln(x/q)] is `mean`: the exponent of highest likelihood.

    With a positive step, the nearest of its multiples that is at least 1 + step. Secant steps in
    u = 1/(s-1), in which the mean is nearly a straight line from the origin, between bounds; they start
    from Clauset, Shalizi & Newman (2009), eq. 3.7.
    """
    u, low, high = mean - math.log1p(-0.5 / q), 0.0, math.inf
    previous, before = 0.0, -mean
    for _ in range(_MOST_STEPS):
        error = mean_log(1.0 + 1.0 / u, q, log_q) - mean
        if error > 0.0:
            high = u
        else:
            low = u
        following = u - error * (u - previous) / (error - before)
        if not low <= following <= high:
            following = 2.0 * u if math.isinf(high) else 0.5 * (low + high)
        previous, before, u = u, error, following
        if abs(u - previous) < _STEP_TOLERANCE * u:
            break
    s = 1.0 + 1.0 / u
    if step > 0.0:
        s = math.floor(s / step + 0.5) * step
        s = s if s > 1.0 + step else 1.0 + step  # noqa: FURB136  (max takes long to compile)
    return s
