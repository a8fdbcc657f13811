"""The misfit of the growth law beside its margin and its yardsticks, drawn."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from activstats.claims.evidence import RANDOM_LABELS, TRAINED, UNTRAINED, Evidence
from activstats.claims.growth_distance import Distance, distance_of
from activstats.claims.seeds import OverSeeds
from activstats.claims.words import grouped
from activstats.rules import DEFAULT_RULE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from activstats.figures.intervals import Interval

# Shares are drawn in per cent.
_PERCENT = 100.0
_SPREAD = (0.05, 0.95)


def draw_distances(evidence: Evidence, distance: Distance, margin: float) -> Axes:
    """Draw the misfits of the exact law, of chance and of the yardsticks, in per cent of N.

    Parameters
    ----------
    evidence : Evidence
        For the controls.
    distance : Distance
        The misfits the claim is judged by.
    margin : float
        Drawn as a line.
    """
    from activstats.figures.intervals import interval_rows

    rows = [*_all_widths(distance), *_by_width(distance), *_controls(evidence), *_others(distance)]
    ax = interval_rows(rows, xlabel="largest distance from the measured K(D), % of the neurons")
    low, high = ax.get_xlim()
    ax.set_xlim(low, max(high, 1.5 * _PERCENT * margin))
    ax.axvline(_PERCENT * margin, color="black", lw=1, linestyle="--")
    top = (_PERCENT * margin, 1.0)
    ax.annotate(
        "margin",
        top,
        xycoords=("data", "axes fraction"),
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        fontsize=9,
    )
    return ax


def _all_widths(distance: Distance) -> list[Interval]:
    from activstats.figures.intervals import Interval

    group, chance = "trained, all widths", distance.chance * _PERCENT
    ends = np.quantile(chance, _SPREAD) if chance.size else (math.nan, math.nan)
    drawn = Interval(
        group,
        "chance alone",
        _PERCENT * distance.chance_mean,
        float(ends[0]),
        float(ends[1]),
    )
    return [_row(group, "exact law", distance.exact), *([drawn] if chance.size else [])]


def _by_width(distance: Distance) -> list[Interval]:
    widths = sorted({fit.width for fit in distance.fits})
    if len(widths) == 1:
        return []
    parts = {w: distance_of(tuple(f for f in distance.fits if f.width == w)) for w in widths}
    return [
        _row("exact law by width", f"N = {grouped(w)}", part.exact) for w, part in parts.items()
    ]


def _controls(evidence: Evidence) -> list[Interval]:
    parts = {
        k: distance_of(evidence.select(kind=k, rule=DEFAULT_RULE.name))
        for k in (UNTRAINED, RANDOM_LABELS)
    }
    return [
        _row("exact law, controls", kind, part.exact) for kind, part in parts.items() if part.fits
    ]


def _others(distance: Distance) -> list[Interval]:
    laws = (
        ("mean-field law, same b", distance.mean_field),
        ("equal firing rates", distance.equal_rates),
    )
    return [_row(f"other laws, {TRAINED}", name, found) for name, found in laws]


def _row(group: str, name: str, found: OverSeeds) -> Interval:
    from activstats.figures.intervals import Interval

    low, high = (0.0, math.inf) if math.isnan(found.low) else (found.low, found.high)
    note = "" if found.n_seeds > 1 else "one seed, no interval"
    return Interval(
        group, name, _PERCENT * found.mean, _PERCENT * max(low, 0.0), _PERCENT * high, note
    )
