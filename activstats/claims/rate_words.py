"""Words and yardsticks that the claims on learning rates share."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from activstats.claims.verdict import Outcome, Verdict, Yardstick
from activstats.claims.words import significant

if TYPE_CHECKING:
    from collections.abc import Callable

    from activstats.claims.learning_rates_evidence import Arm, LearningRateEvidence

PAREEK = "Pareek et al. 2025, arXiv 2511.10435"
LEAST_SEEDS = 3
ALPHA = 0.05

OURS = (
    "Sizes of layers, pictures, epochs, windows and measures are not public and are ours, so this "
    "is a test of the statement in a setting like the published one, not a repetition of it."
)
ONE_SETTING = (
    "Seeds change initial weights and the order of batches. They share the data, their splits and the "
    "architecture: nothing here speaks of other networks."
)


def number(value: float, digits: int = 2) -> str:
    """Write a number with its sign as verdicts do.

    Examples
    --------
    >>> number(-0.123), number(float("nan"))
    ('−0.12', '–')
    """
    return significant(value, digits).replace("-", "−")


def ends(interval: tuple[float, float], digits: int = 2) -> str:
    """Write an interval.

    Examples
    --------
    >>> ends((-0.12, 0.3)), ends((float("nan"), 1.0))
    ('95 % interval −0.12 to 0.30', 'no interval')
    """
    if math.isnan(interval[0]) or math.isnan(interval[1]):
        return "no interval"
    return f"95 % interval {number(interval[0], digits)} to {number(interval[1], digits)}"


def with_other_arms(
    evidence: LearningRateEvidence,
    judged: tuple[str, str],
    judge: Callable[[Arm], Verdict],
    *,
    needs: str,
    changes: str,
) -> Verdict:
    """Return the verdict on one arm with the statistics of the others as yardsticks.

    Parameters
    ----------
    evidence : LearningRateEvidence
        All arms.
    judged : pair of str
        Task and optimiser that the verdict is on.
    judge : callable
        Judges one arm.
    needs, changes : str
        As in a `Verdict`.
    """
    verdict = replace(judge(evidence.arm(judged)), needs=needs, changes=changes)
    if not verdict.effect:
        effect = f"{number(verdict.statistic)} ({ends(verdict.interval)})"
        verdict = replace(verdict, effect=effect)
    if verdict.outcome is Outcome.NOT_TESTABLE:
        return verdict
    others = []
    for pair in evidence.arms:
        if pair != judged:
            other = judge(evidence.arm(pair))
            words = f"{ends(other.interval)}; {other.outcome}"
            others.append(Yardstick(evidence.arm(pair).title, other.statistic, words))
    return replace(verdict, yardsticks=(*verdict.yardsticks, *others))


def not_testable(
    title: str, source: str, rule: str, statistic: str, *, needs: str, arm: Arm
) -> Verdict:
    """Return the verdict where there are no runs."""
    return Verdict(
        title=title,
        source=source,
        rule=rule,
        outcome=Outcome.NOT_TESTABLE,
        sentence=f"This cannot be tested here: the study has no runs of the {arm.title}.",
        statistic_name=statistic,
        caveats=(f"The claim needs {needs}.",),
        effect="–",
    )
