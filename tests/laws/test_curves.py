"""The growth law's curves against 50-digit arithmetic, limits, simulation and inequalities."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import digamma

from activstats.errors import DomainError
from activstats.laws.curves import (
    expected_activated,
    expected_activated_equal_rates,
    mean_field_activated,
)

EVERY_LAW = (expected_activated, mean_field_activated)


@pytest.mark.parametrize(
    ("law", "column"), [(expected_activated, "K_exact"), (mean_field_activated, "K_paper")]
)
def test_laws_agree_with_fifty_digit_arithmetic(golden, law, column):
    rows = golden["laws"]["rows"]
    assert len(rows) == 700
    found = [law(r["n"], n_neurons=r["N"], b=r["b"], c=r["c"]) for r in rows]
    np.testing.assert_allclose(found, [r[column] for r in rows], rtol=1e-13)


@pytest.mark.parametrize(
    ("n", "b", "c", "d", "exact", "mean_field"),
    [
        (500, 0.2, 1, 1000, 190.82, 190.48),
        (100, 0.005, 1, 100, 3.237, 2.617),
        (200, 0.1, 100, 10, 123.07, 65.02),
        (400, 0.3, 40, 10, 156.38, 142.36),
    ],
)
def test_check_values_of_the_theory(n, b, c, d, exact, mean_field):
    parameters = {"n_neurons": n, "b": b, "c": c}
    assert expected_activated(d, **parameters) == pytest.approx(exact, abs=0.005)
    assert mean_field_activated(d, **parameters) == pytest.approx(mean_field, abs=0.005)


@pytest.mark.parametrize("b", [1e-12, 0.2, 1.0, 1e6, np.inf])
@pytest.mark.parametrize("c", [0.16, 1.0, 40.0, 99.9])
def test_one_sample_activates_c_neurons(b, c):
    assert expected_activated(1, n_neurons=100, b=b, c=c) == pytest.approx(c, rel=1e-13)


def test_no_sample_activates_nothing():
    for law in EVERY_LAW:
        assert law(0, n_neurons=100, b=0.3, c=5) == 0


def test_curves_stay_exact_far_out():
    """S = Π (1 − b/(A + j)); for b = 1 the product telescopes to (A − 1) / (A + D − 1)."""
    d = np.array([1e8, 1e10, 1e12])
    n, c = 1_000_000, 0.001
    a = n / c
    exact = n * d / (a + d - 1)
    np.testing.assert_allclose(expected_activated(d, n_neurons=n, b=1.0, c=c), exact, rtol=1e-13)


def test_vanishing_b_is_a_chinese_restaurant():
    """b → 0 at fixed A = bN/c: K → cA (ψ(A + D) − ψ(A)), THEORY of the limit in docs/theory."""
    a, b, c, d = 7.0, 1e-9, 1.0, np.array([1, 10, 1000])
    limit = c * a * (digamma(a + d) - digamma(a))
    found = expected_activated(d, n_neurons=round(a * c / b), b=b, c=c)
    np.testing.assert_allclose(found, limit, rtol=1e-6)


def test_vanishing_b_at_fixed_width_leaves_the_first_c_neurons():
    assert expected_activated(1000, n_neurons=100, b=1e-14, c=5) == pytest.approx(5, rel=1e-10)


def test_large_b_is_a_coupon_collector():
    d = np.array([1, 10, 100, 1000])
    equal = expected_activated_equal_rates(d, n_neurons=300, c=4.0)
    np.testing.assert_allclose(equal, 300 * (1 - (1 - 4 / 300) ** d), rtol=1e-12)
    for b in (1e12, 1e305, np.inf):
        np.testing.assert_allclose(
            expected_activated(d, n_neurons=300, b=b, c=4.0), equal, rtol=1e-8
        )


def test_mean_field_of_infinite_b_counts_mean_activations():
    found = mean_field_activated(500, n_neurons=1000, b=np.inf, c=2.0)
    assert found == pytest.approx(1000 * (1 - np.exp(-1)))


def test_at_its_scale_the_mean_field_law_has_lost_two_to_the_minus_b():
    for b in (0.1, 0.3, 1.0, 2.5):
        share = mean_field_activated(b * 1000 / 2.0, n_neurons=1000, b=b, c=2.0) / 1000
        assert share == pytest.approx(1 - 2**-b)


def test_exact_law_is_the_mean_of_the_reinforced_process(rng):
    """Zhang & Sui's own process, one winner a sample with probability (D_i + b) / (D + bN)."""
    n, b, d, runs = 30, 0.4, 40, 2000
    counts = np.zeros((runs, n))
    rows = np.arange(runs)
    for _ in range(d):
        cumulative = np.cumsum(counts + b, axis=1)
        draw = rng.random(runs) * cumulative[:, -1]
        counts[rows, (cumulative > draw[:, None]).argmax(axis=1)] += 1
    k = (counts > 0).sum(axis=1)
    error = k.std() / np.sqrt(runs)
    assert abs(k.mean() - expected_activated(d, n_neurons=n, b=b)) < 4 * error


shapes = {
    "n_neurons": st.integers(2, 10**7),
    "log_b": st.floats(-8, 8),
    "share": st.floats(1e-6, 0.999),
    "d": st.integers(1, 10**12),
}


@given(**shapes)
@settings(deadline=None, max_examples=300)
def test_laws_are_ordered_and_bounded(n_neurons, log_b, share, d):
    """Mean field ≤ exact ≤ equal rates ≤ all neurons; K ≤ cD; K rises with D."""
    b, c = 10.0**log_b, share * n_neurons
    parameters = {"n_neurons": n_neurons, "c": c}
    exact = expected_activated([d, d + 1], b=b, **parameters)
    mean_field = mean_field_activated(d, b=b, **parameters)
    equal = expected_activated_equal_rates(d, **parameters)
    slack = 1 + 1e-12
    assert 0 < mean_field <= exact[0] * slack
    assert exact[0] <= equal * slack <= n_neurons * slack**2
    assert exact[0] <= c * d * slack
    assert exact[0] <= exact[1] * slack


@given(d=st.integers(2, 10**6), b=st.floats(1e-4, 1e4), share=st.floats(1e-3, 0.99))
@settings(deadline=None)
def test_more_equal_rates_reach_more_neurons(d, b, share):
    low, high = (expected_activated(d, n_neurons=1000, b=x, c=1000 * share) for x in (b, 1.5 * b))
    assert low <= high * (1 + 1e-12)


@pytest.mark.parametrize(
    "wrong",
    [
        {"b": 0.0},
        {"b": -1.0},
        {"b": float("nan")},
        {"c": 0.0},
        {"c": 100.0},
        {"c": 101.0},
        {"c": float("nan")},
        {"n_neurons": 0},
        {"n_samples": -1},
        {"n_samples": [1.0, float("nan")]},
        {"n_samples": float("inf")},
    ],
)
def test_parameters_outside_the_law_are_refused(wrong):
    good = {"n_samples": 10, "n_neurons": 100, "b": 0.3, "c": 2.0}
    for law in EVERY_LAW:
        with pytest.raises(DomainError):
            law(**(good | wrong))
