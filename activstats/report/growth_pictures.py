"""Pictures of K(D) and of the counts: what was measured beside the fitted law."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from activstats.claims.evidence import TRAINED
from activstats.claims.verdict import Picture
from activstats.claims.words import grouped, listed, percent, rule_words, significant
from activstats.figures.counts import count_distribution
from activstats.figures.growth import growth_curves
from activstats.laws.countlaw import count_probability
from activstats.laws.curves import (
    expected_activated,
    expected_activated_equal_rates,
    mean_field_activated,
)
from activstats.laws.misfit import log_grid
from activstats.report.b_tables import has_several_layers
from activstats.report.panels import WIDE, draw_panels
from activstats.rules import DEFAULT_RULE

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from activstats.claims.evidence import Evidence, FittedLayer
    from activstats.laws.growth_result import GrowthLawResult

_TALL = 4.6
_POINTS, _SMALL_POINTS, _LAW_POINTS = 40, 24, 60


def shown_runs(evidence: Evidence) -> tuple[FittedLayer, ...]:
    """Return one trained run of each width: that of the first seed in which the curve tells."""
    fits = evidence.select(kind=TRAINED, rule=DEFAULT_RULE.name)
    found: dict[int, FittedLayer] = {}
    for fit in sorted(fits, key=lambda fit: (fit.width, fit.seed)):
        if fit.tells:
            found.setdefault(fit.width, fit)
    return tuple(found.values())


def mean_field_gap(fit: GrowthLawResult) -> float:
    """Return the largest distance between exact and mean-field law, as a share of the neurons."""
    grid = log_grid(fit.n_samples)
    exact = expected_activated(grid, n_neurons=fit.n_neurons, b=fit.b, c=fit.c)
    mean_field = mean_field_activated(grid, n_neurons=fit.n_neurons, b=fit.b, c=fit.c)
    return float(np.max(np.abs(exact - mean_field)) / fit.n_neurons)


def growth_pictures(evidence: Evidence) -> tuple[Picture, ...]:
    """Return K(D) of the widest layer in one large picture, and of the others in small ones."""
    runs = shown_runs(evidence)
    if not runs:
        return ()
    *others, widest = runs
    name = _name(widest, layer=widest.layer if has_several_layers(evidence) else "")
    pictures = [_picture(f"K(D) of {name}", [widest], partial(_draw_one, widest))]
    if others:
        widths = listed([grouped(run.width) for run in others])
        draw = partial(_draw_panels, others, draw=_draw_small_growth)
        pictures.append(_picture(f"K(D) of the other widths: {widths}", others, draw))
    return tuple(pictures)


def count_picture(evidence: Evidence) -> Picture | None:
    """Return the distribution of counts with the fitted law, a panel for each width."""
    runs = list(shown_runs(evidence))
    if not runs:
        return None
    words = ", ".join(
        f"N = {grouped(run.width)}: {percent(run.dead_share)} never fired, "
        f"most often {grouped(int(run.fit.histogram.values[-1]))} times"
        for run in runs
    )
    draw = partial(_draw_panels, runs, draw=_draw_counts)
    return Picture("Distribution of counts", f"{words}.", draw)


def _picture(title: str, runs: list[FittedLayer], draw: partial[Axes]) -> Picture:
    words = "; ".join(
        f"N = {grouped(run.width)}: {grouped(run.fit.k)} neurons activated after "
        f"{grouped(run.fit.n_samples)} samples, b = {significant(run.fit.b)}, exact law "
        f"{percent(run.fit.misfit)} of the neurons away at most, mean-field law "
        f"{percent(run.fit.misfit_mean_field)}, equal rates {percent(run.fit.misfit_equal_rates)}"
        for run in runs
    )
    return Picture(title, f"{words}.", draw)


def _name(run: FittedLayer, layer: str) -> str:
    called = f"the layer {layer}" if layer else "the layer"
    return f"{called} of width {grouped(run.width)}, seed {run.seed}, {rule_words(run.rule)}"


def _draw_one(run: FittedLayer) -> Axes:
    ax = Figure(figsize=(WIDE, _TALL), layout="constrained").add_subplot()
    fit = run.fit
    return _draw_growth(run, ax, _POINTS, marks={"N/c": fit.steepest, "bN/c": fit.d_star})


def _draw_growth(
    run: FittedLayer, ax: Axes, points: int, marks: dict[str, float] | None = None
) -> Axes:
    fit = run.fit
    grid = log_grid(fit.n_samples, points)
    law = fit.expected(grid)
    n, c = fit.n_neurons, fit.c
    return growth_curves(
        grid,
        fit.rarefied(grid),
        exact=law.k,
        exact_band=(law.k_low, law.k_high),
        mean_field=mean_field_activated(grid, n_neurons=n, b=fit.b, c=c),
        equal_rates=expected_activated_equal_rates(grid, n_neurons=n, c=c),
        ordered=run.ordered,
        n_neurons=n,
        marks={name: place for name, place in (marks or {}).items() if np.isfinite(place)},
        ax=ax,
    )


def _draw_small_growth(run: FittedLayer, ax: Axes) -> None:
    _draw_growth(run, ax, _SMALL_POINTS)
    ax.set_ylabel("K")
    if legend := ax.get_legend():
        legend.remove()


def _draw_counts(run: FittedLayer, ax: Axes) -> None:
    fit = run.fit
    histogram = fit.histogram
    values = np.concatenate([[0], log_grid(max(int(histogram.values[-1]), 1), _LAW_POINTS)])
    law = count_probability(
        values, n_samples=fit.n_samples, n_neurons=fit.n_neurons, b=fit.b, c=fit.c
    )
    count_distribution(histogram.values, histogram.multiplicities, expected=(values, law), ax=ax)


def _draw_panels(runs: list[FittedLayer], *, draw: Callable[[FittedLayer, Axes], None]) -> Axes:
    titles = [f"N = {grouped(run.width)}, b = {significant(run.fit.b)}" for run in runs]
    return draw_panels(runs, draw, titles)
