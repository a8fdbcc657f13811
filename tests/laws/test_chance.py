"""What chance alone gives: the refit is a fit, and a true law is found out as rarely as it should."""

import numpy as np
import pytest

from activstats.errors import DomainError, InputError
from activstats.laws import _draws
from activstats.laws._draws import draws_from
from activstats.laws.chance import chance_misfit
from activstats.laws.growth import GrowthLaw
from activstats.laws.histogram import histogram_of


@pytest.fixture
def fit(draw_counts):
    """Fit the law to counts drawn from it."""

    def fitted(n_neurons, b, c, n_samples):
        counts = draw_counts(n_neurons, b, c, n_samples)
        return GrowthLaw().fit(counts, n_samples=n_samples)

    return fitted


def drawn(result, n_draws, rng):
    """Counts of each draw, as histograms."""
    draws = draws_from(result.histogram, n_draws, rng, with_dead=False)
    return [
        histogram_of((draws.cells.starts, row.astype(int)), result.n_samples)
        for row in draws.neurons
    ]


@pytest.mark.parametrize(("n_neurons", "b", "c"), [(64, 1.0, 1), (256, 0.3, 3), (128, 5.0, 64)])
def test_refit_has_the_misfit_of_the_full_fit(fit, n_neurons, b, c):
    result = fit(n_neurons, b, c, 500)
    whole = [GrowthLaw().fit(counts).misfit for counts in drawn(result, 8, 1)]
    assert chance_misfit(result, 8, rng=1) == pytest.approx(whole, rel=0.01, abs=1e-5)


def test_draws_come_from_the_fitted_law(fit):
    result = fit(20_000, 0.4, 50, 200)
    again = GrowthLaw().fit(drawn(result, 1, 2)[0])
    assert again.c == pytest.approx(result.c, rel=0.05)
    assert abs(np.log(again.b / result.b)) < 4 * result.bse


def test_more_draws_keep_the_first_ones(fit):
    result = fit(64, 0.5, 2, 100)
    few, many = chance_misfit(result, 3, rng=7), chance_misfit(result, 6, rng=7)
    assert np.allclose(few, many[:3], rtol=0, atol=1e-9)


def test_work_in_blocks_changes_nothing(fit, monkeypatch):
    result = fit(128, 0.5, 2, 300)
    whole = chance_misfit(result, 5, rng=3)
    monkeypatch.setattr(_draws, "_BLOCK", 2)
    assert chance_misfit(result, 5, rng=3) == pytest.approx(whole, abs=1e-9)


def test_true_law_is_found_out_as_rarely_as_it_should(fit):
    ranks = [
        np.mean(chance_misfit(result, 39, rng=trial) >= result.misfit)
        for trial in range(40)
        for result in [fit(64, 0.5, 1, 400)]
    ]
    # Mean of uniform ranks ± 4 standard errors, and a binomial count with p = .05.
    assert np.mean(ranks) == pytest.approx(0.5, abs=4 * np.sqrt(1 / 12 / 40))
    assert sum(rank < 0.05 for rank in ranks) <= 7


def test_dead_neurons_are_more_than_chance(rng):
    rates = np.where(np.arange(512) < 180, 0.0, 0.015)
    result = GrowthLaw().fit(rng.binomial(1500, rates), n_samples=1500)
    assert result.misfit > 2 * chance_misfit(result, 39, rng=0).max()


def test_equal_rates_can_be_drawn_from():
    counts = np.repeat([9, 10, 11], [20, 60, 20])
    result = GrowthLaw().fit(counts, n_samples=1000)
    assert np.isinf(result.b)
    assert np.all(np.isfinite(chance_misfit(result, 5, rng=0)))


def test_no_b_is_said():
    result = GrowthLaw().fit([0, 1, 1, 0], n_samples=9)
    with pytest.raises(InputError, match="no fitted law"):
        chance_misfit(result)


def test_no_draws_are_refused(fit):
    with pytest.raises(DomainError, match="n_draws = 0"):
        chance_misfit(fit(64, 0.5, 2, 100), 0)
