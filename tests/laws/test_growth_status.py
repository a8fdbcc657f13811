"""Where b is infinite, hidden or beside the point, a status says so in words."""

from types import SimpleNamespace

import numpy as np
import pytest

from activstats.laws.growth import GrowthLaw
from activstats.laws.results import Status


def fit(counts, n_samples, **settings):
    return GrowthLaw(**settings).fit(counts, n_samples=n_samples)


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
    assert result.expected(5).k == pytest.approx(result.expected(5).k_high)


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
