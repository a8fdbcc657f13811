"""Expected standard errors against simulation, known formulas and each other."""

import math

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import betabinom

from activstats.errors import DomainError
from activstats.laws import _expected_information
from activstats.laws.growth import GrowthLaw
from activstats.laws.planning import expected_standard_error, neurons_needed, samples_needed
from activstats.laws.recording_plan import plan


@pytest.mark.parametrize(
    ("b", "c", "n_samples"), [(0.1, 10, 500), (0.3, 10, 1000), (1, 100, 200), (3, 500, 20)]
)
def test_expected_error_is_the_scatter_of_the_estimates(draw_counts, b, c, n_samples):
    fits = [GrowthLaw().fit(draw_counts(1000, b, c, n_samples), n_samples) for _ in range(50)]
    expected = expected_standard_error(1000, n_samples, b=b, c=c)
    assert np.std([np.log(fit.b) for fit in fits]) == pytest.approx(expected, rel=0.3)
    assert np.mean([fit.bse for fit in fits]) == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize(
    ("n_neurons", "n_samples", "b", "c"),
    [(1000, 300, 0.3, 10), (500, 60, 2.0, 50), (300, 800, 0.05, 3)],
)
def test_expected_error_is_that_of_the_information_summed_over_every_count(
    n_neurons, n_samples, b, c
):
    """I = N Σ P s sᵀ, derivatives of scipy's distribution by differences."""
    place, h = np.array([math.log(b), logit(c / n_neurons)]), 1e-4

    def log_chance(log_b, logit_rate):
        rate, shape = expit(logit_rate), math.exp(log_b)
        law = betabinom(n_samples, shape, shape * (1 - rate) / rate)
        return law.logpmf(np.arange(n_samples + 1))

    steps = h * np.eye(2)
    score = [(log_chance(*(place + s)) - log_chance(*(place - s))) / (2 * h) for s in steps]
    information = n_neurons * (np.array(score) * np.exp(log_chance(*place))) @ np.transpose(score)
    expected = math.sqrt(np.linalg.inv(information)[0, 0])
    found = expected_standard_error(n_neurons, n_samples, b=b, c=c)
    assert found == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("b", [3, 10, 30])
def test_large_b_has_the_known_approximation(b):
    """sqrt(2/N) (1 + bN/(cD)) for b ≥ 1."""
    expected = math.sqrt(2 / 1000) * (1 + b * 1000 / (5 * 40_000))
    assert expected_standard_error(1000, 40_000, b=b, c=5) == pytest.approx(expected, rel=0.1)


def test_small_b_has_the_known_approximation():
    """1 / sqrt(K), within a fifth."""
    from activstats.laws.curves import expected_activated

    k = expected_activated(10_000, n_neurons=10_000, b=0.02, c=100)
    found = expected_standard_error(10_000, 10_000, b=0.02, c=100)
    assert found == pytest.approx(1 / math.sqrt(k), rel=0.2)


@pytest.mark.parametrize("b", [0.05, 0.3, 1.0, 3.0, 30.0])
@pytest.mark.parametrize("rate", [0.001, 0.1, 0.5])
def test_neurons_limit_what_samples_can_tell(b, rate):
    sizes = (100, 10_000, 10**6, 10**9)
    errors = [expected_standard_error(100, d, b=b, c=100 * rate) for d in sizes]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] * math.sqrt(100) > 1.0


@pytest.mark.parametrize(("b", "rate"), [(0.05, 0.5), (0.3, 0.01), (5, 0.1), (300, 0.3)])
def test_grouped_counts_give_the_same_information(monkeypatch, b, rate):
    whole = expected_standard_error(100, 20_000, b=b, c=100 * rate)
    monkeypatch.setattr(_expected_information, "_EVERY_COUNT", 100)
    grouped = expected_standard_error(100, 20_000, b=b, c=100 * rate)
    assert grouped == pytest.approx(whole, rel=1e-3)


def test_one_sample_tells_nothing():
    assert expected_standard_error(1000, 1, b=0.3, c=10) == math.inf
    assert neurons_needed(0.1, n_samples=1, b=0.3, c_share=0.01) == math.inf


def test_samples_needed_are_the_least_that_do():
    needed = int(samples_needed(0.08, n_neurons=1000, b=0.4, c=10))
    assert expected_standard_error(1000, needed, b=0.4, c=10) <= 0.08
    assert expected_standard_error(1000, needed - 1, b=0.4, c=10) > 0.08
    assert samples_needed(0.001, n_neurons=1000, b=0.4, c=10) == math.inf


def test_neurons_needed_are_the_least_that_do():
    needed = int(neurons_needed(0.05, n_samples=300, b=0.4, c_share=0.02))
    assert expected_standard_error(needed, 300, b=0.4, c=0.02 * needed) <= 0.05
    assert expected_standard_error(needed - 1, 300, b=0.4, c=0.02 * (needed - 1)) > 0.05


def test_plan_is_a_table_with_words():
    found = plan(0.3, 0.01, 0.1, n_neurons=[64, 512], n_samples=[1000])
    assert found.samples == (math.inf, samples_needed(0.1, n_neurons=512, b=0.3, c=5.12))
    assert found.errors[1][0] == expected_standard_error(512, 1000, b=0.3, c=5.12)
    assert list(found.to_frame().columns) == ["n_neurons", "samples_needed", "se_at_1000"]
    assert "independent" in found.summary()


@pytest.mark.parametrize(
    "wrong",
    [
        {"b": 0}, {"b": math.inf}, {"b": math.nan}, {"c": 0}, {"c": 500}, {"n_neurons": 0},
        {"n_samples": 0}, {"n_neurons": 1},
    ],
)  # fmt: skip
def test_plans_that_make_no_sense_are_refused(wrong):
    known = {"n_neurons": 500, "n_samples": 100, "b": 0.3, "c": 5.0} | wrong
    with pytest.raises(DomainError):
        expected_standard_error(**known)


@pytest.mark.parametrize("se", [0, -1, math.inf, math.nan])
def test_wanted_errors_that_are_none_are_refused(se):
    with pytest.raises(DomainError):
        samples_needed(se, n_neurons=500, b=0.3, c=5)
    with pytest.raises(DomainError):
        neurons_needed(se, n_samples=500, b=0.3, c_share=0.01)
