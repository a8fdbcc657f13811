"""The claim that lambda masking keeps or improves accuracy at equal compute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activstats.claims._difference_over_seeds import Claim, no_worse, not_testable, verdict
from activstats.claims._tipping_verdict import ONE_SETTING, SOURCE, of_optimizer
from activstats.claims.stamina_evidence import by_condition, mean_over_seeds, points
from activstats.claims.tipping_evidence import ADAM, LAMBDA, NAMES, NONE, STATIC
from activstats.claims.verdict import Outcome, Verdict, Yardstick

if TYPE_CHECKING:
    import pandas as pd

    from activstats.claims.seeds import OverSeeds
    from activstats.claims.tipping_evidence import TippingEvidence

MARGIN = 0.01
CLAIM = Claim(
    title="Lambda masking keeps or improves accuracy at equal compute",
    source=SOURCE,
    needs="runs with the lambda mask, with a static mask and without any from at least three seeds",
    changes=(
        "More seeds, a larger test set, and rates between those tried; another course of the mask."
    ),
    statistic="test accuracy under the lambda mask minus that without a mask",
    margin=MARGIN,
    words=points,
    rule=(
        "Equal compute: the same number of steps and samples, the same learning rates tried. Each arm "
        "is taken at its own best rate, that with the least validation loss (geometric mean over seeds). "
        "Statistic: test accuracy at the end under the lambda mask minus that without a mask, in pairs "
        "of equal seed and width. Differences are averaged within each seed, and a 95 % t-interval is "
        "taken over the seeds. Margin, fixed beforehand: one percentage point. Supported if the interval "
        "lies above −1 point (non-inferiority); it improves accuracy only if the interval lies above 0, and "
        "costs some, if less than the margin, where it lies below 0. "
        "Contradicted if it lies below −1 point. Undecided otherwise, and with fewer than three seeds. "
        "Not testable without the control, a static mask: that the mask helps for opening can be said "
        "only where it is better than that one."
    ),
)


def decide(evidence: TippingEvidence, optimizer: str = ADAM) -> Verdict:
    """Judge the claim by its rule, for one optimiser."""
    claim = of_optimizer(CLAIM, optimizer)
    if not all(evidence.has(optimizer, one) for one in (NONE, LAMBDA, STATIC)):
        name = NAMES.get(optimizer, optimizer)
        return not_testable(claim, f"{name} lacks runs of the mask, of its control or without")
    accuracy = {
        masking: evidence.by_seed(optimizer, masking, lambda arm: arm.at_best("test_accuracy"))
        for masking in (NONE, LAMBDA, STATIC)
    }
    gains = (accuracy[LAMBDA] - accuracy[NONE]).dropna()
    found = mean_over_seeds(gains)
    return verdict(
        claim,
        found,
        no_worse(found, MARGIN),
        opening={
            Outcome.SUPPORTED: _opening(found),
            Outcome.CONTRADICTED: "Lambda masking costs more than one percentage point of accuracy",
            Outcome.UNDECIDED: "Whether lambda masking keeps accuracy is undecided",
        },
        effect="at the best rate of either the accuracy changed by",
        against=-MARGIN,
        conditions=by_condition(gains),
        yardsticks=_controls(accuracy),
        caveats=(
            "Masked steps cost as much as others here: a mask of zeros saves no arithmetic.",
            (
                "The best rate is chosen on the validation split from the rates tried, and rates in between "
                "were not."
            ),
            ONE_SETTING,
        ),
    )


def _opening(found: OverSeeds) -> str:
    if found.low > 0:
        return "Lambda masking improves accuracy"
    if found.high < 0:
        return "Lambda masking costs accuracy, but less than the margin of one percentage point"
    return "Lambda masking keeps accuracy"


def _controls(accuracy: dict[str, pd.Series[float]]) -> tuple[Yardstick, ...]:
    found = []
    for name, one, other in (
        ("lambda minus static mask", LAMBDA, STATIC),
        ("static mask minus none", STATIC, NONE),
    ):
        mean = mean_over_seeds((accuracy[one] - accuracy[other]).dropna())
        found.append(Yardstick(name, mean.mean, f"{points(mean.low)} to {points(mean.high)}"))
    margin = Yardstick("margin", -MARGIN, "a loss of one percentage point, fixed beforehand")
    return (margin, *found)
