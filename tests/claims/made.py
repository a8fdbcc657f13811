"""Evidence whose truth is known, claim by claim: what makes each one true, false or open."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd

from activstats.claims import Evidence
from activstats.claims.examination import Examination
from activstats.claims.loss_examination import LossExamination
from activstats.claims.seed_evidence import CountsOfSeed, CurveOfSeed, SeedEvidence
from tests.claims.conftest import TOP, layer

SEEDS = (0, 1, 2)
WIDTHS = (64, 128, 256, 512)
WIDE = (256, 512, 1024, 2048)


def rates(rng, width, mean, b):
    return rng.beta(b, b * (1 / mean - 1), width)


def empty():
    return Evidence(runs=pd.DataFrame(), fits=())


def layers(rng, b, *, widths=WIDE, seeds=SEEDS, rule=TOP, mean=0.01, kind="trained"):
    """Layers under the growth law; b is a function of width and seed, mean one of the width."""
    share = mean if callable(mean) else lambda width: mean
    return tuple(
        layer(rates(rng, w, share(w), b(w, s)), rng, seed=s, rule=rule, kind=kind)
        for w in widths
        for s in seeds
    )


def with_fits(*several):
    return Evidence(runs=pd.DataFrame(), fits=tuple(fit for fits in several for fit in fits))


def with_misfit(fits, misfit):
    """Replace misfits by a function of the fit."""
    return tuple(replace(f, fit=replace(f.fit, misfit=misfit(f))) for f in fits)


def with_counts(number, *, seeds=SEEDS, widths=WIDTHS, **fixed):
    """Counts of seeds; a function of width and seed gives the columns that vary."""
    counts = tuple(
        CountsOfSeed(width=w, seed=s, **({"b": 0.4, "n_fired": 200} | fixed | number(w, s)))
        for w in widths
        for s in seeds
    )
    return replace(empty(), seeds=SeedEvidence(counts=counts))


def transition(*, found=True, form_contradicted=False, d_star_high=200.0):
    curve = SimpleNamespace(sizes=np.array([2.0, 1000.0]))
    return SimpleNamespace(
        found=found, form_contradicted=form_contradicted, d_star_high=d_star_high, curve=curve
    )


def with_curves(number, *, seeds=SEEDS, widths=WIDTHS, fits=(), controls=None, **shown):
    """Loss curves of seeds; a function of width and seed gives their numbers."""
    curves = [
        CurveOfSeed(kind="trained", width=w, seed=s, **number(w, s)) for w in widths for s in seeds
    ]
    for kind, one in (controls or {}).items():
        curves += [CurveOfSeed(kind=kind, width=0, seed=s, **one) for s in seeds]
    losses = LossExamination(
        measure="test_loss",
        transitions={w: transition(**shown) for w in widths},
        controls={kind: transition() for kind in controls or {}},
    )
    return Evidence(
        runs=pd.DataFrame(),
        fits=tuple(fits),
        examination=Examination(loss=losses),
        seeds=SeedEvidence(curves=tuple(curves)),
    )


def with_runs(rows, fits=()):
    return Evidence(runs=pd.DataFrame(rows), fits=tuple(fits))


def with_agreement(share, half, *, n=4, order_p=0.001, start="same", ceiling=0.9, starts=3):
    """Replicate runs that agree to a share of the ceiling, and tests of order along training."""
    found = SimpleNamespace(
        start=start, n_obs=n, ceiling=ceiling, correlation=share * ceiling,
        low=(share - half) * ceiling, high=(share + half) * ceiling, share_of_ceiling=share,
    )  # fmt: skip
    order = SimpleNamespace(tests=(1,), pvalue=order_p, rejected=order_p <= 0.05)
    examination = Examination(replicates=(("width 256", found),) * starts, order=(("run", order),))
    return replace(empty(), examination=examination)
