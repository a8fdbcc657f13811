"""Settings of the local exponent: ways to a floor, and what is refused."""

from __future__ import annotations

import math

import numpy as np

from activstats.errors import DomainError
from activstats.laws.loss.families import CROSSOVER, POWER_LAW

FLOORS = {"power law": POWER_LAW, "crossover": CROSSOVER}


def check_settings(window: object, floor: str | float, floor_se: float) -> None:
    """Raise unless the settings make sense together."""
    whole = isinstance(window, int | np.integer) and not isinstance(window, bool)
    if not whole or window < 2:  # type: ignore[operator]
        raise DomainError("a slope needs neighbouring sizes.", got=window, allowed="2, 3, …")
    if isinstance(floor, str) and floor not in FLOORS:
        allowed = ", ".join(FLOORS)
        raise DomainError(
            "there is no such way to a floor.", got=floor, allowed=f"{allowed} or a number"
        )
    if not isinstance(floor, str) and not math.isfinite(floor):
        raise DomainError("the floor is no number.", got=floor)
    if not 0 <= floor_se < math.inf:
        raise DomainError("this is no standard error.", got=floor_se, allowed=">= 0")
    if isinstance(floor, str) and floor_se:
        raise DomainError(
            "a fitted floor brings its own error.",
            got=f"floor_se = {floor_se}",
            hint="give floor= as a number, or leave floor_se out",
        )
