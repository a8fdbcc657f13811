"""The claim that beyond its transition the loss decays with the exponent b."""

from __future__ import annotations

from activstats.claims.claim import Claim, Row, Shown, not_testable, signed, verdict
from activstats.claims.evidence import Evidence
from activstats.claims.exponents_by_seed import differences, of_growth, of_losses
from activstats.claims.judging import p_against, within
from activstats.claims.seeds import over_seeds
from activstats.claims.transition_exists import TIED
from activstats.claims.verdict import Outcome, Verdict, Yardstick
from activstats.claims.words import grouped, significant

MARGIN = 0.1

TITLE = "The loss decays as D^−b"
SOURCE = "Zhang & Sui 2024, arXiv 2412.18073: excess loss ≈ (bN/c)^b D^−b for D far beyond bN/c"
NEEDS = (
    "losses of trained networks at five or more training sizes, and recordings of the same networks "
    "from at least three seeds whose counts tell b"
)
CHANGES = (
    "Larger training sets, which tell exponent from floor, and more seeds. Exponents of learning curves "
    "in the literature are mostly .07 to .35."
)
STATISTIC = "exponent of the loss less b"
RULE = (
    "Statistic: β − b, β the exponent of the losses of one seed and width (of the crossover where all "
    "seeds of the width together show a transition, of a power law with a floor where they leave none "
    "above twice the smallest training set; other widths are left out), b of the recording of the "
    "same width and seed, rule top 1 % of the layer; averaged within each seed, 95 % t-interval over the "
    "seeds. Margin, fixed beforehand: ±.1. Supported if the interval lies within the margin, contradicted "
    "if it lies outside of it, undecided otherwise and with fewer than three seeds. p: Student’s test of "
    "0; a large p supports nothing."
)
CLAIM = Claim(
    title=TITLE, source=SOURCE, rule=RULE, needs=NEEDS, changes=CHANGES, statistic=STATISTIC,
    words=signed,
)  # fmt: skip


def decide(evidence: Evidence) -> Verdict:
    """Judge the claim by the rule in `RULE`."""
    beta, b = of_losses(evidence), of_growth(evidence)
    gaps = differences(beta, b)
    if not gaps:
        lacking = (
            "losses that settle whether there is a transition"
            if not beta
            else "recordings that tell b"
        )
        return not_testable(CLAIM, f"the trained networks have no {lacking}")
    found = over_seeds((seed, gap) for _, seed, gap in gaps)
    widths = sorted({width for width, _, _ in gaps})
    means = {
        name: over_seeds((seed, values[w, seed]) for w, seed, _ in gaps).mean
        for name, values in (("β", beta), ("b", b))
    }
    return verdict(
        CLAIM,
        found,
        within(found, -MARGIN, MARGIN),
        openings={
            Outcome.SUPPORTED: "The loss decays with the exponent b, to within .1",
            Outcome.CONTRADICTED: "The loss does not decay with the exponent b",
            Outcome.UNDECIDED: "Whether the loss decays with the exponent b is undecided",
        },
        subject=f"β = {significant(means['β'], 2)} exceeds b = {significant(means['b'], 2)} by",
        shown=Shown(
            rows=[
                Row(f"N = {grouped(w)}", over_seeds((s, gap) for n, s, gap in gaps if n == w))
                for w in widths
            ],
            margin=(-MARGIN, MARGIN),
            yardsticks=(
                Yardstick("margin", MARGIN, "to either side, fixed beforehand"),
                Yardstick("β", means["β"], "exponent of the losses"),
                Yardstick("b", means["b"], "of the recordings"),
            ),
            caveats=(
                (
                    "Exponent and floor are hard to tell apart on few sizes: where the floor is taken too "
                    "high, β comes out too large."
                ),
                TIED,
            ),
        ),
        p=p_against(found, 0.0),
    )
