"""The rarefied curve's covariance: against the textbook form, simulation and 50 digits."""

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from activstats.errors import DomainError
from activstats.laws.curves import expected_activated
from activstats.laws.growth import GrowthLaw
from activstats.laws.rarefaction import log_unseen
from activstats.laws.rarefaction_covariance import rarefaction


def test_covariance_is_the_textbook_form(draw_counts):
    """S = Hᵀ diag(f) H − K Kᵀ / N."""
    counts, grid = draw_counts(400, 0.4, 8, 300), np.array([1, 7, 60, 300])
    values, neurons = np.unique(counts, return_counts=True)
    seen = -np.expm1(log_unseen(values[:, None], 300, grid))
    k = neurons @ seen
    expected = (seen * neurons[:, None]).T @ seen - np.outer(k, k) / 400
    found = rarefaction(counts, grid, n_samples=300)
    np.testing.assert_allclose(found.k, k, rtol=1e-12)
    np.testing.assert_allclose(found.covariance, expected, rtol=1e-8)
    np.testing.assert_allclose(found.se, np.sqrt(np.diag(expected)), rtol=1e-8)


def test_variance_at_all_samples_is_binomial(draw_counts):
    counts = draw_counts(500, 0.3, 5, 200)
    k = np.count_nonzero(counts)
    found = rarefaction(counts, [200], n_samples=200)
    assert found.covariance[0, 0] == pytest.approx(k * (1 - k / 500))


def test_standard_errors_are_the_scatter_over_layers(draw_counts):
    grid = [2, 20, 200]
    found = [rarefaction(draw_counts(300, 0.4, 6, 200), grid, n_samples=200) for _ in range(200)]
    scatter = np.std([one.k for one in found], axis=0)
    np.testing.assert_allclose(np.mean([one.se for one in found], axis=0), scatter, rtol=0.15)


def test_intervals_cover_the_expected_curve(draw_counts):
    """Nominal .95, 250 layers; E[K] = N (1 − E[(1 − π)^d]) of the beta distribution."""
    grid = np.array([3, 30, 200])
    truth = expected_activated(grid, n_neurons=300, b=0.4, c=6)
    found = [rarefaction(draw_counts(300, 0.4, 6, 200), grid, n_samples=200) for _ in range(250)]
    inside = np.mean([(one.k_low <= truth) & (truth <= one.k_high) for one in found], axis=0)
    assert np.all((inside > 0.9) & (inside < 0.99))


@pytest.mark.parametrize("count", [1, 2, 5, 1000, 10**6])
@pytest.mark.parametrize("part", [1, 1000, 10**6, 10**9 - 10**6])
def test_a_billion_samples_lose_no_digit(count, part):
    """ln[C(D − D_i, d) / C(D, d)] with 60 digits."""
    n = 10**9
    with mpmath.workdps(60):
        terms = (n - count, n - part, -(n - count - part), -n)
        exact = mpmath.fsum(mpmath.sign(t) * mpmath.loggamma(abs(t) + 1) for t in terms)
        assert float(log_unseen(count, n, part)) == pytest.approx(float(exact), rel=1e-12)


def test_curve_of_a_billion_samples_is_smooth():
    counts = np.repeat([0, 1, 2, 10**5, 10**8], 200)
    found = rarefaction(counts, np.geomspace(1, 10**9, 30).astype(int), n_samples=10**9)
    assert np.all(np.diff(found.k) > 0)
    assert found.k[-1] == 800
    assert np.isfinite(found.covariance).all()
    assert np.linalg.eigvalsh(found.covariance).min() > -1e-9


def test_an_interval_keeps_a_width_where_every_neuron_fired():
    found = rarefaction([3, 4, 5, 3], [10], n_samples=10)
    assert found.k[0] == found.k_high[0] == 4
    assert found.k_low[0] < 3
    nothing = rarefaction([0, 0, 0], [0, 10], n_samples=10)
    assert nothing.k_high.tolist()[0] == 0
    assert nothing.k_high[1] > 0


def test_a_result_rarefies_itself(draw_counts):
    counts = draw_counts(200, 0.4, 5, 100)
    result = GrowthLaw(level=0.8).fit(counts, 100)
    found = result.rarefaction([10, 100])
    assert found.level == 0.8
    assert list(found.to_frame().columns) == ["n_samples", "k", "se", "k_low", "k_high"]
    np.testing.assert_array_equal(found.k, result.rarefied([10, 100]))


@pytest.mark.parametrize(("grid", "level"), [([11], 0.95), ([-1], 0.95), ([1.5], 0.95), ([1], 1)])
def test_sizes_and_levels_that_cannot_be_are_refused(grid, level):
    with pytest.raises(DomainError):
        rarefaction([1, 2], grid, n_samples=10, level=level)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_intervals_hold_their_curve_and_stay_within_the_layer(counts):
    found = rarefaction(counts, np.arange(51), n_samples=50)
    assert np.all((found.k_low >= 0) & (found.k_low <= found.k + 1e-9))
    assert np.all((found.k_high <= len(counts) + 1e-9) & (found.k <= found.k_high + 1e-9))
    np.testing.assert_allclose(found.covariance, found.covariance.T)
