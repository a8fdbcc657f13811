"""Trends over learning rates, correlations beside them, and an optimum inside the range."""

import numpy as np
import pytest
from scipy import stats

from activstats.dynamics.association import Association
from activstats.dynamics.association_result import AssociationResult
from activstats.dynamics.estimates import FISHER, LOG, Estimate, over_units
from activstats.dynamics.interior_optimum import InteriorOptimum
from activstats.dynamics.interior_optimum_result import InteriorOptimumResult
from activstats.dynamics.rate_trend import RateTrend, RateTrendResult
from activstats.errors import DomainError, InputError
from activstats.laws.results import Status

RATES = np.geomspace(1e-4, 1e-2, 7)
X = np.log10(RATES)


def test_the_mean_over_seeds_has_students_interval(rng):
    values = rng.normal(size=9)
    wanted = stats.ttest_1samp(values, 0).confidence_interval(0.9)
    assert over_units("x", values).interval(0.9) == pytest.approx((wanted.low, wanted.high))


def test_logarithms_and_correlations_are_averaged_on_their_own_scale():
    assert over_units("x", [1.0, 100.0], scale=LOG).value == pytest.approx(10)
    assert over_units("r", [0.5, 0.9], scale=FISHER).value == pytest.approx(
        np.tanh((np.arctanh(0.5) + np.arctanh(0.9)) / 2)
    )
    assert np.isnan(over_units("x", []).value)
    assert np.isnan(over_units("x", [1.0]).interval(0.95)).all()


def test_a_large_sample_has_the_normal_quantile():
    low, high = Estimate("x", 0.0, 1.0).interval(0.95)
    assert (low, high) == pytest.approx((-1.959964, 1.959964), abs=1e-5)


def test_a_power_law_has_its_exponent_as_slope():
    values = np.outer([1.0, 2.0, 5.0], RATES**0.7)
    found = RateTrend(log=True).fit(RATES, values)
    assert found["slope"].value == pytest.approx(0.7)
    assert found["slope"].error == pytest.approx(0, abs=1e-12)
    assert found["rank"].value == pytest.approx(1)


def test_the_test_of_order_is_pages_on_his_kind_of_table():
    # Ratings of a tutorial, a lecture and a seminar by ten students, L = 133.5: the table and the
    # exact p-value of scipy's manual of page_trend_test.
    table = [[3, 4, 3], [2, 2, 4], [3, 3, 5], [1, 3, 2], [2, 3, 2], [2, 4, 5], [1, 2, 4],
             [3, 4, 4], [2, 4, 5], [1, 3, 4]]  # fmt: skip
    found = RateTrend().fit([1, 2, 3], table)
    assert found.pvalues["rising"] == pytest.approx(0.0018191161948127822)
    assert found.pvalues["falling"] > 0.99


def test_slopes_of_noise_are_covered_and_order_is_seldom_found(rng):
    held, found = 0, 0
    for _ in range(400):
        values = 0.5 * X + rng.normal(0, 1, (5, 7)) + rng.normal(0, 1, (5, 1))
        low, high = RateTrend().fit(RATES, values).interval("slope")
        held += low <= 0.5 <= high
        found += RateTrend().fit(RATES, values - 0.5 * X).pvalues["rising"] <= 0.05
    assert 0.92 <= held / 400 <= 0.98
    assert found / 400 <= 0.08


def test_runs_that_are_missing_are_left_out():
    values = np.outer([1.0, 2.0, 5.0], RATES**0.7)
    values[0, 2], values[1, :] = np.nan, 0.0  # a logarithm of 0 is missing as well
    found = RateTrend(log=True).fit(RATES, values)
    assert (found.n_seeds, found.n_obs) == (2, 13)
    assert found["slope"].value == pytest.approx(0.7)


@pytest.mark.parametrize("values", [[[1.0, 2.0, 3.0]], [[1.0, 2.0, np.nan], [2.0, np.inf, 1.0]]])
def test_one_seed_has_no_interval_and_says_so(values):
    found = RateTrend().fit([1, 2, 3], values)
    assert found.status is Status.TOO_FEW
    assert "at least 2" in found.reason
    assert np.isnan(found.interval("slope")).all()


@pytest.mark.parametrize(
    ("rates", "values"),
    [([1, 2], [[1, 2, 3]]), ([2, 1, 3], [[1, 2, 3]]), ([0, 1, 2], [[1, 2, 3]]), ([1, 2], [1, 2])],
)
@pytest.mark.parametrize("model", [RateTrend(), InteriorOptimum()])
def test_tables_that_do_not_fit_their_rates_are_refused(model, rates, values):
    with pytest.raises(InputError):
        model.fit(rates, values)


@pytest.mark.parametrize("kind", [RateTrend, InteriorOptimum, Association])
def test_levels_that_are_none_are_refused(kind):
    with pytest.raises(DomainError):
        kind(level=1)


def test_what_the_rate_moves_correlates_between_rates_and_not_within(rng):
    x = X + 0.1 * rng.normal(size=(5, 7))
    y = -X + 0.1 * rng.normal(size=(5, 7))
    found = Association().fit(RATES, x, y)
    assert found["between"].value < -0.95
    assert found["overall"].value < -0.95
    low, high = found.interval("within")
    assert low < 0 < high


def test_within_is_the_partial_correlation_given_rate_and_seed(rng):
    x, y = rng.normal(size=(2, 4, 6))
    y += 0.5 * x + X[:6] + np.arange(4)[:, None]
    found = Association().fit(RATES[:6], x, y)
    centred = [one - one.mean(0) - one.mean(1, keepdims=True) + one.mean() for one in (x, y)]
    r = np.corrcoef(centred[0].ravel(), centred[1].ravel())[0, 1]
    assert found["within"].value == pytest.approx(r)
    # 24 runs, 4 + 6 − 1 means: 15 free; Fisher's z of ν + 1 observations
    assert found["within"].error == pytest.approx(1 / np.sqrt(15 - 2))


@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_intervals_within_hold_the_truth_beside_effects_of_rate_and_seed(rng, rho):
    held = 0
    for _ in range(400):
        a = rng.normal(size=(5, 7))
        b = rho * a + np.sqrt(1 - rho**2) * rng.normal(size=(5, 7))
        seed = 3 * rng.normal(size=(5, 1))
        low, high = Association().fit(RATES, a + seed + 2 * X, b - seed + X).interval("within")
        held += low <= rho <= high
    assert 0.92 <= held / 400 <= 0.98


def test_exact_copies_correlate_by_one_and_constants_not_at_all(rng):
    x = rng.normal(size=(4, 5))
    assert Association().fit(RATES[:5], x, 2 * x)["within"].value == pytest.approx(1)
    constant = Association().fit(RATES[:5], x, np.ones((4, 5)))
    assert np.isnan(constant["within"].value)
    assert constant.status is Status.TOO_FEW
    with pytest.raises(InputError):
        Association().fit(RATES[:5], x, x[:3])


def hill(centre, height=1.0):
    return -height * (X - centre) ** 2


def test_a_hill_inside_the_range_is_found_where_it_is(rng):
    scores = hill(-3.1) + 0.05 * rng.normal(size=(5, 7))
    found = InteriorOptimum().fit(RATES, scores)
    assert found.pvalues["interior"] < 0.01
    assert found.pvalues["u_shape"] < 0.01
    low, high = found.interval("place")
    assert low < -3.1 < high
    assert high - low < 0.5
    assert 0 < found.gain_low < hill(-3.1).max() - max(hill(-3.1)[[0, -1]]) < found.gain_high


def test_the_top_of_a_parabola_is_exact():
    found = InteriorOptimum().fit(RATES, hill(-3.1) + np.arange(3)[:, None])
    assert found["place"].value == pytest.approx(-3.1)


@pytest.mark.parametrize("shape", ["flat", "rising", "levelling off"])
def test_without_an_inner_optimum_it_is_seldom_found(rng, shape):
    curve = {"flat": 0 * X, "rising": X, "levelling off": -np.exp(-4 * (X - X[0]))}[shape]
    found = [
        InteriorOptimum().fit(RATES, curve + 0.1 * rng.normal(size=(5, 7))).pvalues["interior"]
        for _ in range(300)
    ]
    assert np.mean(np.array(found) <= 0.05) <= 0.08


def test_a_parabola_mistakes_what_levels_off_and_pairs_do_not(rng):
    levels_off = -np.exp(-4 * (X - X[0])) + 0.02 * rng.normal(size=(5, 7))
    found = InteriorOptimum().fit(RATES, levels_off)
    assert found.pvalues["u_shape"] < 0.05 < found.pvalues["interior"]


def test_a_rising_score_is_at_the_boundary():
    found = InteriorOptimum().fit(RATES, X + np.arange(3)[:, None])
    assert found.status is Status.AT_BOUNDARY
    assert found["gain"].value < 0
    assert np.isnan(found["place"].value)


def test_too_few_rates_or_seeds_are_a_status():
    assert InteriorOptimum().fit([1, 2], [[1, 2], [2, 1]]).status is Status.TOO_FEW
    one = InteriorOptimum().fit([1, 2, 3], [[1, 2, 1]])
    assert one.status is Status.TOO_FEW
    assert "too few" in one.summary()


def test_results_survive_json_and_print(rng):
    values = np.exp(X + 0.1 * rng.normal(size=(4, 7)))
    kinds = (
        (RateTrendResult, RateTrend(log=True).fit(RATES, values, provenance={"task": "a"})),
        (AssociationResult, Association().fit(RATES, values, values[::-1])),
        (InteriorOptimumResult, InteriorOptimum().fit(RATES, -values)),
    )
    for kind, found in kinds:
        again = kind.from_json(found.to_json())
        assert again.to_json() == found.to_json()
        assert type(found).title in again.summary()
        assert len(found.to_frame()) == 1
        assert list(found.conf_int().columns) == ["low", "high"]
        assert found.plot() is not None
        assert "<table>" in found._repr_html_()
