"""Counting arrays block by block gives what counting them whole gives."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from activstats import Counts, parse_rule
from activstats.counts.from_activations import counts_of
from activstats.errors import ActivstatsWarning, InputError, RuleError

RULES = ["top1%", "top_fraction(0.1)", "argmax", "above(0)"]


@pytest.fixture
def activations(rng):
    return rng.normal(size=(300, 40)).astype(np.float32)


def same(a, b):
    assert list(a) == list(b)
    for name in a:
        np.testing.assert_array_equal(a[name].counts, b[name].counts)
        np.testing.assert_array_equal(a[name].first, b[name].first)
        assert a[name].n_samples == b[name].n_samples


def test_every_rule_is_counted_under_its_own_name(activations):
    counts = counts_of(activations, RULES, layer="relu")
    assert list(counts) == [parse_rule(rule).name for rule in RULES]
    for rule in RULES:
        whole = Counts.from_active(parse_rule(rule)(activations))
        found = counts[parse_rule(rule).name]
        np.testing.assert_array_equal(found.counts, whole.counts)
        np.testing.assert_array_equal(found.first, whole.first)
        assert found.provenance == {"layer": "relu", "rule": parse_rule(rule).name}


@settings(max_examples=25)
@given(st.lists(st.integers(0, 300), max_size=6))
def test_blocks_of_any_size_give_the_counts_of_the_whole(cuts):
    whole = np.random.default_rng(3).normal(size=(300, 7))
    blocks = np.split(whole, sorted(cuts))
    same(counts_of(iter(blocks), RULES), counts_of(whole, RULES))


def test_blocks_larger_than_what_is_held_at_once_are_cut(rng):
    many = rng.normal(size=(20_000, 3))
    counts = counts_of(many, ["above(0)"])["above(0)"]
    assert counts.n_samples == 20_000
    np.testing.assert_array_equal(counts.counts, (many > 0).sum(axis=0))


def test_tensors_are_counted_like_arrays(activations):
    same(counts_of(torch.as_tensor(activations), RULES), counts_of(activations, RULES))


def test_small_activations_are_compared_before_any_cast():
    tiny = np.full((2, 3), 1e-12)  # is 0 in half precision
    assert counts_of(tiny, ["above(0)"])["above(0)"].k == 3
    brain = torch.full((2, 3), 1e-30, dtype=torch.bfloat16)  # a type that NumPy has not
    assert counts_of(brain, ["above(0)"])["above(0)"].k == 3


def test_activations_that_are_not_finite_are_named(activations):
    activations[0, :3] = np.nan
    activations[1, 0] = np.inf
    with pytest.warns(ActivstatsWarning, match="4 of 12000"):
        counts = counts_of(activations, ["above(-100)"])["above(-100.0)".replace(".0", "")]
    assert counts.counts[:3].tolist() == [298, 299, 299]


def test_whole_numbers_can_be_counted():
    assert counts_of(np.array([[0, 2], [1, 3]]), ["above(1)"])["above(1)"].counts.tolist() == [0, 2]


@pytest.mark.parametrize(
    "wrong",
    [
        3,
        "activations",
        [[0.1, 0.2]],
        [],
        np.zeros(4),
        np.zeros((2, 0)),
        np.zeros((0, 4)),
        np.zeros((2, 3, 4)),
        np.array([["a", "b"]]),
        np.ones((2, 3), bool),
        np.ones((2, 3), complex),
        pd.DataFrame({"a": [1.0]}),
        [np.zeros((2, 3)), np.zeros((2, 4))],
    ],
)
def test_what_is_no_array_of_samples_by_neurons_is_refused(wrong):
    with pytest.raises(InputError):
        counts_of(wrong, ["above(0)"])


@pytest.mark.parametrize("rules", [[], ["above(0)", "above(0)"], ["top1%", "top_fraction(0.01)"]])
def test_rules_are_wanted_each_once(activations, rules):
    with pytest.raises(InputError):
        counts_of(activations, rules)


def test_rules_that_cannot_be_applied_are_refused(activations):
    with pytest.raises(RuleError):
        counts_of(activations, ["quantile(0.9)"])
    with pytest.raises(RuleError):
        counts_of(activations, ["abov(0)"])
