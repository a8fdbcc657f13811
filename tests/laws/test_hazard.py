"""b from first activations: against the binomial law step by step, and against simulation."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import binom, chi2

from activstats.counts import Counts
from activstats.errors import InputError
from activstats.laws.growth import GrowthLaw, GrowthLawResult
from activstats.laws.hazard import Hazard, arrivals_of
from activstats.laws.hazard_points import hazard_points
from activstats.laws.histogram import histogram_of
from activstats.laws.results import Status

LAW = GrowthLaw(method="hazard")


def recorded(rng, n_neurons, b, c, n_samples):
    rates = rng.beta(b, b * (n_neurons / c - 1), n_neurons)
    return Counts.from_active(rng.random((n_samples, n_neurons)) < rates)


@pytest.mark.parametrize("phi", [0.0, 0.2, 3.0, 40.0])
def test_likelihood_is_that_of_a_binomial_number_of_new_neurons_in_every_sample(rng, phi):
    """new ~ Binomial(N − K_n, 1/(n/b + N/c)), sample by sample."""
    counts = recorded(rng, 60, 0.5, 6, 80)
    k = counts.growth_curve(np.arange(81))
    n = np.arange(80)
    hazard = 1 / (n * phi + 60 / counts.c)
    new = np.diff(k)
    coefficients = binom.logpmf(new, 60 - k[:-1], 0.5) + (60 - k[:-1]) * np.log(2)
    direct = binom.logpmf(new, 60 - k[:-1], hazard).sum() - coefficients.sum()
    histogram = histogram_of(counts)
    ours = Hazard(histogram, arrivals_of(counts, histogram))(phi)
    assert ours == pytest.approx(direct, rel=1e-11)


@pytest.mark.parametrize(("b", "c"), [(0.3, 20), (1.0, 40), (0.5, 300)])
def test_b_of_simulated_neurons_is_found(rng, b, c):
    result = LAW.fit(recorded(rng, 2000, b, c, 600))
    assert result.method == "hazard"
    assert result.b_low < b < result.b_high
    assert np.log(result.b / b) == pytest.approx(0, abs=0.25)
    assert any("random order" in text for text in result.warnings)


def test_estimate_is_where_scipys_binomial_likelihood_is_highest(rng):
    counts = recorded(rng, 300, 0.5, 12, 150)
    k, n = counts.growth_curve(np.arange(151)), np.arange(150)

    def lacking(log_b):
        hazard = 1 / (n / np.exp(log_b) + 300 / counts.c)
        return -binom.logpmf(np.diff(k), 300 - k[:-1], hazard).sum()

    best = minimize_scalar(lacking, bounds=(-4, 3), method="bounded", options={"xatol": 1e-7})
    result = LAW.fit(counts)
    assert np.log(result.b) == pytest.approx(best.x, abs=1e-4)
    ends = [lacking(np.log(end)) - best.fun for end in (result.b_low, result.b_high)]
    assert ends == pytest.approx([chi2.ppf(0.95, 1) / 2] * 2, rel=1e-3)


def test_hazard_and_likelihood_agree_on_the_same_layer(rng):
    counts = recorded(rng, 2000, 0.4, 20, 1000)
    both = [LAW.fit(counts), GrowthLaw().fit(counts)]
    assert np.log(both[0].b / both[1].b) == pytest.approx(0, abs=3 * both[0].bse)
    assert both[0].bse >= 0.9 * both[1].bse


def test_a_curve_that_is_over_says_so(rng):
    result = LAW.fit(recorded(rng, 300, 2.0, 150, 400))
    assert result.status is Status.SATURATED
    assert "few samples alone" in result.reason


def test_points_scatter_around_the_line_of_the_law(rng):
    counts = recorded(rng, 4000, 0.4, 40, 2000)
    histogram = histogram_of(counts)
    points = hazard_points(arrivals_of(counts, histogram), 4000, 0.99)
    line = 4000 / 40 + points.n_samples / 0.4
    assert points.n_samples.size > 10
    assert np.mean((points.low <= line) & (line <= points.high)) > 0.85


def test_points_count_every_silent_neuron_and_every_new_one(rng):
    """Bins end where a neuron came last, so that their sums give all silent samples and all new."""
    counts = recorded(rng, 100, 0.4, 10, 50)
    histogram = histogram_of(counts)
    arrivals = arrivals_of(counts, histogram)
    points = hazard_points(arrivals, 100)
    assert 1 < points.inverse_hazard.size <= counts.k // 8
    assert (points.low < points.inverse_hazard).all()
    assert (points.inverse_hazard < points.high).all()
    # with the eight neurons of one bin: Σ (N − K_n) over all samples, divided by them
    few = type(arrivals)(np.array([0, 3, 9]), np.array([3, 2, 3]), 50)
    silent = 100 + 3 * 97 + 6 * 95
    assert hazard_points(few, 100).inverse_hazard == pytest.approx(silent / 8)


def test_diagnostic_is_drawn_with_its_line(rng):
    result = LAW.fit(recorded(rng, 500, 0.4, 10, 300))
    ax = result.plot_hazard()
    assert "N/c + n/b, fitted" in {line.get_label() for line in ax.get_lines()}
    assert "(N − K)/new" in ax.get_ylabel()
    with pytest.raises(InputError, match="hazard"):
        GrowthLaw().fit([0, 1, 5, 9], 20).plot_hazard()


def test_result_travels_with_its_first_activations(rng):
    result = LAW.fit(recorded(rng, 200, 0.4, 10, 100))
    again = GrowthLawResult.from_json(result.to_json())
    assert again == result
    assert again.interval(0.8) == result.interval(0.8)
    assert result.interval(0.8)[0] > result.b_low


@pytest.mark.parametrize(
    "first", [None, [0, 1], [0, 1, 2], [0, -1, 99], [0.5, 1, -1], [[0], [1], [-1]]]
)
def test_first_activations_that_cannot_be_are_refused(first):
    histogram = SimpleNamespace(values=np.array([0, 1, 5]), multiplicities=np.array([1, 1, 1]))
    counts = SimpleNamespace(n_samples=10, histogram=histogram, first=first)
    with pytest.raises(InputError):
        LAW.fit(counts)


def test_counts_without_order_are_refused_with_the_way_out():
    with pytest.raises(InputError, match="likelihood"):
        LAW.fit([0, 1, 5], 10)


@given(st.data())
def test_any_recording_gets_a_number_or_a_reason(data):
    shape = (data.draw(st.integers(1, 8)), data.draw(st.integers(1, 6)))
    bits = data.draw(st.lists(st.booleans(), min_size=shape[0] * shape[1], max_size=64))
    active = np.array(bits[: shape[0] * shape[1]]).reshape(shape)
    result = LAW.fit(Counts.from_active(active))
    if np.isnan(result.b):
        assert result.reason
    else:
        assert 0 < result.b_low <= result.b <= result.b_high
