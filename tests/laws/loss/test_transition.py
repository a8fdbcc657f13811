"""Transitions are found where they are, and not where there is no scale."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import least_squares
from scipy.stats import f as f_law

from activstats.laws.loss import LossCurve, LossTransition, LossTransitionResult
from activstats.laws.loss.shapes import crossover

D = np.geomspace(10, 20_000, 12)
X = np.log(D)


def noisy(expected, seed, cv=0.02, seeds=2):
    noise = np.random.default_rng(seed).standard_normal((expected.size, seeds))
    return expected[:, None] * (1 + cv * noise)


THEORY = 0.3 + 2 * crossover(X, math.log(300), 0.6)
POWER = 0.2 + 2 * (D / 10) ** -0.3
LINE = 2 - 0.2 * (X - X[0])


@pytest.fixture(scope="module")
def found():
    return LossTransition().fit(D, noisy(THEORY, 2), rng=0)


def test_a_crossover_is_found_with_its_places(found):
    assert (found.answer, found.status.value) == ("transition", "converged")
    assert found.pvalue == 0.001
    assert found.d_star_low < 300 < found.d_star_high
    assert found.b_low < 0.6 < found.b_high
    assert not found.form_contradicted
    assert found.steepest == pytest.approx(found.d_star / found.b)
    half = found.d_star * (2 ** (1 / found.b) - 1)
    assert found.half_drop == pytest.approx(half)
    decades = math.log10((0.1 ** (-1 / found.b) - 1) / (0.9 ** (-1 / found.b) - 1))
    assert found.width_decades == pytest.approx(decades)
    assert found.noise_level == pytest.approx(0.02, rel=0.5)
    assert found.loss_opt == pytest.approx(0.3, abs=4 * found.loss_opt_se)
    assert found.drop == pytest.approx(2.0, abs=4 * found.drop_se)


def test_numbers_are_those_of_scipys_least_squares(rng):
    losses = THEORY + 0.01 * rng.standard_normal(12)

    def left(p, log_s=0.0):
        s = math.exp(log_s)
        return losses - p[0] - p[1] * (1 + (D / np.exp(p[2])) ** s) ** (-np.exp(p[3]) / s)

    tight = {"xtol": 1e-14, "ftol": 1e-14}
    line = least_squares(left, [0.3, 2, math.log(300), math.log(0.6)], **tight)
    free = least_squares(lambda p: left(p[:4], p[4]), [*line.x, 0.0], **tight)
    variance = 2 * line.cost / (12 - 4)
    errors = np.sqrt(variance * np.diag(np.linalg.inv(line.jac.T @ line.jac)))
    found = LossTransition(noise="additive", n_boot=0).fit(D, losses)
    values = [found.loss_opt, found.drop, math.log(found.d_star), math.log(found.b)]
    np.testing.assert_allclose(values, line.x, rtol=1e-4)
    held = [found.loss_opt_se, found.drop_se, found.d_star_se_log, found.b_se_log]
    np.testing.assert_allclose(held, errors, rtol=1e-3)
    assert found.noise_level == pytest.approx(math.sqrt(variance), rel=1e-6)
    rise = (line.cost - free.cost) / (free.cost / (12 - 5))
    assert found.sharpness_pvalue == pytest.approx(f_law.sf(rise, 1, 7), rel=1e-4)


def test_the_answer_says_what_a_transition_is_not(found):
    assert "no evidence for free neurons by itself" in " ".join(found.summary().split())


@pytest.mark.parametrize("expected", [POWER, LINE], ids=["power law", "line"])
def test_curves_without_scale_are_seldom_called_a_transition(expected):
    test = LossTransition(n_boot=99)
    called = sum(test.fit(D, noisy(expected, seed), rng=0).found for seed in range(1000, 1060))
    # With the true share at .05, more than 8 of 60 happens once in a hundred times.
    assert called <= 8


@pytest.mark.parametrize("bootstrap", ["parametric", "wild"])
def test_both_bootstraps_keep_their_level(bootstrap):
    test = LossTransition(n_boot=99, bootstrap=bootstrap)
    pvalues = [test.fit(D, noisy(POWER, seed, 0.04, 3), rng=0).pvalue for seed in range(30)]
    assert np.mean(np.array(pvalues) <= 0.05) <= 0.2
    assert np.mean(pvalues) > 0.3


@pytest.mark.slow
def test_the_interval_of_d_star_holds_the_true_one():
    test = LossTransition(n_boot=19)
    results = [test.fit(D, noisy(THEORY, seed), rng=seed) for seed in range(200)]
    covered = np.mean([r.d_star_low <= 300 <= r.d_star_high for r in results])
    assert 0.9 <= covered <= 0.985
    assert np.mean([r.sharpness_pvalue <= 0.05 for r in results]) <= 0.1


@pytest.mark.parametrize(("s", "sharper"), [(0.4, False), (4.0, True)])
def test_another_sharpness_contradicts_the_form_and_frees_s(s, sharper):
    losses = 0.3 + 2 * crossover(X, math.log(300), 1.0, s)
    result = LossTransition(n_boot=99).fit(D, noisy(losses, 1, 0.01, 3), rng=0)
    assert result.found
    assert result.form_contradicted
    assert result.sharpness_used == result.sharpness
    assert (result.sharpness > 1) == sharper
    assert result.sharpness_low <= s <= result.sharpness_high
    assert result.d_star_low <= 300 <= result.d_star_high
    assert any("not in the theory's form" in warning for warning in result.warnings)


@pytest.mark.shared_data
def test_addition_of_four_digits_is_far_sharper_than_the_theory(shared_data):
    # Reference: s about 14, p about 6e-15.
    table = pd.read_csv(shared_data / "loss" / "bnsl_4digit_addition.csv")
    result = LossTransition().fit(LossCurve.from_frame(table, "D", "loss"), rng=0)
    assert result.found
    assert result.form_contradicted
    assert result.sharpness == pytest.approx(14, rel=0.05)
    assert result.sharpness_pvalue == pytest.approx(6e-15, rel=0.1)
    assert result.d_star == pytest.approx(612.58, rel=0.03)


def test_the_same_seed_gives_the_same_answer_in_whatever_form_runs_come():
    losses = noisy(THEORY, 3)
    table = pd.DataFrame({"d": np.repeat(D, 2), "loss": losses.ravel()})
    test = LossTransition(n_boot=99)
    first = test.fit(D, losses, rng=5)
    second = test.fit(table, rng=np.random.default_rng(5))
    third = test.fit(LossCurve(table["d"], table["loss"]), rng=5)
    for other in (second, third):
        assert (other.pvalue, other.d_star) == (first.pvalue, first.d_star)


@settings(max_examples=12)
@given(st.floats(1e-6, 1e6), st.floats(1e-4, 1e4), st.permutations(range(24)))
def test_units_and_order_of_rows_do_not_matter(unit_d, unit_loss, order):
    d, losses = np.repeat(D, 2), noisy(THEORY, 4).ravel()
    test = LossTransition(n_boot=99)
    here = test.fit(d, losses, rng=0)
    there = test.fit(unit_d * d[order], unit_loss * losses[order], rng=0)
    assert there.pvalue == pytest.approx(here.pvalue, abs=0.011)
    assert there.d_star == pytest.approx(unit_d * here.d_star, rel=1e-3)
    assert there.d_star_low == pytest.approx(unit_d * here.d_star_low, rel=1e-2)
    assert there.b == pytest.approx(here.b, rel=1e-3)
    assert there.drop == pytest.approx(unit_loss * here.drop, rel=1e-3)
    assert there.sharpness_pvalue == pytest.approx(here.sharpness_pvalue, rel=1e-2, abs=1e-6)


def test_replicates_are_kept_not_averaged():
    losses = noisy(THEORY, 6, 0.05, 8)
    test = LossTransition(n_boot=19)
    kept = test.fit(D, losses, rng=0)
    averaged = test.fit(D, losses.mean(axis=1), rng=0)
    assert (kept.n_obs, averaged.n_obs) == (96, 12)
    assert kept.d_star == pytest.approx(averaged.d_star, rel=0.02)
    assert kept.noise_level == pytest.approx(0.05, rel=0.25)


def test_a_result_survives_json_and_becomes_a_row(found):
    again = LossTransitionResult.from_json(found.to_json())
    assert again == found
    assert again.to_json() == found.to_json()
    row = found.to_frame().iloc[0]
    assert row["d_star"] == found.d_star
    assert row["steepest"] == found.steepest
    content = json.loads(LossTransition(n_boot=0).fit([1, 2], [1.0, 1.0]).to_json())
    assert content["d_star_high"] == "inf"


def test_wider_levels_give_wider_intervals(found):
    usual, wide = found.conf_int(), found.conf_int(0.99)
    assert (wide["low"] < usual["low"]).all()
    assert (wide["high"] > usual["high"]).all()
    assert set(found.bse) == {"log d_star", "log b", "loss_opt", "drop"}
    assert found.params["d_star"] == found.d_star


def test_other_families_are_compared_and_the_true_one_is_near_the_top(found):
    table = found.alternatives()
    assert len(table) == 9
    assert [one.aicc for one in table] == sorted(one.aicc for one in table)
    names = [one.family for one in table]
    assert names.index("crossover") < names.index("power law with floor") < names.index("flat")


def test_the_picture_shows_runs_crossover_and_places(found):
    ax = found.plot()
    labels = ax.get_legend_handles_labels()[1]
    expected = {"runs", "crossover", "95 % band", "D* and its interval", "steepest point"}
    assert expected <= set(labels)
