"""Whole studies: all claims of the main study judged together, for errors among all of them."""

from dataclasses import replace

import pandas as pd

from activstats.claims.evidence import UNTRAINED
from activstats.claims.examination import Examination
from activstats.examining_losses import examine_losses
from activstats.examining_seeds import examine_seeds
from activstats.laws.chance import chance_misfit
from activstats.validation import CLAIMS, Evidence, judge
from benchmarks.calibration import verdicts_layers as counts
from benchmarks.calibration import verdicts_losses as losses
from benchmarks.calibration import verdicts_tables as tables
from benchmarks.calibration.verdicts_losses import ACTIVE, MEASURED, Curve
from benchmarks.calibration.verdicts_truth import FALSE, OPEN, TRUE, Truth

DRAWS = 39
NAMES = [claim.__name__.rpartition(".")[2] for claim in CLAIMS]


def recorded(rng, law, n):
    default = counts.layers(rng, law, n, active=ACTIVE)
    untrained = counts.layers(rng, law, n, active=ACTIVE, kind=UNTRAINED)
    one = counts.layers(rng, law, n, rule=counts.WINNER, active=1)
    three = counts.layers(rng, law, n, (1024,), rule=counts.THREE, share=0.03)
    drawn = [replace(f, chance=chance_misfit(f.fit, DRAWS, rng)) for f in default]
    return (*drawn, *untrained, *one, *three)


def study(law, curve, drift):
    def make(rng, n):
        fits, lost = recorded(rng, law, n), losses.runs(rng, curve, MEASURED, n)
        known = examine_losses(lost, (), (), n_boot=counts.N_BOOT, seed=0)
        seeds = examine_seeds(lost, fits, known, n_boot=counts.N_BOOT, seed=0)
        # At the largest training set, and at one that no loss curve has.
        pruned = tables.pruned(0, 0)(rng, n).assign(n_train=losses.SIZES[-1])
        table = pd.concat([lost, pruned, tables.deep(1)(rng, n).assign(n_train=999)])
        replicates = tables.reinforced(0.0, drift)(rng, 5).examination
        looked = Examination(loss=known, replicates=replicates.replicates, order=replicates.order)
        return replace(Evidence(runs=table, fits=fits), examination=looked, seeds=seeds)

    return make


def judged(make):
    return lambda rng, n, _: dict(zip(NAMES, judge(make(rng, n)), strict=True))


THEORY = dict.fromkeys(NAMES, TRUE) | {"form_of_learning": FALSE, "heavy_tail": FALSE}
NOISE = {
    "growth_law": TRUE, "free_share": TRUE, "pruning_damage": TRUE, "model_shape": TRUE,
    "form_of_learning": FALSE, "heavy_tail": FALSE, "transition_exists": FALSE,
    "reinforcement": OPEN,
}  # fmt: skip
WHOLE = (
    Truth(
        "whole study, all true", "b ± 9 %, 2 %", THEORY, judged(study(counts.Law(), Curve(), 3.0)),
        nulls=(
            "growth_law", "form_of_learning", "b_over_widths", "b_over_rules", "bounded_law",
            "pruning_damage", "transition_width", "transition_location", "transition_scaling",
            "loss_decay", "three_exponents", "model_shape",
        ),
        every=4,
    ),
    Truth(
        "whole study, pure noise", "b ± 9 %, 2 %", NOISE,
        judged(study(counts.Dead(0.0), Curve("flat"), 0.0)),
        nulls=(
            "growth_law", "form_of_learning", "pruning_damage", "transition_exists",
            "reinforcement", "model_shape",
        ),
        every=4,
    ),
)  # fmt: skip
