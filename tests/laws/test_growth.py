"""Fitting the growth law: what it finds, predicts and carries along."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.stats import betabinom, chi2, hypergeom

from activstats.errors import InputError
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


def test_estimate_interval_and_error_are_those_of_scipys_beta_binomial(draw_counts):
    """Its likelihood, profiled over the second shape by a general optimiser."""
    counts = draw_counts(400, 0.4, 8, 500)

    def lacking(log_b, log_beta):
        return -betabinom(500, np.exp(log_b), np.exp(log_beta)).logpmf(counts).sum()

    start = np.log([0.4, 0.4 * 49])
    best = minimize(lambda p: lacking(*p), start, method="Nelder-Mead", options={"xatol": 1e-6})

    def profile(log_b):
        bounds = best.x[1] - 2, best.x[1] + 2
        return minimize_scalar(
            lambda x: lacking(log_b, x), bounds=bounds, method="bounded", options={"xatol": 1e-6}
        ).fun

    def above(log_b):
        return profile(log_b) - best.fun - chi2.ppf(0.95, 1) / 2

    x, h = best.x[0], 1e-3
    ends = [brentq(above, x + way, x, xtol=1e-6) for way in (-1, 1)]
    curvature = (profile(x + h) - 2 * profile(x) + profile(x - h)) / h**2
    result = fit(counts, 500)
    found = np.log([result.b, result.b_low, result.b_high])
    np.testing.assert_allclose(found, [x, *ends], atol=2e-5)
    assert result.bse == pytest.approx(1 / np.sqrt(curvature), rel=1e-3)


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


def test_misfits_are_the_largest_distances_over_all_samples(draw_counts):
    """Curves by scipy's hypergeometric, beta-binomial and binomial chances of no activation."""
    counts, d = draw_counts(150, 0.5, 6, 200), np.arange(1, 201)
    result = fit(counts, 200)
    rate = counts.mean() / 200
    beta = result.b * (1 - rate) / rate
    measured = hypergeom(200, counts[:, None], d).pmf(0).mean(axis=0)
    laws = {
        "misfit": betabinom(d, result.b, beta).pmf(0),
        "misfit_mean_field": (1 + d * rate / result.b) ** -result.b,
        "misfit_equal_rates": (1 - rate) ** d,
    }
    for name, silent in laws.items():
        # of all D; the package looks at a grid of them
        largest = np.abs(measured - silent).max()
        assert 0.98 * largest < getattr(result, name) <= largest * (1 + 1e-9)


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
    np.testing.assert_array_equal(wide.k[:3], law[:3])
    np.testing.assert_array_equal(result.expected(d).k, law)
    ends = [wide.k_low, narrow.k_low, wide.k, narrow.k_high, wide.k_high]
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
