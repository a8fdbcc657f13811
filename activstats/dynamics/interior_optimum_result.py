"""What the test of an optimum inside the range gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from activstats.dynamics.estimated import Estimated

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, kw_only=True)
class InteriorOptimumResult(Estimated):
    """Best rate inside the range: estimates `gain` and `place`, p-values `interior` and `u_shape`.

    Parameters
    ----------
    rates : tuple of float
        Learning rates.
    values : tuple of tuple of float
        The score, a row for each seed.
    gain_low, gain_high : float
        Simultaneous interval of the gain: over all inner rates and both ends.
    best : float
        The inner rate with the largest gain.
    name : str
        What the score is.

    Notes
    -----
    The remaining parameters are those of `Estimated`.
    """

    rates: tuple[float, ...] = ()
    values: tuple[tuple[float, ...], ...] = ()
    gain_low: float = math.nan
    gain_high: float = math.nan
    best: float = math.nan
    name: str = "score"

    title: ClassVar[str] = "Optimum inside the range of learning rates"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the score against the learning rate, with the place of the optimum."""
        from activstats.figures.over_rates import over_rates

        place = (self["place"].value, *self.interval("place"))
        return over_rates(self.rates, self.values, ylabel=self.name, place=place, ax=ax)
