"""What the bounded law and the test of alpha = 1 − b do with any counts, and with no counts."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_growth_inputs import MISTAKES

from activstats.errors import DomainError, InputError
from activstats.laws.bounded import BoundedPowerLaw, BoundedPowerLawResult, bounded_probability
from activstats.laws.exponent import ExponentAgreement, exponent_agreement
from activstats.laws.results import Status


def fit(counts, n_samples=None, **settings):
    return BoundedPowerLaw(**({"n_boot": 19} | settings)).fit(counts, n_samples)


@pytest.mark.parametrize(("counts", "n_samples"), MISTAKES)
def test_what_cannot_be_counts_is_refused_in_words(counts, n_samples):
    with pytest.raises(InputError) as caught:
        exponent_agreement(counts, n_samples)
    assert caught.value.what.endswith(".")
    if n_samples is not None:
        with pytest.raises(InputError):
            fit(counts, n_samples)


@pytest.mark.parametrize(
    "counts", [[1, -2], [0.5, 2], [np.inf, 1], [], None, 5, "many", ([1, 2], [1]), ([[1]], [[2]])]
)
def test_what_cannot_be_a_sample_is_refused_in_words(counts):
    with pytest.raises(InputError):
        fit(counts)


@pytest.mark.parametrize(
    ("counts", "settings", "status", "words"),
    [
        ([0, 0, 0], {}, Status.TOO_FEW, "0 counts lie between 1 and 50"),
        ([0, 4, 9], {}, Status.TOO_FEW, "at least 3"),
        ([4, 4, 4, 4], {}, Status.NOT_IDENTIFIABLE, "equal"),
        ([4, 5, 4, 4], {}, Status.NOT_IDENTIFIABLE, "4 or 5"),
        ([1, 50, 50], {}, Status.NOT_IDENTIFIABLE, "two ends"),
        ([1, 2, 3, 9], {"xmin": 10}, Status.TOO_FEW, "between 10 and 50"),
        ([1, 2, 1, 2], {"xmax": 2}, Status.NOT_IDENTIFIABLE, "no room"),
        ([7, 7, 7], {"cutoff": False}, Status.NOT_IDENTIFIABLE, "equal"),
    ],
)
def test_where_there_is_no_best_law_there_is_a_reason_and_no_number(
    counts, settings, status, words
):
    result = fit(counts, 50, **settings)
    assert result.status is status
    assert words in result.reason
    assert np.isnan([result.alpha, result.lambda_, result.pvalue, result.log_likelihood]).all()
    assert words in " ".join(result.summary().split())
    with pytest.raises(InputError):
        result.probability(1)
    with pytest.raises(InputError):
        result.compare()


def test_counts_that_hardly_differ_are_no_power_law():
    result = fit([1_000_000, 1_000_001, 1_000_003, 1_000_002], 10**7)
    assert result.status is Status.NOT_IDENTIFIABLE
    assert "differ by" in result.reason


any_sample = st.lists(st.integers(0, 40) | st.integers(0, 10**9), min_size=1, max_size=25)
ends = st.tuples(st.integers(1, 50), st.none() | st.integers(51, 10**8))


@given(any_sample, ends, st.booleans())
@settings(max_examples=30)
def test_any_sample_gets_numbers_or_a_reason(counts, ends, known):
    xmin, xmax = ends
    n_samples = max(*counts, 1) if known else None
    result = fit(counts, n_samples, xmin=xmin, xmax=xmax)
    assert BoundedPowerLawResult.from_json(result.to_json()).to_json() == result.to_json()
    assert max(map(len, result.summary().splitlines())) <= 66
    if not result.fitted:
        assert result.reason
        return
    assert result.alpha_low <= result.alpha <= result.alpha_high
    assert result.lambda_low <= result.lambda_ <= result.lambda_high
    assert 0 < result.pvalue <= 1
    assert 0 <= result.distance <= 1
    assert result.log_likelihood <= 1e-9


layers = st.integers(1, 5000).flatmap(
    lambda d: st.tuples(
        st.lists(st.integers(0, d) | st.integers(0, min(d, 5)), min_size=1, max_size=120),
        st.just(d),
    )
)


@given(layers, st.sampled_from(["counted", "left out"]))
@settings(max_examples=40)
def test_any_layer_gets_a_pvalue_or_a_reason(case, zeros):
    result = exponent_agreement(*case, zeros=zeros, n_boot=39)
    assert ExponentAgreement.from_json(result.to_json()).to_json() == result.to_json()
    assert max(map(len, result.summary().splitlines())) <= 66
    assert result.testable != bool(result.reason)
    if result.testable:
        assert 0 < result.pvalue <= 1
        assert not np.isnan(list(result.params.values())).any()


@pytest.mark.parametrize(
    "settings",
    [
        {"xmin": 0},
        {"xmin": 2.5},
        {"xmin": 5, "xmax": 5},
        {"xmax": 2**41},
        {"xmax": True},
        {"level": 1.0},
        {"n_boot": -1},
    ],
)
def test_settings_without_sense_are_refused(settings):
    with pytest.raises(DomainError):
        BoundedPowerLaw(**settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"alpha": math.nan},
        {"alpha": 0.5},
        {"alpha": 0.5, "lambda_": 0.1, "xmin": 0},
        {"alpha": 0.5, "lambda_": 0.1, "xmin": 1, "xmax": 4},
    ],
)
def test_a_law_that_is_none_has_no_probabilities(settings):
    with pytest.raises(DomainError):
        bounded_probability([1, 5], **settings)


def test_a_law_without_cutoff_needs_an_end():
    with pytest.raises(InputError, match="needs an end"):
        fit([1, 2, 3, 4, 9], cutoff=False)
