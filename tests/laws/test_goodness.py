"""Goodness of fit: statistics against direct sums, sizes of the tests, what is seen and what not."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import betabinom, binomtest

from activstats.errors import DomainError
from activstats.laws import _cells
from activstats.laws._cells import cells_for
from activstats.laws._draws import draws_from
from activstats.laws.goodness import GoodnessOfFit, goodness_of_fit
from activstats.laws.growth import GrowthLaw
from activstats.laws.histogram import histogram_of
from activstats.laws.results import Status
from activstats.laws.zero_inflated import fit_zero_inflated


@pytest.fixture
def fit(draw_counts):
    def fitted(n_neurons, b, c, n_samples):
        return GrowthLaw().fit(draw_counts(n_neurons, b, c, n_samples), n_samples=n_samples)

    return fitted


def test_statistics_are_the_direct_sums(fit):
    result = fit(300, 0.4, 6, 500)
    test = goodness_of_fit(result, 5, rng=0)
    mean = result.c / 300
    law = betabinom(500, result.b, result.b * (1 / mean - 1))
    k = np.arange(501)
    measured = (
        np.cumsum(
            np.bincount(
                np.repeat(result.histogram.values, result.histogram.multiplicities), minlength=501
            )
        )
        / 300
    )
    w2 = 300 * np.sum((measured - law.cdf(k)) ** 2 * law.pmf(k))
    assert test.cramer_von_mises == pytest.approx(w2, rel=1e-5)
    assert test.misfit == pytest.approx(result.misfit, rel=1e-6)


def test_cells_change_little(fit, monkeypatch):
    result = fit(400, 0.4, 6, 3000)
    whole = goodness_of_fit(result, 5, rng=0)
    monkeypatch.setattr(_cells, "_FEW", 100)
    assert cells_for(3000, 0.4, 0.015).starts.size < 2500
    few = goodness_of_fit(result, 5, rng=0)
    assert few.misfit == pytest.approx(whole.misfit, rel=1e-3)
    assert few.cramer_von_mises == pytest.approx(whole.cramer_von_mises, rel=1e-3)


@pytest.mark.parametrize(
    ("n_samples", "b"), [(10**5, 0.3), (10**6, 5.0), (10**9, 0.05), (10**6, np.inf)]
)
def test_cells_hold_all_counts_and_all_probability(n_samples, b):
    cells = cells_for(n_samples, b, 0.01)
    assert cells.sizes.sum() == n_samples + 1
    assert cells.sizes.min() >= 1
    assert cells.starts.size < 15_000
    p = cells.probabilities(b, 0.01)
    assert p.sum() == pytest.approx(1)
    assert p @ cells.middles == pytest.approx(n_samples * 0.01 / 1.01, rel=1e-4)


def test_probabilities_of_cells_are_those_of_the_distribution():
    cells = cells_for(20_000, 0.5, 0.02)
    cdf = np.cumsum(betabinom(20_000, 0.5, 25.0).pmf(np.arange(20_000)))[cells.starts[1:] - 1]
    assert np.cumsum(cells.probabilities(0.5, 0.02))[:-1] == pytest.approx(cdf, abs=2e-6)


@pytest.mark.slow
def test_true_law_is_rejected_as_rarely_as_it_should():
    """Size .05 of both tests: binomial counts of 80 layers within 3 standard errors."""
    rng = np.random.default_rng(5)
    found = []
    for _ in range(80):
        rates = rng.beta(0.5, 0.5 * 49, 128)
        result = GrowthLaw().fit(rng.binomial(300, rates), n_samples=300)
        test = goodness_of_fit(result, 39, rng)
        found.append([test.pvalue_misfit <= 0.05, test.pvalue_cramer_von_mises <= 0.05])
    assert np.all(np.sum(found, axis=0) <= 10)


def test_dead_neurons_are_seen_and_then_described(rng):
    rates = np.where(np.arange(2000) < 600, 0.0, rng.beta(1.0, 49.0, 2000))
    counts = rng.binomial(800, rates)
    plain = goodness_of_fit(GrowthLaw().fit(counts, n_samples=800), 99, rng=0)
    assert plain.pvalue_misfit == plain.pvalue_cramer_von_mises == 0.01
    inflated = goodness_of_fit(fit_zero_inflated(histogram_of(counts, 800)), 99, rng=0)
    assert inflated.pvalue_cramer_von_mises > 0.01
    assert inflated.dead_share == pytest.approx(0.3, abs=0.05)
    assert inflated.misfit < plain.misfit / 2


def test_logit_normal_rates_are_seen(rng):
    rates = 1 / (1 + np.exp(-rng.normal(-4, 1, 2000)))
    test = goodness_of_fit(GrowthLaw().fit(rng.binomial(1000, rates), n_samples=1000), 99, rng=0)
    assert test.pvalue_cramer_von_mises == 0.01


def test_small_misfit_of_a_large_layer_is_called_small(rng):
    rates = rng.beta(0.5, 49.5, 10**6)
    rates[:10_000] = 0
    test = goodness_of_fit(GrowthLaw().fit(rng.binomial(2000, rates), n_samples=2000), 99, rng=0)
    assert test.pvalue_misfit == 0.01
    assert test.misfit < 0.02
    text = test.summary()
    assert "not\nat p" in text or "not at p" in text
    assert text.index("sup|K") < text.index("independently")


def test_same_seed_gives_the_same_test_and_draws_are_kept(fit):
    result = fit(64, 0.5, 2, 100)
    assert goodness_of_fit(result, 19, rng=3) == goodness_of_fit(result, 19, rng=3)
    few, many = goodness_of_fit(result, 5, rng=3), goodness_of_fit(result, 9, rng=3)
    assert few.misfit_draws == pytest.approx(many.misfit_draws[:5], abs=1e-9)


def test_p_counts_the_draws_that_are_as_far_off(fit):
    test = goodness_of_fit(fit(64, 0.5, 2, 100), 49, rng=1)
    beyond = sum(draw >= test.misfit for draw in test.misfit_draws)
    assert test.pvalue_misfit == (1 + beyond) / 50
    low, high = binomtest(beyond, 49).proportion_ci(0.95, method="exact")
    row = test.conf_int().loc["pvalue_misfit"]
    assert (row["low"], row["high"]) == pytest.approx((low, high))


def test_law_from_elsewhere_is_refitted_and_said(fit):
    result = dataclasses.replace(fit(64, 0.5, 2, 100), method="hazard", b=9.0)
    test = goodness_of_fit(result, 9, rng=0)
    assert test.b < 3
    assert "hazard" in test.warnings[0]


def test_no_b_gives_a_reason_and_no_numbers():
    test = goodness_of_fit(GrowthLaw().fit([0, 1, 1], n_samples=7), 9, rng=0)
    assert test.status is Status.NOT_IDENTIFIABLE
    assert "fired twice" in test.reason
    assert np.isnan(test.misfit)
    assert test.n_boot == 0
    assert test.conf_int().isna().all(axis=None)
    assert "–" in test.summary()


def test_bad_settings_are_refused(fit):
    with pytest.raises(DomainError, match="n_boot = 0"):
        goodness_of_fit(fit(64, 0.5, 2, 100), 0)
    with pytest.raises(DomainError, match="level"):
        goodness_of_fit(fit(64, 0.5, 2, 100), 9, rng=0).conf_int(2.0)


def test_result_travels_tabulates_and_draws(fit):
    test = goodness_of_fit(fit(64, 0.5, 2, 100), 19, rng=0)
    assert GoodnessOfFit.from_json(test.to_json()) == test
    assert test.to_frame()["n_boot"].tolist() == [19]
    assert set(test.params) == set(test.conf_int().index)
    assert "measured" in test.plot().get_legend_handles_labels()[1][-1]
    assert "Goodness" in test._repr_html_()


@pytest.mark.parametrize("counts", [[0, 10**9], [0, 1, 10**9 - 1]])
def test_a_billion_samples_of_a_few_neurons_are_borne(counts):
    histogram = histogram_of(counts, 10**9 + 5)
    for result in (GrowthLaw().fit(histogram), fit_zero_inflated(histogram)):
        test = goodness_of_fit(result, 4, rng=0)
        assert test.reason or 0 < test.pvalue_misfit <= 1


any_counts = st.integers(2, 10**9).flatmap(
    lambda d: st.tuples(
        st.lists(st.integers(0, d) | st.integers(0, min(d, 5)), min_size=2, max_size=15),
        st.just(d),
    )
)


@settings(max_examples=8)
@given(any_counts, st.booleans())
def test_any_counts_get_p_values_or_a_reason(case, with_dead):
    histogram = histogram_of(*case)
    result = fit_zero_inflated(histogram) if with_dead else GrowthLaw().fit(histogram)
    test = goodness_of_fit(result, 4, rng=0)
    if test.status is Status.NOT_IDENTIFIABLE:
        assert test.reason
        return
    assert 0 < test.pvalue_misfit <= 1
    assert 0 < test.pvalue_cramer_von_mises <= 1
    assert 0 <= test.misfit <= 1


def test_refit_with_dead_neurons_agrees_with_the_full_fit(draw_counts):
    counts = draw_counts(400, 0.8, 8, 500)
    counts[:100] = 0
    draws = draws_from(histogram_of(counts, 500), 4, 3, with_dead=True)
    laws = draws.family.refit(draws.neurons, with_dead=True)
    for row, b, dead in zip(draws.neurons, laws.b, laws.dead_share, strict=True):
        fit = fit_zero_inflated(histogram_of((draws.cells.starts, row.astype(int)), 500))
        assert b == pytest.approx(fit.b, rel=0.01)
        assert dead == pytest.approx(fit.dead_share, abs=0.005)
