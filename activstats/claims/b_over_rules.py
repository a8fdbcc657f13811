"""The claim that b is one constant, whatever counts as activated."""

from __future__ import annotations

import math

from activstats.claims.b_over_widths import MARGIN, judged, log_b
from activstats.claims.claim import Claim, Row, Shown, not_testable, verdict
from activstats.claims.evidence import TRAINED, Evidence, FittedLayer
from activstats.claims.over_layers import over_layers
from activstats.claims.seeds import geometric
from activstats.claims.spread import spread_between
from activstats.claims.verdict import Outcome, Verdict, Yardstick
from activstats.claims.words import counted, grouped, rule_words, significant

LEAST_RULES = 3

TITLE = "b is one constant over activation rules"
SOURCE = "Zhang & Sui 2024, arXiv 2412.18073: one constant b, with nothing said of thresholds"
NEEDS = (
    "one width of trained networks from at least three seeds, recorded under at least three rules "
    "that activate different neurons and whose curves are not saturated"
)
CHANGES = (
    "Recordings under more rules. A definition of activation that the theory commits itself to would "
    "make the question go away."
)
STATISTIC = "typical ratio of b between two activation rules"
RULE = (
    "Statistic: exp(√2 τ), the typical ratio of the b that two rules give to one layer, τ the standard "
    "deviation of log b between rules in the widest trained networks on the largest training set. "
    "Rules that give the same counts are taken once; saturated curves are left out. τ and its 95 % "
    "interval (Williams and Tukey) come from a table of seeds by rules, seeds as blocks, since rules "
    "share their networks. Margin, fixed beforehand: a ratio of 1.5. Supported if the interval ends at "
    "or below it, contradicted if it begins above it, undecided otherwise and with fewer than three "
    "seeds or rules. p: F test that all rules give one b."
)
CLAIM = Claim(
    title=TITLE, source=SOURCE, rule=RULE, needs=NEEDS, changes=CHANGES, statistic=STATISTIC,
    words=significant,
)  # fmt: skip


def decide(evidence: Evidence) -> Verdict:
    """Judge the claim by the rule in `RULE`."""
    fits = _of_widest(evidence)
    rules = list(dict.fromkeys(fit.rule for fit in fits))
    if len(rules) < LEAST_RULES:
        missing = (
            f"{counted(len(rules), 'rule')} of at least {LEAST_RULES} tell b of trained networks"
        )
        return not_testable(CLAIM, missing)
    found = spread_between(over_layers(((fit.seed, fit.rule), log_b(fit)) for fit in fits))
    middle = geometric((fit.seed, fit.fit.b) for fit in fits).mean
    rows = [
        Row(
            f"{rule_words(r)}, b over the mean",
            geometric((f.seed, f.fit.b / middle) for f in fits if f.rule == r),
        )
        for r in rules
    ]
    return verdict(
        CLAIM,
        found.ratio,
        judged(found, LEAST_RULES, "rules"),
        openings={
            Outcome.SUPPORTED: "b is one constant over activation rules, to within a ratio of 1.5",
            Outcome.CONTRADICTED: "b is not one constant over activation rules",
            Outcome.UNDECIDED: "Whether b is one constant over activation rules is undecided",
        },
        subject=f"in networks of width {grouped(fits[0].width)} two rules typically differ in b by a factor of",
        shown=Shown(
            first="two rules",
            rows=rows,
            margin=(1.0, MARGIN),
            shaded="within the margin, for the first row alone",
            log=True,
            yardsticks=(
                Yardstick("margin", MARGIN, "fixed beforehand"),
                Yardstick("b", middle, "geometric mean over rules and seeds"),
                Yardstick("rules", len(rules), "that tell b apart from each other"),
            ),
            caveats=(
                (
                    "Rules differ in c/N, and a rule chosen to give a wanted b can be found: a b without "
                    "its rule says nothing."
                ),
            ),
        ),
        p=None if math.isnan(found.pvalue) else found.pvalue,
    )


def _of_widest(evidence: Evidence) -> list[FittedLayer]:
    """Return the telling fits of the widest networks; of rules with the same counts, the first."""
    every = [fit for rule in evidence.rules for fit in evidence.trained(rule)]
    widest = max((fit.width for fit in every), default=0)
    chosen = [fit for fit in every if fit.width == widest and fit.kind == TRAINED and fit.tells]
    first: dict[object, FittedLayer] = {}
    for fit in chosen:
        first.setdefault((fit.run, fit.layer, fit.fit.histogram), fit)
    return list(first.values())
