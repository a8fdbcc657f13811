"""Slopes of lines through a few neighbouring excess losses, with errors by the delta method."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from activstats.laws._summary import significant
from activstats.laws.loss._excess import Excess
from activstats.laws.loss.crossover_exponent import Crossover
from activstats.laws.loss.local_exponent_result import LocalExponent
from activstats.laws.results import Status

FloatArray = NDArray[np.float64]


class Slope(NamedTuple):
    """Slope of one window: its place ln D, the exponent, its error, and how sizes pull at it."""

    x: float
    exponent: float
    se: float
    pull: FloatArray


def slope(above: Excess, window: slice, *, lost: bool) -> Slope:
    """Return the exponent from the sizes of a window, which count by the precision of ln(L − L_inf).

    A window that is lost has a place, and no exponent.
    """
    x, excess, variance = above.x[window], above.excess[window], above.variance[window]
    # Without any noise all sizes count alike.
    even = lost or not (variance > 0).all()
    precision = np.ones(x.size) if even else np.square(excess) / variance
    precision = precision / precision.max()
    apart = x - float(np.average(x, weights=precision))
    pull = precision * apart
    pull /= float(pull @ apart)
    # Where a parabola through unequally precise points has the slope of the line (derived).
    place = float(x[0] - apart[0] + 0.5 * pull @ np.square(apart))
    if lost:
        return Slope(place, math.nan, math.nan, pull)
    share = pull / excess
    of_floor = float(share.sum())
    gradient = of_floor * above.influence
    gradient[window] -= share
    square = float(above.variance @ np.square(gradient)) + (of_floor * above.floor_se) ** 2
    return Slope(place, -float(pull @ np.log(excess)), math.sqrt(square), pull)


def found_exponents(
    above: Excess, theory: Crossover | None, known: dict[str, Any]
) -> LocalExponent:
    """Return the exponents of all windows, those with a lost size as such.

    Parameters
    ----------
    above : Excess
    theory : Crossover, optional
        Whose exponent is put beside.
    known : dict
        Level, window and provenance of the result.
    """
    lost, width = above.lost(known["level"]), known["window"]
    windows = [slice(i, i + width) for i in range(above.x.size - width + 1)]
    flags = np.array([bool(lost[window].any()) for window in windows])
    found = [slope(above, w, lost=bool(gone)) for w, gone in zip(windows, flags, strict=True)]
    d = np.exp([one.x for one in found])
    exponent = np.array([one.exponent for one in found])
    half = above.quantile(known["level"]) * np.array([one.se for one in found])
    if theory is not None:
        seen = [theory.slope(above.x[w], one.pull) for w, one in zip(windows, found, strict=True)]
        known = known | {"theory": theory.exponent(d), "theory_seen": np.array(seen)}
    status, reason = _verdict(flags)
    return LocalExponent(
        status=status,
        reason=reason,
        warnings=_warnings(above, lost),
        d=d,
        exponent=exponent,
        low=exponent - half,
        high=exponent + half,
        lost=flags,
        floor=above.floor,
        **known,
    )


def _verdict(lost: NDArray[np.bool_]) -> tuple[Status, str]:
    if lost.all():
        reason = "no window of sizes has an excess over the floor that is told from its noise"
        return Status.NOT_IDENTIFIABLE, reason
    return Status.CONVERGED, ""


def _warnings(above: Excess, lost: NDArray[np.bool_]) -> tuple[str, ...]:
    if not lost.any() or lost.all():
        return ()
    places = ", ".join(significant(float(d)) for d in np.exp(above.x[lost]))
    told = (
        f"at D = {places} the loss is lost in the noise about its floor "
        f"{significant(above.floor)}: windows that hold these sizes have no exponent"
    )
    return (told,)
