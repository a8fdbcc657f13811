"""Sums that do not depend on the order in which numbers come."""

import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from activstats.counts.exact_sums import ExactSums

NUMBERS = st.floats(-1e100, 1e100) | st.floats(-1.0, 1.0) | st.floats(-1e-300, 1e-300)


def summed(*blocks):
    sums = ExactSums(blocks[0].shape[1])
    for block in blocks:
        sums.add(block)
    return sums


@given(
    arrays(np.float64, st.tuples(st.integers(1, 40), st.integers(1, 4)), elements=NUMBERS),
    st.data(),
)
def test_they_are_the_doubles_nearest_to_the_exact_sums(rows, data):
    cut = data.draw(st.integers(0, len(rows)))
    order = data.draw(st.permutations(range(len(rows))))
    expected = [math.fsum(column) for column in rows.T]  # exact, and rounded once
    assert summed(rows[:cut], rows[cut:]).rounded().tolist() == expected
    assert summed(rows[list(order)]).rounded().tolist() == expected
    assert summed(*(row[None] for row in rows)).rounded().tolist() == expected
    merged = summed(rows[cut:])
    merged.merge(pickle.loads(pickle.dumps(summed(rows[:cut]))))
    assert merged.rounded().tolist() == expected


def test_many_numbers_of_one_kind_need_few_partial_sums(rng):
    rows = rng.gamma(1.0, 1000.0, size=(5000, 3))
    sums = summed(*np.split(rows, 50))
    assert sums.rounded().tolist() == [math.fsum(column) for column in rows.T]
    assert len(sums._partials) <= 4


def test_nothing_is_the_sum_of_no_rows():
    assert summed(np.zeros((0, 2))).rounded().tolist() == [0.0, 0.0]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_infinities_and_what_is_no_number_pass_through(order):
    rows = np.array(
        [[np.inf, np.inf, np.nan, 1e300], [1.0, -np.inf, 1.0, 1.0], [2.0, 0.0, 1.0, 1.0]]
    )
    found = summed(rows[list(order)]).rounded()
    np.testing.assert_array_equal(found, [np.inf, np.nan, np.nan, np.inf])
