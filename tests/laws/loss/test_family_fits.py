"""Families are found again, by whichever way downhill, and known breaks are where they are known."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

from activstats.errors import DomainError, InputError
from activstats.laws.loss.cells import gather
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.descent import descend
from activstats.laws.loss.families import (
    BROKEN_POWER_LAW,
    CROSSOVER,
    FLAT,
    LINE,
    LOGISTIC,
    POWER_LAW,
    SHARP_CROSSOVER,
    TWO_SEGMENTS,
)
from activstats.laws.loss.family import Coordinate, Family, bounds_of, grid_of
from activstats.laws.loss.fit import fit_family
from activstats.laws.loss.projection import sums_of_squares
from activstats.laws.loss.shapes import crossover

D = np.geomspace(10, 20_000, 14)
X = np.log(D)


def broken(d, c0, c1, d1, f1):
    """Caballero et al. 2023, eq. 1 with one break, a = .3 and b = 3."""
    return 0.3 + 3 * d**-c0 * (1 + (d / d1) ** (1 / f1)) ** (-c1 * f1)


TRUE = {
    FLAT: (np.full(D.size, 1.5), {"loss_opt": 1.5}),
    LINE: (3 - 0.2 * (X - X[0]), {"loss_opt": 3.0, "slope": 0.2}),
    POWER_LAW: (0.4 + 2 * (D / 10) ** -0.5, {"beta": 0.5, "loss_opt": 0.4, "excess": 2.0}),
    CROSSOVER: (
        0.3 + 2 * crossover(X, math.log(200), 0.6),
        {"d_star": 200.0, "b": 0.6, "loss_opt": 0.3, "drop": 2.0},
    ),
    SHARP_CROSSOVER: (
        0.3 + 2 * crossover(X, math.log(200), 0.6, 3.0),
        {"d_star": 200.0, "b": 0.6, "sharpness": 3.0, "loss_opt": 0.3, "drop": 2.0},
    ),
    LOGISTIC: (
        0.3 + 2 / (1 + (D / 200) ** 1.5),
        {"d_star": 200.0, "sharpness": 1.5, "loss_opt": 0.3, "drop": 2.0},
    ),
    TWO_SEGMENTS: (
        3 - 0.05 * (X - X[0]) - 0.2 * np.maximum(X - math.log(300), 0),
        {"break": 300.0, "loss_opt": 3.0, "slope": 0.05, "change_of_slope": 0.2},
    ),
    BROKEN_POWER_LAW: (
        broken(D, 0.1, 0.8, 300.0, 0.2),
        {"c0": 0.1, "c1": 0.8, "d1": 300.0, "f1": 0.2, "loss_opt": 0.3},
    ),
}


@pytest.mark.parametrize("noise", ["multiplicative", "additive"])
@pytest.mark.parametrize("family", TRUE, ids=lambda family: family.name)
def test_a_curve_without_noise_gives_its_parameters_back(family, noise):
    losses, expected = TRUE[family]
    fit = fit_family(family, LossCurve(D, losses), noise=noise)
    found = {name: fit.params[name] for name in expected}
    assert found == pytest.approx(expected, rel=1e-3)
    np.testing.assert_allclose(fit.predict(D), losses, rtol=1e-5)


@pytest.mark.parametrize("family", [CROSSOVER, SHARP_CROSSOVER, LOGISTIC], ids=lambda f: f.name)
def test_the_compiled_way_downhill_ends_where_the_general_one_does(family, rng):
    losses = TRUE[CROSSOVER][0] * rng.normal(1, 0.02, D.size)
    cells = gather(LossCurve(D, losses), 1 / losses**2)
    low, high = bounds_of(family, cells.x)
    starts = low + (high - low) * rng.uniform(0.3, 0.7, (6, low.size))
    general = dataclasses.replace(family, crossover=None)
    for fixed in ((), (0,)):
        _, fast = descend(family, cells, starts, fixed)
        _, slow = descend(general, cells, starts, fixed)
        if fixed:
            np.testing.assert_allclose(fast, slow, rtol=1e-4)
        else:
            assert fast.min() == pytest.approx(slow.min(), rel=1e-6)


def test_a_search_beats_every_point_of_its_grid(rng):
    losses = TRUE[CROSSOVER][0] * rng.normal(1, 0.03, D.size)
    fit = fit_family(CROSSOVER, LossCurve(D, losses))
    grid = grid_of(CROSSOVER, fit.cells.x)
    assert fit.shape.rss <= sums_of_squares(CROSSOVER, fit.cells, grid).min()


def test_weights_follow_the_noise_of_each_run(rng):
    losses = TRUE[CROSSOVER][0]
    fit = fit_family(CROSSOVER, LossCurve(D, losses * rng.normal(1, 0.02, D.size)))
    np.testing.assert_allclose(fit.weights, 1 / fit.predict(D) ** 2, rtol=1e-2)
    known = fit_family(CROSSOVER, LossCurve(D, losses, se=np.geomspace(0.1, 0.01, D.size)))
    np.testing.assert_allclose(known.weights[-1] / known.weights[0], 100)


def test_standard_errors_are_the_spread_of_the_estimates(rng):
    fits = [
        fit_family(CROSSOVER, LossCurve(D, TRUE[CROSSOVER][0] * rng.normal(1, 0.005, D.size)))
        for _ in range(150)
    ]
    for name in ("b", "loss_opt", "drop", "d_star"):
        spread = np.std([fit.params[name] for fit in fits])
        assert np.mean([fit.bse[name] for fit in fits]) == pytest.approx(spread, rel=0.25)


def test_an_outlier_moves_a_robust_fit_less(rng):
    losses = np.repeat(TRUE[CROSSOVER][0], 3) * rng.normal(1, 0.01, 3 * D.size)
    losses[20] *= 2
    curve = LossCurve(np.repeat(D, 3), losses)
    errors = [
        abs(math.log(fit_family(CROSSOVER, curve, robust=robust).params["d_star"] / 200))
        for robust in (False, True)
    ]
    assert errors[1] < errors[0] / 3
    kept = fit_family(CROSSOVER, curve, robust=True).kept
    assert kept[20] < 0.1


def test_the_nile_falls_after_1898():
    # Cobb 1978, Biometrika 65: the mean flow drops after 1898.
    from statsmodels.datasets import nile
    from statsmodels.stats.diagnostic import breaks_cusumolsresid

    table = nile.load_pandas().data
    step = Family(
        "step",
        (Coordinate("year", lambda x: np.arange(1873.5, 1968), logarithmic=False),),
        lambda x, theta: (x < theta).astype(float)[:, None],
        ("fall",),
    )
    cells = dataclasses.replace(
        gather(LossCurve(table["year"], table["volume"]), np.ones(len(table))),
        x=table["year"].to_numpy(),
    )
    grid = grid_of(step, cells.x)
    assert grid[np.argmin(sums_of_squares(step, cells, grid)), 0] == 1898.5
    flow = table["volume"].to_numpy()
    assert breaks_cusumolsresid(flow - flow.mean(), ddof=1)[1] < 1e-4
    # With any scale whose logarithm is the year, two segments of a line meet within the fall.
    curve = LossCurve(np.exp((table["year"] - 1870) / 10), flow)
    year = 1870 + 10 * math.log(fit_family(TWO_SEGMENTS, curve, noise="additive").params["break"])
    assert 1890 < year < 1915


@pytest.mark.shared_data
def test_four_digit_addition_breaks_where_its_authors_say(shared_data):
    # Caballero et al. 2023, arXiv 2210.14891: d1 612.58, f1 .0592, on the sizes they trained on.
    table = pd.read_csv(shared_data / "loss" / "bnsl_4digit_addition.csv")
    table = table[table["train"] == 1]
    fit = fit_family(BROKEN_POWER_LAW, LossCurve.from_frame(table, "D", "loss"))
    assert fit.params["d1"] == pytest.approx(612.58, rel=2e-3)
    assert fit.params["f1"] == pytest.approx(0.0592, rel=5e-3)


def test_noise_in_proportion_to_a_loss_needs_losses_above_zero():
    for bad in (0.0, -1.0):
        with pytest.raises(InputError, match="above 0"):
            fit_family(LINE, LossCurve([1, 2, 3], [1.0, bad, 2.0]))
    assert fit_family(LINE, LossCurve([1, 2, 3], [1.0, 0.0, -1.0]), noise="additive").rss < 0.1
    with pytest.raises(DomainError, match="noise model"):
        fit_family(LINE, LossCurve([1, 2], [1.0, 2.0]), noise="none")


def test_criteria_compare_families_under_different_weights(rng):
    """The likelihood of a family is that of runs with its own variances (checked by scipy)."""
    from scipy.stats import norm

    losses = TRUE[POWER_LAW][0] * rng.normal(1, 0.03, D.size)
    fit = fit_family(POWER_LAW, LossCurve(D, losses))
    sd = math.sqrt(fit.rss / D.size) / np.sqrt(fit.weights)
    assert fit.log_likelihood == pytest.approx(norm.logpdf(losses, fit.predict(D), sd).sum())
    k = 4
    assert fit.bic == pytest.approx(k * math.log(D.size) - 2 * fit.log_likelihood)
    assert fit.aicc == pytest.approx(
        2 * k - 2 * fit.log_likelihood + 2 * k * (k + 1) / (D.size - k - 1)
    )
