"""The claim that firing rates are made by reinforcement, not fixed beforehand."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from activstats.claims.claim import Claim, not_testable
from activstats.claims.evidence import Evidence
from activstats.claims.judging import Finding
from activstats.claims.seeds import LEVEL
from activstats.claims.verdict import Outcome, Picture, Verdict, Yardstick
from activstats.claims.words import counted, significant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from activstats.laws.order_result import OrderTests
    from activstats.laws.replicates_result import ReplicateAgreement

LOW, HIGH = 0.25, 0.75
LEAST_RUNS, LEAST_STARTS = 3, 3

TITLE = "Firing rates come from reinforcement, not from rates fixed at the start"
SOURCE = (
    "Zhang & Sui 2024, arXiv 2412.18073: the chance that the next activation goes to neuron i is "
    "proportional to D_i + b"
)
NEEDS = (
    "at least three networks trained from the same initial weights in different orders of the samples, "
    "and recorded, from each of at least three starts"
)
CHANGES = (
    "Runs from more starts, recorded on samples of their own; recordings early in training, before the order of the samples has had "
    "time to average out."
)
STATISTIC = "agreement of runs of one start on who fires often, as a share of what is possible"
RULE = (
    "Statistic: mean rank correlation of the neurons’ firing rates between runs of one start in "
    "different orders, over its ceiling, what sampling noise leaves of equal rates; 95 % interval over "
    "the runs. Reinforcement that starts anew in each run predicts 0, rates fixed at the start predict "
    "1. Margins, fixed beforehand: supported if the intervals of all starts end below .25 and the order "
    "along training matters in at least one recorded run, contradicted if all begin above .75 (the start "
    "fixes who fires), undecided otherwise and with fewer than three starts or three runs of a start. A frozen network is no evidence for "
    "either. p: of the order along training, steps shuffled, the smallest over the runs times their "
    "number (Bonferroni)."
)
CLAIM = Claim(
    title=TITLE, source=SOURCE, rule=RULE, needs=NEEDS, changes=CHANGES, statistic=STATISTIC,
    words="{:.2f}".format,
)  # fmt: skip
_CAVEATS = (
    (
        "A frozen network cannot tell the two apart at all: reinforcement and fixed unequal rates give the "
        "same counts (de Finetti), and neither is tested by the growth law’s fit."
    ),
    (
        "The weights of the start are what reinforcement would begin from; partial agreement is a mixture of "
        "both, which this rule leaves undecided."
    ),
    (
        "Order that matters says that rates changed in the course of training. Learning does that without "
        "any reinforcement of the kind claimed, so that order alone supports nothing."
    ),
)


def decide(evidence: Evidence) -> Verdict:
    """Judge the claim by the rule in `RULE`."""
    same = [one for _, one in evidence.examination.replicates if one.start == "same"]
    same = [one for one in same if math.isfinite(one.share_of_ceiling)]
    if not same:
        return not_testable(CLAIM, "no networks of one start were trained in several orders")
    others = [one for _, one in evidence.examination.replicates if one.start == "different"]
    order = [one for _, one in evidence.examination.order if one.tests]
    found = min(same, key=lambda one: one.share_of_ceiling)
    ends = found.low / found.ceiling, found.high / found.ceiling
    finding = _judge(same, order)
    thing = "layer" if len({fit.layer for fit in evidence.along}) > 1 else "run"
    effect = (
        f"{CLAIM.words(found.share_of_ceiling)} (95 % interval over {counted(found.n_obs, 'run')}: "
        f"{CLAIM.words(ends[0])} to {CLAIM.words(ends[1])})"
    )
    because = f", because {finding.reason}" if finding.reason else ""
    return Verdict(
        title=TITLE,
        source=SOURCE,
        rule=RULE,
        outcome=finding.outcome,
        sentence=f"{_OPENINGS[finding.outcome]}{because}: runs of one start in different orders agree "
        f"on who fires often to a share of what is possible of {effect}; {_order_in_words(order, thing)}.",
        statistic_name=STATISTIC,
        statistic=found.share_of_ceiling,
        interval=ends,
        level=LEVEL,
        p=_order_p(order),
        yardsticks=(
            Yardstick("margins", LOW, f"and {HIGH}, fixed beforehand"),
            *(
                Yardstick("different starts", one.share_of_ceiling, "nothing in common is expected")
                for one in others[:1]
            ),
            Yardstick("ceiling", found.ceiling, "correlation that equal rates would show"),
        ),
        picture=Picture(
            "Rank correlation of firing rates between runs of one start",
            f"Mean {significant(found.correlation, 2)}, ceiling {significant(found.ceiling, 2)}.",
            partial(_draw, found),
        ),
        caveats=(
            *_CAVEATS,
            (
                f"The interval is over the orders of training of one start, the one whose runs agree least "
                f"of {counted(len(same), 'start')}; runs recorded on the same samples share their noise, "
                "so that they can agree beyond what is possible otherwise."
            ),
        ),
        effect=effect,
        changes=CHANGES,
        needs=NEEDS,
    )


_OPENINGS = {
    Outcome.SUPPORTED: "Firing rates are not fixed at the start, as reinforcement has it",
    Outcome.CONTRADICTED: "The start fixes who fires, against reinforcement that begins anew",
    Outcome.UNDECIDED: "Whether firing rates come from reinforcement is undecided",
}


def _judge(same: Sequence[ReplicateAgreement], order: Sequence[OrderTests]) -> Finding:
    fewest = min(one.n_obs for one in same)
    if fewest < LEAST_RUNS:
        return Finding(Outcome.UNDECIDED, f"{counted(fewest, 'run')} of one start are too few")
    if len(same) < LEAST_STARTS:
        return Finding(Outcome.UNDECIDED, f"{counted(len(same), 'start')} cannot speak for others")
    if all(one.low / one.ceiling > HIGH for one in same):
        return Finding(Outcome.CONTRADICTED)
    if any(one.high / one.ceiling >= LOW for one in same):
        return Finding(Outcome.UNDECIDED, "the start fixes a part of who fires")
    return _judge_order(order)


def _judge_order(order: Sequence[OrderTests]) -> Finding:
    """Judge where the start fixes little: then the order along training must matter."""
    p = _order_p(order)
    if p is None:
        return Finding(Outcome.UNDECIDED, "nothing was recorded along training")
    if p > 1 - LEVEL:
        return Finding(
            Outcome.UNDECIDED, "the order along training makes no difference that is seen"
        )
    return Finding(Outcome.SUPPORTED)


def _order_p(order: Sequence[OrderTests]) -> float | None:
    return min(1.0, len(order) * min(one.pvalue for one in order)) if order else None


def _order_in_words(order: Sequence[OrderTests], thing: str) -> str:
    if not order:
        return "nothing was recorded along training"
    rejected = sum(one.rejected for one in order)
    return f"along training the order of the steps matters in {rejected} of {counted(len(order), thing)}"


def _draw(found: ReplicateAgreement) -> Axes:
    return found.plot()
