"""Pictures of b and of the misfit along training."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from activstats.claims.verdict import Picture
from activstats.claims.words import counted, grouped, percent, significant
from activstats.figures.along_training import Course, along_training

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from activstats.claims.evidence import Evidence, FittedLayer

_WIDE, _TALL = 8.4, 3.6


def along_pictures(evidence: Evidence) -> tuple[Picture, ...]:
    """Return a picture for each width and layer that was recorded along training."""
    several = len({fit.layer for fit in evidence.along}) > 1
    places = dict.fromkeys(
        (fit.width, fit.layer) for fit in sorted(evidence.along, key=lambda fit: fit.width)
    )
    return tuple(
        _picture(
            f"width {grouped(width)}{f', {layer}' if several else ''}",
            [fit for fit in evidence.along if (fit.width, fit.layer) == (width, layer)],
        )
        for width, layer in places
    )


def _picture(place: str, fits: list[FittedLayer]) -> Picture:
    runs: dict[str, list[FittedLayer]] = {}
    for fit in fits:
        runs.setdefault(fit.run, []).append(fit)
    courses = [sorted(run, key=lambda fit: fit.step) for run in runs.values()]
    told = "; ".join(
        f"seed {run[0].seed}: b {significant(run[0].fit.b)} at step {grouped(run[0].step)}, "
        f"{significant(run[-1].fit.b)} at step {grouped(run[-1].step)}, misfit at most "
        f"{percent(float(np.nanmax([fit.fit.misfit for fit in run])))}"
        for run in courses
    )
    title = f"b and misfit along training, {place}, {counted(len(courses), 'run')}"
    return Picture(title, f"{told}.", partial(_draw, courses))


def _draw(courses: list[list[FittedLayer]]) -> Axes:
    figure = Figure(figsize=(_WIDE, _TALL), layout="constrained")
    left, right = figure.subplots(1, 2)
    along_training([_course(run) for run in courses], ylabel="constant b", ax=left)
    misfits = [
        Course(f"seed {run[0].seed}", _steps(run), [100 * fit.fit.misfit for fit in run])
        for run in courses
    ]
    along_training(misfits, ylabel="misfit, % of the neurons", ax=right)
    right.get_legend().remove()
    return left  # type: ignore[no-any-return]


def _course(run: list[FittedLayer]) -> Course:
    told = [fit.fit.b if fit.tells else float("nan") for fit in run]
    band = ([fit.fit.b_low for fit in run], [fit.fit.b_high for fit in run])
    return Course(f"seed {run[0].seed}", _steps(run), told, band)


def _steps(run: list[FittedLayer]) -> list[int]:
    return [fit.step for fit in run]
