"""Synthetic studies of tipping points: firing over learning rates, widths and masks."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from activstats.claims.tipping_evidence import ADAM, LAMBDA, NONE, STATIC, TippingEvidence

RATES = np.array([0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1])
WIDTHS, PLACE, FALLS_TO = (32, 128, 512), -1.7, 0.9
# Standard deviations between seeds of the full study: places in decades (.02 to .15), relative
# firing, ln loss, accuracy.
PLACE_SD, FIRING_SD, LOSS_SD, ACCURACY_SD = 0.08, 0.004, 0.1, 0.004


@dataclass(frozen=True)
class Tipping:
    """Truth on tipping points.

    Firing falls evenly in the logarithm of the rate from 1 at the lowest rate to .9 at `PLACE`, less
    what a width (`slope`) or the mask (`shift`, in decades) move it by; beyond it by `bend` a half
    decade more. It does not fall at all where `falls` is not set. The mask changes accuracy by `gain`.
    """

    slope: float = -0.4
    shift: float = -0.4
    bend: float = 0.3
    gain: float = 0.0
    noise: float = 1.0
    falls: bool = True

    def firing(self, place):
        x = np.log10(RATES)
        if not self.falls:
            return np.ones(x.size)
        even = 1 - (1 - FALLS_TO) * (x - x[0]) / (place - x[0])
        return even - self.bend * np.clip(x - place, 0, None) / 0.5


def study(truth):
    def make(rng, n_seeds):
        arms = [
            (n, mask, s) for n in WIDTHS for mask in (NONE, LAMBDA, STATIC) for s in range(n_seeds)
        ]
        return TippingEvidence(
            pd.DataFrame([row for arm in arms for row in rows(rng, truth, *arm)])
        )

    return make


def rows(rng, truth, width, masking, seed):
    masked = masking == LAMBDA
    place = PLACE + truth.slope * np.log10(width / 128) + truth.shift * masked
    place += truth.noise * PLACE_SD * rng.normal()
    x = np.log10(RATES)
    firing = truth.firing(place) + truth.noise * FIRING_SD * rng.normal(size=x.size)
    loss = np.exp(2 * (x - place + 0.5) ** 2 + truth.noise * LOSS_SD * rng.normal(size=x.size))
    accuracy = 0.97 + truth.gain * masked + truth.noise * ACCURACY_SD * rng.normal(size=x.size)
    for rate, f, v, a in zip(RATES, firing, loss, accuracy, strict=True):
        yield {
            "run": "", "optimizer": ADAM, "width": width, "seed": seed, "masking": masking,
            "learning_rate": rate, "diverged": False, "speed": rate, "firing_rate": 0.5 * f,
            "validation_loss": v, "test_accuracy": a,
        }  # fmt: skip
