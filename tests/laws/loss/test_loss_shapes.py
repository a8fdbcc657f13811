"""The places on the crossover are where they are said to be."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from activstats.laws.curves import mean_field_activated
from activstats.laws.loss.shapes import crossover, drop_shift, steepest_shift, width_in_decades

B, S = st.floats(0.05, 10), st.floats(0.3, 20)


def test_with_s_one_it_is_the_free_share_of_the_published_law():
    d = np.array([1.0, 10.0, 100.0, 1e4])
    free = 1 - mean_field_activated(d, n_neurons=400, b=0.3, c=4) / 400
    np.testing.assert_allclose(crossover(np.log(d), math.log(0.3 * 400 / 4), 0.3), free, rtol=1e-12)


@given(B, S)
def test_half_of_the_drop_has_happened_at_the_half_drop(b, s):
    assert crossover(drop_shift(0.5, b, s), 0.0, b, s) == pytest.approx(0.5, rel=1e-9)


@given(B, S)
def test_nowhere_is_the_curve_steeper_than_at_the_steepest_point(b, s):
    at = float(steepest_shift(b, s))
    x = at + np.linspace(-4, 4, 4001)
    steps = -np.diff(crossover(x, 0.0, b, s))
    middle = x[int(np.argmax(steps))]
    assert middle == pytest.approx(at, abs=0.01)


def test_for_the_theory_the_steepest_point_is_d_star_over_b():
    assert math.exp(steepest_shift(0.3)) == pytest.approx(1 / 0.3)


@pytest.mark.parametrize(("b", "decades"), [(0.3, 3.7), (1.0, 1.91)])
def test_widths_in_decades_are_those_of_the_closed_form(b, decades):
    assert width_in_decades(b) == pytest.approx(decades, abs=0.01)


def test_a_crossover_is_never_narrower_than_an_exponential():
    assert width_in_decades(1e4) == pytest.approx(1.34, abs=0.01)


@pytest.mark.parametrize(("b", "share"), [(0.1, 0.07), (0.3, 0.19), (0.5, 0.29)])
def test_little_of_the_drop_has_happened_at_d_star(b, share):
    assert 1 - crossover(0.0, 0.0, b) == pytest.approx(share, abs=0.005)


def test_extreme_arguments_stay_finite():
    values = crossover([-1e3, 1e3, 1e5], 0.0, 20.0, 50.0)
    np.testing.assert_array_equal(values, [1.0, 0.0, 0.0])
