"""The table of all verdicts, with which a report begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from activstats.claims.verdict import Outcome
from activstats.claims.words import counted, listed, significant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from activstats.claims.verdict import Verdict

HEADS = ("Outcome", "Claim", "Effect with 95 % interval", "p after Holm")
NOTE = (
    "Each verdict goes by the rule that stands with its claim, by an interval and a margin: no claim is "
    "upheld because a p-value is large. p tests the number that the claim names, adjusted after Holm for "
    "all p-values of this table; – where the rule has none."
)
_SMALL = 0.001


@dataclass(frozen=True)
class VerdictRow:
    """One row of the table.

    Parameters
    ----------
    place : int
        From 1 on.
    outcome, claim, statistic, effect, p : str
        As the table shows them.
    """

    place: int
    outcome: str
    claim: str
    statistic: str
    effect: str
    p: str


def verdict_rows(verdicts: Sequence[Verdict]) -> list[VerdictRow]:
    """Return a row for each verdict."""
    return [
        VerdictRow(
            place, str(one.outcome), one.title, one.statistic_name, effect_of(one), p_of(one)
        )
        for place, one in enumerate(verdicts, start=1)
    ]


def counted_outcomes(verdicts: Sequence[Verdict]) -> str:
    """Return how many claims ended how, in a sentence."""
    numbers = {kind: sum(one.outcome is kind for one in verdicts) for kind in Outcome}
    told = [
        f"{number} {kind}{' here' if kind is Outcome.NOT_TESTABLE else ''}"
        for kind, number in numbers.items()
        if number
    ]
    return f"{counted(len(verdicts), 'claim')}: {listed(told)}." if told else "No claim was judged."


def effect_of(verdict: Verdict) -> str:
    """Return the effect size with its interval in words."""
    if verdict.effect:
        return verdict.effect
    if verdict.statistic != verdict.statistic:
        return "–"
    low, high = (significant(end) for end in verdict.interval)
    return f"{significant(verdict.statistic)} ({low} to {high})"


def p_of(verdict: Verdict) -> str:
    """Return the p-value after Holm, or the plain one where nothing was adjusted.

    Examples
    --------
    >>> from activstats.claims.verdict import Verdict
    >>> p_of(Verdict(title="", source="", rule="", outcome=Outcome.UNDECIDED, sentence="",
    ...              statistic_name="", p=0.02, p_holm=0.06))
    '0.060'
    """
    p = verdict.p if verdict.p_holm is None else verdict.p_holm
    if p is None:
        return "–"
    return "< 0.001" if p < _SMALL else significant(p, 2)
