"""The likelihoods against the tail-count form, each other and published estimates."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import betabinom, chi2, dirichlet_multinomial

from activstats.laws._large_counts import LargeBetaBinomial
from activstats.laws._likelihood import BetaBinomial, DirichletMultinomial
from activstats.laws._nodes import condensed
from activstats.laws._profile import profile
from activstats.laws.growth import GrowthLaw
from activstats.laws.histogram import histogram_of


def tail_count_log_likelihood(counts, n_samples, phi, mean):
    """Σ_j [S_j ln(m + rj) + T_j ln(1 − m + rj) − N ln(1 + rj)], term by term."""
    histogram = np.bincount(counts, minlength=n_samples + 1)
    above = counts.size - np.cumsum(histogram)[:n_samples]
    below = counts.size - np.cumsum(histogram[::-1])[:n_samples]
    rj = mean * phi * np.arange(n_samples)
    total = above @ np.log(mean + rj) + below @ np.log1p(rj - mean)
    return total - counts.size * np.log1p(rj).sum()


@pytest.mark.parametrize("n_samples", [2, 30, 1797, 20_000])
@pytest.mark.parametrize("phi", [0.0, 1e-12, 1e-5, 0.05, 3.0, 1e4])
def test_closed_form_agrees_with_the_sum_over_tail_counts(draw_counts, n_samples, phi):
    counts = draw_counts(200, 0.4, 20, n_samples)
    likelihood = BetaBinomial(histogram_of(counts, n_samples))
    for odds in (0.01, 0.2, 3.0):
        direct = tail_count_log_likelihood(counts, n_samples, phi, odds / (1 + odds))
        assert likelihood.at(phi, odds) == pytest.approx(direct, rel=1e-11)


def test_likelihood_is_that_of_the_beta_binomial_distribution(draw_counts):
    """Differences in b agree with scipy's distribution, which keeps the binomial coefficient."""
    counts, n, mean = draw_counts(300, 0.4, 30, 500), 500, 0.1
    likelihood = BetaBinomial(histogram_of(counts, n))

    def scipy_sum(b):
        return betabinom(n, b, b * (1 - mean) / mean).logpmf(counts).sum()

    ours = likelihood.at(1 / 0.4, 1 / 9) - likelihood.at(1 / 2.0, 1 / 9)
    assert ours == pytest.approx(scipy_sum(0.4) - scipy_sum(2.0), rel=1e-9)


@pytest.mark.parametrize("kind", [BetaBinomial, DirichletMultinomial])
def test_likelihood_is_continuous_where_all_rates_are_equal(draw_counts, kind):
    counts = histogram_of(draw_counts(200, 2.0, 1, 300), 300)
    at_zero = kind(counts)(0.0)
    for phi in (1e-300, 1e-14, 1e-10):
        assert kind(counts)(phi) == pytest.approx(at_zero, rel=1e-8)


@pytest.mark.parametrize("phi", [1e-3, 0.5, 3.0, 50.0, 1e5])
@pytest.mark.parametrize("c", [0.2, 2.0, 32.0, 62.0])
def test_mean_is_the_best_for_every_phi(draw_counts, phi, c):
    """Against a grid of means around the measured one, and a finer one around the best of those."""
    counts = histogram_of(draw_counts(64, 0.3, c, 200), 200)
    likelihood = BetaBinomial(counts)
    logs = np.log(likelihood.measured_odds) + np.linspace(-6, 6, 401)
    for width in (0.03, 0.001):
        found = [likelihood.at(phi, x) for x in np.exp(logs)]
        logs = logs[np.argmax(found)] + np.linspace(-width, width, 101)
    assert likelihood(phi) >= max(likelihood.at(phi, x) for x in np.exp(logs)) - 1e-3


def test_one_winner_and_independent_neurons_agree_in_sparse_layers(draw_counts):
    counts = draw_counts(5000, 0.3, 1, 2000)
    n_samples = int(counts.sum())
    both = [
        GrowthLaw(likelihood=name).fit(counts, n_samples=n_samples)
        for name in ("beta-binomial", "dirichlet-multinomial")
    ]
    assert both[0].b == pytest.approx(both[1].b, rel=2e-3)
    assert both[0].b_low == pytest.approx(both[1].b_low, rel=2e-3)


def test_one_winner_is_scipys_dirichlet_multinomial(rng):
    counts = rng.multinomial(900, rng.dirichlet(np.full(60, 0.4)))
    total = int(counts.sum())

    def lacking(log_b):
        return -dirichlet_multinomial(np.full(60, np.exp(log_b)), total).logpmf(counts)

    best = minimize_scalar(lacking, bounds=(-4, 3), method="bounded", options={"xatol": 1e-7})
    result = GrowthLaw(likelihood="dirichlet-multinomial").fit(counts, n_samples=total)
    assert np.log(result.b) == pytest.approx(best.x, abs=1e-4)
    ends = [lacking(np.log(end)) - best.fun for end in (result.b_low, result.b_high)]
    assert ends == pytest.approx([chi2.ppf(0.95, 1) / 2] * 2, rel=1e-3)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "n_species", "b", "log_likelihood"),
    [("Girdled", 26, 0.7373856, -454.4037), ("Logged", 37, 0.7419765, -725.1932)],
)
def test_spiders_give_the_published_dirichlet_multinomial_fit(
    species, name, n_species, b, log_likelihood
):
    """Multinomial coefficient dropped; iNEXT's spider data."""
    counts = np.loadtxt(species / f"spider_{name}.csv", skiprows=1, dtype=int)
    law = GrowthLaw(likelihood="dirichlet-multinomial")
    result = law.fit(counts, n_samples=int(counts.sum()))
    assert result.n_neurons == n_species
    assert result.b == pytest.approx(b, abs=2e-7)
    assert result.log_likelihood == pytest.approx(log_likelihood, abs=5e-5)


@pytest.mark.parametrize(
    ("b", "c", "n_samples"), [(0.3, 4, 1797), (2.0, 80, 300), (0.02, 1, 5000), (np.inf, 2, 1000)]
)
def test_both_arrangements_of_the_beta_binomial_agree(draw_counts, b, c, n_samples):
    counts = histogram_of(draw_counts(200, b, c, n_samples), n_samples)
    plain, large = (profile(kind(counts), 0.95) for kind in (BetaBinomial, LargeBetaBinomial))
    assert large.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-11)
    ends = [(one.phi, one.low, one.high) for one in (plain, large)]
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-5, atol=1e-12)


@pytest.mark.parametrize("n_samples", [10**6, 10**9, 10**12, 10**15])
def test_interval_does_not_drown_in_rounding(n_samples):
    """Rates 0, m/2, m, 2m of a billion samples or more are exact: b must not depend on D."""
    counts = np.repeat([0, 1, 2, 4], 2500) * (n_samples // 10**4)
    result = GrowthLaw().fit(counts, n_samples=n_samples)
    assert 0 < result.b_low < result.b < result.b_high
    # ln(b_high / b_low) = 2 · 1.96 SE, the curve being smooth; rounding would make it ragged
    spread = np.log(result.b_high / result.b_low)
    assert spread == pytest.approx(2 * 1.96 * result.bse, rel=0.02)


def test_many_different_counts_are_drawn_together_without_loss(rng):
    values = np.unique(rng.integers(1, 10**6, 30_000))
    counts = histogram_of(np.concatenate([[0, 0, 0], values]), 10**6)
    few, weights = condensed(counts)
    assert few.size < values.size / 2
    assert weights.sum() == counts.n_neurons
    assert weights @ few == pytest.approx(counts.total, rel=1e-12)
    assert (few[0], weights[0]) == (0, 3)
    condensed_result = profile(BetaBinomial(counts), 0.95)
    whole = BetaBinomial(counts)
    whole.__dict__["nodes"] = (counts.values.astype(float), counts.weights)
    exact = profile(whole, 0.95)
    assert exact.low < exact.phi < exact.high
    for name in ("phi", "low", "high"):
        shift = np.log(getattr(condensed_result, name) / getattr(exact, name))
        assert abs(shift) < 1e-3 * exact.se_log


def test_interval_ends_where_the_likelihood_has_dropped_enough(draw_counts):
    likelihood = BetaBinomial(histogram_of(draw_counts(300, 0.5, 6, 800), 800))
    found = profile(likelihood, 0.95)
    half_chi_square = 3.841458820694124 / 2
    for end in (found.low, found.high):
        drop = found.log_likelihood - likelihood(end)
        assert drop == pytest.approx(half_chi_square, abs=1e-3)
    assert found.low < found.phi < found.high


def test_standard_error_is_near_the_expected_one(draw_counts):
    """SE(log b) ≈ sqrt(2/N) (1 + bN/(cD)) for b ≥ 1, with ten thousand neurons."""
    result = GrowthLaw().fit(draw_counts(10_000, 3.0, 100, 1000), n_samples=1000)
    assert result.bse == pytest.approx(np.sqrt(2 / 10_000) * (1 + 3 / 10), rel=0.15)
