"""How often verdicts are right: whole synthetic studies with a known truth, judged like real ones.

Counts and losses are drawn; fits, examinations and claims are those of `activstats validate`.
"""

import argparse
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from activstats.claims import Evidence, FittedLayer, Outcome
from activstats.claims.examination import Examination
from activstats.examining_losses import examine_losses
from activstats.examining_seeds import examine_seeds
from activstats.laws.chance import chance_misfit
from activstats.laws.growth import GrowthLaw
from activstats.validation import CLAIMS, judge

WIDTHS, SEEDS = (64, 128, 256, 512, 1024), (0, 1, 2)
SIZES = np.geomspace(2, 4000, 13).round()
TOP, WINNER, THREE = "top_fraction(0.01)", "argmax", "top_fraction(0.03)"
N_SAMPLES, B, SEED_SD = 1797, 0.5, 0.05


@dataclass(frozen=True)
class Truth:
    """A world: what is so, and the right verdict on the claims that it settles."""

    name: str
    right: dict
    b_slope: float = 0.0  # of ln b over ln N
    rule_step: float = 0.0  # of ln b from rule to rule
    rates: str = "beta"
    loss: str = "crossover"
    shift: float = 1.0  # of D*
    beta_gap: float = 0.0
    sharpness: float = 1.0
    gamma: float = 0.0
    control: str = "power"
    noise: float = 0.02


S, C = Outcome.SUPPORTED, Outcome.CONTRADICTED
TRUE = {
    "growth_law": S, "b_over_widths": S, "b_over_rules": S, "bounded_law": S, "free_share": S,
    "transition_exists": S, "transition_width": S, "transition_location": S,
    "transition_scaling": S, "loss_decay": S, "three_exponents": S, "samples_per_neuron": S,
    "form_of_learning": C, "heavy_tail": C,
}  # fmt: skip
TRUTHS = (
    Truth("theory true", TRUE),
    Truth("b goes with N", {"b_over_widths": C}, b_slope=0.8),
    Truth("b goes with the rule", {"b_over_rules": C}, rule_step=1.5),
    Truth("dead neurons, others alike", {"growth_law": C, "free_share": C}, rates="dead"),
    Truth("power law of D", {"transition_exists": C}, loss="power", control="power"),
    Truth("pure noise", {"transition_exists": C}, loss="flat", control="flat"),
    Truth("D* five times off", {"transition_location": C}, shift=5.0),
    Truth("D* goes with N", {"transition_scaling": C}, gamma=0.8),
    Truth("a kink", {"transition_width": C}, sharpness=5.0),
    Truth("loss falls faster", {"loss_decay": C, "three_exponents": C}, beta_gap=0.5),
    Truth("learners alike", {"transition_exists": S}, control="crossover"),
)


def rates_of(truth, rng, width, share, b):
    if truth.rates == "dead":
        return np.where(np.arange(width) < 0.35 * width, 0.0, share / 0.65)
    return rng.beta(b, b * (1 / share - 1), width)


def fitted(truth, rng, width, seed, rule, share, step, kind="trained"):
    b = B * (width / 256) ** truth.b_slope * np.exp(truth.rule_step * step)
    b *= np.exp(rng.normal(0, SEED_SD))
    fit = GrowthLaw().fit(
        rng.binomial(N_SAMPLES, rates_of(truth, rng, width, share, b)), n_samples=N_SAMPLES
    )
    known = FittedLayer(
        run=f"{kind}-{width}-{seed}", kind=kind, layer="relu", rule=rule, width=width,
        n_train=int(SIZES[-1]), seed=seed, step=0, fit=fit,
    )  # fmt: skip
    drawn = kind == "trained" and rule == TOP and known.tells
    return replace(known, chance=chance_misfit(fit, 39, rng)) if drawn else known


def layers(truth, rng):
    for width in WIDTHS:
        for seed in SEEDS:
            yield fitted(truth, rng, width, seed, TOP, 0.01, 0)
            yield fitted(truth, rng, width, seed, THREE, 0.03, 1)
            yield fitted(truth, rng, width, seed, WINNER, 1 / width, -1)
            yield fitted(truth, rng, width, seed, TOP, 0.01, 0, "untrained")


def curve(form, d_star, b, sharpness):
    if form == "flat":
        return np.full(SIZES.size, 2.3)
    if form == "power":
        return 0.1 + 2.2 * SIZES**-0.5
    return 0.1 + 2.2 * (1 + (SIZES / d_star) ** sharpness) ** (-b / sharpness)


def runs(truth, rng):
    rows = []
    for kind, width in [*(("trained", w) for w in WIDTHS), ("linear softmax", 0)]:
        form = truth.loss if width else truth.control
        d_star = truth.shift * B / 0.01 * (max(width, 256 * (not width)) / 256) ** truth.gamma
        for seed in SEEDS:
            own = d_star * np.exp(rng.normal(0, SEED_SD))
            losses = curve(form, own, B + truth.beta_gap, truth.sharpness)
            losses = losses * rng.normal(1, truth.noise, SIZES.size)
            rows += [
                {"kind": kind, "width": width, "n_train": d, "seed": seed, "test_loss": loss}
                for d, loss in zip(SIZES, losses, strict=True)
            ]
    return pd.DataFrame(rows)


def study(truth, rng, n_boot):
    fits, table = tuple(layers(truth, rng)), runs(truth, rng)
    losses = examine_losses(table, fits, (), n_boot=n_boot, seed=0)
    seeds = examine_seeds(table, fits, losses, n_boot=n_boot, seed=0)
    examination = Examination(loss=losses)
    return Evidence(runs=table, fits=fits, examination=examination, seeds=seeds)


def tally(truth, n_studies, n_boot):
    names = [claim.__name__.rpartition(".")[2] for claim in CLAIMS]
    found = {name: Counter() for name in truth.right}
    for number in range(n_studies):
        rng = np.random.default_rng([7, TRUTHS.index(truth), number])
        for name, one in zip(names, judge(study(truth, rng, n_boot)), strict=True):
            if name in found:
                found[name][one.outcome] += 1
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--studies", type=int, default=100)
    options = parser.parse_args()
    n_studies, n_boot = (1, 39) if options.quick else (options.studies, 199)
    print("| truth | claim | right | studies | right | undecided | wrong | not testable |")
    print("|---|---|---|---|---|---|---|---|")
    for truth in TRUTHS:
        for name, outcomes in tally(truth, n_studies, n_boot).items():
            right = truth.right[name]
            wrong = C if right is S else S
            cells = [outcomes[o] for o in (right, Outcome.UNDECIDED, wrong, Outcome.NOT_TESTABLE)]
            words = " | ".join(map(str, (truth.name, name, right, n_studies, *cells)))
            print(f"| {words} |", flush=True)


if __name__ == "__main__":
    main()
