"""Predicted K: what it starts from, what its interval holds, when it warns."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaln

from activstats.errors import DomainError
from activstats.laws.growth import GrowthLaw
from activstats.laws.results import Status

LAWS = [
    GrowthLaw(),
    GrowthLaw(method="curve"),
    GrowthLaw(likelihood="zero-inflated"),
    GrowthLaw(likelihood="zero-truncated"),
]


def test_more_samples_start_from_the_neurons_seen(draw_counts):
    result = GrowthLaw().fit(draw_counts(500, 0.3, 5, 400), 400)
    found = result.predict([401, 800, 4000, 10**9])
    assert found.k[0] == pytest.approx(result.k, abs=0.5)
    assert np.all(np.diff(found.k) > 0)
    assert np.all(found.k_low >= result.k)
    assert np.all(found.k_high <= 500)
    assert found.k[-1] == pytest.approx(500, abs=10)


def test_silent_neurons_fire_later_as_bayes_theorem_says(draw_counts):
    """Beta(b, β) rates, silent for D samples, are Beta(b, β + D): P(silent for m more) by betaln."""
    counts = draw_counts(500, 0.3, 5, 400)
    result, later = GrowthLaw().fit(counts, 400), np.array([401, 800, 4000, 10**6])
    rate = counts.mean() / 400
    beta = result.b * (1 - rate) / rate
    silent = np.exp(betaln(result.b, beta + later) - betaln(result.b, beta + 400))
    expected = np.count_nonzero(counts) + np.count_nonzero(counts == 0) * (1 - silent)
    np.testing.assert_allclose(result.predict(later).k, expected, rtol=1e-9)


def fires(rng, rates, n_samples):
    return rng.random(rates.size) < -np.expm1(n_samples * np.log1p(-rates))


@pytest.mark.slow
@pytest.mark.parametrize(("b", "c", "n_samples"), [(0.3, 8, 300), (1.0, 80, 60), (3.0, 8, 400)])
def test_intervals_hold_the_layers_own_future(rng, b, c, n_samples):
    """Nominal .95: fresh samples, and as many again as seen, ten and a hundred times as many."""
    n, grid = 800, np.array([n_samples // 5, n_samples, 2, 10, 100])
    grid[2:] *= n_samples
    inside, missed, widths = [], [], []
    for _ in range(80):
        rates = rng.beta(b, b * (n / c - 1), n)
        counts = rng.binomial(n_samples, rates)
        found = GrowthLaw().fit(counts, n_samples).predict(grid)
        truth = [fires(rng, rates, grid[0]).sum(), fires(rng, rates, grid[1]).sum()]
        fired, seen = counts > 0, n_samples
        for later in grid[2:]:
            fired, seen = fired | fires(rng, rates, later - seen), later
            truth.append(fired.sum())
        inside.append((found.k_low <= truth) & (truth <= found.k_high))
        missed.append((truth - found.k)[:2])
        widths.append((found.k_high - found.k_low)[:2])
    coverage = np.mean(inside, axis=0)
    assert np.all(coverage >= 0.89), coverage
    # no wider than it must be for that
    needed = 2 * 1.96 * np.std(missed, axis=0)
    assert np.all(np.mean(widths, axis=0) < 1.3 * needed)


def test_dead_neurons_lower_the_prediction(rng):
    rates = rng.beta(0.5, 20, 1000) * (rng.random(1000) < 0.7)
    counts = rng.binomial(400, rates)
    plain, inflated = (law.fit(counts, 400) for law in (LAWS[0], LAWS[2]))
    assert inflated.dead_low < 0.3 < inflated.dead_high
    assert inflated.dead_pvalue < 0.01
    far = 400 * 1000
    possible = np.count_nonzero(rates)
    assert inflated.predict(far).k_low <= possible <= inflated.predict(far).k_high
    assert plain.predict(far).k > inflated.predict(far).k
    assert "could fire" in inflated.summary()


@pytest.mark.parametrize("law", LAWS)
def test_every_estimator_predicts_and_draws(draw_counts, law):
    result = law.fit(draw_counts(300, 0.5, 6, 200), 200)
    found = result.predict([1, 50, 200, 300, 2000])
    assert np.all(found.k_low <= found.k + 1e-9)
    assert np.all(found.k <= found.k_high + 1e-9)
    assert np.all(np.isfinite(found.k_high))
    assert result.plot().get_xlabel() == "samples seen, D"
    assert type(result).from_json(result.to_json()).to_json() == result.to_json()


def test_beyond_twice_the_samples_a_warning_says_so(draw_counts):
    result = GrowthLaw().fit(draw_counts(300, 0.5, 6, 200), 200)
    assert result.predict([10, 400]).warnings == ()
    (warning,) = result.predict([10, 1000]).warnings
    assert "5 times the samples seen" in warning
    assert "zero-inflated" in warning
    assert "5 times" in result.predict(1000).summary()


def test_a_single_number_gives_single_numbers(draw_counts):
    found = GrowthLaw().fit(draw_counts(300, 0.5, 6, 200), 200).predict(500)
    assert np.ndim(found.k) == np.ndim(found.k_low) == 0
    assert len(found.to_frame()) == 1


@pytest.mark.parametrize(("samples", "level"), [([-1], None), ([np.nan], None), ([5], 1.5)])
def test_what_cannot_be_predicted_is_refused(draw_counts, samples, level):
    result = GrowthLaw().fit(draw_counts(300, 0.5, 6, 200), 200)
    with pytest.raises(DomainError):
        result.predict(samples, level=level)


@given(st.lists(st.integers(0, 30), min_size=2, max_size=20))
@settings(max_examples=40)
def test_any_fit_predicts_within_the_layer(counts):
    result = GrowthLaw().fit(counts, 30)
    if np.isnan(result.b):
        return
    found = result.predict([0, 1, 30, 31, 10**6])
    for k in (found.k_low, found.k, found.k_high):
        assert np.all((k >= 0) & (k <= len(counts) + 1e-9))
    assert found.k_high[0] == 0


@pytest.mark.parametrize("law", LAWS[2:])
@given(counts=st.lists(st.integers(0, 25), min_size=1, max_size=12))
@settings(max_examples=12)
def test_laws_with_dead_neurons_give_a_number_or_a_reason_for_any_counts(law, counts):
    result = law.fit(counts, 25)
    if np.isnan(result.b):
        assert result.reason
        assert result.status is not Status.CONVERGED
        return
    assert 0 < result.b_low <= result.b <= result.b_high
    found = result.predict([1, 25, 60])
    assert np.all((found.k_low <= found.k + 1e-9) & (found.k <= found.k_high + 1e-9))
    assert "nan" not in result.summary()
