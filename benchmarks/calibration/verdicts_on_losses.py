"""The truths of the main study on losses, and which claims each of them settles."""

from dataclasses import replace
from itertools import combinations

from activstats.claims import (
    Outcome,
    loss_decay,
    three_exponents,
    transition_exists,
    transition_location,
    transition_scaling,
    transition_width,
)
from activstats.claims.exponents_by_seed import differences, of_counts, of_growth, of_losses
from activstats.claims.judging import within
from activstats.claims.seeds import over_seeds
from benchmarks.calibration import verdicts_losses as losses
from benchmarks.calibration.verdicts_losses import DIGITS, MEASURED, Curve
from benchmarks.calibration.verdicts_truth import FALSE, MARGIN, OPEN, TRUE, Truth, each

FORM = (transition_exists, transition_width)
PLACES = (transition_location, transition_scaling, loss_decay, three_exponents)
EACH_ALONE = "three_exponents, contradicted at 95 % each"
CLAIMS = {claim.__name__.rpartition(".")[2]: claim for claim in (*FORM, *PLACES)}


def worlds(name, curve, standing, noises=(MEASURED, DIGITS)):
    return [
        Truth(name, noise, standing, judged(curve, noise, standing), every=2) for noise in noises
    ]


def judged(curve, noise, standing):
    make = losses.study(curve, noise)

    def judge(rng, n_seeds, number):
        found = make(rng, n_seeds, number)
        verdicts = {name: CLAIMS[name].decide(found) for name in standing}
        if "three_exponents" in verdicts:
            verdicts[EACH_ALONE] = each_alone(found, verdicts["three_exponents"])
        return verdicts

    return judge


def each_alone(evidence, found):
    """Return the verdict on three exponents if one 95 % interval outside were enough against them."""
    numbers = [of_losses(evidence), of_counts(evidence), of_growth(evidence)]
    for first, second in combinations(numbers, 2):
        gap = over_seeds((seed, value) for _, seed, value in differences(first, second))
        if (
            within(gap, -three_exponents.MARGIN, three_exponents.MARGIN).outcome
            is Outcome.CONTRADICTED
        ):
            return replace(found, outcome=Outcome.CONTRADICTED)
    return found


TRUE_ALL, EXISTS = each((*FORM, *PLACES), TRUE), "transition_exists"
LOSSES = (
    *worlds("the theory, c fixed", Curve(), TRUE_ALL),
    *worlds(
        "the theory, c as N", Curve(fixed_c=False, control="crossover"),
        {EXISTS: TRUE, "transition_scaling": OPEN}, (MEASURED,),
    ),
    *worlds("D* × 5, γ + .8, β + .5", Curve(shift=5, gamma=0.8, gap=0.5), each(PLACES, FALSE)),
    *worlds("D* × 2, γ + .25, β + .1", Curve(shift=2, gamma=0.25, gap=0.1), each(PLACES, MARGIN)),
    *worlds(
        "D* / 2, γ − .25, β − .1", Curve(shift=0.5, gamma=-0.25, gap=-0.1), each(PLACES, MARGIN),
        (MEASURED,),
    ),
    *worlds("s = 1.5", Curve(sharpness=1.5), {"transition_width": MARGIN}),
    *worlds("s = 5", Curve(sharpness=5), {"transition_width": FALSE}),
    *worlds("a power law of D", Curve("power", control="power"), {EXISTS: FALSE}),
    *worlds("no fall at all", Curve("flat"), {EXISTS: FALSE}),
    *worlds("D* at twice the first size", Curve(shift=4 / 50), {EXISTS: TRUE}),
)  # fmt: skip
