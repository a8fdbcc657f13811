"""The test of alpha = 1 − b: its parts, its size, its power, and when it says it cannot test."""

import numpy as np
import pytest
from scipy import optimize, stats

from activstats.errors import DomainError
from activstats.laws._body_exponent import body_exponents
from activstats.laws._bounded_support import support
from activstats.laws._joint_refit import JointRefit, beta_binomial_near
from activstats.laws.bounded import BoundedPowerLaw
from activstats.laws.exponent import ExponentAgreement, exponent_agreement
from activstats.laws.growth import GrowthLaw
from activstats.laws.histogram import histogram_of
from activstats.laws.results import Status


def test_joint_refit_finds_the_b_of_the_growth_law(draw_counts):
    for b, c, d in ((0.2, 5, 3000), (0.7, 60, 400), (0.4, 300, 200)):
        counts = draw_counts(600, b, c, d)
        near = beta_binomial_near(histogram_of(counts, d), 0.9, zeros=True)
        assert near.b == pytest.approx(GrowthLaw().fit(counts, d).b, rel=1e-5)


def test_refit_without_zeros_is_the_zero_truncated_maximum(draw_counts):
    counts = draw_counts(500, 0.5, 10, 400)
    seen = counts[counts > 0]

    def lacking(p):
        law = stats.betabinom(400, *np.exp(p))
        return -law.logpmf(seen).sum() + seen.size * np.log1p(-law.pmf(0))

    options = {"xatol": 1e-7, "fatol": 1e-9}
    best = optimize.minimize(lacking, [-0.5, 3.5], method="Nelder-Mead", options=options)
    near = beta_binomial_near(histogram_of(counts, 400), 0.3, zeros=False)
    np.testing.assert_allclose(np.log([near.b, near.beta]), best.x, atol=1e-4)


def test_many_refits_at_once_are_the_same_as_one_by_one(draw_counts):
    law = JointRefit(300, 0.4, 20.0)
    held = []
    for _ in range(4):
        values, neurons = np.unique(draw_counts(400, 0.4, 8, 300), return_counts=True)
        held.append(law.histogram(values, neurons))
    together = np.stack(law.shapes(np.concatenate(held)))
    single = np.concatenate([np.stack(law.shapes(one)) for one in held], axis=1)
    np.testing.assert_allclose(together, single, rtol=1e-8)


def test_exponent_of_the_body_is_that_of_the_bounded_law(draw_counts):
    counts = draw_counts(800, 0.3, 8, 3000)
    cells = support(1, 3000)
    held = np.bincount(cells.cell_of(counts[counts > 0]), minlength=3000).astype(float)[None]
    found = body_exponents(cells, held, np.array([60.0]))[0]
    single = BoundedPowerLaw(xmax=60, cutoff=False, n_boot=0).fit(counts, 3000)
    assert found == pytest.approx(single.alpha, abs=1e-8)


def test_the_laws_own_difference_is_not_zero_and_is_expected(draw_counts):
    """At this size the difference, .08, is five standard deviations from zero."""
    result = exponent_agreement(draw_counts(4096, 0.5, 41, 3000), 3000, n_boot=199)
    assert result.status is Status.CONVERGED
    assert result.difference > 3 * result.scatter
    assert abs(result.excess) < 3 * result.scatter
    assert result.difference_low < result.difference < result.difference_high
    assert result.pvalue > 0.01


def test_lognormal_rates_are_rejected(rng):
    rates = np.exp(2 * rng.standard_normal(2000))
    counts = rng.binomial(2000, np.minimum(0.01 * rates / rates.mean(), 1))
    result = exponent_agreement(counts, 2000, n_boot=199)
    assert result.pvalue <= 0.02
    assert "do not explain" in " ".join(result.summary().split())


def test_dead_neurons_are_rejected_unless_zeros_are_left_out(draw_counts):
    counts = np.concatenate([draw_counts(1500, 0.5, 15, 2000), np.zeros(700, dtype=int)])
    counted = exponent_agreement(counts, 2000, n_boot=199)
    left_out = exponent_agreement(counts, 2000, zeros="left out", n_boot=199)
    assert counted.pvalue <= 0.02
    assert left_out.pvalue > 0.05
    assert left_out.b == pytest.approx(0.5, abs=0.15)
    assert left_out.b_low < left_out.b < left_out.b_high


@pytest.mark.parametrize(
    ("b", "c", "n_samples", "status", "words"),
    [
        (3.0, 10, 4000, Status.NOT_IDENTIFIABLE, "hump"),
        (0.4, 2, 300, Status.NOT_IDENTIFIABLE, "record about"),
        (0.4, 1, 1, Status.NOT_IDENTIFIABLE, "one sample"),
        (np.inf, 10, 3000, Status.NOT_IDENTIFIABLE, ""),
    ],
)
def test_where_there_is_no_body_there_is_no_test(draw_counts, b, c, n_samples, status, words):
    result = exponent_agreement(draw_counts(500, b, c, n_samples), n_samples)
    assert result.status is status
    assert not result.testable
    assert words in result.reason
    assert "Not testable" in result.summary()


def test_too_few_neurons_in_the_body_are_too_few(draw_counts):
    result = exponent_agreement(draw_counts(60, 0.2, 2, 3000), 3000)
    assert result.status is Status.TOO_FEW
    assert "neurons lie in the body" in result.reason


def test_result_travels_tabulates_and_draws(draw_counts):
    result = exponent_agreement(draw_counts(512, 0.3, 10, 2000), 2000, n_boot=39, level=0.9)
    again = ExponentAgreement.from_json(result.to_json())
    assert again.to_json() == result.to_json()
    assert again.summary() == result.summary()
    assert result.to_frame()["one_minus_b"].item() == 1 - result.b
    assert list(result.conf_int().index) == ["alpha", "one_minus_b", "difference", "excess"]
    with pytest.raises(DomainError):
        result.conf_int(0.99)
    assert len(result.plot().get_legend_handles_labels()[1]) == 3
    assert exponent_agreement([0, 1], 9).plot().get_ylabel()


@pytest.mark.parametrize("settings", [{"zeros": "half"}, {"level": 0}, {"n_boot": 5}])
def test_settings_without_sense_are_refused(settings):
    with pytest.raises(DomainError):
        exponent_agreement([1, 2, 3], 10, **settings)


def test_same_seed_same_answer(draw_counts):
    counts = draw_counts(300, 0.3, 6, 1500)
    texts = {exponent_agreement(counts, 1500, n_boot=39, rng=4).to_json() for _ in range(2)}
    assert len(texts) == 1


@pytest.mark.slow
def test_size_is_level_under_the_growth_law(draw_counts):
    pvalues = [
        exponent_agreement(draw_counts(300, 0.3, 9, 1000), 1000, n_boot=99).pvalue
        for _ in range(80)
    ]
    assert np.mean(np.array(pvalues) <= 0.1) <= 0.2
    assert 0.38 < np.mean(pvalues) < 0.64
