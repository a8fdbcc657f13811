"""What a rule makes of a number over seeds: equivalence and superiority by intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import stdtr, stdtrit

from activstats.claims.seeds import LEVEL, OverSeeds
from activstats.claims.verdict import Outcome
from activstats.claims.words import counted

LEAST_SEEDS = 3
BOTH_SIDES = "the interval reaches to both sides of the margin"


@dataclass(frozen=True)
class Finding:
    """What a rule made of the evidence.

    Parameters
    ----------
    outcome : Outcome
        Supported, contradicted or undecided.
    reason : str
        Why it is undecided; empty if it is not.
    """

    outcome: Outcome
    reason: str = ""


def too_few(found: OverSeeds) -> str:
    """Return why seeds are too few for a verdict; empty if they are not.

    Examples
    --------
    >>> too_few(OverSeeds(0.1, 0.0, 0.2, 2))
    '2 seeds do not tell the spread between seeds (at least three are needed)'
    """
    if found.n_seeds >= LEAST_SEEDS:
        return ""
    do = "does" if found.n_seeds == 1 else "do"
    seeds = counted(found.n_seeds, "seed")
    return f"{seeds} {do} not tell the spread between seeds (at least three are needed)"


def within(found: OverSeeds, low: float, high: float) -> Finding:
    """Judge that a number lies between two margins: equivalence, not the lack of a difference.

    Examples
    --------
    >>> within(OverSeeds(0.02, -0.03, 0.07, 3), -0.1, 0.1).outcome.value
    'supported'
    >>> within(OverSeeds(0.02, -0.30, 0.34, 3), -0.1, 0.1).outcome.value
    'undecided'
    >>> within(OverSeeds(0.40, 0.30, 0.50, 3), -0.1, 0.1).outcome.value
    'contradicted'
    """
    if reason := too_few(found):
        return Finding(Outcome.UNDECIDED, reason)
    if low <= found.low and found.high <= high:
        return Finding(Outcome.SUPPORTED)
    if found.high < low or found.low > high:
        return Finding(Outcome.CONTRADICTED)
    return Finding(Outcome.UNDECIDED, BOTH_SIDES)


def above(found: OverSeeds, margin: float) -> Finding:
    """Judge that a number lies above a margin.

    Examples
    --------
    >>> above(OverSeeds(0.4, 0.3, 0.5, 3), 0.2).outcome.value
    'supported'
    """
    return within(found, margin, math.inf)


def together(findings: Sequence[Finding]) -> Finding:
    """Judge a claim of several parts: all must hold, and one that does not is enough against it.

    Examples
    --------
    >>> together([Finding(Outcome.SUPPORTED), Finding(Outcome.UNDECIDED, "why")])
    Finding(outcome=<Outcome.UNDECIDED: 'undecided'>, reason='why')
    """
    for outcome in (Outcome.CONTRADICTED, Outcome.UNDECIDED):
        for one in findings:
            if one.outcome is outcome:
                return one
    return Finding(Outcome.SUPPORTED)


def all_within(
    found: Sequence[OverSeeds], wider: Sequence[OverSeeds], low: float, high: float
) -> Finding:
    """Judge that several numbers lie between two margins, where one that does not is enough against.

    Parameters
    ----------
    found : sequence of OverSeeds
        The numbers, each with its interval at the level of the claims.
    wider : sequence of OverSeeds
        The same at 1 − .05/k for k numbers (Bonferroni): of several, one is soon outside by chance.
    low, high : float
        The margins.

    Examples
    --------
    >>> one, two = OverSeeds(0.02, -0.03, 0.07, 3), OverSeeds(0.2, 0.12, 0.28, 3)
    >>> all_within([one, two], [one, OverSeeds(0.2, 0.08, 0.32, 3)], -0.1, 0.1).outcome.value
    'undecided'
    """
    for one in found:
        if reason := too_few(one):
            return Finding(Outcome.UNDECIDED, reason)
    if any(one.high < low or one.low > high for one in wider):
        return Finding(Outcome.CONTRADICTED)
    if all(low <= one.low and one.high <= high for one in found):
        return Finding(Outcome.SUPPORTED)
    return Finding(Outcome.UNDECIDED, BOTH_SIDES)


def p_against(found: OverSeeds, value: float) -> float | None:
    """Return the two-sided p of Student's test of a mean over seeds against a number.

    Returns
    -------
    float or None
        None where there is no interval; 0 where the seeds do not differ at all but the mean does.

    Examples
    --------
    >>> round(p_against(OverSeeds(3.0, -9.706, 15.706, 2), 0.0), 3)
    0.205
    """
    if found.n_seeds < 2 or not math.isfinite(found.high):  # noqa: PLR2004  (one has no spread)
        return None
    error = (found.high - found.mean) / float(stdtrit(found.n_seeds - 1, (1 + LEVEL) / 2))
    if error <= 0:
        return 1.0 if found.mean == value else 0.0
    return float(2 * stdtr(found.n_seeds - 1, -abs(found.mean - value) / error))
