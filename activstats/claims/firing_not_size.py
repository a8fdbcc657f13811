"""The claim that stamina should see how often a neuron fires, and not how much it puts out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activstats.claims._difference_over_seeds import Claim, larger, not_testable, verdict
from activstats.claims.stamina_evidence import (
    STAMINA,
    StaminaEvidence,
    by_condition,
    differences,
    mean_over_seeds,
    points,
)
from activstats.claims.verdict import Outcome, Yardstick

if TYPE_CHECKING:
    from activstats.claims.verdict import Verdict

MARGIN = 0.01

TITLE = "Stamina should see the frequency of firing, not the size of outputs"
SOURCE = "a note on Hebbian layers with stamina, in doubt of its own rule"
NEEDS = (
    "layers of equal size whose stamina gained by output and by firing, from at least three seeds"
)
CHANGES = (
    "More seeds; inputs of different lengths, or layers whose neurons put out outputs of very "
    "different size, for which the two gains part."
)
STATISTIC = "accuracy when stamina gains 1 at a firing minus that when it gains the output"
RULE = (
    "Statistic: test accuracy of a linear read-out of layers whose stamina gained 1 at every firing, "
    "minus that of layers whose stamina gained the output, from the same start, at the same size "
    "within 5 % (each found by bisection on the penalty, which is relative to the median p* of the "
    "gain in question). Differences are averaged over conditions and sizes within each seed, and a "
    "95 % t-interval is taken over the seeds. Margin, fixed beforehand: one percentage point. "
    "Supported if the interval lies above 0 and the mean is at least one point. Contradicted if the "
    "interval lies below one point: then the frequency does worse, or no better by a degree that "
    "matters. Undecided otherwise, and with fewer than three seeds."
)
_ALIKE = (
    "Inputs of unit length and Oja's term make outputs of firing neurons alike in size: where sizes "
    "differ more, the two gains can differ more."
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
    firing, output = evidence.at_size(STAMINA, "firing"), evidence.at_size(STAMINA, "output")
    found = differences(firing, output, "accuracy")
    if found.empty:
        return not_testable(CLAIM, "no size was reached with both gains")
    mean = mean_over_seeds(found)
    entropy = mean_over_seeds(differences(firing, output, "entropy")).mean
    return verdict(
        CLAIM,
        mean,
        larger(mean, MARGIN),
        opening={
            Outcome.SUPPORTED: "Stamina that sees the frequency of firing keeps better neurons",
            Outcome.CONTRADICTED: "Stamina that sees the frequency of firing does not keep better "
            "neurons by a degree that matters",
            Outcome.UNDECIDED: "Whether stamina should see frequency or size is undecided",
        },
        effect="at equal size the accuracy differs by",
        against=0.0,
        conditions=by_condition(found),
        yardsticks=(
            Yardstick("margin", MARGIN, "one percentage point, fixed beforehand"),
            Yardstick("evenness", entropy, "difference in normalised entropy of use"),
        ),
        caveats=(_ALIKE,),
    )
