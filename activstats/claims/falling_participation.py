"""The claim that fewer neurons participate at higher learning rates."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

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
from activstats.claims.words import counted, percent
from activstats.dynamics.participation import DEFAULT, THRESHOLDS
from activstats.dynamics.participation_result import FIRING, FLUCTUATION
from activstats.dynamics.rate_trend import RateTrend, RateTrendResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

MARGIN = 0.02
THRESHOLD = DEFAULT[FIRING]

TITLE = "Fewer neurons participate at higher learning rates"
SOURCE = f"{PAREEK}: at .01 many neurons are inactive, .0001 engages more of them"
NEEDS = "runs at three learning rates or more from at least three seeds"
CHANGES = (
    "More seeds and more rates inside the range; another threshold of participation, of which "
    "the sweep shows several."
)
STATISTIC = "change of the participating share per decade of learning rate"
RULE = (
    "Statistic: the slope of the share of participating hidden neurons over log10 learning rate, least "
    "squares within each seed, averaged over the seeds with a 95 % t-interval. A neuron participates "
    "if it fires (a > 0) for more than 1 % of the test samples after the last step. Runs: published "
    "range of rates, Adam .0001 to .01 (SGD: .03 to 1). Margin, fixed beforehand: 2 % of the neurons "
    "per decade. Supported if the interval lies below −2 % and Page’s test of order over the seeds has "
    "p ≤ .05. Contradicted if the interval lies above −2 %. Undecided otherwise, and with fewer than "
    "three seeds. The same slope at other thresholds stands beside."
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
    found = _trend(inside, inside.participating(THRESHOLD))
    interval = found.interval("slope")
    outcome, why = _outcome(found, interval)
    p = found.pvalues["falling"]
    return Verdict(
        title=TITLE,
        source=SOURCE,
        rule=RULE,
        outcome=outcome,
        sentence=_sentence(arm, found, interval, why),
        statistic_name=STATISTIC,
        statistic=found["slope"].value,
        interval=interval,
        p=None if math.isnan(p) else p,
        yardsticks=_yardsticks(inside),
        picture=Picture(
            "Participating, dead and always-on neurons over the learning rate",
            (
                "Thin lines: seeds; thick lines: their means. Participating: fires for more than 1 % of the "
                "test samples. Dead: for none. Always on: for all."
            ),
            partial(_draw, arm),
        ),
        caveats=(
            (
                "How many neurons participate depends on the threshold; the sweep below shows it. With a "
                "high threshold a neuron that fires seldom but tells much does not count."
            ),
            OURS,
            ONE_SETTING,
        ),
    )


def _trend(arm: Arm, values: NDArray[np.float64]) -> RateTrendResult:
    return RateTrend().fit(arm.rates, values, name="share of neurons")


def _outcome(found: RateTrendResult, interval: tuple[float, float]) -> tuple[Outcome, str]:
    low, high = interval
    if found.n_seeds < LEAST_SEEDS:
        return Outcome.UNDECIDED, f"{counted(found.n_seeds, 'seed')} are too few"
    if low > -MARGIN:
        return Outcome.CONTRADICTED, "it does not fall by more than the margin"
    if high >= -MARGIN:
        return Outcome.UNDECIDED, "the interval reaches to both sides of the margin"
    if not found.pvalues["falling"] <= ALPHA:
        return Outcome.UNDECIDED, "the order over the rates could be chance"
    return Outcome.SUPPORTED, ""


def _sentence(arm: Arm, found: RateTrendResult, interval: tuple[float, float], why: str) -> str:
    values = np.asarray(found.values)
    first, last = np.nanmean(values[:, 0]), np.nanmean(values[:, -1])
    told = (
        f"Per decade of learning rate the participating share of hidden neurons changes by "
        f"{number(found['slope'].value)} ({ends(interval)} over {counted(found.n_seeds, 'seed')}), from "
        f"{percent(first)} at {found.rates[0]:g} to {percent(last)} at {found.rates[-1]:g} "
        f"({arm.title})"
    )
    return f"{told}{'; ' + why if why else ''}."


def _yardsticks(arm: Arm) -> tuple[Yardstick, ...]:
    sticks = [Yardstick("margin", -MARGIN, "fixed beforehand")]
    for threshold in THRESHOLDS[FIRING]:
        if threshold != THRESHOLD:
            one = _trend(arm, arm.participating(threshold))
            name = f"threshold {threshold:g}"
            sticks.append(Yardstick(name, one["slope"].value, ends(one.interval("slope"))))
    for column, name in (("firing_rate", "mean firing rate"), ("dead_share", "dead share")):
        one = _trend(arm, arm.table(column))
        words = f"its change per decade; {ends(one.interval('slope'))}"
        sticks.append(Yardstick(name, one["slope"].value, words))
    one = _trend(arm, arm.fluctuating(DEFAULT[FLUCTUATION]))
    words = f"share that fluctuates above .1 of its run’s own; {ends(one.interval('slope'))}"
    return (*sticks, Yardstick("by fluctuation", one["slope"].value, words))


def _draw(arm: Arm) -> Axes:
    from activstats.figures.over_rates import over_rates

    series = (
        ("participating", arm.participating(THRESHOLD)),
        ("dead", arm.table("dead_share")),
        ("always on", arm.table("always_on_share")),
    )
    ax = None
    for index, (label, values) in enumerate(series):
        ax = over_rates(
            arm.rates, values, ylabel="share of hidden neurons", label=label, index=index, ax=ax
        )
    assert ax is not None  # there are three series
    ax.set_ylim(0, 1.03)
    return ax
