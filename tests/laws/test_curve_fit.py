"""b by least squares on the rarefied curve: its value, its interval, and what a naive one misses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import curve_fit
from scipy.stats import betabinom, hypergeom

from activstats.errors import DomainError
from activstats.laws.curve_fit import CurveFit
from activstats.laws.growth import GrowthLaw
from activstats.laws.histogram import histogram_of

CURVE = GrowthLaw(method="curve")
MEAN_FIELD = GrowthLaw(method="curve", law="mean-field")


@pytest.mark.parametrize(("b", "c"), [(0.1, 20), (0.3, 20), (1.0, 200), (3.0, 600)])
def test_b_of_simulated_neurons_is_found(draw_counts, b, c):
    result = CURVE.fit(draw_counts(4000, b, c, 500), 500)
    assert result.method == "curve"
    assert result.b_low < result.b < result.b_high
    assert np.log(result.b / b) == pytest.approx(0, abs=3 * result.bse)
    assert result.bse < 0.1


@pytest.mark.parametrize("law", ["exact", "mean-field"])
def test_estimate_is_the_least_squares_of_scipys_curve_fit(draw_counts, law):
    counts = draw_counts(400, 0.4, 8, 300)
    # as many points, evenly spaced in the logarithm
    d = np.unique(np.geomspace(1, 300, 40).round().astype(int))
    measured = 400 * (1 - hypergeom(300, counts[:, None], d).pmf(0).mean(axis=0))
    rate = counts.mean() / 300

    def curve(d, log_b):
        b = np.exp(log_b)
        if law == "mean-field":
            return 400 * (1 - (1 + d * rate / b) ** -b)
        return 400 * (1 - betabinom(d, b, b * (1 - rate) / rate).pmf(0))

    (log_b,), _ = curve_fit(curve, d, measured, p0=[-1.0], xtol=1e-10)
    result = GrowthLaw(method="curve", law=law).fit(counts, 300)
    assert np.log(result.b) == pytest.approx(log_b, abs=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(("b", "c"), [(0.3, 10), (1.0, 100)])
def test_sandwich_covers_where_the_naive_interval_does_not(draw_counts, b, c):
    """Nominal .95; the usual standard error of a curve fit covers in a tenth of the cases."""
    inside, naive = [], []
    for _ in range(120):
        counts = histogram_of(draw_counts(1000, b, c, 400), 400)
        result = CURVE.fit(counts)
        inside.append(result.b_low <= b <= result.b_high)
        fit = CurveFit(counts)
        bend = fit.score(np.log(result.b))[2]
        noise = fit.distance(np.log(result.b)) / (fit.grid.size - 1)
        naive.append(abs(np.log(result.b / b)) < 1.96 * np.sqrt(noise / bend))
    assert 0.9 <= np.mean(inside) <= 0.99
    assert np.mean(naive) < 0.3


def test_standard_error_is_the_scatter_over_layers(draw_counts):
    results = [CURVE.fit(draw_counts(1000, 0.4, 20, 300), 300) for _ in range(40)]
    scatter = np.std([np.log(result.b) for result in results])
    assert np.mean([result.bse for result in results]) == pytest.approx(scatter, rel=0.3)


def test_mean_field_is_marked_and_biased_in_dense_layers(draw_counts):
    counts = draw_counts(4000, 0.3, 1200, 100)
    marked = MEAN_FIELD.fit(counts, 100)
    assert marked.method == "mean-field curve"
    assert any("for comparison only" in text for text in marked.warnings)
    assert "comparison" in marked.summary()
    assert np.log(marked.b / 0.3) > 0.3
    assert not CURVE.fit(counts, 100).warnings


def test_mean_field_agrees_with_the_exact_law_in_sparse_layers(draw_counts):
    counts = draw_counts(2000, 0.5, 1, 8000)
    exact, published = CURVE.fit(counts, 8000), MEAN_FIELD.fit(counts, 8000)
    assert published.b == pytest.approx(exact.b, rel=0.01)


def test_equal_rates_give_an_open_interval(draw_counts):
    found = [CURVE.fit(draw_counts(500, np.inf, 10, 300), 300) for _ in range(15)]
    assert sum(np.isinf(result.b_high) for result in found) >= 12
    assert all(result.b_low > 5 for result in found)


def test_intervals_at_other_levels_nest(draw_counts):
    result = CURVE.fit(draw_counts(500, 0.3, 8, 900), 900)
    low, high = zip(*(result.interval(level) for level in (0.5, 0.9, 0.99)), strict=True)
    assert list(low) == sorted(low, reverse=True)
    assert list(high) == sorted(high)


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "guess"},
        {"method": "curve", "law": "heaps"},
        {"law": "mean-field"},
        {"method": "hazard", "likelihood": "zero-inflated"},
        {"method": "curve", "likelihood": "zero-inflated"},
    ],
)
def test_settings_that_do_not_go_together_are_refused(wrong):
    with pytest.raises(DomainError):
        GrowthLaw(**wrong)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=12), st.sampled_from([CURVE, MEAN_FIELD]))
def test_any_counts_get_a_number_or_a_reason(counts, law):
    result = law.fit(counts, 40)
    if np.isnan(result.b):
        assert result.reason
    else:
        assert 0 < result.b_low <= result.b <= result.b_high
        assert not np.isnan(result.bse)
