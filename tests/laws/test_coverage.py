"""How often the 95 % interval holds the b that made the data: 400 simulated layers a case."""

import numpy as np
import pytest

from activstats.laws.growth import GrowthLaw

RUNS = 400
LEAST, MOST = 0.92, 0.98


def coverage(draw, law, b):
    """Share of the runs in which the interval holds b."""
    hits = 0
    for _ in range(RUNS):
        counts, n_samples = draw()
        result = law.fit(counts, n_samples=n_samples)
        hits += result.b_low <= b <= result.b_high
    return hits / RUNS


@pytest.mark.slow
@pytest.mark.parametrize(
    ("c", "n_samples"), [(1, 5000), (20, 256), (20, 1797), (307, 17), (512, 60), (512, 1000)]
)
@pytest.mark.parametrize("b", [0.3, 2.0])
def test_interval_covers_truth_when_neurons_are_independent(draw_counts, b, c, n_samples):
    def draw():
        return draw_counts(1024, b, c, n_samples), n_samples

    assert LEAST <= coverage(draw, GrowthLaw(), b) <= MOST


@pytest.mark.slow
def test_interval_covers_truth_when_one_neuron_wins_each_sample(rng):
    def draw():
        weights = rng.standard_gamma(0.3, 1024)
        return rng.multinomial(5000, weights / weights.sum()), 5000

    for likelihood in ("dirichlet-multinomial", "beta-binomial"):
        found = coverage(draw, GrowthLaw(likelihood=likelihood), 0.3)
        assert LEAST <= found <= MOST


@pytest.mark.slow
def test_lower_bound_covers_when_all_rates_are_equal(draw_counts):
    """b = ∞ lies on the edge of [0, ∞) in 1/b: the interval holds it in 97.5 % of the cases."""

    def draw():
        return draw_counts(1024, np.inf, 20, 1797), 1797

    assert 0.95 <= coverage(draw, GrowthLaw(), np.inf) <= 1
