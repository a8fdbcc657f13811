"""Counts add up, and say what a naive look at the activations says."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from activstats.counts import Counts, Moments
from activstats.counts import spans as spans_
from activstats.errors import DomainError, InputError

ACTIVE = hnp.arrays(np.bool_, st.tuples(st.integers(1, 40), st.integers(1, 8)))


def naive_k(active: np.ndarray, d: int) -> int:
    return int(active[:d].any(axis=0).sum())


def part(active: np.ndarray, start: int, stop: int) -> Counts:
    """Count some samples of a recording, in their places."""
    return Counts.from_active(active[start:stop]).shifted(start)


@given(ACTIVE)
def test_figures_are_those_of_the_activations(active):
    counts = Counts.from_active(active)
    n, width = active.shape
    assert (counts.n_samples, counts.n_neurons) == (n, width)
    np.testing.assert_array_equal(counts.counts, active.sum(axis=0))
    assert counts.k == naive_k(active, n)
    assert counts.c == pytest.approx(active.sum() / n)
    assert counts.dead_share == pytest.approx((~active.any(axis=0)).mean())
    assert counts.always_on_share == pytest.approx(active.all(axis=0).mean())
    np.testing.assert_array_equal(
        counts.growth_curve(np.arange(n + 1)), [naive_k(active, d) for d in range(n + 1)]
    )
    histogram = counts.histogram
    np.testing.assert_array_equal(
        np.repeat(histogram.values, histogram.multiplicities), np.sort(counts.counts)
    )


@given(ACTIVE, st.sampled_from([0.5, 0.9, 1.0]))
def test_samples_to_a_share_is_the_first_place_where_it_is_reached(active, share):
    counts = Counts.from_active(active)
    reached = [d for d in range(1, len(active) + 1) if naive_k(active, d) >= share * counts.k]
    assert counts.samples_to(share) == (reached[0] if counts.k else None)


@pytest.mark.parametrize(("share", "samples"), [(0.07, 7), (0.29, 29), (0.57, 57), (0.7, 70)])
def test_shares_are_taken_as_they_are_written(share, samples):
    one_new_neuron_a_sample = np.eye(100, dtype=bool)  # 0.07 * 100 is more than 7 in binary
    assert Counts.from_active(one_new_neuron_a_sample).samples_to(share) == samples


@given(ACTIVE, st.lists(st.integers(0, 40), max_size=4), st.randoms())
def test_parts_of_a_recording_add_up_in_any_order(active, cuts, random):
    edges = sorted({0, len(active), *(cut for cut in cuts if cut < len(active))})
    parts = [part(active, a, b) for a, b in itertools.pairwise(edges)]
    random.shuffle(parts)
    total = sum(parts[1:], start=parts[0])
    whole = Counts.from_active(active)
    np.testing.assert_array_equal(total.counts, whole.counts)
    np.testing.assert_array_equal(total.first, whole.first)
    np.testing.assert_array_equal(total.spans, whole.spans)


@given(ACTIVE, ACTIVE)
def test_two_recordings_follow_each_other(a, b):
    b = np.resize(b, (len(b), a.shape[1]))
    total, whole = Counts.from_active(a) + Counts.from_active(b), np.concatenate([a, b])
    np.testing.assert_array_equal(total.counts, whole.sum(axis=0))
    np.testing.assert_array_equal(total.first, Counts.from_active(whole).first)
    assert total.n_samples == len(whole)


def test_samples_that_are_missing_in_between_are_not_counted_as_seen():
    active = np.zeros((30, 2), bool)
    active[25, 0] = True
    counts = part(active, 0, 10) + part(active, 20, 30)
    assert counts.n_samples == 20
    np.testing.assert_array_equal(counts.first, [15, -1])


@given(ACTIVE, st.randoms())
def test_the_order_of_the_neurons_does_not_change_the_histogram(active, random):
    order = list(range(active.shape[1]))
    random.shuffle(order)
    a, b = Counts.from_active(active), Counts.from_active(active[:, order])
    np.testing.assert_array_equal(a.histogram.values, b.histogram.values)
    np.testing.assert_array_equal(a.histogram.multiplicities, b.histogram.multiplicities)


def test_zero_samples_have_no_c_and_no_curve():
    counts = Counts.from_active(np.zeros((0, 3), bool))
    assert (counts.n_samples, counts.k) == (0, 0)
    assert np.isnan(counts.c)
    assert np.isnan(counts.always_on_share)
    assert counts.samples_to(0.5) is None
    assert "0 samples" in counts.summary()


def test_layers_of_different_width_do_not_add_up():
    with pytest.raises(InputError, match="different width"):
        Counts.from_active(np.ones((2, 3), bool)) + Counts.from_active(np.ones((2, 4), bool))


def test_counts_under_different_rules_do_not_add_up():
    active = np.ones((2, 3), bool)
    with pytest.raises(InputError, match="different rules"):
        Counts.from_active(active, rule="argmax") + Counts.from_active(active, rule="above(0)")


@pytest.mark.parametrize("n_samples", [3, -1, np.nan])
def test_the_measured_curve_does_not_extrapolate(n_samples):
    with pytest.raises(DomainError, match="ends with the recording"):
        Counts.from_active(np.ones((2, 3), bool)).growth_curve([n_samples])


def with_nonfinite(n_nonfinite):
    active = np.ones((10, 2), bool)
    nothing = np.zeros(2)
    moments = Moments(10, nothing, nothing, nothing, nothing, np.array(n_nonfinite))
    counts = Counts.from_active(active)
    return Counts(counts.counts, counts.first_sample, counts.spans, moments)


def test_activations_that_are_not_finite_are_a_share_and_a_warning():
    counts = with_nonfinite([1, 4])
    assert counts.nonfinite_share == 0.25
    assert "warning: 25 % of the activations were NaN or infinite" in counts.summary()


def test_without_any_the_summary_does_not_warn():
    assert "not finite  0 of the activations" in with_nonfinite([0, 0]).summary()
    assert "warning" not in with_nonfinite([0, 0]).summary()
    unknown = Counts.from_active(np.ones((10, 2), bool))
    assert np.isnan(unknown.nonfinite_share)
    assert "finite" not in unknown.summary()


@pytest.mark.parametrize("active", [np.ones((2, 3)), np.ones(3, bool), np.ones((3, 0), bool)])
def test_what_is_not_boolean_samples_by_neurons_is_refused(active):
    with pytest.raises(InputError, match="apply a rule first"):
        Counts.from_active(active)


def test_ranges_that_touch_become_one():
    np.testing.assert_array_equal(spans_.join(np.array([[5, 9], [0, 5], [9, 9]])), [[0, 9]])
