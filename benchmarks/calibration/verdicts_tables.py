"""Synthetic studies for the claims that runs tables and replicate runs answer by themselves."""

import numpy as np
import pandas as pd

from activstats.claims import Evidence
from activstats.claims.examination import Examination
from activstats.laws.order import order_tests
from activstats.laws.replicates import replicate_agreement
from benchmarks.calibration.verdicts_layers import N_SAMPLES, NARROW_TO_WIDE, B

# Standard deviations seen: accuracy of one network without some neurons, ln loss of one network.
DROP_SD, LOSS_SD = 0.004, 0.08
REPLICATED, STEPS = 128, 30


def pruned(held_out, counted, sd=DROP_SD):
    def make(rng, n_seeds):
        rows = [
            {
                "kind": "trained", "n_train": 1000, "width": width, "seed": seed, "free_removed": 0.2,
                "free_counted_accuracy_drop": counted + rng.normal(0, sd / 2),
                "free_held_out_accuracy_drop": held_out + rng.normal(0, sd),
            }
            for width in NARROW_TO_WIDE
            for seed in range(n_seeds)
        ]  # fmt: skip
        return pd.DataFrame(rows)

    return make


def deep(ratio, sd=LOSS_SD, depths=(2,)):
    def make(rng, n_seeds):
        rows = []
        for budget in (5000, 20_000, 80_000):
            for seed in range(n_seeds):
                own = {"n_train": 1000, "width": 8, "seed": seed, "parameter_budget": budget}
                for depth in (1, *depths):
                    loss = 0.1 * (ratio if depth > 1 else 1.0) * np.exp(rng.normal(0, sd))
                    kind = "deep" if depth > 1 else "trained"
                    rows.append(own | {"kind": kind, "depth": depth, "test_loss": loss})
        return pd.DataFrame(rows)

    return make


def of_table(table):
    return lambda rng, n: Evidence(runs=table(rng, n), fits=())


def agreement(share, rng, n_runs):
    """Runs of one start: a share of the variance of the neurons' scores is the start's."""
    from scipy.stats import beta, norm

    start = rng.normal(size=REPLICATED)
    counts = []
    for _ in range(n_runs):
        score = np.sqrt(share) * start + np.sqrt(1 - share) * rng.normal(size=REPLICATED)
        rates = beta.ppf(norm.cdf(score), B, B * 99)
        counts.append(rng.binomial(N_SAMPLES, rates))
    return replicate_agreement(
        counts, n_samples=N_SAMPLES, start="same", n_permutations=39, rng=rng
    )


def along(drift, rng):
    """Counts of each step of a run whose rates drift, or do not."""
    log_odds = (
        -3 + rng.normal(size=40) + drift * rng.normal(size=40) * np.linspace(-1, 1, STEPS)[:, None]
    )
    table = rng.binomial(100, 1 / (1 + np.exp(-log_odds)))
    return order_tests(table, n_permutations=199, rng=rng)


def reinforced(share, drift, n_starts=3):
    def make(rng, n_runs):
        replicates = tuple((f"{i}", agreement(share, rng, n_runs)) for i in range(n_starts))
        order = tuple((f"{i}", along(drift, rng)) for i in range(2))
        examination = Examination(replicates=replicates, order=order)
        return Evidence(runs=pd.DataFrame(), fits=(), examination=examination)

    return make
