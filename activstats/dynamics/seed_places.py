"""A place over seeds, some of which may have found it outside the range that was looked at."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activstats.dynamics.estimates import over_units
from activstats.laws._checks import check_level

IntervalKind = Literal["t", "bootstrap"]
_DRAWS, _DRAW_SEED = 4999, 0


@dataclass(frozen=True)
class SeedPlaces:
    """Places of several seeds, as decimal logarithms, infinite where the range does not hold them.

    Parameters
    ----------
    values : tuple of float
        One a seed; nan where the seed does not tell it.
    kind : {"t", "bootstrap"}
        Interval where all are inside: Student's over seeds, or BCa bootstrap of the mean
        (`scipy.stats.bootstrap`), which is too narrow with few seeds.

    Notes
    -----
    Where no seed is open the place is the mean. Where one is, a mean cannot be had: the place is the
    median, with open seeds beyond all others, and the interval reaches from the lowest to the highest
    seed, which holds the median of all seeds with probability 1 − 2^(1−n); its ends may be open.

    Examples
    --------
    >>> SeedPlaces((-2.0, -1.5, -1.0)).centre
    -1.5
    >>> SeedPlaces((-2.0, -1.8, float("inf"))).interval(0.95)
    (-2.0, inf)
    """

    values: tuple[float, ...]
    kind: IntervalKind = "t"

    @classmethod
    def of(cls, values: ArrayLike, kind: IntervalKind = "t") -> SeedPlaces:
        """Return the places of an array."""
        return cls(tuple(np.asarray(values, dtype=np.float64).ravel().tolist()), kind)

    @property
    def known(self) -> NDArray[np.float64]:
        """Places that seeds tell, open ones included."""
        values = np.asarray(self.values, dtype=np.float64)
        return np.asarray(values[~np.isnan(values)])

    @property
    def n_open(self) -> int:
        """Seeds whose place lies outside the range."""
        return int(np.isinf(self.known).sum())

    @property
    def centre(self) -> float:
        """Mean, or median where some are open."""
        known = np.sort(self.known)
        if not known.size:
            return math.nan
        if not self.n_open:
            return float(known.mean())
        low, high = float(known[(known.size - 1) // 2]), float(known[known.size // 2])
        if low == high:
            return low
        # Between an inner seed and an open one nothing can be said but the side.
        return high if math.isinf(high) else low if math.isinf(low) else (low + high) / 2

    @property
    def seed_sd(self) -> float:
        """SD over seeds in decades; nan where some are open, or there is one seed."""
        known = self.known
        return math.nan if self.n_open or known.size < 2 else float(known.std(ddof=1))  # noqa: PLR2004

    def interval(self, level: float) -> tuple[float, float]:
        """Return the interval of the centre; nan with fewer than two seeds."""
        check_level(level)
        known = self.known
        if known.size < 2:  # noqa: PLR2004  (one seed has no spread)
            return math.nan, math.nan
        if self.n_open:
            return float(known.min()), float(known.max())
        if np.ptp(known) == 0:
            return float(known[0]), float(known[0])
        if self.kind == "t":
            return over_units("place", known).interval(level)
        from scipy.stats import DegenerateDataWarning, bootstrap

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DegenerateDataWarning)
            found = bootstrap(
                (known,),
                np.mean,
                confidence_level=level,
                n_resamples=_DRAWS,
                rng=np.random.default_rng(_DRAW_SEED),
            ).confidence_interval
        return float(found.low), float(found.high)


def rate_words(place: float, digits: int = 3) -> str:
    """Write a learning rate from its decimal logarithm, an open one as such.

    Examples
    --------
    >>> rate_words(-2.0), rate_words(float("inf")), rate_words(float("-inf"))
    ('0.0100', 'above the range', 'below the range')
    """
    from activstats.laws._summary import significant

    if math.isinf(place):
        return "above the range" if place > 0 else "below the range"
    return significant(10**place, digits)
