"""The tipping point of the learning rate: where firing falls, or the loss turns, over seeds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activstats.dynamics.estimates import Estimate, over_units
from activstats.dynamics.run_grid import RunGrid
from activstats.dynamics.seed_places import IntervalKind, SeedPlaces
from activstats.dynamics.tipping_places import DEFINITIONS, SHARE, Curves
from activstats.dynamics.tipping_result import TippingPointResult
from activstats.errors import DomainError, InputError
from activstats.laws._checks import check_level
from activstats.laws.results import Status

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class TippingPoint:
    """Place of the tipping point by one of its definitions, with its interval over seeds.

    Parameters
    ----------
    definition : str
        ``"firing"``, the default: the smallest rate at which the mean firing rate is below `share` of
        its value at the lowest rate, interpolated in log rate. ``"loss minimum"``: minimum of the
        validation loss by a parabola of log loss in log rate. ``"loss doubled"``: the smallest rate
        above the best one with twice its loss. ``"crossing"``: where firing and speed of
        convergence cross, each normalised over the range. All are ours: the source names none.
    share : float
        Of the default definition.
    interval : {"t", "bootstrap"}
        Student's over seeds, in decades; or a bootstrap over seeds.
    cut : int
        Rates that are left out at either end, one end at a time, to see how the place depends on the
        range.
    level : float
        Confidence level.

    Raises
    ------
    DomainError
        If a setting is outside its domain.

    Examples
    --------
    >>> rates = [0.001, 0.01, 0.1]
    >>> firing = [[0.5, 0.5, 0.4], [0.5, 0.5, 0.35]]  # a tenth below is reached half-way, and earlier
    >>> found = TippingPoint().fit(rates, firing=firing)
    >>> [round(one, 3) for one in found.places]
    [-1.5, -1.667]
    """

    definition: str = "firing"
    share: float = SHARE
    interval: IntervalKind = "t"
    cut: int = 1
    level: float = 0.95

    def __post_init__(self) -> None:
        check_level(self.level)
        if self.definition not in DEFINITIONS:
            raise DomainError(
                "there is no such tipping point.",
                got=self.definition,
                allowed=", ".join(DEFINITIONS),
            )
        if not 0 < self.share < 1:
            raise DomainError("'share' lies between 0 and 1.", got=self.share)
        if self.interval not in get_args(IntervalKind):
            raise DomainError(
                "there is no such interval.", got=self.interval, allowed="t, bootstrap"
            )
        if self.cut < 1:
            raise DomainError("'cut' is a number of rates.", got=self.cut, allowed=">= 1")

    def fit(
        self,
        rates: ArrayLike,
        *,
        firing: ArrayLike | None = None,
        loss: ArrayLike | None = None,
        speed: ArrayLike | None = None,
        provenance: Mapping[str, Any] | None = None,
    ) -> TippingPointResult:
        """Find the tipping point of each seed, and the place over seeds.

        Parameters
        ----------
        rates : array_like of float, shape (n_rates,)
            Learning rates, ascending.
        firing, loss, speed : array_like of float, shape (n_seeds, n_rates)
            Mean firing rates, validation losses, speeds of convergence; nan where a run is missing or
            diverged. Those that the definition needs.
        provenance : mapping, optional
            Kept with the result.

        Returns
        -------
        TippingPointResult
            Status AT_BOUNDARY where the range does not hold the place of some seed; TOO_FEW with
            fewer than two seeds that tell it.

        Raises
        ------
        InputError
            If a curve that the definition needs is missing, or shapes do not fit.
        """
        needs = DEFINITIONS[self.definition].needs
        x, tables = _tables(rates, {"firing": firing, "loss": loss, "speed": speed}, needs)
        places = self._places(x, tables)
        ends = [
            self._places(*_cut(x, tables, part))
            for part in (slice(self.cut, None), slice(None, -self.cut))
        ]
        drawn = tables[needs[0]]
        return self._result(
            SeedPlaces.of(places, self.interval),
            ends,
            rates=tuple((10**x).tolist()),
            values=tuple(map(tuple, drawn.tolist())),
            n_obs=int(np.isfinite(drawn).sum()),
            provenance=dict(provenance or {}),
        )

    def _places(self, x: FloatArray, tables: dict[str, FloatArray]) -> FloatArray:
        place = DEFINITIONS[self.definition].place
        n = len(next(iter(tables.values())))
        nothing = np.full((n, len(x)), np.nan)
        each = zip(
            *(tables.get(name, nothing) for name in ("firing", "loss", "speed")), strict=True
        )
        if not len(x):
            return np.full(n, np.nan)
        return np.array([place(Curves(x, *one), self.share) for one in each], dtype=np.float64)

    def _result(
        self, places: SeedPlaces, ends: list[FloatArray], **common: Any
    ) -> TippingPointResult:
        n = len(places.known)
        names = ("without_lowest", "without_highest")
        moved = [
            over_units(name, _moved(places, end)) for name, end in zip(names, ends, strict=True)
        ]
        t_like = not places.n_open and n >= 2 and places.kind == "t"  # noqa: PLR2004
        error = places.seed_sd / math.sqrt(n) if t_like else math.nan
        status, reason = _status(places)
        return TippingPointResult(
            method=f"{self.definition}; "
            + ("Student's t" if self.interval == "t" else "BCa bootstrap")
            + " over seeds, in decades",
            level=self.level,
            n_seeds=n,
            status=status,
            reason=reason,
            warnings=_warnings(places, ends),
            estimates=(
                Estimate("log10_rate", places.centre, error, float(max(n - 1, 0))),
                Estimate("seed_sd", places.seed_sd),
                *moved,
            ),
            definition=self.definition,
            share=self.share,
            places=places.values,
            interval_kind=self.interval,
            **common,
        )


def _tables(
    rates: ArrayLike, given: dict[str, ArrayLike | None], needs: tuple[str, ...]
) -> tuple[FloatArray, dict[str, FloatArray]]:
    found: dict[str, FloatArray] = {}
    for name, values in given.items():
        if values is None:
            if name in needs:
                raise InputError(f"this tipping point needs the {name} of every run.", got="none")
            continue
        x = RunGrid.of(rates, values).log_rates
        table = np.asarray(values, dtype=np.float64)
        found[name] = np.where(np.isfinite(table), table, np.nan)
    if len({len(one) for one in found.values()}) > 1:
        raise InputError("curves must have the same seeds.", got=[len(v) for v in found.values()])
    return x, found


def _cut(
    x: FloatArray, tables: dict[str, FloatArray], part: slice
) -> tuple[FloatArray, dict[str, FloatArray]]:
    return x[part], {name: one[:, part] for name, one in tables.items()}


def _moved(places: SeedPlaces, others: FloatArray) -> FloatArray:
    """Return by how many decades each seed's place moved; nan where either is open."""
    with np.errstate(invalid="ignore"):
        moved = others - np.asarray(places.values)
    return np.where(np.isfinite(moved), moved, np.nan)


def _status(places: SeedPlaces) -> tuple[Status, str]:
    n = len(places.known)
    if n < 2:  # noqa: PLR2004  (one seed has no spread)
        return Status.TOO_FEW, f"{n} seeds tell the place; at least 2 are needed"
    if not places.n_open:
        return Status.CONVERGED, ""
    above = int((places.known == math.inf).sum())
    sides = [f"{k} {w}" for k, w in ((above, "above"), (places.n_open - above, "below")) if k]
    return Status.AT_BOUNDARY, (
        f"of {n} seeds {' and '.join(sides)} the range of rates: median and lowest to highest seed "
        "stand for mean and interval"
    )


def _warnings(places: SeedPlaces, ends: list[FloatArray]) -> tuple[str, ...]:
    found = []
    if unknown := len(places.values) - len(places.known):
        found.append(f"{unknown} seeds do not tell the place")
    inside = np.isfinite(places.values)
    for name, end in zip(("lowest", "highest"), ends, strict=True):
        lost = int((inside & ~np.isfinite(end)).sum())
        if lost:
            found.append(f"without the {name} rates the place of {lost} seeds is open")
    return tuple(found)
