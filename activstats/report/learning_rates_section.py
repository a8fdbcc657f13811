"""Sections on learning rates: fluctuation in its variants, equal loss, participation, all arms."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from activstats.claims.learning_rates_evidence import MATCHED_SHARE, Arm
from activstats.claims.verdict import Picture
from activstats.dynamics.participation_result import FIRING, FLUCTUATION
from activstats.report.learning_rates_pictures import (
    by_optimizer,
    draw_matched,
    draw_sweep,
    draw_windows,
)
from activstats.report.learning_rates_recorded import recorded_section
from activstats.report.learning_rates_tables import correlations, table_by_rate
from activstats.report.page import claims_page
from activstats.report.panels import draw_panels
from activstats.report.section import Folded, Section, Shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from activstats.claims.learning_rates_evidence import LearningRateEvidence
    from activstats.claims.verdict import Verdict

_INTRODUCTION = (
    "Networks trained at many learning rates, with all weights watched on the way. Fluctuation is what "
    "is left of a weight’s course when a straight line is taken away; the line’s own change over the "
    "window is drift. Verdicts are on the setting nearest to the published one, and the other "
    "optimiser and task stand beside."
)
_WINDOWS = (
    "The window decides: over the last quarter of training, where a network may have come to rest, and "
    "over the whole run, where what is called fluctuation is mostly the bend of the learning course."
)
_VARIANTS = (
    "The “spread of the spread” has no public definition. Ours is the SD over neurons of the SD over a "
    "neuron’s weights of their temporal SDs; the others exchange one of the steps for a mean, or leave "
    "out the neurons. All are in the late window, mean over layers, then over seeds. What rises with "
    "the rate in all of them is no matter of definition; the last one is free of the size of steps."
)
_PARTICIPATION = (
    "Share of hidden neurons that fire for more than a share of the test samples, after the last step, "
    "mean over seeds. The curve at 0 is the share of neurons that are not dead."
)
_BY_FLUCTUATION = (
    "The same by fluctuation: share of hidden neurons whose weights fluctuate more than a share of the "
    "root mean square of their own network, in the late window. It says how unequally the neurons of a "
    "network fluctuate, not how much."
)
_MATCHED = (
    "At equal epochs a higher rate has learnt more. Here each run is looked at where it first came "
    "down to the same training loss, the lowest that {share:.0f} % of the runs of an arm reach. Runs that "
    "passed it within the first epoch are left out."
)
_VARIANT_COLUMNS = (
    ("spread_of_spread_late", "SD of SD"),
    ("mean_spread_late", "mean of SD"),
    ("spread_of_means_late", "SD of means"),
    ("spread_of_all_late", "SD of all weights"),
    ("relative_spread_late", "SD of SD / mean"),
)
_OTHER_COLUMNS = (
    ("fluctuation_late", "weights, late"),
    ("fluctuation_whole", "weights, whole run"),
    ("drift_late", "drift, late"),
    ("gradient_fluctuation", "gradients, late"),
    ("activation_fluctuation", "activations, late"),
)
_FIRING_COLUMNS = (
    ("firing_rate", "firing rate"),
    ("dead_share", "dead"),
    ("always_on_share", "always on"),
    ("train_loss", "train loss"),
    ("test_loss", "test loss"),
)


def learning_rates_page(
    evidence: LearningRateEvidence, verdicts: Sequence[Verdict], measured: pd.DataFrame
) -> str:
    """Return the report on a study of learning rates as the text of one HTML page."""
    runs = evidence.runs
    recorded = [
        ("study", evidence.study),
        ("runs", f"{len(runs)}, {int(runs['diverged'].astype(bool).sum())} diverged"),
        ("arms", "; ".join(evidence.arm(pair).title for pair in evidence.arms)),
        ("seeds", ", ".join(str(seed) for seed in sorted(set(runs["seed"])))),
    ]
    return claims_page(
        "Learning rates: fluctuation, participation and loss",
        verdicts,
        [*learning_rates_sections(evidence), *recorded_section(measured)],
        introduction=_INTRODUCTION,
        recorded=recorded,
    )


def learning_rates_sections(evidence: LearningRateEvidence) -> list[Section]:
    """Return the sections that follow the verdicts."""
    arms = [evidence.arm(pair) for pair in evidence.arms]
    if not arms:
        return []
    titles = [arm.title for arm in arms]
    windows = Picture(
        "Fluctuation in both windows",
        "Blue: last quarter of training; orange: whole run. Thin lines: seeds.",
        partial(draw_panels, arms, draw_windows, titles),
    )
    share = 100 * MATCHED_SHARE
    return [
        Section(
            "Fluctuation: windows, drift, gradients, activations",
            (
                _WINDOWS,
                Shown(windows, windows.description),
                *(
                    table_by_rate(f"Fluctuations, {arm.title}", arm, _OTHER_COLUMNS)
                    for arm in arms[:1]
                ),
                _folded("The same of the others", arms[1:], _OTHER_COLUMNS),
            ),
        ),
        Section(
            "Spread of the spread, in its variants",
            (
                _VARIANTS,
                table_by_rate(
                    f"Spreads of temporal SDs, {arms[0].title}", arms[0], _VARIANT_COLUMNS
                ),
                _folded("The same of the others", arms[1:], _VARIANT_COLUMNS),
            ),
        ),
        Section(
            "Equal loss",
            (
                _MATCHED.format(share=share),
                correlations(arms),
                *by_optimizer(
                    arms,
                    "Fluctuation and test loss at equal training loss",
                    "Each mark a run, marks of one kind those of a learning rate.",
                    draw_matched,
                ),
            ),
        ),
        Section(
            "Participating neurons",
            (
                _PARTICIPATION,
                *by_optimizer(
                    arms,
                    "Participating neurons over the threshold on firing",
                    "A line for each learning rate, mean over seeds.",
                    partial(draw_sweep, of=FIRING),
                ),
                _BY_FLUCTUATION,
                *by_optimizer(
                    arms,
                    "Participating neurons over the threshold on fluctuation",
                    "A line for each learning rate, mean over seeds.",
                    partial(draw_sweep, of=FLUCTUATION),
                ),
                *(
                    table_by_rate(f"Firing and loss, {arm.title}", arm, _FIRING_COLUMNS)
                    for arm in arms
                ),
            ),
        ),
    ]


def _folded(title: str, arms: list[Arm], columns: tuple[tuple[str, str], ...]) -> Folded:
    return Folded(title, tuple(table_by_rate(arm.title, arm, columns) for arm in arms))
