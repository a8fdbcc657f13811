"""The form that claims share: what is claimed, and the verdict on one number over seeds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from activstats.claims.judging import Finding
from activstats.claims.seeds import LEVEL, OverSeeds
from activstats.claims.verdict import Outcome, Picture, Verdict, Yardstick
from activstats.claims.words import capital, counted, significant

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a claim says, before anything is looked at.

    Parameters
    ----------
    title, source, rule, needs, changes, statistic : str
        As in a `Verdict`; `needs` are the runs and recordings it cannot do without.
    words : callable
        Writes a number of the statistic's scale.
    """

    title: str
    source: str
    rule: str
    needs: str
    changes: str
    statistic: str
    words: Callable[[float], str]


@dataclass(frozen=True)
class Row:
    """One number with its interval, for a picture.

    Parameters
    ----------
    name : str
        What it is.
    found : OverSeeds
        The number; ends are nan where there is no interval.
    """

    name: str
    found: OverSeeds


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a verdict shows beside its statistic.

    Parameters
    ----------
    rows : sequence of Row
        Drawn below the statistic itself.
    margin : tuple of float
        Ends of what counts as no difference, drawn as a band; nan for none.
    log : bool
        Whether numbers are ratios.
    yardsticks : sequence of Yardstick
    caveats : sequence of str
    first : str
        Name of the statistic's own row, where it is not that of all.
    shaded : str
        What lies in the band.
    """

    rows: Sequence[Row] = ()
    margin: tuple[float, float] = (math.nan, math.nan)
    log: bool = False
    yardsticks: Sequence[Yardstick] = ()
    caveats: Sequence[str] = ()
    first: str = "all"
    shaded: str = "within the margin"


def effect_words(found: OverSeeds, words: Callable[[float], str]) -> str:
    """Write a mean over seeds with its interval.

    Examples
    --------
    >>> effect_words(OverSeeds(0.5, 0.25, 0.75, 3), str)
    '0.5 (95 % interval over 3 seeds: 0.25 to 0.75)'
    """
    if found.n_seeds == 0:
        return "nothing to report"
    if math.isnan(found.low) or math.isnan(found.high):
        return f"{words(found.mean)} ({counted(found.n_seeds, 'seed')}, no interval)"
    return (
        f"{words(found.mean)} (95 % interval over {counted(found.n_seeds, 'seed')}: "
        f"{words(found.low)} to {words(found.high)})"
    )


def signed(value: float, digits: int = 2) -> str:
    """Write a difference with its sign.

    Examples
    --------
    >>> signed(-0.123), signed(0.05), signed(float("nan"))
    ('−0.12', '+0.050', '–')
    """
    text = significant(abs(value), digits)
    return text if math.isnan(value) or value == 0 else ("−" if value < 0 else "+") + text


def verdict(
    claim: Claim,
    found: OverSeeds,
    finding: Finding,
    *,
    openings: dict[Outcome, str],
    subject: str,
    shown: Shown,
    p: float | None = None,
    after: str = "",
) -> Verdict:
    """Return the verdict in full.

    Parameters
    ----------
    claim : Claim
        What was claimed.
    found : OverSeeds
        The statistic.
    finding : Finding
        What the rule made of it.
    openings : dict
        Beginning of the sentence for each outcome.
    subject : str
        What the number is of, before it in the sentence.
    shown : Shown
        What stands beside it.
    p : float, optional
        P-value that the rule names.
    after : str
        What follows the number in the sentence.
    """
    begun = openings[finding.outcome] + (f", because {finding.reason}" if finding.reason else "")
    effect = effect_words(found, claim.words)
    return Verdict(
        title=claim.title,
        source=claim.source,
        rule=claim.rule,
        outcome=finding.outcome,
        sentence=f"{begun}: {subject} {effect}{after}.",
        statistic_name=claim.statistic,
        statistic=found.mean,
        interval=(found.low, found.high),
        level=LEVEL,
        p=p,
        yardsticks=tuple(shown.yardsticks),
        picture=_picture(claim, found, shown) if found.n_seeds else None,
        caveats=tuple(one for one in shown.caveats if one),
        effect=effect,
        changes=claim.changes,
        needs=claim.needs,
    )


def not_testable(claim: Claim, missing: str) -> Verdict:
    """Return the verdict where the study lacks what the claim needs, saying what is missing."""
    return Verdict(
        title=claim.title,
        source=claim.source,
        rule=claim.rule,
        outcome=Outcome.NOT_TESTABLE,
        sentence=f"“{claim.title}” cannot be tested here: {missing}.",
        statistic_name=claim.statistic,
        caveats=(f"The claim needs {claim.needs}.",),
        effect="–",
        changes=claim.changes,
        needs=claim.needs,
    )


def _picture(claim: Claim, found: OverSeeds, shown: Shown) -> Picture:
    rows = (Row(shown.first, found), *shown.rows)
    told = "; ".join(f"{row.name} {claim.words(row.found.mean)}" for row in rows)
    draw = partial(_draw, claim, rows, shown)
    return Picture(capital(claim.statistic), f"{told}.", draw, _marks(rows, shown))


def _marks(rows: Sequence[Row], shown: Shown) -> str:
    """Say what bars and shading mean, as far as there are any."""
    barred = any(not math.isnan(row.found.low + row.found.high) for row in rows)
    banded = not any(map(math.isnan, shown.margin))
    found = [
        *(["bars: 95 % intervals over the seeds"] if barred else []),
        *([f"shaded: {shown.shaded}"] if banded else []),
    ]
    return f"{capital('; '.join(found))}." if found else ""


def _draw(claim: Claim, rows: Sequence[Row], shown: Shown) -> Axes:
    from activstats.figures.verdict_rows import VerdictRow, verdict_rows

    drawn = [VerdictRow(r.name, r.found.mean, r.found.low, r.found.high) for r in rows]
    return verdict_rows(drawn, xlabel=claim.statistic, margin=shown.margin, log=shown.log)
