"""The claim that counts follow a bounded power law with the exponent 1 − b."""

from __future__ import annotations

import math

from activstats.claims.claim import Claim, Row, Shown, not_testable, signed, verdict
from activstats.claims.evidence import Evidence
from activstats.claims.judging import p_against, within
from activstats.claims.seeds import over_seeds
from activstats.claims.verdict import Outcome, Verdict, Yardstick
from activstats.claims.words import counted, grouped, listed

MARGIN = 0.1

TITLE = "Counts follow a bounded power law with the exponent α = 1 − b"
SOURCE = "derived from the process of Zhang & Sui 2024: P(k) ∝ k^(b−1) up to a cutoff near cD/(bN)"
NEEDS = (
    "trained layers from at least three seeds with b below 1 and some fifty neurons in the body of the "
    "counts, between 1 and half of the cutoff"
)
CHANGES = (
    "Longer recordings, which lengthen the body of the counts, and wider layers, which put more "
    "neurons into it; a rule under which b is well below 1."
)
STATISTIC = "α − (1 − b), less what the growth law itself shows"
RULE = (
    "Statistic: exponent α of the counts on their body, 1 to half of the cutoff, minus 1 − b of the "
    "growth law on the same counts, less the mean of that difference in layers drawn from the fitted "
    "law (over a finite range the law’s own exponent is not quite 1 − b). Runs: trained networks on the "
    "largest training set, rule top 1 % of the layer, wherever b is below 1 and 50 neurons lie in the "
    "body. Averaged within each seed, 95 % t-interval over the seeds. Margin, fixed beforehand: ±.1. "
    "Supported if the interval lies within the margin, contradicted if it lies outside of it, undecided "
    "otherwise and with fewer than three seeds. p: Student’s test of 0; a large p supports nothing."
)
CLAIM = Claim(
    title=TITLE, source=SOURCE, rule=RULE, needs=NEEDS, changes=CHANGES, statistic=STATISTIC,
    words=signed,
)  # fmt: skip


def decide(evidence: Evidence) -> Verdict:
    """Judge the claim by the rule in `RULE`."""
    layers = evidence.seeds.counts
    tested = [one for one in layers if math.isfinite(one.excess)]
    if not tested:
        reasons = sorted({one.reason for one in layers if one.reason})
        missing = reasons[0] if reasons else "no trained layer was recorded under the default rule"
        return not_testable(CLAIM, missing)
    found = over_seeds((one.seed, one.excess) for one in tested)
    widths = sorted({one.width for one in tested})
    left_out = len(layers) - len(tested)
    return verdict(
        CLAIM,
        found,
        within(found, -MARGIN, MARGIN),
        openings={
            Outcome.SUPPORTED: "The exponent of the counts is 1 − b to within .1",
            Outcome.CONTRADICTED: "The exponent of the counts is not 1 − b",
            Outcome.UNDECIDED: "Whether the exponent of the counts is 1 − b is undecided",
        },
        subject="less what the law itself shows, α − (1 − b) is",
        after=f", in layers of width {listed([grouped(w) for w in widths])}",
        shown=Shown(
            rows=[
                Row(
                    f"N = {grouped(w)}",
                    over_seeds((o.seed, o.excess) for o in tested if o.width == w),
                )
                for w in widths
            ],
            margin=(-MARGIN, MARGIN),
            yardsticks=(Yardstick("margin", MARGIN, "fixed beforehand, to either side"),),
            caveats=(
                f"{counted(left_out, 'layer')} allowed no test and are left out."
                if left_out
                else "",
                (
                    "Other laws may have this exponent as well; the comparison of laws by their "
                    "likelihoods stands in the tables."
                ),
                "A straight line on log-log axes, or a fit of the tail alone, answers another question.",
            ),
        ),
        p=p_against(found, 0.0),
    )
