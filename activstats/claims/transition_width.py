"""The claim that the transition is as smooth as the theory's, s = 1."""

from __future__ import annotations

import math

from activstats.claims.claim import Claim, Row, Shown, not_testable, verdict
from activstats.claims.evidence import TRAINED, Evidence
from activstats.claims.judging import BOTH_SIDES, Finding, p_against, too_few
from activstats.claims.seed_evidence import CurveOfSeed
from activstats.claims.seeds import OverSeeds, geometric, over_seeds
from activstats.claims.transition_exists import TIED
from activstats.claims.verdict import Outcome, Verdict, Yardstick
from activstats.claims.words import grouped, significant

MARGIN = 1.5
# Relative scatter beyond which noise bends curves of its own (docs/calibration/verdicts).
MOST_SCATTER = 0.05
NOISY = "the losses scatter so much that noise makes kinks of its own"
# Decades from 10 to 90 % of the drop of the theory's form for b → ∞, log10(ln 10 / ln(10/9)) (derived).
NARROWEST = math.log10(math.log(10) / math.log(10 / 9))

TITLE = "The transition is smooth: s = 1, never under 1.34 decades"
SOURCE = (
    "derived from the growth law of Zhang & Sui 2024: L falls as (1 + D/D*)^−b, whose drop from 10 to "
    "90 % takes at least 1.34 decades of D, whatever N and b are"
)
NEEDS = (
    "losses that show a transition at some width, at ten or more training sizes from three seeds"
)
CHANGES = (
    "More sizes about the transition and less noise: s is told by the bend alone. A kink, s above 1.5 in "
    "every seed, would contradict the form."
)
STATISTIC = "sharpness s of the crossover"
RULE = (
    "Statistic: s of the crossover [1 + (D/D*)^s]^(−b/s), free, for the curve of each seed at widths "
    "whose losses show a transition; averaged in the logarithm within each seed, 95 % t-interval over "
    "the seeds. Beside it the decades from 10 to 90 % of the drop. Margin, fixed beforehand: a factor of "
    "1.5 about s = 1. Supported if the interval of s lies within the margin and that of the decades does "
    "not end under 1.34. Contradicted if the interval of s lies outside of the margin, or that of the "
    "decades ends under 1.34, and the losses scatter about the crossover by at most 5 % (root mean "
    "square): with more, a kink is soon one of the noise. Undecided otherwise, and with fewer than three "
    "seeds. p: Student’s test of s = 1; a large p supports nothing."
)
CLAIM = Claim(
    title=TITLE, source=SOURCE, rule=RULE, needs=NEEDS, changes=CHANGES, statistic=STATISTIC,
    words=significant,
)  # fmt: skip


def decide(evidence: Evidence) -> Verdict:
    """Judge the claim by the rule in `RULE`."""
    curves = with_transition(evidence)
    if not curves:
        return not_testable(CLAIM, "the losses show no transition at any width")
    found = geometric((one.seed, one.sharpness) for one in curves)
    logs = over_seeds((one.seed, math.log(one.sharpness)) for one in curves)
    decades = over_seeds((one.seed, one.width_decades) for one in curves)
    scatter = math.sqrt(over_seeds((one.seed, one.scatter**2) for one in curves).mean)
    return verdict(
        CLAIM,
        found,
        _judge(found, decades, scatter),
        openings={
            Outcome.SUPPORTED: "The transition is as smooth as the theory’s",
            Outcome.CONTRADICTED: "The transition does not have the theory’s form",
            Outcome.UNDECIDED: "Whether the transition is as smooth as the theory’s is undecided",
        },
        subject="its sharpness s is",
        after=f", and from 10 to 90 % of the drop it takes {_decades(decades)}",
        shown=Shown(
            rows=[
                Row(
                    f"N = {grouped(w)}",
                    geometric((one.seed, one.sharpness) for one in curves if one.width == w),
                )
                for w in sorted({one.width for one in curves})
            ],
            margin=(1 / MARGIN, MARGIN),
            log=True,
            yardsticks=(
                Yardstick("margin", MARGIN, "factor about s = 1, fixed beforehand"),
                Yardstick("decades", decades.mean, "of D, from 10 to 90 % of the drop"),
                Yardstick("scatter", scatter, "of the losses about it, relative; 0.05 at most"),
                Yardstick("narrowest", NARROWEST, "decades that the theory allows"),
            ),
            caveats=(
                "The search for s ends at 50; a curve without a bend to speak of ends there.",
                (
                    "Few sizes within the bend leave s to chance, and its interval far too wide to support "
                    "anything."
                ),
                TIED,
            ),
        ),
        p=p_against(logs, 0.0),
    )


def with_transition(evidence: Evidence) -> tuple[CurveOfSeed, ...]:
    """Return the networks' curves at widths that show a transition, where s could be fitted."""
    losses = evidence.examination.loss
    shown = {n for n, one in losses.transitions.items() if one.found} if losses else set()
    return tuple(
        one
        for one in evidence.seeds.of_kind(TRAINED)
        if one.width in shown and 0 < one.sharpness < math.inf
    )


def _judge(found: OverSeeds, decades: OverSeeds, scatter: float) -> Finding:
    if reason := too_few(found):
        return Finding(Outcome.UNDECIDED, reason)
    if found.low > MARGIN or found.high < 1 / MARGIN or decades.high < NARROWEST:
        if scatter > MOST_SCATTER:
            return Finding(Outcome.UNDECIDED, NOISY)
        return Finding(Outcome.CONTRADICTED)
    if found.low >= 1 / MARGIN and found.high <= MARGIN:
        return Finding(Outcome.SUPPORTED)
    return Finding(Outcome.UNDECIDED, BOTH_SIDES)


def _decades(found: OverSeeds) -> str:
    if math.isnan(found.low):
        return f"{significant(found.mean, 2)} decades of D"
    ends = f"{significant(max(found.low, 0.0), 2)} to {significant(found.high, 2)}"
    return f"{significant(found.mean, 2)} decades of D ({ends})"
