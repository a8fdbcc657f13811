"""The bounded law of counts against closed forms, other sums and other optimisers."""

import math

import numpy as np
import pytest
from scipy import optimize, special, stats

from activstats.laws.bounded import BoundedPowerLaw, bounded_probability
from activstats.laws.results import Status


def sample(rng, n, alpha, lambda_, last):
    k = np.arange(1, last + 1)
    chance = bounded_probability(k, alpha=alpha, lambda_=lambda_, xmax=last)
    return rng.choice(k, size=n, p=chance / chance.sum())


def fit(counts, n_samples=None, rng=0, **settings):
    return BoundedPowerLaw(**({"n_boot": 0} | settings)).fit(counts, n_samples, rng)


def test_without_power_the_law_is_geometric():
    k = np.arange(1, 200)
    got = bounded_probability(k, alpha=0.0, lambda_=0.3)
    np.testing.assert_allclose(got, stats.geom.pmf(k, -math.expm1(-0.3)), rtol=1e-12)


def test_without_power_and_cutoff_the_law_is_uniform():
    got = bounded_probability([3, 7, 12], alpha=0.0, xmin=3, xmax=12)
    np.testing.assert_allclose(got, 0.1, rtol=1e-13)


@pytest.mark.parametrize("alpha", [1.3, 2.0, 3.7])
@pytest.mark.parametrize("last", [50, 10**6])
def test_without_cutoff_the_law_is_a_truncated_zeta(alpha, last):
    zeta = special.zeta(alpha, 3) - special.zeta(alpha, last + 1)
    got = bounded_probability([3, 10, 50], alpha=alpha, xmin=3, xmax=last)
    np.testing.assert_allclose(got, np.array([3.0, 10, 50]) ** -alpha / zeta, rtol=1e-11)


def test_with_alpha_one_and_no_end_the_law_is_the_logarithmic_series():
    k = np.arange(1, 400)
    got = bounded_probability(k, alpha=1.0, lambda_=0.05)
    np.testing.assert_allclose(got, stats.logser.pmf(k, math.exp(-0.05)), rtol=1e-12)


@pytest.mark.parametrize(
    ("alpha", "lambda_"), [(0.8, 1e-4), (2.5, 0.0), (-3.0, 1e-4), (-900.0, 0.02), (1.2, -1e-4)]
)
def test_sums_in_cells_are_those_over_every_number(alpha, lambda_):
    k = np.arange(1.0, 300_001)
    log_weight = -alpha * np.log(k) - lambda_ * k
    weight = np.exp(log_weight - log_weight.max())
    shown = np.flatnonzero(weight > 1e-9)[:: max(1, int((weight > 1e-9).sum() / 50))]
    got = bounded_probability(k[shown], alpha=alpha, lambda_=lambda_, xmax=300_000)
    np.testing.assert_allclose(got, (weight / weight.sum())[shown], rtol=2e-11)


@pytest.mark.parametrize(
    ("alpha", "lambda_", "last"),
    [(0.7, 0.02, 500), (-1.5, 0.1, 300), (0.4, -0.01, 200), (2.2, 0.001, 1000)],
)
def test_the_maximum_is_the_one_a_general_optimiser_finds(rng, alpha, lambda_, last):
    counts = sample(rng, 800, alpha, lambda_, last)
    k = np.arange(1, last + 1)

    def lacking(p):
        return (
            p[0] * np.log(counts).sum()
            + p[1] * counts.sum()
            + counts.size * special.logsumexp(-p[0] * np.log(k) - p[1] * k)
        )

    options = {"xatol": 1e-9, "fatol": 1e-9, "maxiter": 4000}
    other = optimize.minimize(lacking, [alpha, lambda_], method="Nelder-Mead", options=options)
    result = fit(counts, xmax=last)
    assert result.status is Status.CONVERGED
    assert result.log_likelihood == pytest.approx(-other.fun, abs=1e-6)
    assert result.alpha == pytest.approx(other.x[0], abs=1e-4)
    assert result.lambda_ == pytest.approx(other.x[1], abs=1e-5)


def test_standard_errors_are_the_inverse_curvature(rng):
    counts = sample(rng, 800, 0.7, 0.02, 500)
    result = fit(counts, xmax=500)
    k = np.arange(1, 501)
    chance = bounded_probability(k, alpha=result.alpha, lambda_=result.lambda_, xmax=500)
    covariance = np.cov(np.stack([np.log(k), k]), aweights=chance, ddof=0)
    expected = np.sqrt(np.diag(np.linalg.inv(800 * covariance)))
    np.testing.assert_allclose([result.alpha_se, result.lambda_se], expected, rtol=1e-6)


def test_interval_ends_where_the_likelihood_ratio_says(rng):
    counts = sample(rng, 300, 0.7, 0.02, 500)
    result = fit(counts, xmax=500)
    drop = stats.chi2.ppf(0.95, 1) / 2
    k = np.arange(1, 501)
    for end in (result.alpha_low, result.alpha_high):

        def held(rate, end=end):
            norm = special.logsumexp(-end * np.log(k) - rate * k)
            return end * np.log(counts).sum() + rate * counts.sum() + counts.size * norm

        best = -optimize.minimize_scalar(held, bracket=(0.0, 0.05)).fun
        assert best == pytest.approx(result.log_likelihood - drop, abs=1e-4)


def test_support_ends_at_the_number_of_samples(rng):
    counts = sample(rng, 500, 0.7, 0.02, 300)
    known, said = fit(counts, n_samples=300), fit(counts, xmax=300)
    assert (known.xmax, known.alpha) == (300, said.alpha)
    assert (known.n_samples, said.n_samples) == (300, None)
    assert fit(counts, n_samples=300, xmax=9999).xmax == 300
    assert fit(counts).xmax == math.inf


def test_counts_out_of_range_do_not_matter(rng):
    counts = sample(rng, 500, 0.7, 0.02, 300)
    kept = counts[(counts >= 3) & (counts <= 100)]
    whole, part = fit(counts, xmin=3, xmax=100), fit(kept, xmin=3, xmax=100)
    assert whole.n_obs == kept.size
    assert whole.params == part.params


def test_a_zeta_tail_without_an_end_lies_on_the_boundary():
    """Where the tail is as heavy as a zeta law's, or heavier, no cutoff helps."""
    values = np.array([1, 2, 3, 4, 6, 9, 100, 5000])
    result = fit((values, np.array([700, 110, 40, 18, 9, 4, 2, 1])))
    assert result.status is Status.AT_BOUNDARY
    assert (result.lambda_, result.lambda_low) == (0, 0)
    assert result.lambda_high > 0
    n, mean = 884, (np.log(values) * [700, 110, 40, 18, 9, 4, 2, 1]).sum() / 884
    best = optimize.minimize_scalar(
        lambda a: n * (a * mean + np.log(special.zeta(a))), bounds=(1.1, 5), method="bounded"
    )
    assert result.alpha == pytest.approx(best.x, abs=1e-3)
    assert result.probability(1) == pytest.approx(1 / special.zeta(result.alpha), rel=1e-6)


def test_ten_million_possible_counts_are_no_burden(rng):
    k = np.floor(np.exp(rng.uniform(0, math.log(10**7 + 1), 4500))).astype(np.int64)
    # floor(e^u) has the chance ln(1 + 1/k); kept in this proportion, it is 1/k.
    counts = k[rng.random(k.size) < math.log(2) / k / np.log1p(1 / k)]
    result = fit(counts, n_samples=10**7, n_boot=39)
    assert result.alpha == pytest.approx(1.0, abs=0.05)
    assert result.alpha_low < 1 < result.alpha_high
    assert 0 < result.pvalue <= 1


def test_histogram_and_sample_give_the_same(rng):
    counts = sample(rng, 500, 0.7, 0.02, 300)
    pair = np.unique(counts, return_counts=True)
    assert fit(counts, 300, n_boot=49).to_json() == fit(pair, 300, n_boot=49).to_json()


def test_pvalue_depends_on_the_seed_alone(rng):
    counts = sample(rng, 200, 0.7, 0.02, 300)
    first, again, other = (fit(counts, 300, seed, n_boot=99).pvalue for seed in (5, 5, 6))
    assert first == again
    assert abs(first - other) < 0.25


def test_counts_of_another_law_are_rejected(rng):
    two_humps = np.concatenate([rng.poisson(5, 400) + 1, rng.poisson(80, 400)])
    assert fit(two_humps, 300, n_boot=199).pvalue <= 0.01


@pytest.mark.slow
def test_intervals_cover_and_pvalues_are_level_for_the_true_law(rng):
    results = [fit(sample(rng, 200, 0.7, 0.02, 300), 300, rng, n_boot=99) for _ in range(100)]
    alpha = np.mean([r.alpha_low <= 0.7 <= r.alpha_high for r in results])
    rate = np.mean([r.lambda_low <= 0.02 <= r.lambda_high for r in results])
    assert 0.90 <= alpha <= 0.99
    assert 0.90 <= rate <= 0.99
    pvalues = np.array([r.pvalue for r in results])
    assert np.mean(pvalues <= 0.1) <= 0.18
    assert 0.4 < pvalues.mean() < 0.6
