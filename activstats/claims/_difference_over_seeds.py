"""The form of verdicts on one difference over seeds, held against one margin."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from activstats.claims.seeds import LEVEL, OverSeeds
from activstats.claims.stamina_evidence import effect_words, p_of, too_few
from activstats.claims.verdict import Outcome, Picture, Verdict, Yardstick
from activstats.claims.words import capital

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a claim says, before anything is looked at.

    Parameters
    ----------
    title, source, rule, needs, changes, statistic : str
        As in a `Verdict`.
    margin : float
        On the scale of the statistic.
    words : callable
        Writes a number of that scale.
    """

    title: str
    source: str
    rule: str
    needs: str
    changes: str
    statistic: str
    margin: float
    words: Callable[[float], str]


def not_testable(claim: Claim, reason: str) -> Verdict:
    """Return the verdict where the study has nothing that the claim could be judged by."""
    return Verdict(
        title=claim.title,
        source=claim.source,
        rule=claim.rule,
        outcome=Outcome.NOT_TESTABLE,
        sentence=f"This cannot be tested here: {reason}.",
        statistic_name=claim.statistic,
        caveats=(f"The claim needs {claim.needs}.",),
        effect="–",
        changes=claim.changes,
        needs=claim.needs,
    )


def no_worse(found: OverSeeds, margin: float) -> tuple[Outcome, str]:
    """Judge that a difference is above −margin."""
    if reason := too_few(found):
        return Outcome.UNDECIDED, reason
    if found.low >= -margin:
        return Outcome.SUPPORTED, ""
    if found.high < -margin:
        return Outcome.CONTRADICTED, ""
    return Outcome.UNDECIDED, "the interval reaches to both sides of the margin"


def larger(found: OverSeeds, margin: float, ruled_out: float | None = None) -> tuple[Outcome, str]:
    """Judge that a difference is above 0, and matters.

    It does not if the interval ends below `ruled_out`, the margin itself unless given.
    """
    if reason := too_few(found):
        return Outcome.UNDECIDED, reason
    if found.low > 0 and found.mean >= margin:
        return Outcome.SUPPORTED, ""
    if found.high < (margin if ruled_out is None else ruled_out):
        return Outcome.CONTRADICTED, ""
    return Outcome.UNDECIDED, between(found)


def between(found: OverSeeds) -> str:
    """Return why a difference is neither nothing nor one that matters."""
    if found.low > 0 or found.high < 0:
        return "the difference is there, but may be too small to matter"
    return "the interval holds both nothing and a difference that matters"


def verdict(  # noqa: PLR0913  (what a verdict is made of)
    claim: Claim,
    found: OverSeeds,
    judged: tuple[Outcome, str],
    *,
    opening: dict[Outcome, str],
    effect: str,
    against: float,
    conditions: dict[str, OverSeeds],
    yardsticks: tuple[Yardstick, ...],
    caveats: tuple[str, ...],
) -> Verdict:
    """Return the verdict in full.

    Parameters
    ----------
    claim : Claim
        What was claimed.
    found : OverSeeds
        The statistic.
    judged : (Outcome, str)
        The outcome, and the reason where it is undecided.
    opening : dict
        Beginning of the sentence for each outcome.
    effect : str
        What the difference is of, in words.
    against : float
        Number that p is against.
    conditions : dict of str to OverSeeds
        The same difference, condition by condition.
    yardsticks, caveats : tuple
        As in a `Verdict`.
    """
    outcome, reason = judged
    begun = opening[outcome] + (f", because {reason}" if reason else "")
    told = effect_words(found, claim.words)
    named = "; ".join(f"{name} {claim.words(one.mean)}" for name, one in conditions.items())
    return Verdict(
        title=claim.title,
        source=claim.source,
        rule=claim.rule,
        outcome=outcome,
        sentence=f"{begun}: {effect} {told}.",
        statistic_name=claim.statistic,
        statistic=found.mean,
        interval=(found.low, found.high),
        level=LEVEL,
        p=p_of(found, against),
        yardsticks=yardsticks,
        picture=Picture(
            title=capital(claim.statistic),
            description=f"All {claim.words(found.mean)}; {named}.",
            draw=partial(_draw, claim, found, conditions, against),
            marks="Bars: 95 % intervals over the seeds; dashed: the margin.",
        ),
        caveats=caveats,
        effect=told,
        changes=claim.changes,
        needs=claim.needs,
    )


def _draw(claim: Claim, found: OverSeeds, conditions: dict[str, OverSeeds], against: float) -> Axes:
    from activstats.figures.stamina_differences import Difference, differences

    rows = [Difference(name, one.mean, one.low, one.high) for name, one in conditions.items()]
    rows.append(Difference("all", found.mean, found.low, found.high))
    label = "margin" if against else "margin that matters"
    mark = against or claim.margin
    return differences(rows, xlabel=claim.statistic, mark=mark, mark_label=label)
