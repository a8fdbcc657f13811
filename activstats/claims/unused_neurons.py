"""The claim that neurons which are not used can be taken out at no loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activstats.claims._difference_over_seeds import Claim, no_worse, not_testable, verdict
from activstats.claims.stamina_evidence import (
    StaminaEvidence,
    by_condition,
    differences,
    listed_conditions,
    mean_over_seeds,
    points,
)
from activstats.claims.verdict import Outcome, Yardstick
from activstats.claims.words import percent

if TYPE_CHECKING:
    from activstats.claims.verdict import Verdict

MARGIN = 0.01
LEAST_UNUSED, LEAST_REMOVED = 0.05, 0.05

TITLE = "Unused neurons can be taken out at no loss"
SOURCE = "a note on Hebbian layers with stamina: use it or lose it"
NEEDS = (
    "layers with and without stamina from at least three seeds, in a condition in which at least "
    "5 % of the neurons never fire, of which stamina removes at least 5 %"
)
CHANGES = (
    "More seeds, which narrow the interval; a read-out that is kept as it is when neurons go, "
    "or layers in which more neurons are never used."
)
STATISTIC = "accuracy with stamina minus that of the whole layer"
RULE = (
    "Statistic: test accuracy of a linear read-out of layers with stamina at the study's safe ratio "
    "(r = .3 unless the study says otherwise), gaining by output, minus that of the same layers trained without stamina. Conditions: "
    "those in which, on average over seeds, at least 5 % of the whole layer's neurons fire for no "
    "sample after the warm-up. Differences are averaged within each seed, and a 95 % t-interval is "
    "taken over the seeds. Margin, fixed beforehand: one percentage point. Supported if the interval "
    "lies above −1 point (non-inferiority). Contradicted if it lies below −1 point. Undecided "
    "otherwise, and with fewer than three seeds. Not testable if no condition has unused neurons, or "
    "less than 5 % of the neurons were removed."
)
CLAIM = Claim(
    title=TITLE,
    source=SOURCE,
    rule=RULE,
    needs=NEEDS,
    changes=CHANGES,
    statistic=STATISTIC,
    margin=MARGIN,
    words=points,
)


def decide(evidence: StaminaEvidence) -> Verdict:
    """Judge the claim by the rule in `RULE`."""
    whole = evidence.whole()
    unused = whole["unused_share"].groupby(level="condition", sort=False).mean()
    chosen = [str(name) for name, share in unused.items() if share >= LEAST_UNUSED]
    if not chosen:
        return not_testable(CLAIM, "in no condition do 5 % of the neurons stay unused")
    ratio = float(evidence.layers["safe_ratio"].iloc[0])
    kept = evidence.at_ratio(ratio)
    kept = kept[kept.index.get_level_values("condition").isin(chosen)]
    found = differences(kept, whole, "accuracy")
    if found.empty:
        return not_testable(CLAIM, f"no layer with stamina has the ratio {ratio:g}")
    removed = 1 - float((kept["kept"] / kept["width"]).mean())
    if removed < LEAST_REMOVED:
        return not_testable(CLAIM, f"only {percent(removed)} of the neurons were removed")
    mean = mean_over_seeds(found)
    return verdict(
        CLAIM,
        mean,
        no_worse(mean, MARGIN),
        opening={
            Outcome.SUPPORTED: "Unused neurons went at a loss of less than one percentage point",
            Outcome.CONTRADICTED: "Taking out unused neurons cost more than one percentage point",
            Outcome.UNDECIDED: "Whether unused neurons can go at no loss is undecided",
        },
        effect=f"with {percent(removed)} of the neurons removed ({listed_conditions(chosen)}; "
        f"r = {ratio:g}) the accuracy changed by",
        against=-MARGIN,
        conditions=by_condition(found),
        yardsticks=(
            Yardstick("margin", -MARGIN, "a loss of one percentage point, fixed beforehand"),
            Yardstick("neurons removed", removed, "share of the layer"),
        ),
        caveats=(
            "Stamina also takes out neurons that fire, if rarely: the loss is that of all it removed.",
            "A read-out is fitted anew to each layer; what a fixed next layer would lose is not told.",
            "Runs share one split of the data: the interval is over initial weights and orders.",
        ),
    )
