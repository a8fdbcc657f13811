"""Fitting the growth law: what it finds, what it refuses, and where it says that b cannot be had."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from activstats.errors import DomainError, InputError
from activstats.laws.growth import GrowthLaw, expected_activated
from activstats.laws.results import Status


def fit(counts, n_samples, **settings):
    return GrowthLaw(**settings).fit(counts, n_samples=n_samples)


@pytest.mark.parametrize("b", [0.05, 0.3, 1.0, 5.0])
@pytest.mark.parametrize("c", [1, 20, 300])
def test_the_b_of_simulated_neurons_is_found(draw_counts, b, c):
    result = fit(draw_counts(20_000, b, 20 * c, 2000), 2000)
    assert result.b == pytest.approx(b, rel=0.06)
    assert result.c == pytest.approx(20 * c, rel=0.25)
    assert result.misfit < 0.01
    assert result.status in {Status.CONVERGED, Status.SATURATED}


def test_scales_in_samples_are_named_apart(draw_counts):
    result = fit(draw_counts(2000, 0.3, 20, 3000), 3000)
    assert result.steepest == pytest.approx(result.n_neurons / result.c)
    assert result.d_star == pytest.approx(result.b * result.n_neurons / result.c)
    ends = result.conf_int()
    assert ends.loc["d_star", "low"] == pytest.approx(ends.loc["b", "low"] * result.steepest)


def test_misfit_tells_the_exact_law_from_its_rivals_in_a_dense_layer(draw_counts):
    result = fit(draw_counts(2000, 0.3, 600, 400), 400)
    assert result.misfit < 0.02
    assert result.misfit_mean_field > 0.1
    assert result.misfit_equal_rates > 0.2


def test_equal_rates_give_an_infinite_b_with_a_lower_bound(rng):
    counts = np.bincount(rng.integers(0, 500, 20_000), minlength=500)
    result = fit(counts, 10_000)
    assert result.status in {Status.EQUAL_RATES, Status.CONVERGED}
    assert result.b_high == np.inf
    assert 100 < result.b_low < np.inf


def test_counts_more_alike_than_chance_are_equal_rates():
    result = fit([9, 10, 11, 10, 10, 9, 11, 10], 2000)
    assert result.status is Status.EQUAL_RATES
    assert (result.b, result.b_high, result.bse) == (np.inf, np.inf, np.inf)
    assert 1 < result.b_low < np.inf
    assert result.d_star == np.inf
    assert result.predict(5).k == pytest.approx(result.predict(5).k_high)


@pytest.mark.parametrize(
    ("counts", "n_samples", "words"),
    [
        ([0, 1, 1, 0], 1, "one sample"),
        ([0, 0, 0, 0], 50, "no neuron fired"),
        ([1, 0, 1, 0], 50, "fired twice"),
        ([7, 7, 7, 7], 50, "equally often"),
        ([50, 50, 50], 50, "every sample"),
        ([0, 50, 0, 50], 50, "every sample or in none"),
        ([13], 50, "single neuron"),
    ],
)
def test_where_b_cannot_be_had_there_is_a_reason_and_no_number(counts, n_samples, words):
    result = fit(counts, n_samples)
    check_nothing_is_known(result)
    assert words in result.reason


@pytest.mark.parametrize("counts", [[1, 0, 0], [1, 0, 1], [7, 7, 7, 7], [50, 0, 0], [13]])
def test_one_winner_a_sample_can_hide_b_as_well(counts):
    check_nothing_is_known(fit(counts, sum(counts), likelihood="dirichlet-multinomial"))


def check_nothing_is_known(result):
    assert result.status is Status.NOT_IDENTIFIABLE
    assert result.reason
    assert np.isnan(result.b)
    assert np.isnan(result.d_star)
    assert (result.b_low, result.b_high) == (0, np.inf)
    assert result.reason == result.to_frame()["reason"].item()


def test_an_empty_recording_is_no_mistake_of_the_caller():
    histogram = SimpleNamespace(values=np.array([0]), multiplicities=np.array([9]))
    counts = SimpleNamespace(n_samples=0, n_neurons=9, histogram=histogram, provenance={})
    result = GrowthLaw().fit(counts)
    assert result.status is Status.NOT_IDENTIFIABLE
    assert "D = 0" in result.reason
    assert type(result).from_json(result.to_json()).reason == result.reason
    assert "D = 0" in result.summary()


def test_too_few_activations_a_neuron_identify_nothing(draw_counts):
    """cD/N = 0.05 ≪ b = 3: the likelihood is flat from below 1 to infinity."""
    result = fit(draw_counts(300, 3.0, 1, 15), 15)
    assert result.status is Status.NOT_IDENTIFIABLE
    assert result.reason
    assert np.isnan(result.b)


def test_dense_layers_are_saturated_but_keep_their_b(draw_counts):
    result = fit(draw_counts(512, 2.0, 250, 1797), 1797)
    assert result.status is Status.SATURATED
    assert "the curve says nothing" in result.reason
    assert result.b == pytest.approx(2.0, rel=0.25)
    assert result.b_low < result.b < result.b_high


def test_sparse_layers_are_not_saturated(draw_counts):
    for n_samples in (20, 60, 2000):
        result = fit(draw_counts(2000, 0.3, 20, n_samples), n_samples)
        assert result.status is Status.CONVERGED


def test_provenance_travels_with_the_counts(draw_counts):
    values, multiplicities = np.unique(draw_counts(300, 0.5, 5, 900), return_counts=True)
    histogram = SimpleNamespace(values=values, multiplicities=multiplicities)
    known = {"layer": "relu", "rule": "top_fraction(0.01)", "step": 7}
    counts = SimpleNamespace(n_samples=900, n_neurons=300, histogram=histogram, provenance=known)
    result = GrowthLaw().fit(counts)
    assert result.provenance == known
    assert "top_fraction(0.01)" in result.summary()
    assert result.to_frame()["layer"].item() == "relu"


def test_counts_their_order_and_their_histogram_give_the_same_result(draw_counts, rng):
    counts = draw_counts(400, 0.4, 6, 1500)
    first = fit(counts, 1500)
    assert fit(rng.permutation(counts), 1500) == first
    assert fit(np.unique(counts, return_counts=True), 1500) == first
    assert fit(counts.astype(float).tolist(), 1500.0) == first
    values, multiplicities = np.unique(counts, return_counts=True)
    doubled = (np.tile(values, 2), np.concatenate([multiplicities - 1, multiplicities * 0 + 1]))
    assert fit(doubled, 1500) == first


def test_prediction_widens_with_the_interval_and_meets_the_law(draw_counts):
    result = fit(draw_counts(1000, 0.3, 10, 500), 500)
    d = [1, 100, 500, 50_000]
    wide, narrow = result.predict(d, level=0.99), result.predict(d, level=0.5)
    law = expected_activated(d, n_neurons=1000, b=result.b, c=result.c)
    np.testing.assert_array_equal(wide.k, law)
    ends = [wide.k_low, narrow.k_low, law, narrow.k_high, wide.k_high]
    assert np.all(np.diff(ends, axis=0) >= -1e-9)
    assert list(wide.to_frame().columns) == ["n_samples", "k", "k_low", "k_high"]
    assert wide.level == 0.99


def test_prediction_from_a_tenth_of_the_samples_holds(draw_counts):
    """The exact law extrapolates ten times with a small error where it is true."""
    rates = draw_counts(4000, 0.3, 40, 10**6) / 10**6
    generator = np.random.default_rng(8)
    early = generator.binomial(300, rates)
    later = np.count_nonzero(early + generator.binomial(2700, rates))
    predicted = fit(early, 300).predict(3000)
    assert predicted.k == pytest.approx(later, abs=0.02 * 4000)
    assert predicted.k_low < predicted.k < predicted.k_high


def test_prediction_without_b_says_why_not():
    with pytest.raises(InputError, match="fired twice"):
        fit([1, 0, 1], 50).predict(100)


def test_intervals_at_other_levels_nest(draw_counts):
    result = fit(draw_counts(500, 0.3, 8, 900), 900)
    low, high = zip(*(result.interval(level) for level in (0.5, 0.8, 0.95, 0.99)), strict=True)
    assert list(low) == sorted(low, reverse=True)
    assert list(high) == sorted(high)
    assert result.interval(0.95) == result.interval() == (result.b_low, result.b_high)
    refitted = fit(result.histogram, None, level=0.8)
    assert result.interval(0.8) == pytest.approx((refitted.b_low, refitted.b_high), rel=1e-6)


def test_rarefied_curve_ends_at_what_was_measured(draw_counts):
    result = fit(draw_counts(500, 0.3, 8, 900), 900)
    np.testing.assert_allclose(result.rarefied([1, 900]), [result.c, result.k])


MISTAKES = [
    ([1, -2], 10),
    ([1, 2.5], 10),
    ([1.0, float("nan")], 10),
    ([1.0, float("inf")], 10),
    ([1, 11], 10),
    ([1, 2], None),
    ([1, 2], 0),
    ([1, 2], -5),
    ([1, 2], 2.5),
    ([1, 2], float("nan")),
    ([1, 2], "ten"),
    ([1, 2], True),
    ([], 10),
    ([[1, 2], [3, 4]], 10),
    ([True, False], 10),
    (["a", "b"], 10),
    ([[1], [2, 3]], 10),
    (None, 10),
    (5, 10),
    (([1, 2], [1]), 10),
    (([1, 2], [0, 0]), 10),
    (([1, 2], [1, -1]), 10),
    ([2**60, 1], 10),
]


@pytest.mark.parametrize(("counts", "n_samples"), MISTAKES)
def test_what_cannot_be_counts_is_refused_in_words(counts, n_samples):
    with pytest.raises(InputError) as caught:
        fit(counts, n_samples)
    assert caught.value.what.endswith(".")


def test_two_numbers_of_samples_may_not_disagree():
    histogram = SimpleNamespace(values=np.array([0, 3]), multiplicities=np.array([4, 1]))
    counts = SimpleNamespace(n_samples=10, n_neurons=5, histogram=histogram)
    with pytest.raises(InputError, match="leave it out"):
        GrowthLaw().fit(counts, n_samples=11)


def test_one_winner_likelihood_refuses_other_numbers_of_winners():
    with pytest.raises(InputError, match="argmax"):
        fit([3, 4, 5], 10, likelihood="dirichlet-multinomial")


@pytest.mark.parametrize("wrong", [{"likelihood": "poisson"}, {"level": 1.0}, {"level": 0.0}])
def test_unknown_settings_are_refused(wrong):
    with pytest.raises(DomainError):
        GrowthLaw(**wrong)


any_counts = st.integers(1, 10**9).flatmap(
    lambda d: st.tuples(
        st.lists(st.integers(0, d) | st.integers(0, min(d, 5)), min_size=1, max_size=25),
        st.just(d),
    )
)


@given(any_counts)
def test_any_counts_get_numbers_or_a_reason(case):
    counts, n_samples = case
    result = fit(counts, n_samples)
    assert result.k == np.count_nonzero(counts)
    if result.status is Status.NOT_IDENTIFIABLE:
        assert result.reason
        assert np.isnan(result.b)
        return
    assert 0 < result.b_low <= result.b <= result.b_high
    numbers = (result.bse, result.log_likelihood, result.misfit, result.misfit_mean_field)
    assert not np.isnan(numbers).any()
    assert (result.status is Status.EQUAL_RATES) <= np.isinf(result.b)
    assert 0 <= result.misfit <= 1


@given(st.lists(st.integers(0, 300), min_size=2, max_size=25).filter(sum))
def test_any_winners_get_numbers_or_a_reason(counts):
    result = fit(counts, sum(counts), likelihood="dirichlet-multinomial")
    if result.status is Status.NOT_IDENTIFIABLE:
        assert np.isnan(result.b)
    else:
        assert 0 < result.b_low <= result.b <= result.b_high
