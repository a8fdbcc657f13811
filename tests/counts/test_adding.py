"""Counts of several recordings follow each other; parts of one find their places."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from activstats.counts import Counts


def at(place, n, *, first, width=2, **provenance):
    """Count n samples from a place on, of which one activates the first neuron."""
    active = np.zeros((n, width), bool)
    active[first, 0] = True
    return Counts.from_active(active, **provenance).shifted(place)


def test_two_recordings_follow_each_other_where_their_numbers_do_not_meet():
    a = at(100, 10, first=9, recording="a")  # its first samples are lost
    b = at(0, 20, first=3, recording="b")
    assert (a + b).first.tolist() == [9, -1]
    assert (b + a).first.tolist() == [3, -1]
    assert (a + b).n_samples == (b + a).n_samples == 30


def test_a_third_recording_follows_the_first_two():
    a, b = at(50, 10, first=9, recording="a"), at(50, 10, first=2, recording="b")
    c = at(0, 10, first=0, recording="c")
    total = a + b + c
    assert total.first.tolist() == [9, -1]
    assert total.provenance["recording"] == "several"
    # Sums of two recordings each: those of the second come after all of the first.
    assert ((a + b) + (b + c)).first.tolist() == [9, -1]


def test_steps_of_one_recording_follow_each_other():
    early = at(100, 10, first=4, recording="a", step=0)
    late = at(0, 10, first=0, recording="a", step=1)
    assert (early + late).first.tolist() == [4, -1]
    assert (early + late).provenance == {"recording": "a", "step": "several"}


@given(st.booleans(), st.sampled_from([{}, {"recording": "a"}]))
def test_parts_of_one_recording_or_of_an_unknown_one_commute(turned, provenance):
    early = at(0, 10, first=4, **provenance)
    late = at(10, 10, first=0, **provenance)
    total = late + early if turned else early + late
    assert total.first.tolist() == [4, -1]
    assert total.spans.tolist() == [[0, 20]]
    assert total.provenance == provenance


def test_nothing_added_changes_nothing():
    none = Counts.from_active(np.zeros((0, 2), bool), recording="none")
    some = at(7, 5, first=1, recording="a")
    for total in (none + some, some + none):
        assert total.spans.tolist() == [[7, 12]]
        assert total.first.tolist() == [1, -1]


@pytest.mark.parametrize("other", [3, None, "counts"])
def test_only_counts_add_up_with_counts(other):
    with pytest.raises(TypeError):
        Counts.from_active(np.ones((2, 3), bool)) + other
