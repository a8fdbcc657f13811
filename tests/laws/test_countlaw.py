"""The law of counts is the beta-binomial of other libraries, with the shapes that b and c give."""

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from activstats.laws import count_probability


@pytest.mark.parametrize(
    ("n_samples", "n_neurons", "b", "c"),
    [(20, 64, 0.3, 1.0), (1000, 512, 0.05, 5.0), (1797, 1024, 2.5, 10.0)],
)
def test_it_is_scipys_beta_binomial(n_samples, n_neurons, b, c):
    k = np.arange(n_samples + 1)
    found = count_probability(k, n_samples=n_samples, n_neurons=n_neurons, b=b, c=c)
    wanted = stats.betabinom.pmf(k, n_samples, b, b * n_neurons / c - b)
    np.testing.assert_allclose(found, wanted, rtol=2e-9)


@pytest.mark.parametrize("n_samples", [50, 10**5, 10**9, 10**12])
@pytest.mark.parametrize(("b", "c"), [(0.2, 1.0), (0.999, 3e5), (1.0, 10.0), (40.0, 1e3)])
def test_no_digit_is_lost_however_many_samples_there_are(n_samples, b, c):
    n_neurons = 10**6
    counts = sorted({0, 1, 7, n_samples // 1000, n_samples // 2, n_samples - 1, n_samples})
    found = count_probability(counts, n_samples=n_samples, n_neurons=n_neurons, b=b, c=c)
    with mpmath.workdps(60):
        rest = mpmath.mpf(b) * n_neurons / mpmath.mpf(c) - mpmath.mpf(b)
        whole = mpmath.log(mpmath.beta(mpmath.mpf(b), rest))
        wanted = [
            float(
                mpmath.exp(
                    mpmath.log(mpmath.binomial(n_samples, k))
                    + mpmath.log(mpmath.beta(k + mpmath.mpf(b), n_samples - k + rest))
                    - whole
                )
            )
            for k in counts
        ]
    np.testing.assert_allclose(found, wanted, rtol=1e-9)


def test_equal_rates_are_binomial():
    k = np.arange(31)
    found = count_probability(k, n_samples=30, n_neurons=100, b=np.inf, c=20.0)
    np.testing.assert_allclose(found, stats.binom.pmf(k, 30, 0.2), rtol=1e-10)


@settings(deadline=None, max_examples=40)
@given(
    n_samples=st.integers(1, 400),
    n_neurons=st.integers(2, 4096),
    b=st.floats(0.01, 20),
    share=st.floats(0.001, 0.9),
)
def test_chances_add_up_and_their_mean_is_c_by_n(n_samples, n_neurons, b, share):
    k = np.arange(n_samples + 1)
    found = count_probability(k, n_samples=n_samples, n_neurons=n_neurons, b=b, c=share * n_neurons)
    assert found.sum() == pytest.approx(1, rel=1e-7)
    assert found @ k == pytest.approx(n_samples * share, rel=1e-7)
