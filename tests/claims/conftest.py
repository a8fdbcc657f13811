"""Synthetic evidence: layers whose neurons fire at rates that the test chooses."""

import numpy as np
import pandas as pd
import pytest

from activstats.claims import Evidence, FittedLayer
from activstats.laws.chance import chance_misfit
from activstats.laws.growth import GrowthLaw

TOP = "top_fraction(0.01)"


def beta_rates(rng, width, mean, b=0.6):
    """Rates of the law itself."""
    return rng.beta(b, b * (1 / mean - 1), width)


def layer(rates, rng, *, seed=0, kind="trained", rule=TOP, n_train=1000, n_draws=0, n_samples=1500):
    """Fit a layer whose neurons fire independently at the given rates."""
    fit = GrowthLaw().fit(rng.binomial(n_samples, rates), n_samples=n_samples)
    drawn = n_draws and kind == "trained" and rule == TOP and fit.status.value != "not_identifiable"
    return FittedLayer(
        run=f"{kind}-w{len(rates)}-s{seed}",
        kind=kind,
        layer="relu",
        rule=rule,
        width=len(rates),
        n_train=n_train,
        seed=seed,
        step=0,
        fit=fit,
        chance=chance_misfit(fit, n_draws, rng) if drawn else np.empty(0),
    )


@pytest.fixture
def evidence(rng):
    """Make the evidence of a study from a function (rng, width, mean) that gives rates."""

    def make(rates=beta_rates, *, widths=(64, 128), seeds=(0, 1, 2), n_draws=19, **options):
        fits = [
            layer(rates(rng, w, 0.015), rng, seed=s, n_draws=n_draws, **options)
            for w in widths
            for s in seeds
        ]
        return Evidence(runs=pd.DataFrame(), fits=tuple(fits))

    return make
