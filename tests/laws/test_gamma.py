"""Ratios of gamma functions against sums that need no gamma function, and against fifty digits."""

import mpmath
import numpy as np
import pytest

from activstats.laws._gamma import log_double_ratio, log_rising_excess
from activstats.laws._gamma_of_one import double_ratio_of_one, rising_excess_of_one


def direct_double_ratio(base, s, t):
    """Γ(base+s)Γ(base+t)/(Γ(base)Γ(base+s+t)) for whole t: a product of (base+j)/(base+s+j)."""
    return -np.log1p(s / (base + np.arange(t))).sum()


@pytest.mark.parametrize("base", [1e-9, 0.3, 1.0, 15.9, 16.0, 1e3, 1e9, 1e13])
@pytest.mark.parametrize("s", [1e-9, 1e-3, 0.7, 40.0, 1e6])
@pytest.mark.parametrize("t", [0, 1, 2, 7, 1000])
def test_double_ratio_is_a_product_of_factors_below_one(base, s, t):
    expected = pytest.approx(direct_double_ratio(base, s, t), rel=1e-12)
    assert log_double_ratio(base, s, t) == expected
    assert double_ratio_of_one(base, s, t) == expected


@pytest.mark.parametrize("base", [1e-12, 0.3, 7.0, 20.0])
@pytest.mark.parametrize("steps", [(1e-6, 1e-7), (0.02, 9e4), (1e12, 3e11), (1e25, 1e30)])
def test_double_ratio_of_any_size_agrees_with_fifty_digits(base, steps):
    s, t = steps
    with mpmath.workdps(50):
        above = mpmath.loggamma(mpmath.mpf(base) + s) + mpmath.loggamma(mpmath.mpf(base) + t)
        below = mpmath.loggamma(base) + mpmath.loggamma(mpmath.mpf(base) + s + t)
        expected = pytest.approx(float(above - below), rel=1e-9)
    assert log_double_ratio(base, s, t) == expected
    assert double_ratio_of_one(base, s, t) == expected


def test_double_ratio_does_not_care_which_step_comes_first(rng):
    base, s, t = 10.0 ** rng.uniform(-6, 8, (3, 500))
    np.testing.assert_array_equal(log_double_ratio(base, s, t), log_double_ratio(base, t, s))


def test_double_ratio_keeps_the_shape_it_is_given():
    assert log_double_ratio(1.0, 2.0, 3.0).shape == ()
    assert log_double_ratio(np.ones((2, 1)), 2.0, np.ones(3)).shape == (2, 3)


@pytest.mark.parametrize("phi", [0.0, 1e-300, 1e-12, 1e-5, 0.0624, 0.0626, 1.0, 1e6])
def test_rising_excess_is_the_sum_of_its_logarithms(phi):
    k = np.array([0, 1, 2, 3, 15, 16, 17, 200, 5000])
    direct = [np.log1p(phi * np.arange(n)).sum() for n in k]
    np.testing.assert_allclose(log_rising_excess(phi, k), direct, rtol=1e-12, atol=1e-12)
    single = [rising_excess_of_one(phi, float(n)) for n in k]
    np.testing.assert_allclose(single, direct, rtol=1e-12, atol=1e-12)


def test_rising_excess_of_tiny_phi_keeps_its_digits():
    k = 10_000  # Σ ln(1 + phi j) = phi k (k − 1) / 2 to first order
    expected = pytest.approx(1e-15 * k * (k - 1) / 2, rel=1e-9)
    assert log_rising_excess(1e-15, k) == expected
    assert rising_excess_of_one(1e-15, k) == expected
