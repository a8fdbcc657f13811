"""The difference alpha − (1 − b) of layers drawn from a law, or of resampled neurons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from activstats.laws._body_exponent import body_end, body_exponents
from activstats.laws._bounded_bootstrap import draw_histograms

if TYPE_CHECKING:
    from activstats.laws._bounded_support import FloatArray
    from activstats.laws._joint_refit import JointRefit

# Numbers in a table of draws by cells.
_AT_ONCE = 1 << 20


def differences(
    refit: JointRefit, probability: FloatArray, n: int, n_boot: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Return alpha − (1 − b), and b, of layers drawn with these probabilities of cells."""
    rows = max(1, _AT_ONCE // max(n, probability.size))
    parts = []
    for first in range(0, n_boot, rows):
        held = draw_histograms(probability, n, min(rows, n_boot - first), rng)
        parts.append(difference(refit, held))
    differences, b = (np.concatenate(part) for part in zip(*parts, strict=True))
    return differences, b


def difference(refit: JointRefit, held: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return alpha − (1 − b), and b, of each histogram."""
    b, beta = refit.shapes(held)
    ends = body_end(refit.n_samples, beta)
    return body_exponents(refit.support, held[:, 1:], ends) - (1 - b), b


def two_sided(seen: float, by_law: FloatArray) -> float:
    """Return twice the smaller tail, the data counted among the draws."""
    below = 1 + np.count_nonzero(by_law <= seen)
    above = 1 + np.count_nonzero(by_law >= seen)
    return float(min(1.0, 2 * min(below, above) / (1 + by_law.size)))


def basic_interval(resampled: FloatArray, seen: float, level: float) -> tuple[float, float]:
    """Return the basic bootstrap interval (Davison & Hinkley 1997, eq. 5.6)."""
    low, high = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2])
    return float(2 * seen - high), float(2 * seen - low)
