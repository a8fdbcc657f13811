"""Laws side by side: the same constants in all, AIC by hand, honest words, odd input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import betabinom, binom

from activstats.errors import DomainError, InputError
from activstats.laws.comparison import LAWS, LawComparison, compare_laws
from activstats.laws.growth import GrowthLaw
from activstats.laws.results import Status


def test_likelihoods_have_the_same_constants(draw_counts):
    """All of them plus the same binomial coefficients are those of scipy's distributions."""
    counts = draw_counts(200, 0.5, 4, 400)
    laws = {law.name: law for law in compare_laws(counts, 400).laws}
    coefficients = (binom(400, 0.5).logpmf(counts) + 400 * np.log(2)).sum()
    rate = laws["one common rate"]
    assert rate.log_likelihood + coefficients == pytest.approx(
        binom(400, counts.mean() / 400).logpmf(counts).sum()
    )
    # The best mean rate is the measured one to within little: the likelihood is flat there.
    b, odds = laws["beta-binomial"].estimates["b"], counts.mean() / (400 - counts.mean())
    plain = betabinom(400, b, b / odds).logpmf(counts).sum() - coefficients
    assert plain <= laws["beta-binomial"].log_likelihood <= plain + 0.2


def test_nearly_equal_rates_give_all_laws_the_same_likelihood():
    counts = np.repeat([9, 10, 11], [20, 60, 20])
    comparison = compare_laws(counts, 1000)
    values = [law.log_likelihood for law in comparison.laws]
    assert values == pytest.approx([values[0]] * 4, abs=0.02)
    assert comparison.best == "one common rate"
    assert comparison.differences["beta-binomial"] == pytest.approx(2, abs=0.05)


def test_aic_differences_and_weights_are_those_of_the_formula(draw_counts):
    comparison = compare_laws(draw_counts(200, 0.5, 4, 400), 400)
    aic = np.array([2 * law.n_params - 2 * law.log_likelihood for law in comparison.laws])
    assert list(comparison.differences.values()) == pytest.approx(aic - aic.min())
    weights = np.exp(-(aic - aic.min()) / 2)
    assert list(comparison.weights.values()) == pytest.approx(weights / weights.sum())
    assert [law.n_params for law in comparison.laws] == [2, 3, 2, 1]
    assert tuple(comparison.differences) == LAWS


def test_each_law_is_found_where_it_is_true(rng):
    n, d = 1500, 1500
    beta = rng.beta(0.5, 49.5, n)
    truths = {
        "zero-inflated beta-binomial": np.where(np.arange(n) < 450, 0, beta),
        "logit-normal-binomial": expit(rng.normal(-5, 1.5, n)),
    }
    for name, rates in truths.items():
        comparison = compare_laws(rng.binomial(d, rates), d)
        assert comparison.best == name
        assert not comparison.undecided
    plain = compare_laws(rng.binomial(d, beta), d)
    assert plain.differences["beta-binomial"] < 2
    assert plain.differences["logit-normal-binomial"] > 10
    equal = compare_laws(rng.binomial(d, 0.01, n), d)
    assert equal.differences["one common rate"] < 4


def test_beta_binomial_has_the_likelihood_of_the_growth_law(draw_counts):
    counts = draw_counts(300, 0.5, 4, 400)
    result, comparison = GrowthLaw().fit(counts, n_samples=400), compare_laws(counts, 400)
    assert comparison.laws[0].log_likelihood == pytest.approx(result.log_likelihood)
    assert comparison.laws[0].estimates["b"] == pytest.approx(result.b)
    assert comparison.laws[1].log_likelihood >= comparison.laws[0].log_likelihood


def test_words_do_not_decide_what_is_undecided(draw_counts):
    comparison = compare_laws(draw_counts(300, 0.5, 4, 400), 400)
    text = " ".join(comparison.summary().split())
    assert ("does not decide" in text) == bool(comparison.undecided)
    assert "not that it is true" in text
    assert "boundary" in text


@pytest.mark.parametrize(
    ("counts", "n_samples"),
    [([0, 0], 5), ([5, 5], 5), ([3, 3], 9), ([1, 0, 1], 9), ([4], 9), ([0, 9], 9)],
)
def test_what_tells_nothing_gets_a_reason(counts, n_samples):
    comparison = compare_laws(counts, n_samples)
    assert comparison.status is Status.NOT_IDENTIFIABLE
    assert comparison.reason
    assert comparison.best == ""
    assert comparison.laws == ()
    assert comparison.to_frame().empty
    assert comparison.reason[:10].lower() in comparison.summary().lower()
    assert LawComparison.from_json(comparison.to_json()).to_json() == comparison.to_json()


@pytest.mark.parametrize(
    ("counts", "n_samples"), [([1, -2], 9), ([1, 2.5], 9), ([1, 20], 9), ([1], None)]
)
def test_what_cannot_be_counts_is_refused(counts, n_samples):
    with pytest.raises(InputError):
        compare_laws(counts, n_samples)


def test_result_travels_tabulates_and_draws(draw_counts):
    comparison = compare_laws(draw_counts(300, 0.5, 4, 400), 400)
    assert LawComparison.from_json(comparison.to_json()) == comparison
    frame = comparison.to_frame()
    assert frame["law"].tolist() == list(LAWS)
    assert frame["aic_difference"].min() == 0
    assert comparison.conf_int().empty
    with pytest.raises(DomainError):
        comparison.conf_int(3.0)
    assert comparison.plot().get_xlabel() == "AIC above the lowest"
    assert "Laws" in comparison._repr_html_()


any_counts = st.integers(1, 10**9).flatmap(
    lambda d: st.tuples(
        st.lists(st.integers(0, d) | st.integers(0, min(d, 5)), min_size=1, max_size=20),
        st.just(d),
    )
)


@settings(max_examples=12)
@given(any_counts)
def test_any_counts_get_a_comparison_or_a_reason(case):
    comparison = compare_laws(*case)
    if not comparison.laws:
        assert comparison.reason
        return
    assert np.isfinite(list(comparison.differences.values())).all()
    assert sum(comparison.weights.values()) == pytest.approx(1)
    assert 0 <= comparison.pvalue_dead <= 1
