"""Synthetic studies of stamina: layers of which something was taken, with known differences."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from activstats.claims.stamina_evidence import RANDOM, STAMINA, WHOLE, StaminaEvidence

CONDITIONS, WIDTH, SIZES = ("winner-take-all", "random initialisation"), 100, (20.0, 40.0)
# Standard deviations between seeds of the shipped study: accuracy of a read-out, normalised entropy.
ACCURACY_SD, ENTROPY_SD = 0.006, 0.01


@dataclass(frozen=True)
class Stamina:
    """Differences in accuracy from the whole layer, in evenness from random removal, by the gain."""

    loss: float = 0.0
    evener: float = 0.05
    better: float = 0.02
    noise: float = 1.0


def study(truth):
    def make(rng, n_seeds):
        several = (rows(rng, truth, name, seed) for name in CONDITIONS for seed in range(n_seeds))
        return StaminaEvidence(pd.DataFrame([row for group in several for row in group]))

    return make


def rows(rng, truth, condition, seed):
    base = {
        "condition": condition, "seed": seed, "width": WIDTH, "safe_ratio": 0.3, "ratio": np.nan,
        "unused_share": 0.3, "search": "", "signal": "", "chosen_by": "", "gini": 0.4,
        "hit": True, "target": np.nan,
    }  # fmt: skip

    def layer(accuracy, entropy, kept, **more):
        drawn = truth.noise * rng.normal(size=2) * (ACCURACY_SD, ENTROPY_SD)
        return (
            base
            | {"accuracy": accuracy + drawn[0], "entropy": entropy + drawn[1], "kept": kept}
            | more
        )

    by_ratio = {"method": STAMINA, "signal": "output", "ratio": 0.3, "chosen_by": "ratio"}
    yield layer(0.9, 0.6, WIDTH, method=WHOLE)
    yield layer(0.9 - truth.loss, 0.7, 0.6 * WIDTH, **by_ratio)
    for size in SIZES:
        sized = {"chosen_by": "target", "target": size}
        found = sized | {"method": STAMINA, "search": "bisection"}
        yield layer(0.8, 0.7 + truth.evener, size, signal="output", **found)
        yield layer(0.8 + truth.better, 0.7, size, signal="firing", **found)
        yield layer(0.7, 0.7, size, method=RANDOM, **sized)
