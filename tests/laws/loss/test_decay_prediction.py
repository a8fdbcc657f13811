"""Losses ahead: predictions hold what comes, and published ones are met."""

import math

import numpy as np
import pandas as pd
import pytest

from activstats.laws.loss import LossCurve, LossDecay
from activstats.laws.loss.families import LINE
from activstats.laws.loss.fit import fit_family

D = np.geomspace(10, 20_000, 12)


def power_law(d, beta=0.4, floor=0.3, amplitude=4.0):
    return floor + amplitude * d**-beta


def noisy(expected, seed, cv=0.02, seeds=2):
    noise = np.random.default_rng(seed).standard_normal((expected.size, seeds))
    return expected[:, None] * (1 + cv * noise)


@pytest.fixture(scope="module")
def found():
    return LossDecay().fit(D, noisy(power_law(D), 3))


@pytest.mark.slow
def test_predictions_a_decade_on_hold_the_mean_and_a_new_run():
    expected, next_size = power_law(D), 200_000.0
    mean, run = [], []
    for seed in range(120):
        said = LossDecay().fit(D, noisy(expected, seed)).predict([next_size])
        true = power_law(next_size)
        new = true * (1 + 0.02 * np.random.default_rng([seed, 1]).standard_normal())
        mean.append(said.low[0] <= true <= said.high[0])
        run.append(said.run_low[0] <= new <= said.run_high[0])
    assert 0.92 <= np.mean(mean) <= 0.98
    assert 0.92 <= np.mean(run) <= 0.98


def test_predictions_say_what_they_take_for_granted(found):
    inside, outside = found.predict([100, 1000]), found.predict([1, 1e6])
    assert inside.warnings == ()
    assert "1.7 decades beyond the largest size" in outside.warnings[0]
    assert "plateau" in outside.warnings[1]
    for said in (inside, outside):
        assert (said.run_low < said.low).all()
        assert (said.run_high > said.high).all()
        assert ((said.low <= said.loss) & (said.loss <= said.high)).all()
    assert "Expected loss" in outside.summary()
    wide = found.predict([100, 1000], level=0.99)
    assert (wide.low < inside.low).all()
    assert list(inside.to_frame()) == ["d", "loss", "low", "high", "run_low", "run_high"]


@pytest.mark.shared_data
def test_translation_losses_are_predicted_as_published(shared_data):
    """Alabdulmohsin et al. 2022, arXiv 2209.06640: M1 and M2 fitted to the training part.

    Both are lines through logarithms: of the loss, and of its excess over the asymptote that leaves
    the least scatter about such a line. Beside them our fit, in which losses and not their
    logarithms scatter, with the same form as M2.
    """
    table = pd.read_csv(shared_data / "loss" / "google_benchmark_nmt.csv")
    found = {"M1": [], "M2": [], "ours": []}
    for _, model in table.groupby("Model", sort=False):
        seen, last = model[model["Training"] == 1], model[model["Training"] == 0]
        d, loss = (seen[name].to_numpy() for name in ("Seen Examples", "Loss"))
        size, true = (float(last[name].iloc[0]) for name in ("Seen Examples", "Loss"))
        found["M1"].append(abs(math.log(line_through_excess(d, loss, 0.0)[1](size) / true)))
        floor = asymptote(d, loss)
        found["M2"].append(abs(math.log(line_through_excess(d, loss, floor)[1](size) / true)))
        ours = LossDecay().fit(d, loss)
        found["ours"].append(abs(math.log(ours.predict([size]).loss[0] / true)))
        assert 0.2 < ours.beta_low < ours.beta < ours.beta_high < 1
    np.testing.assert_allclose(found["M1"], [0.262, 0.171, 0.234, 0.252, 0.190], atol=6e-4)
    np.testing.assert_allclose(found["M2"], [0.038, 0.056, 0.053, 0.010, 0.013], atol=6e-4)
    np.testing.assert_allclose(found["ours"], [0.056, 0.064, 0.066, 0.038, 0.017], atol=6e-4)


def line_through_excess(d, loss, floor):
    """Fit a line to ln(loss − floor) by the projection; return its scatter and its curve."""
    curve = LossCurve(d, np.log(loss - floor))
    fit = fit_family(LINE, curve, noise="additive")
    return fit.rss, lambda size: floor + math.exp(float(fit.predict(size)))


def asymptote(d, loss):
    """Return the floor at the one inner minimum of the scatter; near the last loss it has none."""
    floors = np.linspace(0, loss.min(), 401)[1:-1]
    scatter = np.array([line_through_excess(d, loss, floor)[0] for floor in floors])
    (inner,) = np.flatnonzero((scatter[1:-1] < scatter[:-2]) & (scatter[1:-1] < scatter[2:])) + 1
    around = np.linspace(floors[inner - 1], floors[inner + 1], 41)
    return float(around[np.argmin([line_through_excess(d, loss, floor)[0] for floor in around])])
