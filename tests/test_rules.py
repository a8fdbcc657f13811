"""Activation rules: what they activate, alike for NumPy and torch, and their names."""

import math
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from activstats.errors import RuleError
from activstats.rules import (
    RULES,
    Above,
    AbsAbove,
    Argmax,
    FractionOfMax,
    LayerQuantile,
    TopFraction,
    TopK,
    parse_rule,
)

SHARES = st.floats(0.001, 0.999)
ANY_RULE = st.one_of(
    st.builds(Above, st.floats(-1e6, 1e6)),
    st.builds(AbsAbove, st.floats(0, 1e6)),
    st.builds(TopK, st.integers(1, 50)),
    st.builds(TopFraction, st.floats(1e-4, 1)),
    st.builds(Argmax),
    st.builds(FractionOfMax, SHARES),
    st.builds(LayerQuantile, SHARES, st.floats(-1e6, 1e6)),
)
ACTIVATIONS = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 6), st.integers(1, 9)),
    elements=st.one_of(
        st.floats(-4, 4, width=32), st.sampled_from([0.0, 1.0, np.nan, np.inf, -np.inf])
    ),
)


@given(ANY_RULE)
def test_every_name_reads_back_as_the_same_rule(rule):
    assert parse_rule(rule.name) == rule


@given(ANY_RULE, ACTIVATIONS)
def test_numpy_and_torch_give_the_same_answer(rule, activations):
    ours = rule(activations)
    theirs = rule(torch.from_numpy(activations))
    assert isinstance(theirs, torch.Tensor)
    assert ours.dtype == bool
    np.testing.assert_array_equal(ours, theirs.numpy())


@given(ANY_RULE, ACTIVATIONS)
def test_what_is_not_finite_never_activates(rule, activations):
    assert not rule(activations)[~np.isfinite(activations)].any()


@given(ANY_RULE.filter(lambda rule: not isinstance(rule, Argmax)), ACTIVATIONS, st.randoms())
def test_the_order_of_the_neurons_does_not_matter(rule, activations, random):
    order = list(range(activations.shape[1]))
    random.shuffle(order)
    np.testing.assert_array_equal(rule(activations[:, order]), rule(activations)[:, order])


@given(ACTIVATIONS)
def test_argmax_has_one_winner_wherever_a_value_is_finite(activations):
    winners = Argmax()(activations)
    np.testing.assert_array_equal(winners.sum(axis=1), np.isfinite(activations).any(axis=1))
    for row, active in zip(activations, winners, strict=True):
        if active.any():
            assert active.argmax() == np.argmax(np.where(np.isfinite(row), row, -np.inf))


@given(ACTIVATIONS, st.integers(1, 12))
def test_top_k_keeps_those_with_fewer_than_k_larger_ones(activations, k):
    for row, active in zip(activations, TopK(k)(activations), strict=True):
        finite = row[np.isfinite(row)]
        for value, on in zip(row, active, strict=True):
            assert on == (bool(np.isfinite(value)) and value > 0 and (finite > value).sum() < k)


# Quarters, so that thresholds and shares of the largest are met exactly and passed by little.
QUARTERS = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 6), st.integers(1, 9)),
    elements=st.one_of(
        st.sampled_from(np.linspace(-2, 2, 17).tolist()),
        st.sampled_from([np.nan, np.inf, -np.inf]),
    ),
)


@given(QUARTERS, st.sampled_from([0.0, 0.25, 1.0]), st.sampled_from([0.25, 0.5, 0.75]))
def test_thresholds_and_shares_of_the_largest_are_compared_one_by_one(activations, t, share):
    active = [Above(t), Above(-t), AbsAbove(t), FractionOfMax(share), LayerQuantile(0.5, t)]
    found = np.stack([rule(activations) for rule in active], axis=-1)
    for row, on in zip(activations.tolist(), found.tolist(), strict=True):
        largest = max((x for x in row if math.isfinite(x)), default=0.0)
        for x, said in zip(row, on, strict=True):
            wanted = [x > t, x > -t, x < -t or x > t, x > share * largest > 0, x > t]
            assert said == [math.isfinite(x) and one for one in wanted]


@given(ACTIVATIONS, st.sampled_from([0.05, 0.2, 0.5, 1.0]))
def test_the_top_fraction_is_the_top_of_a_sorted_list(activations, fraction):
    n = activations.shape[1]
    k = max(1, math.floor(fraction * n + 0.5))
    for row, on in zip(activations, TopFraction(fraction)(activations), strict=True):
        best = sorted(row[np.isfinite(row) & (row > 0)].tolist(), reverse=True)[:k]
        np.testing.assert_array_equal(on, np.isin(row, best))


@pytest.mark.parametrize(
    ("n_neurons", "k"), [(64, 1), (128, 1), (149, 1), (150, 2), (512, 5), (1024, 10)]
)
def test_the_top_percent_of_a_layer_is_rounded_and_never_empty(n_neurons, k):
    assert TopFraction(0.01).k(n_neurons) == k


def test_short_forms_stand_for_the_full_names():
    assert parse_rule("top1%") == TopFraction(0.01)
    assert parse_rule(" top 0.1 % ") == TopFraction(0.001)
    assert parse_rule("above") == Above(0)
    assert parse_rule("argmax()") == Argmax()


def test_a_calibrated_quantile_is_numpys(rng):
    reference = rng.normal(size=(50, 7))
    rule = LayerQuantile(0.9).calibrate(reference)
    assert rule.threshold == pytest.approx(np.quantile(reference, 0.9), rel=1e-12)
    assert rule(reference).mean() == pytest.approx(0.1, abs=0.01)


def test_an_uncalibrated_quantile_is_refused():
    with pytest.raises(RuleError, match="no threshold yet"):
        LayerQuantile(0.9)(np.ones((2, 2)))


def test_an_unknown_name_lists_those_that_are_allowed():
    with pytest.raises(RuleError) as caught:
        parse_rule("topk(3)")
    for keyword in RULES:
        assert keyword in str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "top_fraction(1.5)", "top_fraction(0)", "top_k(0)", "top_k(2.5)", "fraction_of_max(1)",
        "above(nan)", "abs_above(-1)", "quantile(1)", "above(1, 2)", "above(x)", "top_k()", "",
        "top_k(inf)", "top_k(nan)", "top_k(1e30)", "top1.2.3%", "top.%", "quantile(0.9, inf)",
        3, None, b"argmax", 0.5,
    ],
)  # fmt: skip
def test_rules_that_make_no_sense_are_refused(name):
    with pytest.raises(RuleError):
        parse_rule(name)


NUMBERS_OF_OTHERS = [
    np.float64(0.5), np.float32(0.5), np.array(0.5), torch.tensor(0.5), np.longdouble(0.5),
    Fraction(1, 2),
]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS_OF_OTHERS, ids=lambda number: type(number).__name__)
def test_numbers_of_other_libraries_have_names_that_read_back(number):
    for rule in (Above(number), AbsAbove(number), TopFraction(number), FractionOfMax(number),
                 LayerQuantile(number, number)):  # fmt: skip
        assert parse_rule(rule.name) == rule
        assert "0.5" in rule.name
        assert not {"np", "tensor", "array"} & set(rule.name.replace("(", " ").split())


@pytest.mark.parametrize("k", [np.int64(4), np.uint8(4), torch.tensor(4), np.float64(4), 4.0])
def test_whole_numbers_of_other_libraries_are_counts(k):
    assert TopK(k) == TopK(4)
    assert TopK(k).name == "top_k(4)"


@pytest.mark.parametrize("true", [True, np.bool_(1), torch.tensor([1]).bool()[0]])
def test_truth_values_are_numbers(true):
    assert (Above(true).name, TopK(true).name) == ("above(1)", "top_k(1)")


@pytest.mark.parametrize("value", ["0.5", None, [0.5], 1j, np.ones(2), 10**400])
@pytest.mark.parametrize("kind", [Above, AbsAbove, TopK, TopFraction, FractionOfMax, LayerQuantile])
def test_what_is_no_number_is_refused(kind, value):
    with pytest.raises(RuleError):
        kind(value)


@pytest.mark.parametrize("array", [np.array([[1, 3, 2]]), torch.tensor([[1, 3, 2]])])
def test_whole_numbers_are_activations_too(array):
    for rule in (TopK(1), Argmax(), FractionOfMax(0.9), Above(2)):
        assert rule(array).tolist() == [[False, True, False]]


def test_importing_the_rules_loads_no_array_library():
    probe = "import sys, activstats.rules; print({'numpy', 'torch', 'pyarrow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", probe], check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.float16])
def test_the_lowest_number_of_a_type_is_far_from_zero(kind):
    lowest = np.iinfo(kind).min if np.issubdtype(kind, np.integer) else np.finfo(kind).min
    found = AbsAbove(1)(np.array([[lowest, 1, 2]], kind))
    assert found.tolist() == [[bool(lowest), False, True]]
