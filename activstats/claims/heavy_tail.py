"""The claim that counts have a heavy power-law tail, α > 1 from some count on."""

from __future__ import annotations

from collections.abc import Sequence

from activstats.claims.claim import Claim, Row, Shown, not_testable, verdict
from activstats.claims.evidence import Evidence
from activstats.claims.judging import Finding, above, too_few
from activstats.claims.seed_evidence import CountsOfSeed
from activstats.claims.seeds import OverSeeds, from_zero, over_seeds
from activstats.claims.verdict import Outcome, Verdict, Yardstick
from activstats.claims.words import counted, grouped, percent, significant

MARGIN = 1.0
LEAST_TAIL = 50
REJECTED = 0.05

TITLE = "Counts have a heavy power-law tail"
SOURCE = (
    "what “power law” commonly means: P(k) ∝ k^−α with α > 1 from some xmin on (Clauset, Shalizi & "
    "Newman 2009, arXiv 0706.1062); the theory’s own law is bounded and has no such tail"
)
NEEDS = "trained layers from at least three seeds, recorded under the rule top 1 % of the layer"
CHANGES = (
    "Wider layers and longer recordings, in which a tail could span more counts. The theory does not "
    "ask for this tail: contradicting it speaks for the bounded law rather than against it."
)
STATISTIC = "decades of counts that the power-law tail spans"
RULE = (
    "Statistic: log10(kmax/xmin), decades from the tail’s beginning, chosen by the smallest "
    "Kolmogorov-Smirnov distance, to the largest count; 0 without a tail. Runs: trained networks on the "
    "largest training set, rule top 1 % of the layer; averaged within each seed, 95 % t-interval over "
    "the seeds. Margin, fixed beforehand: one decade. Supported if the interval begins at or above the "
    "margin, at least half of the tails hold 50 neurons, and in at most half of the layers the tail is "
    "rejected (bootstrap p ≤ .05) or another law describes it better (Vuong’s or the likelihood-ratio "
    "test at .05, Bonferroni’s over four laws). Contradicted if the interval ends below the margin, or "
    "in more than half of the layers with 50 neurons in their tail it is rejected or beaten. Undecided "
    "otherwise, and with fewer than three seeds. No p: that of a single tail with free xmin is large "
    "for short tails whatever the law."
)
CLAIM = Claim(
    title=TITLE, source=SOURCE, rule=RULE, needs=NEEDS, changes=CHANGES, statistic=STATISTIC,
    words=lambda decades: f"{decades:.2f}",
)  # fmt: skip


def decide(evidence: Evidence) -> Verdict:
    """Judge the claim by the rule in `RULE`."""
    layers = [one for one in evidence.seeds.counts if one.n_fired]
    if not layers:
        return not_testable(CLAIM, "no trained layer was recorded under the default rule")
    found = from_zero(over_seeds((one.seed, one.tail_decades) for one in layers))
    widths = sorted({one.width for one in layers})
    share = over_seeds((one.seed, one.n_tail / one.n_fired) for one in layers).mean
    alpha = over_seeds((one.seed, one.tail_alpha) for one in layers).mean
    return verdict(
        CLAIM,
        found,
        _judge(found, layers),
        openings={
            Outcome.SUPPORTED: "Counts have a heavy power-law tail over at least a decade",
            Outcome.CONTRADICTED: "Counts have no heavy power-law tail worth the name",
            Outcome.UNDECIDED: "Whether counts have a heavy power-law tail is undecided",
        },
        subject="the best tail spans, in decades of counts,",
        after=f" and holds {percent(share)} of the neurons that fired",
        shown=Shown(
            rows=[
                Row(
                    f"N = {grouped(w)}",
                    from_zero(over_seeds((o.seed, o.tail_decades) for o in layers if o.width == w)),
                )
                for w in widths
            ],
            margin=(MARGIN, float("inf")),
            shaded="beyond the margin",
            yardsticks=(
                Yardstick("margin", MARGIN, "decade, fixed beforehand"),
                Yardstick("α", alpha, "mean exponent of the tails"),
                Yardstick("layers", len(layers), _found_out(layers)),
            ),
            caveats=(
                (
                    "With xmin free the fit flees to where a few neurons can be told from nothing: a large "
                    f"p beside n_tail/n = {significant(share, 2)} says little."
                ),
                "Counts end at the number of recorded samples, which cuts every tail.",
            ),
        ),
    )


def _judge(found: OverSeeds, layers: Sequence[CountsOfSeed]) -> Finding:
    if reason := too_few(found):
        return Finding(Outcome.UNDECIDED, reason)
    long = [one for one in layers if one.n_tail >= LEAST_TAIL]
    refuted = sum(_refuted(one) for one in long)
    if found.high < MARGIN or (2 * len(long) >= len(layers) and 2 * refuted > len(long)):
        return Finding(Outcome.CONTRADICTED)
    if 2 * len(long) < len(layers):
        return Finding(Outcome.UNDECIDED, f"most tails hold fewer than {LEAST_TAIL} neurons")
    return above(found, MARGIN)


def _refuted(one: CountsOfSeed) -> bool:
    return one.tail_pvalue <= REJECTED or bool(one.beaten_by)


def _found_out(layers: Sequence[CountsOfSeed]) -> str:
    rejected = sum(one.tail_pvalue <= REJECTED for one in layers)
    beaten = sum(bool(one.beaten_by) for one in layers)
    tails = counted(rejected, "tail")
    return f"{tails} rejected at .05, {beaten} beaten by another law"
