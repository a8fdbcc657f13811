"""The zero-truncated negative binomial against statsmodels, scipy and simulation."""

import math

import numpy as np
import pytest
from scipy import stats

from activstats.errors import DomainError, InputError
from activstats.laws._gamma_step import log_gamma_step
from activstats.laws.negative_binomial import fit_negative_binomial
from activstats.laws.results import Status


def test_fit_is_that_of_statsmodels(rng):
    from statsmodels.discrete.truncated_model import TruncatedLFNegativeBinomialP

    counts = rng.negative_binomial(1.4, 1.4 / (1.4 + 20), 1500)
    seen = counts[counts > 0]
    found = fit_negative_binomial(counts)
    other = TruncatedLFNegativeBinomialP(seen, np.ones_like(seen)).fit(disp=0, maxiter=500)
    assert found.log_likelihood == pytest.approx(other.llf, abs=1e-3)
    assert found.shape == pytest.approx(1 / other.params[1], rel=1e-3)
    assert found.mean == pytest.approx(math.exp(other.params[0]), rel=1e-3)
    assert found.shape_se_log == pytest.approx(other.bse[1] / other.params[1], rel=0.02)


def test_likelihood_is_that_of_scipy_on_any_range(rng):
    counts = rng.negative_binomial(0.6, 0.6 / (0.6 + 15), 2000)
    found = fit_negative_binomial(counts, xmin=2, xmax=40)
    law = stats.nbinom(found.shape, -math.expm1(-found.rate))
    seen = counts[(counts >= 2) & (counts <= 40)]
    expected = law.logpmf(seen).sum() - seen.size * np.log(law.cdf(40) - law.cdf(1))
    assert found.log_likelihood == pytest.approx(expected, abs=1e-6)
    assert found.n_obs == seen.size


def test_shape_is_the_b_of_sparse_layers(draw_counts):
    found = fit_negative_binomial(draw_counts(20_000, 0.4, 20, 20_000), n_samples=20_000)
    assert found.shape_low < 0.4 < found.shape_high
    assert found.shape == pytest.approx(0.4, rel=0.1)


def test_steps_of_the_gamma_function_keep_their_digits():
    """Γ(z + 3)/Γ(z) = z (z + 1)(z + 2), and Γ(z + 1/2)/Γ(z) by its own series for large z."""
    z = np.array([0.5, 1, 7, 15.5, 16, 300, 1e6, 1e12])
    np.testing.assert_allclose(
        log_gamma_step(z, 3.0), np.log(z) + np.log1p(z) + np.log(z + 2), rtol=1e-14
    )
    big = z[z > 1e5]
    series = 0.5 * np.log(big) + np.log1p(-1 / (8 * big) + 1 / (128 * big**2))
    np.testing.assert_allclose(log_gamma_step(big, 0.5), series, rtol=1e-14)


def test_interval_covers_the_shape(rng):
    found = [fit_negative_binomial(rng.negative_binomial(0.8, 0.04, 400)) for _ in range(25)]
    assert np.mean([one.shape_low <= 0.8 <= one.shape_high for one in found]) >= 0.8


def test_laws_on_the_edge_are_named(rng):
    series = fit_negative_binomial(rng.logseries(0.95, 200), level=0.9)
    assert series.shape_low <= series.shape
    alike = fit_negative_binomial(([9, 10, 11], [5, 50, 5]))
    assert alike.status is Status.AT_BOUNDARY
    assert "Poisson" in alike.reason


@pytest.mark.parametrize("counts", [[0, 0, 0], [3, 3, 3, 3], [1, 2]])
def test_where_counts_tell_nothing_there_is_a_reason(counts):
    found = fit_negative_binomial(counts, 50)
    assert found.status is Status.NOT_IDENTIFIABLE
    assert found.reason
    assert math.isnan(found.shape)


def test_mistakes_are_refused():
    with pytest.raises(DomainError):
        fit_negative_binomial([1, 2, 3], xmin=5, xmax=2)
    with pytest.raises(InputError):
        fit_negative_binomial([1, -2, 3])
