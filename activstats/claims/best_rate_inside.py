"""The claim that there is an optimum between exploration and exploitation."""

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
    not_testable,
    number,
    with_other_arms,
)
from activstats.claims.verdict import Outcome, Picture, Verdict, Yardstick
from activstats.claims.words import counted, percent
from activstats.dynamics.interior_optimum import InteriorOptimum
from activstats.dynamics.interior_optimum_result import InteriorOptimumResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARGIN = math.log10(1.05)

TITLE = "There is a best learning rate inside the range, an optimum between exploration and exploitation"
SOURCE = f"{PAREEK}: large fluctuations explore, small ones exploit, and the best lies between"
NEEDS = "runs at three learning rates or more from at least three seeds"
CHANGES = (
    "A wider or a narrower range of rates, since an optimum at an end of one range lies inside "
    "of another; more seeds; another number of epochs."
)
STATISTIC = "gain of the best inner rate over the better end, in decades of test loss"
RULE = (
    "Statistic: the gain in score of the best inner learning rate over the better one of the two ends "
    "of the range, averaged over the seeds. Score: minus log10 of the final test loss; a run that "
    "diverged counts as the worst. Runs: all rates of the study. Every inner rate is compared in pairs "
    "of equal seed with both ends, and the interval holds for all inner rates at once (Bonferroni, "
    "95 %). Margin, fixed beforehand: 5 % of the loss, .021 decades. Supported if the interval lies "
    "above the margin and the p-value that some inner rate beats both ends, adjusted for the choice of "
    "the rate, is ≤ .05. Contradicted if the interval lies below the margin: an end is as good as "
    "anything inside. Undecided otherwise, and with fewer than three complete seeds."
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
    if arm.runs.empty:
        return not_testable(TITLE, SOURCE, RULE, STATISTIC, needs=NEEDS, arm=arm)
    found = InteriorOptimum().fit(arm.rates, arm.score(), name="score: −log10 test loss")
    outcome, why = _outcome(found)
    p = found.pvalues.get("interior", math.nan)
    return Verdict(
        title=TITLE,
        source=SOURCE,
        rule=RULE,
        outcome=outcome,
        sentence=_sentence(arm, found, why),
        statistic_name=STATISTIC,
        statistic=found["gain"].value,
        interval=(found.gain_low, found.gain_high),
        p=None if math.isnan(p) else p,
        yardsticks=_yardsticks(arm, found),
        picture=Picture(
            "Score over the learning rate",
            (
                "Thin lines: seeds; thick line: their mean. Dashed: the place of the optimum, with its 95 % "
                "interval over seeds."
            ),
            partial(_draw, found),
        ),
        caveats=(
            (
                "A range that is wide enough has an optimum inside whatever the reason: a rate that is too "
                "small does not finish in the epochs given, one that is too large diverges. The optimum "
                "agrees with exploration and exploitation, and is no evidence for them."
            ),
            "Where the optimum lies depends on the number of epochs, and on what is called the score.",
            OURS,
            ONE_SETTING,
        ),
    )


def _outcome(found: InteriorOptimumResult) -> tuple[Outcome, str]:
    if found.n_seeds < LEAST_SEEDS or math.isnan(found.gain_low):
        return Outcome.UNDECIDED, f"{counted(found.n_seeds, 'complete seed')} are too few"
    if found.gain_high < MARGIN:
        return Outcome.CONTRADICTED, "an end of the range is as good as anything inside"
    if found.gain_low <= MARGIN:
        return Outcome.UNDECIDED, "the interval reaches to both sides of the margin"
    if not found.pvalues["interior"] <= ALPHA:
        return Outcome.UNDECIDED, "chance could put a rate inside on top"
    return Outcome.SUPPORTED, ""


def _sentence(arm: Arm, found: InteriorOptimumResult, why: str) -> str:
    gain, place = found["gain"].value, found["place"]
    if math.isnan(gain):
        return f"Whether there is an optimum inside cannot be said ({arm.title}): {why}."
    less = f"{percent(abs(1 - 10**-gain))} {'less' if gain > 0 else 'more'}"
    low, high = (10**end for end in found.interval("place"))
    where = f"the optimum lies at {number(10**place.value)} ({number(low)} to {number(high)})"
    if math.isnan(place.value):
        where = "the best rate of every seed is an end"
    told = (
        f"The test loss at {found.best:g}, the best rate inside, is {less} than at the better end "
        f"of {found.rates[0]:g} to {found.rates[-1]:g} ({arm.title}, {counted(found.n_seeds, 'seed')}); "
        f"{where}"
    )
    return f"{told}{'; ' + why if why else ''}."


def _yardsticks(arm: Arm, found: InteriorOptimumResult) -> tuple[Yardstick, ...]:
    if math.isnan(found.best):
        return (Yardstick("margin", MARGIN, "fixed beforehand"),)
    best = int(np.flatnonzero(arm.rates == found.best)[0])
    columns = (
        ("fluctuation_late", "late fluctuation there", "mean over seeds"),
        ("firing_rate", "firing rate there", "mean over seeds"),
        ("dead_share", "dead share there", "mean over seeds"),
    )
    there = []
    for column, name, words in columns:
        values = arm.table(column)[:, best]
        known = values[np.isfinite(values)]
        there.append(Yardstick(name, float(known.mean()) if known.size else math.nan, words))
    p = found.pvalues["u_shape"]
    return (
        Yardstick("margin", MARGIN, "fixed beforehand, 5 % of the loss"),
        Yardstick("optimum", 10 ** found["place"].value, "learning rate at the top of a parabola"),
        Yardstick("p of a U shape", p, "Lind & Mehlum 2010, by a parabola over all rates"),
        *there,
    )


def _draw(found: InteriorOptimumResult) -> Axes:
    return found.plot()
