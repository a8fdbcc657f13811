"""The decay of the loss: known exponents are found, intervals hold them, and floors are told."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, least_squares
from scipy.stats import f as f_law

from activstats.laws.loss import LossCurve, LossDecay, LossDecayResult
from activstats.laws.loss.families import POWER_LAW
from activstats.laws.loss.fit import fit_family
from activstats.laws.results import Status

D = np.geomspace(10, 20_000, 12)


def power_law(d, beta=0.4, floor=0.3, amplitude=4.0):
    return floor + amplitude * d**-beta


def noisy(expected, seed, cv=0.02, seeds=2):
    noise = np.random.default_rng(seed).standard_normal((expected.size, seeds))
    return expected[:, None] * (1 + cv * noise)


@pytest.fixture(scope="module")
def found():
    return LossDecay().fit(D, noisy(power_law(D), 3))


@pytest.mark.parametrize("noise", ["multiplicative", "additive"])
@pytest.mark.parametrize("beta", [0.05, 0.1, 0.35, 0.8, 2.0])
@pytest.mark.parametrize("floor", [0.0, 0.3])
def test_a_curve_without_noise_gives_its_numbers_back(beta, floor, noise):
    result = LossDecay(noise=noise).fit(D, power_law(D, beta, floor))
    assert result.status is Status.CONVERGED
    expected = {"beta": beta, "loss_opt": floor, "amplitude": 4.0}
    assert result.params == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert result.beta_low <= beta * (1 + 1e-6)
    assert result.beta_high >= beta * (1 - 1e-6)
    np.testing.assert_allclose(result.predict([1e6]).loss, power_law(1e6, beta, floor), rtol=1e-5)


def profile_of(curve, fit, residuals):
    """Least weighted sum of squares with one quantity held, by scipy's own least squares."""
    root = np.sqrt(fit.weights)

    def squares(value, start):
        found = least_squares(
            lambda rest: root * residuals(curve, value, rest), start, xtol=1e-14, ftol=1e-14
        )
        return 2 * found.cost

    return squares


def of_beta(curve, beta, rest):
    return curve.loss - rest[0] - np.exp(rest[1]) * curve.d**-beta


def of_floor(curve, floor, rest):
    return curve.loss - floor - np.exp(rest[1]) * curve.d ** -rest[0]


def of_amplitude(curve, amplitude, rest):
    return curve.loss - rest[0] - amplitude * curve.d ** -rest[1]


def of_loss_at(size):
    def residuals(curve, loss, rest):
        amplitude, beta = np.exp(rest[0]), rest[1]
        return curve.loss - loss - amplitude * (curve.d**-beta - size**-beta)

    return residuals


@pytest.mark.parametrize("cv", [0.005, 0.05])
def test_intervals_end_where_an_independent_profile_reaches_the_f_threshold(cv):
    curve = LossCurve.from_arrays(D, noisy(power_law(D), 5, cv))
    result, fit = LossDecay().fit(curve), fit_family(POWER_LAW, curve)
    threshold = fit.rss * (1 + f_law.ppf(0.95, 1, fit.df) / fit.df)
    log_a = math.log(result.amplitude)
    beyond = result.predict([1e6])
    cases = [
        (of_beta, result.beta, (result.beta_low, result.beta_high), [result.loss_opt, log_a]),
        (of_floor, result.loss_opt, (result.loss_opt_low, result.loss_opt_high),
         [result.beta, log_a]),
        (of_amplitude, result.amplitude, (result.amplitude_low, result.amplitude_high),
         [result.loss_opt, result.beta]),
        (of_loss_at(1e6), beyond.loss[0], (beyond.low[0], beyond.high[0]), [log_a, result.beta]),
    ]  # fmt: skip
    for residuals, best, ends, start in cases:
        squares = profile_of(curve, fit, residuals)
        for end in ends:
            far = best + 1.5 * (end - best)
            at = brentq(lambda v: squares(v, start) - threshold, best, far, xtol=1e-7)  # noqa: B023
            assert end - best == pytest.approx(at - best, rel=5e-3)


def test_standard_errors_are_the_spread_of_the_estimates():
    results = [LossDecay().fit(D, noisy(power_law(D), seed, 0.01)) for seed in range(80)]
    for name, of in (("beta", "beta"), ("loss_opt", "loss_opt"), ("log amplitude", "amplitude")):
        values = np.array([getattr(result, of) for result in results])
        spread = np.std(np.log(values) if name.startswith("log") else values)
        mean = np.mean([result.bse[name] for result in results])
        assert mean == pytest.approx(spread, rel=0.25)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("beta", "sizes", "seeds", "cv"),
    [(0.1, 12, 3, 0.02), (0.3, 8, 1, 0.01), (0.8, 12, 2, 0.03)],
)
def test_the_interval_of_beta_holds_the_true_one(beta, sizes, seeds, cv):
    d = np.geomspace(10, 20_000, sizes)
    expected = 0.2 + 2 * (d / 10) ** -beta
    results = [LossDecay().fit(d, noisy(expected, seed, cv, seeds)) for seed in range(200)]
    covered = np.mean([r.beta_low <= beta <= r.beta_high for r in results])
    assert 0.92 <= covered <= 0.98
    floor = np.mean([r.loss_opt_low <= 0.2 <= r.loss_opt_high for r in results])
    assert 0.92 <= floor <= 0.985


def test_an_outlier_moves_a_robust_fit_less():
    losses = noisy(power_law(D), 2, 0.01, 3)
    losses[8, 0] *= 2
    errors = [abs(LossDecay(robust=r).fit(D, losses).beta - 0.4) for r in (False, True)]
    assert errors[1] < errors[0] / 3


def test_known_standard_errors_go_before_the_noise_model():
    expected = power_law(D)
    losses = expected + 0.2 * np.cos(np.arange(12))
    se = np.where(np.arange(12) < 4, 1e3, 1e-3)
    exact = expected.copy()
    exact[:4] = losses[:4]
    assert LossDecay().fit(LossCurve(D, exact, se=se)).beta == pytest.approx(0.4, rel=1e-3)


@settings(max_examples=15)
@given(st.floats(1e-6, 1e6), st.floats(1e-4, 1e4), st.permutations(range(24)))
def test_units_and_order_of_rows_do_not_matter(unit_d, unit_loss, order):
    d, losses = np.repeat(D, 2), noisy(power_law(D), 4).ravel()
    here = LossDecay().fit(d, losses)
    there = LossDecay().fit(unit_d * d[order], unit_loss * losses[order])
    for name in ("beta", "beta_low", "beta_high", "beta_se"):
        assert getattr(there, name) == pytest.approx(getattr(here, name), rel=1e-4)
    for name in ("loss_opt", "loss_opt_low", "loss_opt_high"):
        assert getattr(there, name) == pytest.approx(unit_loss * getattr(here, name), rel=1e-3)
    scale = unit_loss * unit_d**here.beta
    assert there.amplitude == pytest.approx(scale * here.amplitude, rel=1e-2)
    assert there.falls_pvalue == pytest.approx(here.falls_pvalue, rel=1e-3, abs=1e-12)


def test_every_form_of_a_curve_gives_the_same_numbers():
    losses = noisy(power_law(D), 3)
    table = pd.DataFrame({"d": np.repeat(D, 2), "loss": losses.ravel()})
    first = LossDecay().fit(D, losses)
    for other in (LossDecay().fit(table), LossDecay().fit(LossCurve(table["d"], table["loss"]))):
        assert (other.beta, other.loss_opt) == (first.beta, first.loss_opt)


def test_a_result_survives_json_and_becomes_a_row(found):
    again = LossDecayResult.from_json(found.to_json())
    assert again == found
    assert again.predict([1e6]).high == found.predict([1e6]).high
    row = found.to_frame().iloc[0]
    assert row["beta"] == found.beta
    assert row["status"] == "converged"


def test_wider_levels_give_wider_intervals(found):
    usual, wide = found.conf_int(), found.conf_int(0.99)
    assert list(usual.index) == ["beta", "loss_opt", "amplitude"]
    assert (wide["low"] < usual["low"]).all()
    assert (wide["high"] > usual["high"]).all()
    assert set(found.bse) == {"beta", "loss_opt", "log amplitude"}
    narrow = LossDecay(level=0.8).fit(found.curve)
    np.testing.assert_allclose(narrow.conf_int(), found.conf_int(0.8))


def test_the_summary_says_what_beta_is_not(found):
    said = " ".join(found.summary().split())
    assert "well beyond D* alone" in said
    assert "mostly .07–.35 (Hestness et al. 2017, arXiv 1712.00409)" in said
    assert "Decay of the loss" in found._repr_html_()
