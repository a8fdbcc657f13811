"""The claim that loss, growth and counts tell one and the same number."""

from __future__ import annotations

from itertools import combinations

from activstats.claims.claim import Claim, Row, Shown, not_testable, signed, verdict
from activstats.claims.evidence import Evidence
from activstats.claims.exponents_by_seed import differences, of_counts, of_growth, of_losses
from activstats.claims.judging import all_within, p_against
from activstats.claims.seeds import LEVEL, OverSeeds, over_seeds
from activstats.claims.transition_exists import TIED
from activstats.claims.verdict import Outcome, Verdict, Yardstick
from activstats.claims.words import significant

MARGIN = 0.1
_PAIRS = 3

TITLE = "β of the loss, b, and 1 − α of the counts are one number"
SOURCE = "derived from Zhang & Sui 2024: loss as D^−b, growth with b and counts as k^(b−1) come from one process"
NEEDS = (
    "losses at five or more training sizes and recordings of the same networks from at least three "
    "seeds, with b below 1 and enough neurons in the body of the counts"
)
CHANGES = (
    "What changes the verdict on any of the three pairs; a single pair that differs is enough."
)
STATISTIC = "difference between two of the three exponents, the one that decides"
RULE = (
    "Statistic: of the three differences β − b, (1 − α) − b and β − (1 − α), each averaged within a seed "
    "over the widths that have both numbers and given a 95 % t-interval over the seeds, the one whose "
    "interval lies farthest beyond the margin or, if none lies outside, reaches farthest. β is that of the claim on the decay of the loss, α is taken "
    "less what the growth law itself exceeds 1 − b by over the range. Margin, fixed "
    "beforehand: ±.1. Supported if all three intervals lie within the margin, contradicted if one, "
    "at 98.3 % for there are three (Bonferroni), lies outside of it, undecided otherwise and with fewer than three seeds. p: the smallest of Student’s "
    "three, times three (Bonferroni); a large p supports nothing."
)
CLAIM = Claim(
    title=TITLE, source=SOURCE, rule=RULE, needs=NEEDS, changes=CHANGES, statistic=STATISTIC,
    words=signed,
)  # fmt: skip


def decide(evidence: Evidence) -> Verdict:
    """Judge the claim by the rule in `RULE`."""
    exponents = {
        "β": of_losses(evidence),
        "(1 − α)": of_counts(evidence),
        "b": of_growth(evidence),
    }
    gaps: dict[str, OverSeeds] = {}
    wider: dict[str, OverSeeds] = {}
    for first, second in combinations(exponents, 2):
        rows = differences(exponents[first], exponents[second])
        values = [(seed, gap) for _, seed, gap in rows]
        gaps[f"{first} − {second}"] = over_seeds(values)
        wider[f"{first} − {second}"] = over_seeds(values, 1 - (1 - LEVEL) / _PAIRS)
    lacking = [name for name, values in exponents.items() if not values]
    if lacking or any(not one.n_seeds for one in gaps.values()):
        names = " and ".join(lacking) or "all three at one width and seed"
        return not_testable(CLAIM, f"the study has no number for {names}")
    name = max(gaps, key=lambda pair: _decides(wider[pair]))
    ps = [p for one in gaps.values() if (p := p_against(one, 0.0)) is not None]
    return verdict(
        CLAIM,
        gaps[name],
        all_within([*gaps.values()], [*wider.values()], -MARGIN, MARGIN),
        openings={
            Outcome.SUPPORTED: "The three exponents are one number, to within .1",
            Outcome.CONTRADICTED: "The three exponents are not one number",
            Outcome.UNDECIDED: "Whether the three exponents are one number is undecided",
        },
        subject=f"the difference that decides, {name}, is",
        shown=Shown(
            first=name,
            rows=[Row(pair, one) for pair, one in gaps.items() if pair != name],
            margin=(-MARGIN, MARGIN),
            yardsticks=(
                Yardstick("margin", MARGIN, "to either side, fixed beforehand"),
                *(
                    Yardstick(one, _mean(values), f"{len(values)} networks")
                    for one, values in exponents.items()
                ),
            ),
            caveats=(
                (
                    "Each pair is compared where both numbers exist, so that the three means "
                    f"({', '.join(significant(_mean(v), 2) for v in exponents.values())}) may be over "
                    "different widths."
                ),
                TIED,
            ),
        ),
        p=min(1.0, _PAIRS * min(ps)) if ps else None,
    )


def _decides(one: OverSeeds) -> tuple[float, float]:
    """Return how far the interval lies beyond the margin, then how far it reaches."""
    beyond = max(one.low, -one.high) - MARGIN
    return max(beyond, 0.0), max(abs(one.low), abs(one.high))


def _mean(values: dict[tuple[int, int], float]) -> float:
    return over_seeds((seed, value) for (_, seed), value in values.items()).mean
