"""Averages over seeds are those of textbooks."""

import math

import numpy as np
import pytest
from scipy import stats

from activstats.claims.seeds import geometric, over_seeds


def test_interval_is_students(rng):
    values = rng.normal(size=5)
    found = over_seeds(enumerate(values))
    expected = stats.t.interval(0.95, 4, values.mean(), stats.sem(values))
    assert (found.low, found.high) == pytest.approx(expected, rel=1e-12)


def test_interval_covers_the_mean_of_few_seeds(rng):
    draws = rng.normal(size=(4000, 3))
    found = [over_seeds(enumerate(row)) for row in draws]
    assert np.mean([f.low <= 0 <= f.high for f in found]) == pytest.approx(0.95, abs=0.015)


def test_runs_of_a_seed_count_as_one():
    many = [(0, 1.0)] * 50 + [(1, 3.0)]
    found = over_seeds(many)
    assert (found.mean, found.n_seeds) == (2.0, 2)


def test_single_seed_has_no_interval():
    found = over_seeds([(4, 1.0), (4, 2.0)])
    assert found.mean == 1.5
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def test_nothing_gives_no_mean():
    found = over_seeds([(0, math.nan)])
    assert found.n_seeds == 0
    assert math.isnan(found.mean)


def test_geometric_mean_is_that_of_scipy(rng):
    values = rng.lognormal(size=4)
    found = geometric(enumerate(values))
    assert found.mean == pytest.approx(stats.gmean(values))
    assert found.low < found.mean < found.high


def test_infinite_b_has_no_logarithm():
    assert geometric([(0, 0.5), (1, math.inf)]).n_seeds == 1


def test_hopeless_interval_reaches_to_infinity():
    found = geometric([(0, 1e-30), (1, 1e30)])
    assert (found.low, found.high) == (0.0, math.inf)
