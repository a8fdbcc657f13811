"""The claim that the neurons which stamina keeps are used more evenly."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.claims._difference_over_seeds import Claim, larger, not_testable, verdict
from activstats.claims.stamina_evidence import (
    RANDOM,
    STAMINA,
    StaminaEvidence,
    by_condition,
    differences,
    mean_over_seeds,
    plain,
)
from activstats.claims.verdict import Outcome, Yardstick

if TYPE_CHECKING:
    import pandas as pd

    from activstats.claims.verdict import Verdict

MARGIN = 0.02

TITLE = "Neurons that stamina keeps are used more evenly"
SOURCE = "a note on Hebbian layers with stamina: use it or lose it"
NEEDS = "layers with stamina and with random removal at equal size, from at least three seeds"
CHANGES = (
    "More seeds, and layers in which use is less even to begin with, so that there is something "
    "to even out."
)
STATISTIC = "normalised entropy of use with stamina minus that with random removal"
RULE = (
    "Statistic: normalised entropy of the neurons' mean outputs on the training pool, of layers with "
    "stamina (gaining by output, size found by bisection) minus that of layers cut at random to the "
    "very same size and trained as long. The whole layer is only a yardstick: leaving out unused "
    "neurons raises the figure by arithmetic. Differences are averaged over conditions and sizes "
    "within each seed, and a 95 % t-interval is taken over the seeds. Margin, fixed beforehand: .02. "
    "Supported if the interval lies above 0 and the mean is at least .02. Contradicted if the "
    "interval lies below .02. Undecided otherwise, and with fewer than three seeds."
)
CLAIM = Claim(
    title=TITLE,
    source=SOURCE,
    rule=RULE,
    needs=NEEDS,
    changes=CHANGES,
    statistic=STATISTIC,
    margin=MARGIN,
    words=plain,
)


def decide(evidence: StaminaEvidence) -> Verdict:
    """Judge the claim by the rule in `RULE`."""
    stamina, random = evidence.at_size(STAMINA), evidence.at_size(RANDOM)
    found = differences(stamina, random, "entropy")
    if found.empty:
        return not_testable(CLAIM, "no size was reached by stamina and by random removal")
    mean = mean_over_seeds(found)
    return verdict(
        CLAIM,
        mean,
        larger(mean, MARGIN),
        opening={
            Outcome.SUPPORTED: "The neurons that stamina keeps are used more evenly than as many "
            "chosen at random",
            Outcome.CONTRADICTED: "The neurons that stamina keeps are not used more evenly, to a "
            "degree that matters, than as many chosen at random",
            Outcome.UNDECIDED: "Whether stamina's neurons are used more evenly is undecided",
        },
        effect="normalised entropy differs by",
        against=0.0,
        conditions=by_condition(found),
        yardsticks=_yardsticks(evidence, stamina),
        caveats=(
            "Evenness is of use, not of worth: neurons that all point one way are even, too.",
            "Where every neuron is used anyway, there is hardly anything left to be made even.",
        ),
    )


def _yardsticks(evidence: StaminaEvidence, stamina: pd.DataFrame) -> tuple[Yardstick, ...]:
    before, after = evidence.whole(), stamina
    gini = differences(after.droplevel("target"), before, "gini") if "gini" in after else None
    against_whole = differences(after.droplevel("target"), before, "entropy")
    found = [
        Yardstick("margin", MARGIN, "fixed beforehand"),
        Yardstick(
            "against the whole layer",
            _mean(against_whole),
            "normalised entropy after minus before; in part arithmetic",
        ),
    ]
    if gini is not None:
        words = "Gini coefficient after minus before; smaller is more even"
        found.append(Yardstick("Gini", _mean(gini), words))
    return tuple(found)


def _mean(values: pd.Series[float]) -> float:
    return mean_over_seeds(values).mean if len(values) else math.nan
