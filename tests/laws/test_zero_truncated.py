"""The law from the neurons that fired alone: estimates from outside, live neurons, odd input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import betabinom

from activstats.errors import DomainError
from activstats.laws.histogram import histogram_of
from activstats.laws.results import Status
from activstats.laws.zero_inflated import fit_zero_inflated
from activstats.laws.zero_truncated import ZeroTruncatedFit, fit_zero_truncated


@pytest.mark.parametrize(("b", "c", "n_samples"), [(0.5, 4, 600), (3.0, 4, 200), (0.4, 150, 40)])
def test_fit_is_that_of_an_outside_optimiser(draw_counts, b, c, n_samples):
    counts = histogram_of(draw_counts(300, b, c, n_samples), n_samples)
    k, weights = counts.values[counts.values > 0], counts.weights[counts.values > 0]

    def cost(point):
        law = betabinom(n_samples, np.exp(point[0]), np.exp(point[0] - point[1]))
        return -np.sum(weights * (law.logpmf(k) - np.log1p(-law.pmf(0))))

    options = {"xatol": 1e-8, "fatol": 1e-10, "maxiter": 2000}
    outside = minimize(cost, [np.log(b), np.log(c / 300)], method="Nelder-Mead", options=options)
    fit = fit_zero_truncated(counts)
    assert fit.b == pytest.approx(np.exp(outside.x[0]), rel=3e-3)
    silence = betabinom(n_samples, np.exp(outside.x[0]), np.exp(outside.x[0] - outside.x[1])).pmf(0)
    assert fit.n_live == pytest.approx(counts.k / (1 - silence), rel=3e-3)


def test_silent_neurons_change_nothing(draw_counts):
    counts = draw_counts(300, 0.5, 4, 600)
    fired = fit_zero_truncated(histogram_of(counts[counts > 0], 600))
    more = fit_zero_truncated(histogram_of(np.concatenate([counts, np.zeros(999, int)]), 600))
    assert fired.b == pytest.approx(more.b, rel=1e-3)
    assert fired.n_live_high == pytest.approx(more.n_live_high, rel=1e-2)


def test_agrees_with_the_zero_inflated_fit_where_neurons_are_dead(draw_counts):
    counts = draw_counts(1000, 1.0, 10, 500)
    counts[:400] = 0
    histogram = histogram_of(counts, 500)
    truncated, inflated = fit_zero_truncated(histogram), fit_zero_inflated(histogram)
    assert inflated.dead_share > 0
    assert truncated.b == pytest.approx(inflated.b, rel=1e-3)
    assert truncated.n_live == pytest.approx(1000 * (1 - inflated.dead_share), rel=1e-3)


@pytest.mark.parametrize("fitted", [fit_zero_inflated, fit_zero_truncated])
def test_curves_with_dead_neurons_are_those_of_scipys_beta_binomial(rng, fitted):
    rates = np.where(np.arange(600) < 150, 0.0, rng.beta(0.6, 12, 600))
    fit = fitted(histogram_of(rng.binomial(300, rates), 300))
    live = fit.n_live if fitted is fit_zero_truncated else 600 * (1 - fit.dead_share)
    d = np.array([1, 7, 300, 4000])
    silent = betabinom(d, fit.b, fit.b * (1 - fit.mean) / fit.mean).pmf(0)
    np.testing.assert_allclose(fit.expected_activated(d), live * (1 - silent), rtol=1e-9)


@pytest.mark.slow
def test_interval_holds_the_number_of_live_neurons(draw_counts):
    """95 % of 40 layers, within three standard errors."""
    fits = [fit_zero_truncated(histogram_of(draw_counts(200, 1.0, 2, 300), 300)) for _ in range(40)]
    held = [fit.n_live_low <= 200 <= fit.n_live_high for fit in fits]
    assert sum(held) >= 33


def test_endless_neurons_are_said(rng):
    # Fisher's logarithmic series, the limit b → 0: f_k proportional to x^k / k.
    k = np.arange(1, 60)
    neurons = np.round(300 * 0.9**k / k).astype(int)
    fit = fit_zero_truncated(histogram_of((k[neurons > 0], neurons[neurons > 0]), 10**6))
    assert fit.b_low == 0
    assert np.isinf(fit.n_live_high)
    assert fit.b < 0.3
    assert fit.status is Status.AT_BOUNDARY or any("b → 0" in words for words in fit.warnings)


@pytest.mark.parametrize(
    ("counts", "n_samples"),
    [
        ([0, 0, 0], 9),
        ([0, 0, 5], 9),
        ([1, 1, 1], 9),
        ([4, 4], 9),
        ([9, 9, 0], 9),
        ([1, 0], 1),
        ([3], 9),
    ],
)
def test_what_tells_nothing_gets_a_reason(counts, n_samples):
    fit = fit_zero_truncated(histogram_of(counts, n_samples))
    assert np.isnan(fit.b)
    assert np.isnan(fit.n_live)
    assert fit.reason
    assert np.isnan(fit.expected_activated(10))
    assert fit.summary()


def test_level_is_checked():
    with pytest.raises(DomainError):
        fit_zero_truncated(histogram_of([0, 2, 3], 10), level=0.0)


def test_result_travels_and_predicts(draw_counts):
    counts = histogram_of(draw_counts(300, 0.8, 6, 600), 600)
    fit = fit_zero_truncated(counts)
    assert ZeroTruncatedFit.from_json(fit.to_json()).to_json() == fit.to_json()
    assert fit.expected_activated(600) == pytest.approx(counts.k, rel=1e-3)
    assert fit.plot().get_xlabel()
    assert list(fit.conf_int(0.8).index) == ["b", "n_live"]


any_counts = st.integers(1, 10**9).flatmap(
    lambda d: st.tuples(
        st.lists(st.integers(0, d) | st.integers(0, min(d, 5)), min_size=1, max_size=20),
        st.just(d),
    )
)


@settings(max_examples=12)
@given(any_counts)
def test_any_counts_get_numbers_or_a_reason(case):
    histogram = histogram_of(*case)
    fit = fit_zero_truncated(histogram)
    assert fit.n_live_low >= histogram.k * (1 - 1e-9)
    assert fit.n_live_low <= fit.n_live_high
    if np.isnan(fit.b):
        assert fit.reason
        return
    assert fit.b_low <= fit.b * (1 + 1e-6)
    assert fit.n_live_low * (1 - 1e-6) <= fit.n_live
