"""Logit-normal rates: the quadrature against others, estimates against an outside optimiser."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import expit, log_expit, roots_hermitenorm
from scipy.stats import binom, norm

from activstats.errors import DomainError
from activstats.laws._logit_normal_probability import log_logit_normal
from activstats.laws.common_rate import CommonRateFit, fit_common_rate
from activstats.laws.histogram import histogram_of
from activstats.laws.logit_normal import LogitNormalFit, fit_logit_normal
from activstats.laws.results import Status


def by_fine_sum(k, n_samples, mu, sigma):
    """A sum over many points: exact to 1e-9 for an analytic integrand."""
    z = np.linspace(-20, 20, 400_001)
    x = mu + sigma * z
    log_f = k * log_expit(x) + (n_samples - k) * log_expit(-x) - z * z / 2
    top = log_f.max()
    return top + np.log(np.exp(log_f - top).sum() * (z[1] - z[0])) - 0.5 * np.log(2 * np.pi)


@pytest.mark.parametrize("n_samples", [2, 50, 1797, 10**5])
@pytest.mark.parametrize(("sigma", "within"), [(0.3, 1e-8), (1.0, 1e-8), (3.0, 1e-8), (8.0, 2e-6)])
def test_quadrature_agrees_with_a_fine_sum(n_samples, sigma, within):
    for mu in (-6.0, -1.0):
        middle = round(n_samples * expit(mu))
        for k in {0, 1, middle, min(3 * middle, n_samples)}:
            if abs(np.log((k + 0.5) / (n_samples - k + 0.5)) - mu) > 9 * sigma:
                continue  # beyond what any neuron of such a layer does, and beyond the sum
            exact = by_fine_sum(k, n_samples, mu, sigma)
            assert log_logit_normal([k], n_samples, mu, sigma)[0] == pytest.approx(
                exact, abs=within * max(1, abs(exact))
            )


def test_probabilities_sum_to_one():
    k = np.arange(201)
    coefficients = binom(200, 0.5).logpmf(k) + 200 * np.log(2)
    for mu, sigma in ((-3.0, 1.5), (0.5, 6.0)):
        assert np.exp(coefficients + log_logit_normal(k, 200, mu, sigma)).sum() == pytest.approx(
            1, abs=1e-6
        )


def test_no_spread_is_the_binomial():
    k = np.arange(6)
    expected = binom(5, expit(-1.0)).logpmf(k) - (binom(5, 0.5).logpmf(k) + 5 * np.log(2))
    assert log_logit_normal(k, 5, -1.0, 1e-5) == pytest.approx(expected, abs=1e-7)


def test_fit_is_that_of_an_outside_optimiser(rng):
    """Gauss–Hermite with 160 fixed nodes and scipy's simplex, for few samples a neuron."""
    counts = histogram_of(rng.binomial(30, expit(rng.normal(-2, 1, 400))), 30)
    nodes, weights = roots_hermitenorm(160)

    def cost(point):
        x = point[0] + np.exp(point[1]) * nodes
        k = counts.values[:, None]
        p = np.exp(k * log_expit(x) + (30 - k) * log_expit(-x)) @ weights / np.sqrt(2 * np.pi)
        return -np.sum(counts.weights * np.log(p))

    options = {"xatol": 1e-8, "fatol": 1e-10}
    outside = minimize(cost, [-2.0, 0.0], method="Nelder-Mead", options=options)
    fit = fit_logit_normal(counts)
    assert fit.mu == pytest.approx(outside.x[0], abs=2e-3)
    assert fit.sigma == pytest.approx(np.exp(outside.x[1]), rel=2e-3)
    assert fit.log_likelihood == pytest.approx(-outside.fun, abs=1e-3)


def test_intervals_hold_the_truth(rng):
    """95 % of 60 layers, within three standard errors."""
    held = []
    for _ in range(60):
        counts = rng.binomial(100, expit(rng.normal(-3, 1.2, 200)))
        ends = fit_logit_normal(histogram_of(counts, 100)).conf_int()
        low, high = ends["low"], ends["high"]
        held.append([low["mu"] <= -3 <= high["mu"], low["sigma"] <= 1.2 <= high["sigma"]])
    assert np.all(np.sum(held, axis=0) >= 52)


def test_curve_passes_near_the_measured_point(rng):
    counts = histogram_of(rng.binomial(200, expit(rng.normal(-6, 1.5, 3000))), 200)
    fit = fit_logit_normal(counts)
    assert fit.expected_activated(200) == pytest.approx(counts.k, rel=0.02)
    assert fit.expected_activated([0, 1, 200])[0] == 0
    common = fit_common_rate(counts)
    assert common.expected_activated(1) == pytest.approx(counts.c)


def test_curve_is_the_integral_over_the_rates(rng):
    fit = fit_logit_normal(histogram_of(rng.binomial(300, expit(rng.normal(-4, 2, 600))), 300))
    mu, sigma = fit.params["mu"], fit.params["sigma"]
    for d in (1, 30, 300, 4000):
        silent, _ = quad(lambda z: norm.pdf(z) * expit(-mu - sigma * z) ** d, -9, 9, limit=200)  # noqa: B023
        assert fit.expected_activated(d) == pytest.approx(600 * (1 - silent), rel=1e-7)


def test_no_spread_is_said(rng):
    fit = fit_logit_normal(histogram_of(np.repeat([9, 10, 11], [20, 60, 20]), 1000))
    assert fit.status is Status.EQUAL_RATES
    assert fit.sigma < 0.01


def test_endless_spread_is_kept_within_bounds():
    fit = fit_logit_normal(histogram_of(np.repeat([0, 1, 400, 10**6], [50, 1, 1, 50]), 10**6))
    assert fit.sigma <= 8.0 * (1 + 1e-9)
    assert fit.status is Status.AT_BOUNDARY
    assert "8" in fit.reason


def test_common_rate_is_the_share_of_activations():
    counts = histogram_of([3, 4, 5, 0], 10)
    fit = fit_common_rate(counts)
    assert fit.rate == 0.3
    expected = binom(10, 0.3).logpmf([3, 4, 5, 0]).sum()
    coefficients = (binom(10, 0.5).logpmf([3, 4, 5, 0]) + 10 * np.log(2)).sum()
    assert fit.log_likelihood == pytest.approx(expected - coefficients)
    ends = fit.conf_int().loc["rate"]
    assert ends["low"] < 0.3 < ends["high"]
    assert fit_common_rate(histogram_of([0, 0], 10)).expected_activated(5) == 0


@pytest.mark.parametrize("fit", [fit_logit_normal, fit_common_rate])
def test_results_travel_and_levels_are_checked(fit, rng):
    result = fit(histogram_of(rng.binomial(100, expit(rng.normal(-3, 1.2, 200))), 100))
    kind = {LogitNormalFit: LogitNormalFit, CommonRateFit: CommonRateFit}[type(result)]
    assert kind.from_json(result.to_json()).to_json() == result.to_json()
    assert result.title in result.summary()
    assert len(result.conf_int(0.5)) == len(result.params)
    assert result.plot().get_title() == result.title
    with pytest.raises(DomainError):
        fit(result.histogram, level=7.0)


any_counts = st.integers(1, 10**9).flatmap(
    lambda d: st.tuples(
        st.lists(st.integers(0, d) | st.integers(0, min(d, 5)), min_size=1, max_size=20),
        st.just(d),
    )
)


@settings(max_examples=15)
@given(any_counts)
def test_any_counts_get_numbers_or_a_reason(case):
    fit = fit_logit_normal(histogram_of(*case))
    if fit.status is Status.NOT_IDENTIFIABLE:
        assert fit.reason
        assert np.isnan(fit.mu)
        return
    assert 0 < fit.sigma <= 8.0 * (1 + 1e-9)
    assert np.isfinite(fit.mu)
    assert np.isfinite(fit.log_likelihood)
