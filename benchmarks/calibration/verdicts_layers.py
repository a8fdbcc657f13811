"""Synthetic layers: neurons that fire at rates which a law draws, counted and fitted."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from activstats.claims import Evidence, FittedLayer
from activstats.claims.evidence import TRAINED
from activstats.examining_seeds import examine_seeds
from activstats.laws.growth import GrowthLaw

TOP, WINNER, THREE = "top_fraction(0.01)", "argmax", "top_fraction(0.03)"
N_SAMPLES, N_TRAIN, B, MIDDLE = 1797, 4000, 0.5, 256
WIDTHS, NARROW_TO_WIDE = (128, 256, 1024), (64, 128, 256, 512, 1024)
# Standard deviation of ln b between the seeds of the digits demo: .04 in wide layers, .12 in narrow.
SEED_SD = 0.09
N_BOOT = 59
RULES = {TOP: 0.01, THREE: 0.03, WINNER: 1 / 1024}


@dataclass(frozen=True, eq=False)
class Law:
    """The growth law itself, ln b going with the width, from rule to rule and from seed to seed."""

    slope: float = 0.0
    by_width: dict = None
    by_rule: dict = None

    def rates(self, rng, width, share, rule):
        log_b = self.slope * np.log(width / MIDDLE) + (self.by_width or {}).get(width, 0.0)
        b = B * np.exp(log_b + (self.by_rule or {}).get(rule, 0.0) + rng.normal(0, SEED_SD))
        return rng.beta(b, b * (1 / share - 1), width)


@dataclass(frozen=True)
class Dead:
    """A share of neurons that never fires, more or less from layer to layer, the others firing alike."""

    share: float
    scatter: float = 0.15

    def rates(self, rng, width, share, rule):  # noqa: ARG002  (rates of every law are asked alike)
        share_here = self.share * (1 + self.scatter * rng.normal())
        dead = np.arange(width) < int(share_here * width + rng.random())
        return np.where(dead, 0.0, share / (1 - dead.mean()))


@dataclass(frozen=True)
class LogNormal:
    """Rates whose logarithms are normal: no power law."""

    sigma: float

    def rates(self, rng, width, share, rule):  # noqa: ARG002  (as above)
        drawn = np.exp(self.sigma * rng.normal(size=width) - self.sigma**2 / 2)
        return np.minimum(share * drawn, 0.95)


@dataclass(frozen=True)
class Pareto:
    """Rates with a power-law tail from the smallest to the largest."""

    alpha: float

    def rates(self, rng, width, share, rule):  # noqa: ARG002  (as above)
        drawn = (1 - rng.random(width)) ** (-1 / (self.alpha - 1))
        return np.minimum(2.0 / N_SAMPLES * drawn, 0.95)


def layer(rng, law, width, seed, *, rule=TOP, share=0.01, kind=TRAINED):
    fit = GrowthLaw().fit(
        rng.binomial(N_SAMPLES, law.rates(rng, width, share, rule)), n_samples=N_SAMPLES
    )
    return FittedLayer(
        run=f"{kind}-{width}-{seed}", kind=kind, layer="relu", rule=rule, width=width,
        n_train=N_TRAIN, seed=seed, step=0, fit=fit,
    )  # fmt: skip


def layers(rng, law, n_seeds, widths=WIDTHS, *, active=None, **options):
    """Draw layers of all widths and seeds; `active` neurons a sample whatever the width, or a share."""
    shares = {width: {"share": active / width} if active else {} for width in widths}
    return tuple(
        layer(rng, law, width, seed, **(shares[width] | options))
        for width in widths
        for seed in range(n_seeds)
    )


def evidence(fits, *, counts=False):
    runs = pd.DataFrame()
    if not counts:
        return Evidence(runs=runs, fits=tuple(fits))
    seeds = examine_seeds(runs, fits, None, n_boot=N_BOOT, seed=0)
    return Evidence(runs=runs, fits=tuple(fits), seeds=seeds)
