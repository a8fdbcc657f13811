"""What the growth law does with any counts, and with what cannot be counts."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from activstats.errors import DomainError, InputError
from activstats.laws.growth import GrowthLaw
from activstats.laws.results import Status


def fit(counts, n_samples, **settings):
    return GrowthLaw(**settings).fit(counts, n_samples=n_samples)


MISTAKES = [
    ([1, -2], 10),
    ([1, 2.5], 10),
    ([1.0, float("nan")], 10),
    ([1.0, float("inf")], 10),
    ([1, 11], 10),
    ([1, 2], None),
    ([1, 2], 0),
    ([1, 2], -5),
    ([1, 2], 2.5),
    ([1, 2], float("nan")),
    ([1, 2], "ten"),
    ([1, 2], True),
    ([], 10),
    ([[1, 2], [3, 4]], 10),
    ([True, False], 10),
    (["a", "b"], 10),
    ([[1], [2, 3]], 10),
    (None, 10),
    (5, 10),
    (([1, 2], [1]), 10),
    (([1, 2], [0, 0]), 10),
    (([1, 2], [1, -1]), 10),
    ([2**60, 1], 10),
]


@pytest.mark.parametrize(("counts", "n_samples"), MISTAKES)
def test_what_cannot_be_counts_is_refused_in_words(counts, n_samples):
    with pytest.raises(InputError) as caught:
        fit(counts, n_samples)
    assert caught.value.what.endswith(".")


def test_two_numbers_of_samples_may_not_disagree():
    histogram = SimpleNamespace(values=np.array([0, 3]), multiplicities=np.array([4, 1]))
    counts = SimpleNamespace(n_samples=10, n_neurons=5, histogram=histogram)
    with pytest.raises(InputError, match="leave it out"):
        GrowthLaw().fit(counts, n_samples=11)


def test_one_winner_likelihood_refuses_other_numbers_of_winners():
    with pytest.raises(InputError, match="argmax"):
        fit([3, 4, 5], 10, likelihood="dirichlet-multinomial")


@pytest.mark.parametrize("wrong", [{"likelihood": "poisson"}, {"level": 1.0}, {"level": 0.0}])
def test_unknown_settings_are_refused(wrong):
    with pytest.raises(DomainError):
        GrowthLaw(**wrong)


any_counts = st.integers(1, 10**9).flatmap(
    lambda d: st.tuples(
        st.lists(st.integers(0, d) | st.integers(0, min(d, 5)), min_size=1, max_size=25),
        st.just(d),
    )
)


@given(any_counts)
def test_any_counts_get_numbers_or_a_reason(case):
    counts, n_samples = case
    result = fit(counts, n_samples)
    assert result.k == np.count_nonzero(counts)
    if result.status is Status.NOT_IDENTIFIABLE:
        assert result.reason
        assert np.isnan(result.b)
        return
    assert 0 < result.b_low <= result.b <= result.b_high
    numbers = (result.bse, result.log_likelihood, result.misfit, result.misfit_mean_field)
    assert not np.isnan(numbers).any()
    assert (result.status is Status.EQUAL_RATES) <= np.isinf(result.b)
    assert 0 <= result.misfit <= 1


@given(st.lists(st.integers(0, 300), min_size=2, max_size=25).filter(sum))
def test_any_winners_get_numbers_or_a_reason(counts):
    result = fit(counts, sum(counts), likelihood="dirichlet-multinomial")
    if result.status is Status.NOT_IDENTIFIABLE:
        assert np.isnan(result.b)
    else:
        assert 0 < result.b_low <= result.b <= result.b_high


@given(any_counts, st.randoms(use_true_random=False))
def test_order_of_neurons_and_form_of_counts_change_nothing(case, random):
    counts, n_samples = case
    shuffled = random.sample(counts, len(counts))
    texts = {
        fit(form, n_samples).to_json()
        for form in (counts, shuffled, np.unique(counts, return_counts=True))
    }
    assert len(texts) == 1
