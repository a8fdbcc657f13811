"""Families of loss curves, each linear in its loss levels once its shape is fixed.

Every family is L = floor + Σ_k slope_k · column_k(x; θ) with x = ln D. Shapes fall from 1, so that a
positive slope is a falling loss.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from activstats.laws.loss import _crossover_descent
from activstats.laws.loss.family import Coordinate, Family
from activstats.laws.loss.shapes import crossover

FloatArray = NDArray[np.float64]

# How far, in ln D, D* may lie below the smallest size and above the largest. Further below, the
# crossover is a power law; as far above as b = 100 needs, where it is all but an exponential.
BELOW, ABOVE = 3.0, 5.0
# Bounds of the exponent b, of a power law's exponent and of the sharpness s.
B_RANGE = (0.01, 100.0)
BETA_RANGE = (0.005, 4.0)
S_RANGE = (0.2, 50.0)
# Steps of ln D at which D* is tried at first; a crossover is never narrower than 3 of ln D.
_LOCATION_STEP = 0.25
_MOST_LOCATIONS = 101


def _locations(x: FloatArray) -> FloatArray:
    low, high = x.min() - BELOW, x.max() + ABOVE
    return np.linspace(low, high, int(min((high - low) / _LOCATION_STEP + 2, _MOST_LOCATIONS)))


def _few_locations(x: FloatArray) -> FloatArray:
    return np.linspace(x.min() - BELOW, x.max() + ABOVE, 28)


def _inside(x: FloatArray) -> FloatArray:
    """Return places of a break with at least two sizes on each side."""
    sizes = np.unique(x)
    if sizes.size < 4:
        return sizes[:1]
    return np.linspace(sizes[1], sizes[-2], 80)


def _logs(limits: tuple[float, float], n: int) -> Callable[[FloatArray], FloatArray]:
    points = np.linspace(math.log(limits[0]), math.log(limits[1]), n)
    return lambda x: points  # noqa: ARG005  (the range does not depend on the sizes)


def _two_segments(x: FloatArray, theta: FloatArray) -> FloatArray:
    before = np.broadcast_to(-(x - x[0]), (len(theta), x.size))
    after = -np.maximum(x - theta[:, :1], 0)
    return np.stack([before, after], axis=1)


def _broken(x: FloatArray, theta: FloatArray) -> FloatArray:
    c0, log_c1, log_d1, log_f1 = (column[:, None] for column in theta.T)
    f1 = np.exp(log_f1)
    # Divided by its value at the smallest size, which keeps numbers near 1.
    z, z0 = ((at - log_d1) / f1 for at in (x, x[0]))
    bend = f1 * (np.logaddexp(0, z) - np.logaddexp(0, z0))
    return np.asarray(np.exp(-c0 * (x - x[0]) - np.exp(log_c1) * bend))[:, None]


_D_STAR = Coordinate("d_star", _locations, runs_on=True)
_B = Coordinate("b", _logs(B_RANGE, 28), runs_on=True)
_D_STAR_COARSE = Coordinate("d_star", _few_locations, runs_on=True)
_B_COARSE = Coordinate("b", _logs(B_RANGE, 11), runs_on=True)
_S = Coordinate("sharpness", _logs(S_RANGE, 9))

FLAT = Family("flat", (), lambda x, theta: np.empty((len(theta), 0, x.size)), ())
LINE = Family(
    "line in log D",
    (),
    lambda x, theta: np.broadcast_to(-(x - x[0]), (len(theta), 1, x.size)),
    ("slope",),
)
# Its slope is the excess loss at the smallest size, A · D_min^−beta.
POWER_LAW = Family(
    "power law with floor",
    (Coordinate("beta", _logs(BETA_RANGE, 400)),),
    lambda x, theta: np.exp(-np.exp(theta) * (x - x[0]))[:, None],
    ("excess",),
)
CROSSOVER = Family(
    "crossover",
    (_D_STAR, _B),
    lambda x, theta: crossover(x, theta[:, :1], np.exp(theta[:, 1:]))[:, None],
    ("drop",),
    crossover=_crossover_descent.SMOOTH,
)
SHARP_CROSSOVER = Family(
    "crossover, free sharpness",
    (_D_STAR_COARSE, _B_COARSE, _S),
    lambda x, theta: crossover(x, theta[:, :1], np.exp(theta[:, 1:2]), np.exp(theta[:, 2:]))[
        :, None
    ],
    ("drop",),
    crossover=_crossover_descent.SHARP,
)
LOGISTIC = Family(
    "logistic in log D",
    (_D_STAR, Coordinate("sharpness", _logs(S_RANGE, 22))),
    lambda x, theta: crossover(x, theta[:, :1], np.exp(theta[:, 1:]), np.exp(theta[:, 1:]))[
        :, None
    ],
    ("drop",),
    crossover=_crossover_descent.LOGISTIC,
)
TWO_SEGMENTS = Family(
    "two line segments",
    (Coordinate("break", _inside),),
    _two_segments,
    ("slope", "change_of_slope"),
    falling=False,
)
# Caballero et al. 2023, arXiv 2210.14891, eq. 1 with one break.
BROKEN_POWER_LAW = Family(
    "broken power law",
    (
        Coordinate("c0", lambda x: np.array([0.0, 0.03, 0.1, 0.3, 1.0]), logarithmic=False),  # noqa: ARG005
        Coordinate("c1", _logs((0.03, 10.0), 8)),
        Coordinate("d1", _inside),
        Coordinate("f1", _logs((0.02, 5.0), 6)),
    ),
    _broken,
    ("excess",),
)

SCALE_FREE = (FLAT, LINE, POWER_LAW)
