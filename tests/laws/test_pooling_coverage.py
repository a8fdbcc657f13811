"""How often pooled intervals hold the truth, and tests reject it; more in docs/calibration/pooling."""

import numpy as np
import pytest

from activstats.laws.between_groups import between_groups
from activstats.laws.random_effects import random_effects


def draw(rng, k, tau):
    errors = rng.uniform(0.05, 0.2, k)
    return -1.2 + rng.normal(0, tau, k) + rng.normal(0, errors), errors**2


@pytest.mark.parametrize("k", [5, 15])
def test_q_rejects_one_constant_as_often_as_it_says(rng, k):
    """1,000 draws: one standard error of the size is .007."""
    rejected = [random_effects(*draw(rng, k, 0.0)).pvalue < 0.05 for _ in range(1000)]
    assert 0.03 <= np.mean(rejected) <= 0.07


@pytest.mark.parametrize(("k", "tau"), [(5, 0.4), (15, 0.4)])
def test_pooled_interval_holds_the_mean_and_prediction_a_new_value(rng, k, tau):
    mean, new, spread = [], [], []
    for _ in range(1000):
        found = random_effects(*draw(rng, k, tau))
        mean.append(found.low <= -1.2 <= found.high)
        new.append(found.predicted_low <= rng.normal(-1.2, tau) <= found.predicted_high)
        spread.append(found.tau2_low <= tau**2 <= found.tau2_high)
    assert 0.93 <= np.mean(mean) <= 0.98
    assert 0.92 <= np.mean(new) <= 0.99
    assert 0.93 <= np.mean(spread) <= 0.97


def test_between_groups_is_rejected_as_often_as_it_says(rng):
    groups = np.repeat([0, 1, 2], 5)
    tests = [between_groups(*draw(rng, 15, 0.2), groups) for _ in range(1000)]
    assert 0.03 <= np.mean([test.pvalue < 0.05 for test in tests]) <= 0.07
