"""The claim that the share of free neurons is (1 + u)^−b."""

from __future__ import annotations

import math

from activstats.claims.claim import Claim, Row, Shown, not_testable, verdict
from activstats.claims.evidence import Evidence, FittedLayer, counted_fits
from activstats.claims.judging import within
from activstats.claims.seeds import from_zero, over_seeds
from activstats.claims.verdict import Outcome, Verdict, Yardstick
from activstats.claims.words import grouped, percent, rule_words
from activstats.rules import DEFAULT_RULE

MARGIN = 0.05

TITLE = "The share of free neurons is (1 + cD/(bN))^−b"
SOURCE = (
    "Zhang & Sui 2024, arXiv 2412.18073: N − K neurons are free after D samples, S = (1 + u)^−b with "
    "u = cD/(bN)"
)
NEEDS = (
    "recordings of trained networks under the rule top 1 % of the layer from at least three seeds"
)
CHANGES = (
    "Recordings of other lengths: at the end of a long one few neurons are free, and a small share is "
    "easily met."
)
STATISTIC = "distance between counted and predicted share of free neurons"
RULE = (
    "Statistic: |S counted − (1 + u)^−b|, S counted the share of neurons that no recorded sample "
    "activated, b fitted to the same counts by the exact law, the formula as published. Runs: trained "
    "networks on the largest training set, rule top 1 % of the layer; averaged within each seed, 95 % "
    "t-interval over the seeds. Margin, fixed beforehand: 5 % of the neurons. Supported if the interval "
    "ends at or below the margin, contradicted if it begins above it, undecided otherwise and with "
    "fewer than three seeds. No p: a distance is never 0."
)
CLAIM = Claim(
    title=TITLE, source=SOURCE, rule=RULE, needs=NEEDS, changes=CHANGES, statistic=STATISTIC,
    words=percent,
)  # fmt: skip


def decide(evidence: Evidence) -> Verdict:
    """Judge the claim by the rule in `RULE`."""
    fits = [f for f in evidence.trained(DEFAULT_RULE.name) if f.tells and f.fit.c > 0]
    if not fits:
        rule = rule_words(DEFAULT_RULE.name)
        return not_testable(CLAIM, f"no recording of a trained network tells b under {rule}")
    found = over_seeds((fit.seed, abs(fit.dead_share - predicted(fit))) for fit in fits)
    widths = sorted({fit.width for fit in fits})
    free = over_seeds((fit.seed, fit.dead_share) for fit in fits).mean
    return verdict(
        CLAIM,
        from_zero(found),
        within(found, -math.inf, MARGIN),
        openings={
            Outcome.SUPPORTED: "The share of free neurons is as predicted, to within 5 % of the layer",
            Outcome.CONTRADICTED: "The share of free neurons is not as predicted",
            Outcome.UNDECIDED: "Whether the share of free neurons is as predicted is undecided",
        },
        subject=f"{percent(free)} of the neurons are free, and the prediction is off by",
        after=f" of the neurons, over {counted_fits(fits)}",
        shown=Shown(
            rows=[
                Row(
                    f"N = {grouped(w)}",
                    from_zero(
                        over_seeds(
                            (f.seed, abs(f.dead_share - predicted(f))) for f in fits if f.width == w
                        )
                    ),
                )
                for w in widths
            ],
            margin=(0.0, MARGIN),
            yardsticks=(
                Yardstick.of_share("margin", MARGIN, "share of the neurons, fixed beforehand"),
                Yardstick.of_share("free, counted", free, "share of the neurons"),
                Yardstick.of_share(
                    "free, predicted",
                    over_seeds((f.seed, predicted(f)) for f in fits).mean,
                    "the same",
                ),
            ),
            caveats=(
                (
                    "b is fitted to the same counts, zeros among them: this tests the shape of the law, "
                    "not a forecast."
                ),
                (
                    "Free means never among the most active under this rule; such a neuron need not be "
                    "silent, and taking it out need not be harmless."
                ),
            ),
        ),
    )


def predicted(fit: FittedLayer) -> float:
    """Return (1 + u)^−b, u = cD/(bN); e^−cD/N where all firing rates are alike."""
    mu = fit.fit.c * fit.fit.n_samples / fit.width
    if math.isinf(fit.fit.b):
        return math.exp(-mu)
    return float((1 + mu / fit.fit.b) ** -fit.fit.b)
