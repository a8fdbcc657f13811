"""The claim that the fluctuation of weights rises with the learning rate."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from activstats.claims.learning_rates_evidence import PUBLISHED, Arm, LearningRateEvidence
from activstats.claims.rate_words import (
    ALPHA,
    LEAST_SEEDS,
    ONE_SETTING,
    OURS,
    PAREEK,
    ends,
    not_testable,
    number,
    with_other_arms,
)
from activstats.claims.verdict import Outcome, Picture, Verdict, Yardstick
from activstats.claims.words import counted
from activstats.dynamics.rate_trend import RateTrend, RateTrendResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARGIN = 0.1

TITLE = "Fluctuation rises with the learning rate"
SOURCE = f"{PAREEK}: the higher the learning rate, the larger the fluctuations of the weights"
NEEDS = "runs at three learning rates or more from at least three seeds"
CHANGES = (
    "More seeds and more rates inside the range; another window, for the whole run and the late "
    "part of it can go opposite ways."
)
STATISTIC = "decades of fluctuation per decade of learning rate, late window"
RULE = (
    "Statistic: the slope of log fluctuation over log learning rate, least squares within each seed, "
    "averaged over the seeds with a 95 % t-interval. Fluctuation: root mean square over all weights "
    "and biases of their SD around a straight line, in the last quarter of training. Runs: published "
    "range of rates, Adam .0001 to .01 (SGD: .03 to 1). Margin, fixed beforehand: .1 decades per "
    "decade. Supported if the interval lies above the margin and Page’s test of order over the seeds "
    "has p ≤ .05. Contradicted if the interval lies below the margin: fluctuation that does not rise, "
    "or falls. Undecided otherwise, and with fewer than three seeds. The window decides much: the "
    "slope over the whole run and that at equal training loss stand beside."
)


def decide(evidence: LearningRateEvidence, arm: tuple[str, str] = PUBLISHED) -> Verdict:
    """Judge the claim by the rule in `RULE`.

    Parameters
    ----------
    evidence : LearningRateEvidence
        The runs of a study.
    arm : pair of str
        Task and optimiser that the verdict is on; the others are yardsticks.

    Returns
    -------
    Verdict
        Not testable where the arm has no runs.
    """
    return with_other_arms(evidence, arm, _judge, needs=NEEDS, changes=CHANGES)


def _judge(arm: Arm) -> Verdict:
    inside = arm.within_range()
    if inside.runs.empty:
        return not_testable(TITLE, SOURCE, RULE, STATISTIC, needs=NEEDS, arm=arm)
    late = _trend(inside, inside.table("fluctuation_late"))
    slope, interval = late["slope"], late.interval("slope")
    outcome, why = _outcome(late, interval)
    return Verdict(
        title=TITLE,
        source=SOURCE,
        rule=RULE,
        outcome=outcome,
        sentence=_sentence(arm, late, interval, why),
        statistic_name=STATISTIC,
        statistic=slope.value,
        interval=interval,
        p=_or_none(late.pvalues["rising"]),
        yardsticks=_yardsticks(inside),
        picture=Picture(
            "Fluctuation over the learning rate",
            (
                "Thin lines: seeds; thick lines: their geometric means. Late window: last quarter of "
                "training. Equal loss: where each run first came down to the same training loss, in a "
                "window of one epoch. Windows of different lengths differ in level; compare slopes."
            ),
            partial(_draw, arm),
        ),
        caveats=_caveats(arm),
    )


def _trend(arm: Arm, values: object) -> RateTrendResult:
    return RateTrend(log=True).fit(arm.rates, values, name="fluctuation of weights")  # type: ignore[arg-type]


def _outcome(found: RateTrendResult, interval: tuple[float, float]) -> tuple[Outcome, str]:
    low, high = interval
    if found.n_seeds < LEAST_SEEDS:
        return Outcome.UNDECIDED, f"{counted(found.n_seeds, 'seed')} are too few"
    if high < MARGIN:
        return Outcome.CONTRADICTED, "it does not rise by more than the margin"
    if low <= MARGIN:
        return Outcome.UNDECIDED, "the interval reaches to both sides of the margin"
    if not found.pvalues["rising"] <= ALPHA:
        return Outcome.UNDECIDED, "the order over the rates could be chance"
    return Outcome.SUPPORTED, ""


def _sentence(arm: Arm, found: RateTrendResult, interval: tuple[float, float], why: str) -> str:
    rates = arm.within_range().rates
    told = (
        f"late fluctuation goes with the learning rate to the power {number(found['slope'].value)} "
        f"({ends(interval)} over {counted(found.n_seeds, 'seed')}; rates {rates[0]:g} to {rates[-1]:g}, "
        f"{arm.title})"
    )
    return f"{told[0].upper()}{told[1:]}{'; ' + why if why else ''}."


def _yardsticks(arm: Arm) -> tuple[Yardstick, ...]:
    matched = arm.matched()
    parts = (
        (
            "whole run",
            arm.table("fluctuation_whole"),
            "slope of the fluctuation over the whole run",
        ),
        ("equal loss", matched.fluctuation, f"slope at training loss {number(matched.level)}"),
        ("drift", arm.table("drift_late"), "slope of the drift in the late window"),
    )
    found = [(name, _trend(arm, values), words) for name, values, words in parts]
    sticks = [
        Yardstick(name, one["slope"].value, f"{words}; {ends(one.interval('slope'))}")
        for name, one, words in found
    ]
    return (Yardstick("margin", MARGIN, "fixed beforehand"), *sticks)


def _caveats(arm: Arm) -> tuple[str, ...]:
    found = [
        OURS,
        (
            "A classifier that has learnt its training set by heart has no gradient left, and its late "
            "fluctuation can fall with the rate while that of the whole run rises. A slope is that of its "
            "window."
        ),
        (
            "At equal epochs a higher rate has also learnt more; the slope at equal training loss takes "
            "that away, and compares runs at different ages instead."
        ),
        ONE_SETTING,
    ]
    if arm.n_diverged:
        found.append(f"{counted(arm.n_diverged, 'run')} diverged and are left out.")
    return tuple(found)


def _draw(arm: Arm) -> Axes:
    from activstats.figures.over_rates import over_rates

    inside = arm.within_range()
    series = (
        ("late window", arm.rates, arm.table("fluctuation_late")),
        ("whole run", arm.rates, arm.table("fluctuation_whole")),
        ("equal loss", inside.rates, inside.matched().fluctuation),
    )
    ax = None
    for index, (label, rates, values) in enumerate(series):
        ax = over_rates(
            rates, values, ylabel="fluctuation of weights", log=True, label=label,
            index=index, ax=ax,
        )  # fmt: skip
    assert ax is not None  # there are three series
    return ax


def _or_none(p: float) -> float | None:
    return None if math.isnan(p) else p
