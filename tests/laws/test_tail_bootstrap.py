"""Replicates of a tail are drawn as said, and what comes of them does not depend on threads."""

import numpy as np
import pytest
from joblib import parallel_config
from scipy.special import zeta
from scipy.stats import chisquare, kstest, zipf

from activstats.laws._tail_draws import draw_tail, half_fitted, resampled
from activstats.laws._tail_refits import draw_logs
from activstats.laws.tail import PowerLawTail, PowerLawTailResult
from activstats.laws.tail_bootstrap import resample_tail, tail_pvalue
from activstats.laws.tail_fit import TailFit, fit_tail
from activstats.laws.tail_sample import tail_sample
from activstats.laws.tail_settings import TailSettings


@pytest.fixture
def whole(rng):
    return np.concatenate([zipf(2.3).rvs(600, random_state=rng), rng.poisson(3, 400)])


@pytest.mark.parametrize("discrete", [True, False])
def test_results_do_not_depend_on_the_number_of_threads(whole, discrete):
    model = PowerLawTail(discrete=discrete, n_boot=200)
    alone = model.fit(whole, rng=3)
    with parallel_config(backend="threading", n_jobs=4):
        together = model.fit(whole, rng=3)
    assert alone == together
    assert model.fit(whole, rng=4) != alone


def test_one_generator_goes_on_where_a_seed_begins_anew(whole):
    model, generator = PowerLawTail(n_boot=50), np.random.default_rng(1)
    first, second = (model.fit(whole, rng=generator) for _ in range(2))
    assert first == model.fit(whole, rng=1)
    assert first.resamples != second.resamples


@pytest.mark.parametrize(("alpha", "first"), [(1.3, 1), (2.0, 1), (2.5, 40), (6.0, 7)])
def test_single_draws_follow_the_zeta_law(rng, alpha, first):
    drawn = draw_tail(rng, 40_000, alpha, float(first))
    edges = np.concatenate([np.arange(first, first + 12), [2 * first + 15, 4 * first + 40]])
    shares = -np.diff(np.append(zeta(alpha, edges), 0.0)) / zeta(alpha, first)
    seen = np.histogram(drawn, np.append(edges, np.inf))[0]
    likely = shares * drawn.size > 5
    expected = np.append(shares[likely], shares[~likely].sum() + 1e-12) * drawn.size
    observed = np.append(seen[likely], seen[~likely].sum())
    assert chisquare(observed, expected * observed.sum() / expected.sum()).pvalue > 1e-3


def test_replicates_of_whole_numbers_follow_body_and_law(whole):
    sample = tail_sample(whole)
    fit = fit_tail(sample, TailSettings(candidates=(4.0,)))
    model = half_fitted(sample, fit)
    counts, beyond, ends = model.draw(np.random.default_rng(0), 3000)
    assert np.all(counts.sum(axis=1) + np.diff(ends, prepend=0) == sample.n)
    body = model.values < 4
    expected = sample.multiplicities[sample.values < 4]
    seen, error = counts[:, body].mean(axis=0), np.sqrt(expected / 3000)
    np.testing.assert_allclose(seen, expected, atol=4.5 * error.max())
    law = fit.n_tail * model.values[~body] ** -fit.alpha / zeta(fit.alpha, 4)
    np.testing.assert_allclose(
        counts[:, ~body].mean(axis=0), law, atol=4.5 * np.sqrt(law.max() / 3000)
    )
    assert beyond.min() >= model.beyond


def test_resamples_are_multinomial(whole):
    sample = tail_sample(whole)
    counts, beyond, ends = resampled(sample).draw(np.random.default_rng(0), 2000)
    assert (beyond.size, ends.max()) == (0, 0)
    error = np.sqrt(sample.multiplicities.max() / 2000)
    np.testing.assert_allclose(counts.mean(axis=0), sample.multiplicities, atol=4.5 * error)


def test_continuous_replicates_are_sorted_draws_of_body_and_law(rng):
    body, points = np.sort(rng.normal(-3, 1, 50)), np.empty((4000, 4))
    starts, n_bodies = np.array([0, 2000]), np.array([0, 800])  # the first has no body
    spacings = rng.standard_exponential(4001)
    draw_logs(spacings, starts, body, n_bodies, 0.0, 1.7, points)
    without, drawn = points[:2000, 0], points[2000:, 0]
    assert np.all(np.diff(without) > 0)
    assert kstest(without, "expon", args=(0, 1 / 1.7)).pvalue > 1e-3
    assert np.all(np.diff(drawn) >= 0)
    logs, often = np.unique(drawn, return_counts=True)
    below = logs < 0
    assert often[below].sum() == 800
    assert set(logs[below]) <= set(body)
    assert chisquare(often[below], np.full(below.sum(), 800 / below.sum())).pvalue > 1e-3
    assert kstest(logs[~below], "expon", args=(0, 1 / 1.7)).pvalue > 1e-3


def test_p_counts_the_sample_among_its_replicates(whole):
    """(1 + #) / (B + 1): a sample that no replicate reaches has p = 1/(B + 1), never 0."""
    sample = tail_sample(np.repeat([1, 2, 3, 4, 5], 400))
    fit = fit_tail(sample, TailSettings(candidates=(1.0,)))
    assert tail_pvalue(sample, fit, TailSettings(candidates=(1.0,)), 99, rng=0) == 0.01
    assert np.isnan(tail_pvalue(sample, fit, TailSettings(), 0, rng=0))


def test_p_is_uniform_where_xmin_is_known(rng):
    """200 samples of the law: the share below .1 and the mean, to within four standard errors."""
    settings = TailSettings(candidates=(2.0,))
    pvalues = []
    for _ in range(200):
        sample = tail_sample(draw_tail(rng, 300, 2.4, 2.0))
        fit = fit_tail(sample, settings)
        pvalues.append(tail_pvalue(sample, fit, settings, 99, rng))
    assert np.mean(pvalues) == pytest.approx(0.5, abs=4 * np.sqrt(1 / 12 / 200))
    assert np.mean(np.asarray(pvalues) <= 0.1) == pytest.approx(0.1, abs=4 * np.sqrt(0.09 / 200))


def test_the_interval_of_alpha_covers_where_xmin_is_known(rng):
    settings, covered = TailSettings(candidates=(3.0,)), 0
    for _ in range(150):
        sample = tail_sample(draw_tail(rng, 400, 2.5, 3.0))
        draws = resample_tail(sample, fit_tail(sample, settings), settings, 200, rng).alpha
        low, high = np.quantile(draws, [0.025, 0.975])
        covered += low < 2.5 < high
    assert 0.88 <= covered / 150 <= 0.99


def test_the_standard_error_is_the_scatter_of_the_exponent(rng):
    settings, alphas = TailSettings(candidates=(3.0,)), []
    for _ in range(400):
        sample = tail_sample(draw_tail(rng, 500, 2.5, 3.0))
        alphas.append(fit_tail(sample, settings).alpha)
    result = PowerLawTail(xmin=3, n_boot=0).fit(draw_tail(rng, 500, 2.5, 3.0))
    assert result.bse == pytest.approx(np.std(alphas), rel=0.2)
    low, high = result.interval("alpha")
    assert (high - low) / 2 == pytest.approx(1.96 * result.bse, rel=1e-3)
    assert np.isnan(result.interval("xmin")).all()


def test_other_levels_give_wider_and_narrower_intervals(whole):
    result = PowerLawTail(n_boot=300).fit(whole, rng=0)
    wide, narrow = result.conf_int(0.99), result.conf_int(0.5)
    assert list(wide.index) == ["alpha", "xmin", "n_tail"]
    assert (wide["low"] <= narrow["low"]).all()
    assert (wide["high"] >= narrow["high"]).all()


def test_a_result_survives_json_and_prints_p_beside_its_tail(whole):
    result = PowerLawTail(n_boot=30, xmin_range=(2, np.inf)).fit(whole, rng=0)
    assert PowerLawTailResult.from_json(result.to_json()) == result
    text = result.summary()
    for words in ("p (bootstrap, 30)", "n_tail/n", "approximate", "decades", "from 2.00 to ∞"):
        assert words in text
    assert "exponent below 1" in " ".join(text.split())
    row = result.to_frame().iloc[0]
    assert (row["pvalue"], row["n_tail"]) == (result.pvalue, result.n_tail)
    assert result._repr_html_().startswith("<div>")


def test_stability_shows_the_fit_at_its_own_xmin(rng):
    sample = np.floor(draw_tail(rng, 5000, 1.4, 1.0))
    result = PowerLawTail(n_boot=0).fit(sample)
    table = result.stability()
    assert len(table) <= 501
    chosen = table[table["xmin"] == result.xmin].iloc[0]
    assert (chosen["alpha"], chosen["distance"]) == (result.alpha, result.distance)
    assert table["distance"].min() >= result.distance - 1e-12


def test_a_tail_that_only_just_ends_has_no_overflow():
    fit = TailFit(1.0, 1.0001, 0.01, 100)
    model = half_fitted(tail_sample(np.arange(1, 101)), fit)
    _, beyond, _ = model.draw(np.random.default_rng(0), 5)
    assert np.isfinite(beyond).all()
    assert beyond.max() <= 2.0**53
