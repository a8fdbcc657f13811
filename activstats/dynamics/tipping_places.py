"""Where a network tips over as its learning rate rises: four definitions, on the curves of one seed.

A place is the decimal logarithm of a learning rate. It is open where the range does not hold it:
infinite if it lies above the highest rate, minus infinite if below the lowest; nan if the curves do
not tell it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

SHARE = 0.9
DOUBLED = 2.0


@dataclass(frozen=True, eq=False)
class Curves:
    """What one seed shows at each learning rate.

    Parameters
    ----------
    x : ndarray of float, shape (n_rates,)
        Decimal logarithms of the rates, ascending.
    firing, loss, speed : ndarray of float, shape (n_rates,)
        Mean firing rate, validation loss, speed of convergence; nan where there is none. A rate at
        which training diverged has no firing rate and no loss.
    """

    x: FloatArray
    firing: FloatArray
    loss: FloatArray
    speed: FloatArray


@dataclass(frozen=True)
class Definition:
    """What is called the tipping point.

    Parameters
    ----------
    name : str
        Its name.
    words : str
        What it is, in words.
    place : callable
        Finds it on `Curves`; the second argument is the share of the default definition.
    needs : tuple of str
        Curves that it looks at, the first one being the one to draw.
    """

    name: str
    words: str
    place: Callable[[Curves, float], float]
    needs: tuple[str, ...]


def _firing_below(curves: Curves, share: float) -> float:
    known = np.isfinite(curves.firing)
    if not known.size or not known[0] or curves.firing[0] <= 0:
        return math.nan
    x, ratio = curves.x[known], curves.firing[known] / curves.firing[0]
    below = np.flatnonzero(ratio < share)
    if not below.size:
        return math.inf
    return _between(x, ratio, int(below[0]), share)


def _loss_minimum(curves: Curves, _: float) -> float:
    y = _log(curves.loss)
    if not np.isfinite(y).any():
        return math.nan
    k = int(np.argmin(y))
    if k == 0:
        return -math.inf
    if k == len(y) - 1:
        return math.inf
    x, near = curves.x[k - 1 : k + 2] - curves.x[k], y[k - 1 : k + 2]
    if not np.isfinite(near).all():  # a neighbour diverged: no parabola, but no better rate either
        return float(curves.x[k])
    a, b, _c = np.polyfit(x, near, 2)
    return float(curves.x[k] - b / (2 * a)) if a > 0 else float(curves.x[k])


def _loss_doubled(curves: Curves, _: float) -> float:
    y = _log(curves.loss)
    if not np.isfinite(y).any():
        return math.nan
    k = int(np.argmin(y))
    level = y[k] + math.log(DOUBLED)
    above = np.flatnonzero(y[k:] > level)
    if not above.size:
        return math.inf
    return _between(curves.x, y, k + int(above[0]), level)


def _crossing(curves: Curves, _: float) -> float:
    known = np.isfinite(curves.firing) & np.isfinite(curves.speed)
    if known.sum() < 2:  # noqa: PLR2004  (two points make a line)
        return math.nan
    x, f, s = curves.x[known], curves.firing[known], curves.speed[known]
    if np.ptp(f) == 0 or np.ptp(s) == 0:
        return math.nan
    gap = (f - f.min()) / np.ptp(f) - (s - s.min()) / np.ptp(s)
    crossed = np.flatnonzero((gap[:-1] > 0) & (gap[1:] <= 0))
    if not crossed.size:
        return math.inf if gap[-1] > 0 else -math.inf
    return _between(x, gap, int(crossed[0]) + 1, 0.0)


def _log(values: FloatArray) -> FloatArray:
    """Return logarithms; what is no positive number is worse than anything."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.isfinite(values) & (values > 0), np.log(values), np.inf)


def _between(x: FloatArray, y: FloatArray, k: int, level: float) -> float:
    """Return where a line from the point before `k` to `k` has a level; midway if it has no end."""
    if not (math.isfinite(y[k]) and math.isfinite(y[k - 1])):
        return float((x[k - 1] + x[k]) / 2)
    part = (level - y[k - 1]) / (y[k] - y[k - 1])
    return float(x[k - 1] + part * (x[k] - x[k - 1]))


DEFINITIONS = {
    one.name: one
    for one in (
        Definition(
            "firing",
            "smallest rate at which the mean firing rate is below a share of that at the lowest rate",
            _firing_below,
            ("firing",),
        ),
        Definition(
            "loss minimum",
            "minimum of the validation loss, by a parabola through the best rate and its neighbours",
            _loss_minimum,
            ("loss",),
        ),
        Definition(
            "loss doubled",
            "smallest rate above the best one at which the validation loss is twice its minimum",
            _loss_doubled,
            ("loss",),
        ),
        Definition(
            "crossing",
            "where falling firing crosses rising speed, each normalised to 0 … 1 over the range",
            _crossing,
            ("firing", "speed"),
        ),
    )
}
