"""The bounded law's result and its rivals print, tabulate, travel and draw."""

import dataclasses
import math

import numpy as np
import pytest
from scipy import special, stats

from activstats.counts import Counts
from activstats.errors import DomainError, InputError
from activstats.laws.bounded import BoundedPowerLaw, BoundedPowerLawResult
from activstats.laws.bounded_rivals import RivalComparison
from activstats.laws.exponent import exponent_agreement


@pytest.fixture
def layer(draw_counts):
    return draw_counts(1024, 0.3, 10, 2000)


@pytest.fixture
def result(layer):
    return BoundedPowerLaw(n_boot=49).fit(layer, n_samples=2000)


def test_result_travels_and_cannot_be_changed(result):
    again = BoundedPowerLawResult.from_json(result.to_json())
    assert again.to_json() == result.to_json()
    assert again.summary() == result.summary()
    assert again.probability(7) == result.probability(7)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.alpha = 1.0
    with pytest.raises(InputError, match="BoundedPowerLawResult"):
        BoundedPowerLawResult.from_json("{}")


def test_result_says_what_it_is_not(result):
    text = " ".join(result.summary().split())
    assert "heavy tail" in text
    assert "nan" not in text
    assert "alpha" in result._repr_html_()
    assert len(result.to_frame()) == 1
    assert set(result.params) == set(result.bse) == {"alpha", "lambda"}


def test_intervals_widen_with_the_level(result):
    wide, narrow = result.conf_int(0.99), result.conf_int(0.5)
    assert (wide["low"] < narrow["low"]).all()
    assert (wide["high"] > narrow["high"]).all()
    assert result.conf_int().loc["alpha", "low"] == result.alpha_low
    with pytest.raises(DomainError):
        result.conf_int(2.0)


def test_probabilities_sum_to_one_within_the_ends(result):
    assert result.probability(np.arange(1, 2001)).sum() == pytest.approx(1, abs=1e-12)
    with pytest.raises(DomainError):
        result.probability(0)


def test_rivals_are_normalised_on_the_same_support(result):
    for rival in result.compare().rivals:
        assert rival.log_likelihood == pytest.approx(result.log_likelihood - rival.log_ratio)
        own, other = 2, 1 if rival.nested else 2
        aic = 2 * (other - own) + 2 * rival.log_ratio
        assert rival.aic_difference == pytest.approx(aic)


def test_geometric_rival_is_a_truncated_geometric_law(result, layer):
    rival = next(one for one in result.compare().rivals if one.law == "geometric")
    rate, counts = rival.parameters["lambda"], layer[layer > 0]
    norm = special.logsumexp(-rate * np.arange(1, 2001))
    assert rival.log_likelihood == pytest.approx(-rate * counts.sum() - counts.size * norm)
    assert rival.pvalue == pytest.approx(stats.chi2.sf(2 * rival.log_ratio, 1))


def test_beta_binomial_rival_is_scipys(result, layer):
    rival = next(one for one in result.compare().rivals if one.law == "beta-binomial")
    law = stats.betabinom(2000, rival.parameters["b"], rival.parameters["beta"])
    counts = layer[layer > 0]
    expected = law.logpmf(counts).sum() - counts.size * np.log1p(-law.pmf(0))
    assert rival.log_likelihood == pytest.approx(expected, abs=1e-6)
    assert rival.parameters["b"] == pytest.approx(0.3, abs=0.08)


def test_vuong_statistic_is_the_mean_over_its_standard_error(result, layer):
    rival = next(one for one in result.compare().rivals if one.law == "negative binomial")
    counts = layer[layer > 0]
    law = stats.nbinom(rival.parameters["shape"], -math.expm1(-rival.parameters["rate"]))
    inside = np.log(law.cdf(2000) - law.cdf(0))
    ratio = np.log(result.probability(counts)) - law.logpmf(counts) + inside
    expected = math.sqrt(counts.size) * ratio.mean() / ratio.std()
    assert rival.statistic == pytest.approx(expected, rel=1e-4)
    low, high = result.compare().conf_int().loc["negative binomial"]
    assert low < rival.log_ratio < high


def test_the_laws_own_counts_reject_lognormal_and_nested_rivals(draw_counts):
    counts = draw_counts(4096, 0.3, 41, 5000)
    compared = BoundedPowerLaw(n_boot=0).fit(counts, n_samples=5000).compare()
    by_law = {rival.law: rival for rival in compared.rivals}
    assert "closer" in by_law["lognormal"].verdict
    assert by_law["lognormal"].aic_difference > 20
    for nested in ("geometric", "power law"):
        assert by_law[nested].pvalue < 1e-6
        assert by_law[nested].verdict.startswith("rejected")
    assert abs(by_law["beta-binomial"].aic_difference) < 30


def test_lognormal_counts_prefer_the_lognormal(rng):
    counts = np.maximum(np.round(np.exp(3 + 0.8 * rng.standard_normal(3000))), 1).astype(int)
    compared = BoundedPowerLaw(n_boot=0).fit(counts, n_samples=5000).compare()
    assert compared.rivals[0].law == "lognormal"
    assert compared.rivals[0].verdict == "the rival is closer"


def test_unknown_samples_leave_the_beta_binomial_out(layer):
    compared = BoundedPowerLaw(n_boot=0).fit(layer).compare()
    laws = [rival.law for rival in compared.rivals]
    assert sorted(laws) == ["geometric", "lognormal", "negative binomial"]


def test_comparison_travels_prints_and_draws(result):
    compared = result.compare()
    again = RivalComparison.from_json(compared.to_json())
    assert again.to_json() == compared.to_json()
    assert again.summary() == compared.summary()
    assert max(map(len, compared.summary().splitlines())) <= 66
    assert compared.to_frame()["law"].iloc[0] == "bounded"
    names = compared.plot().get_legend_handles_labels()[1]
    assert "lognormal" in names
    assert len(result.plot(rivals=False).get_legend_handles_labels()[1]) == 2
    assert result.plot().get_xlabel()


def test_a_result_without_a_law_is_drawn_as_well():
    ax = BoundedPowerLaw().fit([0, 0, 3], n_samples=9).plot()
    assert ax.get_ylabel()
    assert BoundedPowerLaw().fit([0, 0], n_samples=9).plot().get_ylabel()


def test_counts_of_a_recording_bring_samples_and_provenance(rng):
    active = rng.random((400, 200)) < rng.beta(0.5, 5, 200)
    counts = Counts.from_active(active, layer="relu", rule="top1%")
    result = BoundedPowerLaw(n_boot=0).fit(counts)
    assert (result.n_samples, result.xmax) == (400, 400)
    assert result.provenance["layer"] == "relu"
    assert "top1%" in result.summary()
    assert "relu" in result.compare().summary()
    assert exponent_agreement(counts, n_boot=39).provenance["layer"] == "relu"
