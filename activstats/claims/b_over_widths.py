"""The claim that b is one constant, whatever the width of the layer."""

from __future__ import annotations

import math

from activstats.claims.claim import Claim, Row, Shown, not_testable, verdict
from activstats.claims.evidence import Evidence, FittedLayer
from activstats.claims.judging import Finding, within
from activstats.claims.over_layers import over_layers
from activstats.claims.seeds import geometric
from activstats.claims.spread import Spread, spread_between
from activstats.claims.verdict import Outcome, Verdict, Yardstick
from activstats.claims.words import counted, grouped, rule_words, significant
from activstats.rules import DEFAULT_RULE

MARGIN = 1.5
LEAST_WIDTHS = 3

TITLE = "b is one constant over widths"
SOURCE = "Zhang & Sui 2024, arXiv 2412.18073: one constant b for networks of any size N"
NEEDS = (
    "trained networks of at least three widths, each from at least three seeds, whose counts tell b"
)
CHANGES = (
    "More widths: with few of them the upper end of the spread is far off even where b is the same in "
    "all. More seeds narrow what is taken off for chance."
)
STATISTIC = "typical ratio of b between two widths"
RULE = (
    "Statistic: exp(√2 τ), the typical ratio of the b of two widths, where τ is the standard deviation "
    "of log b between widths, rule top 1 % of the layer, trained networks on the largest training set. "
    "τ and its 95 % interval (Williams and Tukey) come from a table of seeds by widths, seeds as "
    "blocks: the profile intervals of single runs are not used. Margin, fixed beforehand: a ratio of "
    "1.5. Supported if the interval ends at or below the margin. Contradicted if it begins above it. "
    "Undecided otherwise, and with fewer than three seeds or widths. p: F test that all widths have "
    "one b; a large p supports nothing."
)
CLAIM = Claim(
    title=TITLE, source=SOURCE, rule=RULE, needs=NEEDS, changes=CHANGES, statistic=STATISTIC,
    words=significant,
)  # fmt: skip


def decide(evidence: Evidence) -> Verdict:
    """Judge the claim by the rule in `RULE`."""
    fits = [fit for fit in evidence.trained(DEFAULT_RULE.name) if fit.tells]
    widths = sorted({fit.width for fit in fits})
    if len(widths) < LEAST_WIDTHS:
        rule = rule_words(DEFAULT_RULE.name)
        return not_testable(
            CLAIM, f"{counted(len(widths), 'width')} of trained networks tell b under {rule}"
        )
    found = spread_between(over_layers(((fit.seed, fit.width), log_b(fit)) for fit in fits))
    middle = geometric((fit.seed, fit.fit.b) for fit in fits).mean
    by_width = [
        Row(
            f"N = {grouped(w)}, b over the mean",
            geometric((f.seed, f.fit.b / middle) for f in fits if f.width == w),
        )
        for w in widths
    ]
    shares = [fit.fit.c / fit.width for fit in fits]
    return verdict(
        CLAIM,
        found.ratio,
        judged(found, LEAST_WIDTHS, "widths"),
        openings={
            Outcome.SUPPORTED: "b is one constant over these widths, to within a ratio of 1.5",
            Outcome.CONTRADICTED: "b is not one constant over these widths",
            Outcome.UNDECIDED: "Whether b is one constant over widths is undecided",
        },
        subject="two widths typically differ in b by a factor of",
        shown=Shown(
            first="two widths",
            rows=by_width,
            margin=(1.0, MARGIN),
            shaded="within the margin, for the first row alone",
            log=True,
            yardsticks=(
                Yardstick("margin", MARGIN, "fixed beforehand"),
                Yardstick("b", middle, "geometric mean over widths and seeds"),
                Yardstick("τ of log b", found.tau, "standard deviation between widths"),
            ),
            caveats=(
                (
                    "A top share of the layer is rounded to whole neurons: c/N lies between "
                    f"{significant(min(shares))} and {significant(max(shares))} here, and b goes with it."
                ),
                "One table and one architecture: other data may have another b.",
            ),
        ),
        p=None if math.isnan(found.pvalue) else found.pvalue,
    )


def log_b(fit: FittedLayer) -> float:
    """Return ln b, nan where it is not a finite number above 0."""
    return math.log(fit.fit.b) if 0 < fit.fit.b < math.inf else math.nan


def judged(found: Spread, least: int, what: str) -> Finding:
    """Judge the typical ratio of groups that took part in all seeds."""
    if found.n_groups < least:
        reason = f"only {found.n_groups} {what} have a b in every seed"
        return Finding(Outcome.UNDECIDED, reason)
    return within(found.ratio, 1.0, MARGIN)
