"""Synthetic studies of losses over the size of the training set, beside recordings under the law."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from activstats.claims import Evidence
from activstats.claims.examination import Examination
from activstats.examining_losses import examine_losses
from activstats.examining_seeds import examine_seeds
from benchmarks.calibration.verdicts_layers import MIDDLE, N_BOOT, WIDTHS, B, Law, evidence, layers

SIZES = np.geomspace(2, 4000, 13).round()
LAST, DROP = 0.1, 2.2
ACTIVE = 2.56  # neurons a sample, whatever the width: 1 % of a layer of 256
SEED_SD = 0.1  # of ln D*
# Studies of recordings, of which each stands beside several of losses.
RECORDINGS = 20
MEASURED, DIGITS = "2 %", "as digits"
# Standard deviation of ln loss between the seeds of the digits demo, by size of the training set.
DIGITS_AT = (2, 3, 6, 10, 16, 28, 46, 78, 133, 224, 378, 639, 1079)
DIGITS_SD = (0.014, 0.022, 0.034, 0.046, 0.17, 0.46, 0.43, 0.18, 0.12, 0.09, 0.12, 0.16, 0.12)
# There, runs of one seed share their training sets: between widths, and between nested sizes.
SHARED, NEXT = 0.9, 0.6


@dataclass(frozen=True)
class Curve:
    """L = LAST + DROP (1 + (D/D*)^s)^(−β/s), D* = shift · b/ρ or shift · bN/c, or no scale at all."""

    form: str = "crossover"
    shift: float = 1.0
    gamma: float = 0.0
    gap: float = 0.0
    sharpness: float = 1.0
    fixed_c: bool = True
    control: str = ""

    def losses(self, width, d_star):
        beta, s = B + self.gap, self.sharpness
        form = self.form if width else self.control
        if form == "flat":
            return np.full(SIZES.size, LAST + DROP)
        if form == "power":
            return LAST + DROP * (SIZES / SIZES[0]) ** -beta
        return LAST + DROP * (1 + (SIZES / d_star) ** s) ** (-beta / s)

    def d_star(self, width):
        n = width or MIDDLE
        active = ACTIVE if self.fixed_c else 0.01 * n
        return self.shift * (n / MIDDLE) ** self.gamma * B * n / active


def errors(rng, noise, n_kinds):
    """Errors of ln loss of one seed, shape (n_kinds, n_sizes)."""
    own = rng.normal(size=(n_kinds, SIZES.size))
    if noise == MEASURED:
        return 0.02 * own
    common = rng.normal(size=SIZES.size)
    for i in range(1, SIZES.size):
        common[i] = NEXT * common[i - 1] + np.sqrt(1 - NEXT**2) * common[i]
    sd = np.exp(np.interp(np.log(SIZES), np.log(DIGITS_AT), np.log(DIGITS_SD)))
    return sd * (np.sqrt(SHARED) * common + np.sqrt(1 - SHARED) * own)


def runs(rng, curve, noise, n_seeds):
    kinds = [("trained", width) for width in WIDTHS]
    kinds += [("linear softmax", 0)] * bool(curve.control)
    rows = []
    for seed in range(n_seeds):
        drawn, moved = errors(rng, noise, len(kinds)), np.exp(rng.normal(0, SEED_SD))
        for (kind, width), error in zip(kinds, drawn, strict=True):
            losses = curve.losses(width, curve.d_star(width) * moved) * np.exp(error)
            rows += [
                {"kind": kind, "width": width, "n_train": d, "seed": seed, "test_loss": loss}
                for d, loss in zip(SIZES, losses, strict=True)
            ]
    return pd.DataFrame(rows)


def looked_at(table):
    """What the pipeline says of the losses; which recordings there are makes no difference to claims."""
    losses = examine_losses(table, (), (), n_boot=N_BOOT, seed=0)
    return losses, examine_seeds(table, (), losses, n_boot=N_BOOT, seed=0).curves


@lru_cache(maxsize=4 * RECORDINGS)
def recorded(number, n_seeds, fixed_c):
    """Recordings under the law, the same for all truths on losses of one number."""
    rng = np.random.default_rng([11, number, n_seeds, fixed_c])
    options = {"active": ACTIVE} if fixed_c else {}
    return evidence(layers(rng, Law(), n_seeds, **options), counts=True)


def study(curve, noise):
    def make(rng, n_seeds, number):
        known = recorded(number % RECORDINGS, n_seeds, curve.fixed_c)
        table = runs(rng, curve, noise, n_seeds)
        losses, curves = looked_at(table)
        return Evidence(
            runs=table,
            fits=known.fits,
            examination=Examination(loss=losses),
            seeds=replace(known.seeds, curves=curves),
        )

    return make
