"""Balancing penalties, evenness and searches against closed forms."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from activstats.dynamics.evenness import gini, normalised_entropy
from activstats.dynamics.stamina_drift import (
    balancing_penalty,
    expected_to_live,
    typical_penalty,
)
from activstats.dynamics.stamina_search import search_penalty
from activstats.errors import DomainError, InputError

OUTPUTS = hnp.arrays(float, st.integers(2, 30), elements=st.floats(0, 1e6, allow_subnormal=False))


def test_drift_is_zero_at_the_balancing_penalty(rng):
    mean, rate = rng.random(50), rng.random(50)
    p = balancing_penalty(mean, rate)
    np.testing.assert_allclose(mean - (1 - rate) * p, 0, atol=1e-12)


def test_typical_penalty_leaves_silent_neurons_out():
    assert typical_penalty([0, 0, 0, 0, 0.1, 0.3, 0.8]) == 0.3
    assert math.isnan(typical_penalty([0, 0]))
    assert math.isnan(typical_penalty([math.inf, math.inf, 1]))


def test_those_above_the_penalty_are_expected_to_live():
    assert expected_to_live([0.0, 1.0, math.inf], 1.0).tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("mean", "rate"), [([1], [1.5]), ([-1], [0.5]), ([math.nan], [0.5]), ([1, 2], [0.5])]
)
def test_impossible_rates_and_outputs_are_refused(mean, rate):
    with pytest.raises(InputError):
        balancing_penalty(mean, rate)


def test_evenness_of_equal_and_of_single_use():
    assert normalised_entropy(np.full(7, 0.3)) == pytest.approx(1)
    assert gini(np.full(7, 0.3)) == pytest.approx(0, abs=1e-12)
    assert normalised_entropy([0, 0, 4, 0]) == 0
    assert gini([0, 0, 4, 0]) == pytest.approx(3 / 4)


def test_entropy_of_a_quarter_and_three_quarters():
    expected = (math.log(4) / 4 + 0.75 * math.log(4 / 3)) / math.log(2)
    assert normalised_entropy([1, 3]) == pytest.approx(expected)


@given(OUTPUTS)
def test_gini_is_the_mean_difference_over_twice_the_mean(outputs):
    if outputs.sum() == 0:
        assert math.isnan(gini(outputs))
        return
    scaled = outputs / outputs.max()
    pairs = np.abs(scaled[:, None] - scaled).mean() / (2 * scaled.mean())
    assert gini(outputs) == pytest.approx(pairs, abs=1e-9)


@given(OUTPUTS, st.floats(1e-3, 1e3))
def test_evenness_knows_no_unit(outputs, factor):
    for measure in (gini, normalised_entropy):
        before, after = measure(outputs), measure(outputs * factor)
        assert math.isnan(before) == math.isnan(after)
        assert math.isnan(before) or after == pytest.approx(before, abs=1e-6)


def test_evenness_of_nothing_is_unknown_and_of_nonsense_refused():
    assert math.isnan(normalised_entropy([0, 0]))
    assert math.isnan(normalised_entropy([3]))
    assert math.isnan(gini([]))
    for bad in ([-1, 2], [math.nan, 1], [[1, 2]], [math.inf, 1]):
        with pytest.raises(InputError):
            gini(bad)


def survivors(penalty):
    """As many as have p* above the penalty, p* log-uniform on .01 … 100 (known in closed form)."""
    return round(128 * min(max((2 - math.log10(penalty)) / 4, 0), 1))


@pytest.mark.parametrize("target", [5, 32, 64, 120])
def test_bisection_meets_the_target_in_few_runs(target):
    found = search_penalty(survivors, target, low=0.1, high=10, tolerance=1)
    assert found.hit
    assert found.n_runs <= 14
    assert survivors(found.penalty) == found.survivors


def test_bisection_widens_a_bracket_without_the_target():
    found = search_penalty(survivors, 5, low=0.02, high=0.1, tolerance=1)
    assert found.hit
    assert found.penalty > 0.1


def test_bisection_stops_where_survivors_jump_across_the_target():
    found = search_penalty(lambda p: 100 if p < 1 else 0, 40, low=0.1, high=10)
    assert not found.hit
    assert found.n_runs <= 24
    assert found.survivors == 0  # 40 away, and not 60


def test_annealing_comes_near_and_is_reproducible():
    one, two = (
        search_penalty(survivors, 32, low=0.02, high=50, method="annealing", tolerance=2, rng=7)
        for _ in range(2)
    )
    assert one == two
    assert one.n_runs <= 24
    assert abs(one.survivors - 32) <= 20


def test_no_penalty_is_run_twice_and_no_more_runs_are_done_than_allowed():
    asked = []

    def counted(penalty):
        asked.append(penalty)
        return 1000

    search_penalty(counted, 3, low=0.1, high=1, max_runs=9)
    assert len(asked) == len(set(asked)) <= 9


@pytest.mark.parametrize(
    "wrong",
    [{"low": 0.0}, {"low": 2.0}, {"high": math.inf}, {"method": "guess"}, {"tolerance": -1},
     {"max_runs": 0}],
)  # fmt: skip
def test_searches_without_sense_are_refused(wrong):
    with pytest.raises(DomainError):
        search_penalty(survivors, 3, **({"low": 0.1, "high": 1.0} | wrong))
