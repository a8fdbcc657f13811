"""Pictures of the report on learning rates, a panel for each arm."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from activstats.claims.verdict import Picture
from activstats.claims.words import significant
from activstats.dynamics.participation import THRESHOLDS
from activstats.dynamics.participation_result import FIRING
from activstats.figures.fluctuation import threshold_sweep
from activstats.figures.over_rates import by_rate, over_rates
from activstats.report.panels import draw_panels
from activstats.report.section import Shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from activstats.claims.learning_rates_evidence import Arm


def by_optimizer(
    arms: list[Arm], title: str, caption: str, draw: Callable[[Arm, Axes], None]
) -> list[Shown]:
    """Return a picture for each optimiser, whose arms have the rates of one legend in common."""
    found = []
    for optimizer in dict.fromkeys(arm.optimizer for arm in arms):
        members = [arm for arm in arms if arm.optimizer == optimizer]
        titles = [arm.title for arm in members]
        picture = Picture(
            f"{title}: {members[0].optimizer_name}",
            caption,
            partial(draw_panels, members, draw, titles),
        )
        found.append(Shown(picture, caption))
    return found


def draw_windows(arm: Arm, ax: Axes) -> None:
    """Draw the fluctuation in both windows over the learning rate."""
    for index, (label, column) in enumerate(
        (("late window", "fluctuation_late"), ("whole run", "fluctuation_whole"))
    ):
        over_rates(
            arm.rates, arm.table(column), ylabel="fluctuation", log=True, label=label,
            index=index, ax=ax,
        )  # fmt: skip


def draw_sweep(arm: Arm, ax: Axes, *, of: str) -> None:
    """Draw the share of participating neurons over thresholds."""
    thresholds = THRESHOLDS[of]
    shares = arm.participating if of == FIRING else arm.fluctuating
    tables = np.stack([shares(one) for one in thresholds])
    series = []
    for place, rate in enumerate(arm.rates):
        values = tables[:, :, place]
        known = np.isfinite(values).all(axis=0)
        if known.any():
            series.append((f"{rate:g}", thresholds, values[:, known].mean(axis=1), None))
    if not series:
        ax.set_title(f"{arm.title}: every run diverged")
        return
    threshold_sweep(series, of=of, ax=ax)


def draw_matched(arm: Arm, ax: Axes) -> None:
    """Draw fluctuation and test loss at equal training loss."""
    inside = arm.within_range()
    matched = inside.matched()
    by_rate(
        inside.rates, matched.fluctuation, matched.test_loss, xlabel="fluctuation", log=True,
        ylabel=f"test loss at training loss {significant(matched.level, 2)}", ax=ax,
    )  # fmt: skip
