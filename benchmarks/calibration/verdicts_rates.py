"""Synthetic studies of learning rates: an autoencoder under Adam, as the published setting has it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from activstats.claims.learning_rates_evidence import PUBLISHED, LearningRateEvidence

RATES = np.array([1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 3e-2])
NEURONS, EPOCHS = 100, 8
# Standard deviations between the seeds of the shipped study's setting, rate by rate.
SCORE_SD = np.array([0.004, 0.017, 0.008, 0.015, 0.020, 0.041, 0.034, 0.046, 0.053])
FLUCTUATION_SD = np.array([0.087, 0.067, 0.101, 0.069, 0.042, 0.015, 0.025, 0.062, 0.094])
SHARE_SD = 0.014


@dataclass(frozen=True)
class Rates:
    """Truth on learning rates.

    `fluctuation` in decades per decade, `share` of neurons per decade, `tie` the correlation within a
    rate; the score is that of the ends, and higher by `gain` decades at the inner rates, best at
    .002 alone if `single`; where `gain` is nan it rises all along.
    """

    fluctuation: float = 0.6
    share: float = -0.08
    tie: float = 0.0
    gain: float = 0.3
    single: bool = False
    noise: float = 1.0

    def score(self):
        if np.isnan(self.gain):
            return 0.3 * np.log10(RATES / RATES[0])
        inner = np.zeros(RATES.size)
        inner[1:-1] = self.gain
        best = RATES == 2e-3
        return (
            np.where(best, self.gain, -1.0 * ~np.isin(RATES, RATES[[0, -1]]))
            if self.single
            else inner
        )


def study(truth):
    def make(rng, n_seeds):
        x = np.log10(RATES / RATES[0])
        rows = []
        for seed in range(n_seeds):
            one, other = rng.normal(size=(2, RATES.size))
            tied = truth.tie * one + np.sqrt(1 - truth.tie**2) * other
            fluctuation = 10 ** (truth.fluctuation * x - 3 + truth.noise * FLUCTUATION_SD * one)
            loss = 10 ** -(truth.score() + truth.noise * SCORE_SD * tied)
            share = 0.8 + truth.share * (x - 1) + truth.noise * SHARE_SD * rng.normal(size=x.size)
            rows += [
                row(seed, *numbers) for numbers in zip(RATES, fluctuation, loss, share, strict=True)
            ]
        return LearningRateEvidence(pd.DataFrame(rows))

    return make


def row(seed, rate, fluctuation, loss, share):
    firing = np.where(np.arange(NEURONS) + 0.5 < share * NEURONS, 0.5, 0.0)
    epochs = np.geomspace(1, 0.1, EPOCHS)
    return {
        "run": f"{rate}-{seed}", "task": PUBLISHED[0], "optimizer": PUBLISHED[1],
        "learning_rate": rate, "seed": seed, "diverged": False, "test_loss": loss,
        "fluctuation_late": fluctuation, "fluctuation_whole": fluctuation,
        "drift_late": fluctuation, "firing_rate": firing.mean(), "dead_share": 1 - share,
        "always_on_share": 0.0, "epoch_train_loss": epochs, "epoch_test_loss": epochs * loss,
        "epoch_fluctuation": np.full(EPOCHS, fluctuation), "neuron_firing": firing,
        "neuron_fluctuation": np.full(NEURONS, fluctuation),
    }  # fmt: skip
