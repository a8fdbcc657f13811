"""What a tail makes of any numbers, and of what cannot be numbers."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activstats.errors import DomainError, InputError
from activstats.laws.histogram import histogram_of
from activstats.laws.results import Status
from activstats.laws.tail import PowerLawTail, PowerLawTailResult

QUICK = PowerLawTail(n_boot=20)
CONTINUOUS = PowerLawTail(discrete=False, n_boot=20)

MISTAKES = [
    [-1, 2, 3],
    [1, 2.5],
    [1.0, float("nan")],
    [1.0, float("inf")],
    [],
    [[1, 2], [3, 4]],
    ["a", "b"],
    [[1], [2, 3]],
    [True, False],
    None,
    7,
    [2**60, 1],
    ([1, 2], [1]),
    ([1, 2], [1, -1]),
    ([1, 2], [1, 0.5]),
    ([1, 2], [2**52, 2**52]),
]


@pytest.mark.parametrize("sample", MISTAKES)
def test_what_cannot_be_numbers_is_refused_in_words(sample):
    with pytest.raises(InputError) as caught:
        QUICK.fit(sample)
    assert caught.value.what.endswith(".")


@pytest.mark.parametrize("sample", [[-0.5, 2], [1.0, float("nan")], [float("inf")], ["a"], [[1.0]]])
def test_what_cannot_be_positive_numbers_is_refused_in_words(sample):
    with pytest.raises(InputError):
        CONTINUOUS.fit(sample)


@pytest.mark.parametrize(
    "forms", [{}, {"values": [1, 2]}, {"sample": [1], "values": [1], "multiplicities": [1]}]
)
def test_exactly_one_form_must_be_given(forms):
    with pytest.raises(InputError, match="sample"):
        QUICK.fit(**forms)


def test_counts_above_the_number_of_samples_are_refused():
    histogram = SimpleNamespace(values=np.array([0, 30]), multiplicities=np.array([4, 1]))
    with pytest.raises(InputError, match="more samples than there are"):
        QUICK.fit(SimpleNamespace(n_samples=10, n_neurons=5, histogram=histogram))


@pytest.mark.parametrize(
    ("sample", "model", "words"),
    [
        ([0, 0, 0], QUICK, "no number above 0"),
        ([5], QUICK, "all numbers are alike"),
        ([7, 7, 7], QUICK, "all numbers are alike"),
        ([1, 2, 2], QUICK, "3 distinct"),
        ([1, 2, 3, 4], PowerLawTail(xmin=9), "reaches xmin = 9"),
        ([1, 2, 3, 4], PowerLawTail(xmin=4), "only 1 reach"),
        ([1, 2, 3, 4], PowerLawTail(min_tail=50), "fewer than min_tail"),
        ([1, 2, 3, 4, 5], PowerLawTail(min_tail=4, xmin_range=(3, 9)), "no xmin leaves 4 numbers"),
        ([3, 4, 5, 6], PowerLawTail(xmin_range=(0, 2)), "at most 2"),
        ([0.5, 0.5], CONTINUOUS, "alike"),
    ],
)
def test_where_there_is_no_tail_there_is_a_reason_and_no_number(sample, model, words):
    result = model.fit(sample, rng=0)
    check_there_is_no_tail(result)
    assert words in result.reason


def check_there_is_no_tail(result):
    assert result.status is Status.TOO_FEW
    assert result.reason
    assert np.isnan([result.alpha, result.xmin, result.pvalue, result.distance]).all()
    assert result.n_tail == 0
    with pytest.raises(InputError, match="no tail"):
        result.compare()


def check_numbers_or_a_reason(result):
    if result.status is Status.TOO_FEW:
        check_there_is_no_tail(result)
        return
    assert result.alpha > 1
    assert 0 <= result.distance <= 1
    assert 0 < result.pvalue <= 1 or any("left no tail" in words for words in result.warnings)
    assert result.n_tail == result.sample.multiplicities[result.sample.values >= result.xmin].sum()
    assert result.summary()
    assert PowerLawTailResult.from_json(result.to_json()) == result


@settings(max_examples=60)
@given(st.lists(st.integers(0, 20) | st.integers(0, 2**53 - 1), min_size=1, max_size=30))
def test_any_whole_numbers_get_numbers_or_a_reason(sample):
    check_numbers_or_a_reason(QUICK.fit(sample, rng=0))


@settings(max_examples=60)
@given(st.lists(st.floats(0, 1e300), min_size=1, max_size=30))
def test_any_positive_numbers_get_numbers_or_a_reason(sample):
    check_numbers_or_a_reason(CONTINUOUS.fit(sample, rng=0))


@settings(max_examples=40)
@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=30),
    st.integers(1, 70),
    st.integers(0, 40),
    st.sampled_from(["observed", "integers"]),
)
def test_any_settings_get_numbers_or_a_reason(sample, xmin, min_tail, ks):
    model = PowerLawTail(xmin=xmin, min_tail=min_tail, ks=ks, n_boot=10)
    check_numbers_or_a_reason(model.fit(sample, rng=0))


@settings(max_examples=30)
@given(st.lists(st.integers(0, 40), min_size=4, max_size=40), st.randoms(use_true_random=False))
def test_order_and_form_of_the_numbers_change_nothing(sample, random):
    values, often = np.unique(sample, return_counts=True)
    shuffled = random.sample(sample, len(sample))
    histogram = histogram_of(sample, n_samples=40)
    forms = [sample, shuffled, np.asarray(sample, dtype=float), (values, often), histogram]
    texts = {QUICK.fit(form, rng=1).to_json() for form in forms}
    assert len(texts | {QUICK.fit(values=values, multiplicities=often, rng=1).to_json()}) == 1


def test_zeros_are_left_out_and_said():
    result = PowerLawTail(n_boot=0).fit([0] * 12 + [1, 1, 1, 2, 2, 3, 7])
    assert result.n == 7
    assert any(words.startswith("12 zeros") for words in result.warnings)


def test_no_input_is_written_to():
    sample = np.array([1, 5, 2, 2, 9, 1, 1])
    sample.flags.writeable = False
    QUICK.fit(sample, rng=0)
    values, often = np.array([1.0, 2.0, 5.0, 9.0]), np.array([3, 2, 1, 1])
    QUICK.fit(values=values, multiplicities=often, rng=0)
    values[0] = 1.5  # still the caller's own


def test_a_histogram_of_hundreds_of_millions_is_fitted_exactly():
    """Links of 241 million pages: numbers that nobody would hold one by one."""
    values = np.arange(1, 20_000)
    often = np.maximum(np.round(3e8 * values**-2.1), 1).astype(np.int64)
    result = PowerLawTail(xmin=50, n_boot=20).fit(values=values, multiplicities=often, rng=0)
    assert result.n == int(often.sum()) > 241_000_000
    assert result.n_tail == int(often[49:].sum())
    tail, times = values[49:], often[49:].astype(float)
    mean = np.average(np.log(tail / 50), weights=times)
    from activstats.laws._tail_zeta import mean_log

    assert mean_log(result.alpha, 50.0, np.log(50.0)) == pytest.approx(mean, rel=1e-9)
    assert 0 < result.pvalue <= 1
    assert result.interval("n_tail")[0] < result.n_tail < result.interval("n_tail")[1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"xmin": 0}, {"xmin": -1}, {"xmin": 1.5}, {"xmin": "all"}, {"xmin": []}, {"xmin": float("nan")},
        {"xmin_range": (5, 2)}, {"xmin_range": 3}, {"min_tail": -1}, {"min_tail": 2.5}, {"n_boot": -1},
        {"n_boot": True}, {"ks": "left"}, {"ks": "integers", "discrete": False}, {"level": 1},
        {"alpha_step": -0.1},
    ],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(DomainError):
        PowerLawTail(**wrong)
