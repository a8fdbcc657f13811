"""The searches for the highest point find it, also from afar and where nothing bends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from activstats.laws._ascent import ascend, highest


@given(st.floats(-15, 15), st.floats(0.01, 3), st.floats(-4, 4))
def test_top_of_a_curve_is_found(top, width, start):
    def curve(x):
        return -np.logaddexp((x - top) / width, -(x - top) / width)

    x, value = highest(curve, start, width, 40.0)
    assert x == pytest.approx(top, abs=0.06 * width)
    assert value == pytest.approx(-np.log(2), abs=2e-3)


def test_search_ends_where_it_may_not_go_on():
    x, _ = highest(lambda x: x, 0.0, 0.5, 10.0)
    assert 5 <= x <= 10


def test_tops_of_many_surfaces_are_found_at_once(rng):
    tops = rng.normal(size=(30, 2))
    bend = np.array([[2.0, 1.5], [1.5, 2.0]])

    def surfaces(points):
        gap = points - tops
        return -np.log1p(np.einsum("ri,ij,rj->r", gap, bend, gap))

    bounds = (np.full(2, -9.0), np.full(2, 9.0))
    points, values = ascend(surfaces, np.zeros((30, 2)), np.full(2, 0.05), bounds)
    assert np.abs(points - tops).max() < 0.01
    assert values.min() > -1e-4


def test_bounds_hold_and_flat_surfaces_end():
    bounds = (np.full(2, -3.0), np.full(2, 3.0))
    points, _ = ascend(lambda p: p[:, 0], np.zeros((1, 2)), np.full(2, 0.1), bounds)
    assert points[0, 0] == pytest.approx(3.0)
    flat, values = ascend(lambda p: np.zeros(len(p)), np.zeros((1, 2)), np.full(2, 0.1), bounds)
    assert values.tolist() == [0.0]
    assert np.isfinite(flat).all()
