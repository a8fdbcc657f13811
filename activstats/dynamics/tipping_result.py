"""What is known of a tipping point: its place over seeds, and how it depends on the range."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from activstats.dynamics.estimated import Estimated
from activstats.dynamics.seed_places import IntervalKind, SeedPlaces, rate_words
from activstats.dynamics.tipping_places import DEFINITIONS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.dynamics.estimates import Estimate
    from activstats.laws._summary import Summary

_LABELS = {"firing": "mean firing rate", "loss": "validation loss"}


@dataclass(frozen=True, kw_only=True)
class TippingPointResult(Estimated):
    """Tipping point: estimates `log10_rate`, `seed_sd`, `without_lowest` and `without_highest`.

    The last two are by how many decades the place moves when rates are left out at an end.

    Parameters
    ----------
    rates : tuple of float
        Learning rates.
    values : tuple of tuple of float
        The curve that the definition looks at, a row for each seed.
    definition : str
        Which one.
    share : float
        Of the definition by firing.
    places : tuple of float
        Decimal logarithm of each seed's tipping rate; infinite where the range does not hold it.
    interval_kind : {"t", "bootstrap"}
        Interval over seeds.

    Notes
    -----
    The remaining parameters are those of `Estimated`.
    """

    rates: tuple[float, ...] = ()
    values: tuple[tuple[float, ...], ...] = ()
    definition: str = "firing"
    share: float = math.nan
    places: tuple[float, ...] = ()
    interval_kind: IntervalKind = "t"

    title: ClassVar[str] = "Tipping point of the learning rate"

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Estimated._readers,  # noqa: SLF001  (a class extends what its base reads)
        "IntervalKind": str,
    }

    @property
    def over_seeds(self) -> SeedPlaces:
        """The places with their centre and interval."""
        return SeedPlaces(self.places, self.interval_kind)

    @property
    def rate(self) -> float:
        """The tipping rate: infinite if it lies above the range, 0 if below."""
        return _rate(self["log10_rate"].value)

    @property
    def rate_interval(self) -> tuple[float, float]:
        """Ends of the interval of the tipping rate, ∞ or 0 where open."""
        low, high = self.interval("log10_rate")
        return _rate(low), _rate(high)

    def _interval(self, estimate: Estimate, level: float) -> tuple[float, float]:
        if estimate.name == "log10_rate":
            return self.over_seeds.interval(level)
        return super()._interval(estimate, level)

    def to_frame(self) -> pd.DataFrame:
        """Return one row, its provenance first."""
        frame = super().to_frame()
        frame.insert(0, "definition", self.definition)
        low, high = self.rate_interval
        return frame.assign(rate=self.rate, rate_low=low, rate_high=high)

    def _summary(self) -> Summary:
        whole = super()._summary()
        low, high = self.interval("log10_rate")
        ends = "–" if math.isnan(low) else f"[{rate_words(low)}, {rate_words(high)}]"
        rows = (("learning rate", rate_words(self["log10_rate"].value), ends, ""), *whole.rows)
        words = DEFINITIONS[self.definition].words.replace("a share", f"{self.share:g}")
        return replace(whole, rows=rows, notes=(f"Definition: {words}.", *whole.notes))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the curve against the learning rate, with the tipping point."""
        from activstats.figures.over_rates import over_rates

        name = DEFINITIONS[self.definition].needs[0]
        place = (self["log10_rate"].value, *self.interval("log10_rate"))
        return over_rates(
            self.rates, self.values, ylabel=_LABELS[name], log=name == "loss", place=place, ax=ax
        )


def _rate(place: float) -> float:
    return math.inf if place == math.inf else 10**place
