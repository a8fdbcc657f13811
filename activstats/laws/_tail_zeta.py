"""Hurwitz zeta function and the exponent of highest likelihood, compiled.

The sum Σ (q+k)^-s over k = 0, 1, … is q^(1-s) P(s, 1/q) with Euler and Maclaurin's series
P(s, w) = 1/(s-1) + w/2 + s w²/12 - s(s+1)(s+2) w⁴/720 + … (NIST DLMF 25.11.28); nearer to 0 than
`series_start` terms are added one by one first.
"""

from __future__ import annotations

import math

from activstats.compiled import inlined, kernel

# Bernoulli numbers over factorials, B₂/2! … B₈/8!, their signs taken out.
_B2, _B4, _B6, _B8 = 1.0 / 12.0, 1.0 / 720.0, 1.0 / 30240.0, 1.0 / 1209600.0
# From here on, and from 2s on, the series is good to 1e-10.
_NEAREST = 14.0
# A term so small beside the sum no longer changes it.
_NOTHING = 1e-18
_MOST_STEPS = 80
# Steps shrink quadratically: the one after such a step would no longer be seen.
_STEP_TOLERANCE = 1e-6


@inlined
def series_start(s: float) -> float:
    """Return the argument from which the series may be used."""
    return 2.0 * s if 2.0 * s > _NEAREST else _NEAREST  # noqa: FURB136  (max takes long to compile)


@kernel
def series(s: float, w: float) -> float:
    """Return P(s, w)."""
    square = w * w
    t3 = s * (s + 1.0) * (s + 2.0)
    t5 = t3 * (s + 3.0) * (s + 4.0)
    t7 = t5 * (s + 5.0) * (s + 6.0)
    inner = _B4 * t3 - square * (_B6 * t5 - square * _B8 * t7)
    return 1.0 / (s - 1.0) + 0.5 * w + square * (_B2 * s - square * inner)


@inlined
def series_and_slopes(s: float, w: float) -> tuple[float, float, float]:
    """Return P(s, w) and its first and second derivative in s."""
    pole, square = 1.0 / (s - 1.0), w * w
    # Rising products s(s+1)…, each with its two derivatives, from the one before it.
    a, a1, a2 = ((s + 3.0) * s + 2.0) * s, (3.0 * s + 6.0) * s + 2.0, 6.0 * s + 6.0
    f, f1 = (s + 7.0) * s + 12.0, 2.0 * s + 7.0
    b, b1, b2 = a * f, a1 * f + a * f1, a2 * f + 2.0 * a1 * f1 + 2.0 * a
    f, f1 = (s + 11.0) * s + 30.0, 2.0 * s + 11.0
    c, c1, c2 = b * f, b1 * f + b * f1, b2 * f + 2.0 * b1 * f1 + 2.0 * b
    p = _B2 * s - square * (_B4 * a - square * (_B6 * b - square * _B8 * c))
    p1 = _B2 - square * (_B4 * a1 - square * (_B6 * b1 - square * _B8 * c1))
    p2 = -square * (_B4 * a2 - square * (_B6 * b2 - square * _B8 * c2))
    return (
        pole + 0.5 * w + square * p,
        -pole * pole + square * p1,
        2.0 * pole * pole * pole + square * p2,
    )


@kernel
def mean_log(s: float, q: float, log_q: float) -> tuple[float, float]:
    """Return E[ln(x/q)] for x ~ x^-s on q, q+1, … and its derivative in s, minus the variance."""
    start = series_start(s)
    z, z1, z2 = 0.0, 0.0, 0.0
    at = q
    while at < start:
        step = math.log(at) - log_q
        term = math.exp(-s * step)
        z += term
        z1 -= step * term
        z2 += step * step * term
        if term < _NOTHING * z:
            break
        at += 1.0
    else:
        step = math.log(at) - log_q
        p, p1, p2 = series_and_slopes(s, 1.0 / at)
        scale = q * math.exp((1.0 - s) * step)
        z += scale * p
        z1 += scale * (p1 - step * p)
        z2 += scale * (p2 - 2.0 * step * p1 + step * step * p)
    mean = -z1 / z
    return mean, mean * mean - z2 / z


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
    return z + q * math.exp((1.0 - s) * step) * series(s, 1.0 / at)


@kernel
def zeta_exponent(mean: float, q: float, log_q: float, step: float) -> float:
    """Return the s at which E[ln(x/q)] is `mean`: the exponent of highest likelihood.

    With a positive step, the nearest of its multiples that is at least 1 + step. Newton steps in 1/(s-1), in which the mean is nearly a straight line, between bounds; they start
    from Clauset, Shalizi & Newman (2009), eq. 3.7.
    """
    s = 1.0 + 1.0 / (mean - math.log1p(-0.5 / q))
    low, high = 1.0, math.inf
    for _ in range(_MOST_STEPS):
        value, slope = mean_log(s, q, log_q)
        if value > mean:
            low = s
        else:
            high = s
        distance = s - 1.0
        inverse = 1.0 / distance + (value - mean) / (slope * distance * distance)
        following = 1.0 + 1.0 / inverse if inverse > 0.0 else math.inf
        if not low <= following <= high:
            following = 2.0 * s if math.isinf(high) else 0.5 * (low + high)
        change = abs(following - s)
        s = following
        if change < _STEP_TOLERANCE * s:
            break
    if step > 0.0:
        s = int(s / step + 0.5) * step
        s = s if s > 1.0 + step else 1.0 + step  # noqa: FURB136  (max takes long to compile)
    return s
