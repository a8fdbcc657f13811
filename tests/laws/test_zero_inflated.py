"""Dead neurons: estimates against an outside optimiser, the test of none, intervals, odd input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import betabinom, chi2

from activstats.errors import DomainError, InputError
from activstats.laws.histogram import histogram_of
from activstats.laws.results import Status
from activstats.laws.zero_inflated import ZeroInflatedFit, fit_zero_inflated, pvalue_on_boundary


@pytest.fixture
def with_dead(draw_counts):
    def draw(n_neurons, b, c, n_samples, dead):
        counts = draw_counts(n_neurons, b, c, n_samples)
        counts[: round(dead * n_neurons)] = 0
        return histogram_of(counts, n_samples)

    return draw


def outside_fit(histogram):
    """Minimise the zero-inflated likelihood from scipy's distribution over all three parameters."""

    def cost(point):
        b, odds, w = np.exp(point[0]), np.exp(point[1]), 1 / (1 + np.exp(-point[2]))
        p = (1 - w) * betabinom(histogram.n_samples, b, b / odds).pmf(histogram.values)
        p[histogram.values == 0] += w
        return -np.sum(histogram.weights * np.log(p))

    options = {"xatol": 1e-8, "fatol": 1e-10, "maxiter": 4000, "maxfev": 4000}
    found = minimize(cost, [0.0, -3.0, -1.0], method="Nelder-Mead", options=options)
    return np.exp(found.x[0]), 1 / (1 + np.exp(-found.x[2])), -found.fun


@pytest.mark.parametrize(
    ("b", "c", "n_samples", "dead"), [(0.5, 5, 800, 0.3), (2.0, 30, 200, 0.5), (0.3, 120, 60, 0.2)]
)
def test_fit_is_that_of_an_outside_optimiser(with_dead, b, c, n_samples, dead):
    counts = with_dead(300, b, c, n_samples, dead)
    fit = fit_zero_inflated(counts)
    outside_b, outside_dead, log_likelihood = outside_fit(counts)
    assert fit.b == pytest.approx(outside_b, rel=2e-3)
    assert fit.dead_share == pytest.approx(outside_dead, abs=1e-3)
    binomials = np.sum(counts.weights * log_binomial(n_samples, counts.values))
    assert fit.log_likelihood + binomials == pytest.approx(log_likelihood, abs=1e-3)


def log_binomial(n, k):
    from scipy.special import gammaln

    return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)


def test_interval_of_dead_share_ends_where_the_outside_likelihood_has_dropped_enough(with_dead):
    counts = with_dead(300, 1.0, 6, 600, 0.3)
    fit = fit_zero_inflated(counts)

    def profiled(w):
        def cost(point):
            b, odds = np.exp(point)
            p = (1 - w) * betabinom(600, b, b / odds).pmf(counts.values)
            p[counts.values == 0] += w
            return -np.sum(counts.weights * np.log(p))

        options = {"xatol": 1e-7, "fatol": 1e-9}
        start = [np.log(fit.b), np.log(fit.mean)]
        return -minimize(cost, start, method="Nelder-Mead", options=options).fun

    best = profiled(fit.dead_share)
    for end in (fit.dead_low, fit.dead_high):
        assert best - profiled(end) == pytest.approx(chi2.ppf(0.95, 1) / 2, rel=0.01)


def test_likelihood_without_dead_neurons_is_that_of_the_growth_law(with_dead):
    from activstats.laws.growth import GrowthLaw

    counts = with_dead(300, 0.5, 5, 800, 0.3)
    fit, plain = fit_zero_inflated(counts), GrowthLaw().fit(counts)
    assert fit.log_likelihood_plain == pytest.approx(plain.log_likelihood, abs=1e-6)
    ratio = 2 * (fit.log_likelihood - fit.log_likelihood_plain)
    assert fit.pvalue_dead == pytest.approx(chi2.sf(ratio, 1) / 2)


def test_equal_rates_of_live_neurons_are_found(rng):
    counts = rng.binomial(1000, np.where(np.arange(2000) < 600, 0.0, 0.02))
    fit = fit_zero_inflated(histogram_of(counts, 1000))
    assert np.isinf(fit.b_high)
    assert fit.b > 50
    assert fit.dead_share == pytest.approx(0.3, abs=1e-3)
    assert fit.mean == pytest.approx(0.02, rel=0.02)


def test_no_dead_share_is_said_where_none_is_best(rng):
    # Every neuron fired: no share above 0 can help.
    fit = fit_zero_inflated(histogram_of(rng.integers(1, 40, 200), 100))
    assert fit.dead_share == 0
    assert fit.dead_low == 0
    assert fit.pvalue_dead == 1.0
    assert fit.status is Status.AT_BOUNDARY
    # n ln(1 − w) has fallen by 1.92 at w = 1 − exp(−1.92/n)
    assert fit.dead_high == pytest.approx(-np.expm1(-chi2.ppf(0.95, 1) / 2 / 200), rel=2e-3)


def test_p_on_the_boundary_is_half_of_the_usual():
    assert pvalue_on_boundary(0.0) == 1.0
    assert pvalue_on_boundary(3.3) == pytest.approx(chi2.sf(3.3, 1) / 2)


def test_curve_passes_through_the_measured_point_and_ends_at_the_live_neurons(with_dead):
    counts = with_dead(500, 1.0, 10, 400, 0.3)
    fit = fit_zero_inflated(counts)
    assert fit.expected_activated(400) == pytest.approx(counts.k, rel=2e-3)
    assert fit.expected_activated(10**12) == pytest.approx(500 * (1 - fit.dead_share), rel=1e-6)
    assert fit.expected_activated([1, 10]).shape == (2,)


def test_extrapolation_with_dead_neurons_is_nearer_than_without(rng):
    from activstats.laws.growth import GrowthLaw

    rates = rng.beta(0.6, 0.6 * 99, 4000)
    rates[:1200] = 0
    tenth, whole = rng.binomial(300, rates), rng.binomial(3000, rates)
    truth = np.count_nonzero(whole)
    ours = fit_zero_inflated(histogram_of(tenth, 300)).expected_activated(3000)
    plain = GrowthLaw().fit(tenth, n_samples=300)
    without = plain.expected([3000]).k[0]
    assert abs(ours - truth) < abs(without - truth)


@pytest.mark.slow
def test_true_law_is_called_dead_as_rarely_as_it_should(draw_counts):
    """Size .05: a binomial count of 80 layers within 3 standard errors."""
    found = [
        fit_zero_inflated(histogram_of(draw_counts(64, 1.0, 1.3, 300), 300)).pvalue_dead <= 0.05
        for _ in range(80)
    ]
    assert sum(found) <= 10


def test_level_is_checked():
    with pytest.raises(DomainError, match="confidence level"):
        fit_zero_inflated(histogram_of([0, 2, 3], 10), level=1.0)


def test_wider_level_gives_wider_intervals(with_dead):
    fit = fit_zero_inflated(with_dead(300, 1.0, 6, 600, 0.3))
    narrow, wide = fit.conf_int(0.5), fit.conf_int(0.99)
    assert np.all(wide["low"] <= fit.conf_int()["low"])
    assert np.all(narrow["high"] <= fit.conf_int()["high"])
    with pytest.raises(DomainError):
        fit.conf_int(0.0)


def test_result_prints_draws_and_travels(with_dead):
    for counts in (with_dead(300, 1.0, 6, 600, 0.3), histogram_of([0, 1, 1], 7)):
        fit = fit_zero_inflated(counts, provenance={"layer": "relu"})
        assert ZeroInflatedFit.from_json(fit.to_json()).to_json() == fit.to_json()
        assert "dead" in fit.summary()
        assert "relu" in fit._repr_html_()
        assert fit.to_frame()["layer"].tolist() == ["relu"]
        assert fit.plot().get_title() == fit.title
        assert set(fit.params) == {"b", "dead_share"}
    with pytest.raises(InputError):
        ZeroInflatedFit.from_json("{}")


any_counts = st.integers(1, 10**9).flatmap(
    lambda d: st.tuples(
        st.lists(st.integers(0, d) | st.integers(0, min(d, 5)), min_size=1, max_size=20),
        st.just(d),
    )
)


@settings(max_examples=12)
@given(any_counts)
def test_any_counts_get_numbers_or_a_reason(case):
    fit = fit_zero_inflated(histogram_of(*case))
    assert 0 <= fit.dead_low <= fit.dead_high <= 1
    assert 0 <= fit.b_low <= fit.b_high
    if np.isnan(fit.b):
        assert fit.status is Status.NOT_IDENTIFIABLE
        assert fit.reason
        return
    assert fit.dead_low <= fit.dead_share <= fit.dead_high
    assert 0 < fit.b_low <= fit.b * (1 + 1e-6)
    assert fit.log_likelihood >= fit.log_likelihood_plain
    assert 0 <= fit.pvalue_dead <= 1
