"""Sums over packed bits are those over the activations, unpacked."""

import itertools
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from activstats.counts import ActivationMask
from activstats.errors import InputError
from activstats.laws import bits as bits_

ACTIVE = hnp.arrays(np.bool_, st.tuples(st.integers(1, 40), st.integers(1, 70)))


@given(ACTIVE)
def test_counts_and_first_activations(active):
    mask = ActivationMask.from_active(active)
    np.testing.assert_array_equal(bits_.counts_of(mask), active.sum(axis=0))
    first = np.where(active.any(axis=0), active.argmax(axis=0), -1)
    np.testing.assert_array_equal(bits_.first_activations(mask), first)


@given(ACTIVE)
def test_products_of_samples(active):
    mask = ActivationMask.from_active(active)
    whole = active.astype(int)
    np.testing.assert_array_equal(bits_.sample_gram(mask), whole @ whole.T)
    weights = np.random.default_rng(0).normal(size=active.shape[1])
    np.testing.assert_allclose(bits_.weighted_sums(mask, weights), whole @ weights, atol=1e-12)


@given(ACTIVE, st.data())
def test_counts_in_runs_of_samples(active, data):
    n = len(active)
    inner = data.draw(st.sets(st.integers(1, n)))
    edges = np.array(sorted({0, data.draw(st.integers(1, n)), *inner}))
    found = bits_.group_counts(ActivationMask.from_active(active), edges)
    by_hand = [active[a:b].sum(axis=0) for a, b in itertools.pairwise(edges)]
    np.testing.assert_array_equal(found, by_hand)


@given(ACTIVE, st.data())
def test_growth_curves_in_any_order(active, data):
    n = len(active)
    order = np.array(data.draw(st.permutations(range(n))))
    ends = np.array(sorted(data.draw(st.sets(st.integers(1, n), min_size=1))))
    words = bits_.by_sample(ActivationMask.from_active(active))
    naive = [active[order[:end]].any(axis=0).sum() for end in ends]
    np.testing.assert_array_equal(bits_.ordered_curve(words, order, ends), naive)


def test_blocks_do_not_show(monkeypatch, rng):
    active = rng.random((83, 19)) < 0.3
    mask, edges = ActivationMask.from_active(active), np.array([0, 5, 30, 31, 80])
    weights = rng.normal(size=19)

    def everything():
        yield bits_.by_sample(mask)
        yield bits_.sample_gram(mask)
        yield bits_.weighted_sums(mask, weights)
        yield bits_.group_counts(mask, edges)

    whole = list(everything())
    monkeypatch.setattr(bits_, "_AT_ONCE", 1)
    for one, other in zip(whole, everything(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


@dataclass
class Bits:
    bits: np.ndarray
    n_samples: int


@pytest.mark.parametrize(
    "mask",
    [
        3,
        np.ones((3, 4), bool),
        Bits(np.zeros((2, 1), np.uint8), 9),
        Bits(np.zeros((2, 1), np.int64), 8),
        Bits(np.zeros((0, 1), np.uint8), 8),
        Bits(np.zeros((2, 0), np.uint8), 0),
        Bits(np.full((2, 1), 128, np.uint8), 7),
    ],
)
def test_what_is_no_mask_is_refused(mask):
    with pytest.raises(InputError):
        bits_.checked(mask)
