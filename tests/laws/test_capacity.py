"""Samples per working neuron and compressible share: values, intervals, scaling."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import linregress, t

from activstats.errors import DomainError, InputError
from activstats.laws.capacity import capacity
from activstats.laws.capacity_plot import plot_capacity
from activstats.laws.capacity_scaling import capacity_scaling
from activstats.laws.curves import expected_activated, samples_per_working_neuron
from activstats.laws.growth import GrowthLaw
from activstats.laws.histogram import histogram_of


def test_measures_at_all_samples_are_what_was_counted():
    found = capacity([0, 0, 1, 4, 4, 4], n_samples=10)
    assert found.per_neuron[0, 0] == pytest.approx(13 / 4)
    assert found.free_share[0, 0] == pytest.approx(2 / 6)
    assert found.free_to_working[0, 0] == pytest.approx(2 / 4)


def test_law_is_the_published_one_where_layers_are_sparse():
    """R = b·u / (1 − (1 + u)^−b), u = cD/(bN)."""
    d, u = np.array([100, 10_000]), np.array([100, 10_000]) / (0.3 * 5000)
    expected = 0.3 * u / (1 - (1 + u) ** -0.3)
    found = samples_per_working_neuron(d, n_neurons=5000, b=0.3)
    np.testing.assert_allclose(found, expected, rtol=2e-3)


@pytest.mark.parametrize(("s", "slope"), [(0.0, 1.0), (0.5, 0.5), (1.0, 0.0), (1.5, 0.0)])
def test_law_scales_as_its_own_formula_says_and_not_as_its_summary(s, slope):
    d = np.array([10**9, 10**11])
    sizes = (2000 * (d / 10**9) ** s).round().astype(int)
    r = [
        samples_per_working_neuron(x, n_neurons=int(n), b=0.5)
        for x, n in zip(d, sizes, strict=True)
    ]
    if s <= 1:
        assert np.log(r[1] / r[0]) / np.log(100) == pytest.approx(slope, abs=0.02)
    if s > 1:
        assert r[1] < r[0]
        assert samples_per_working_neuron(100, n_neurons=10**7, b=0.5) == pytest.approx(1, abs=1e-3)


@pytest.mark.slow
def test_intervals_cover_where_neurons_are_independent(draw_counts):
    """Nominal .95, for what a layer of this kind is expected to give."""
    grid = np.array([20, 300])
    k = expected_activated(grid, n_neurons=800, b=0.4, c=8)
    inside = []
    for _ in range(120):
        found = capacity(draw_counts(800, 0.4, 8, 300), grid, n_samples=300)
        truth = (8 * grid / k, 1 - k / 800)
        ends = ((found.per_neuron, found.per_neuron_law), (found.free_share, found.free_share_law))
        inside.append([
            [(m[:, 1] <= t) & (t <= m[:, 2]) for m in pair] for t, pair in zip(truth, ends, strict=True)
        ])  # fmt: skip
    coverage = np.mean(inside, axis=0)
    measured = coverage[:, 0]
    assert np.all(measured > 0.89)


def test_a_fit_is_taken_as_it_is(draw_counts):
    fit = GrowthLaw().fit(draw_counts(300, 0.4, 6, 200), 200)
    found = capacity(fit, [10, 200])
    assert found.fit is fit
    assert found.per_neuron_law[1, 0] == pytest.approx(
        samples_per_working_neuron(200, n_neurons=300, b=fit.b, c=fit.c)
    )
    frame = found.to_frame()
    assert list(frame["n_samples"]) == [10, 200]
    assert {"per_neuron_low", "free_share_law_high", "free_to_working"} <= set(frame.columns)


def test_runs_of_several_sizes_give_an_exponent_beside_the_theorys(draw_counts):
    runs = [
        histogram_of(draw_counts(n, 0.4, 4, d), d)
        for n, d in ((200, 400), (400, 1600), (800, 6400))
    ]
    found = capacity_scaling(runs)
    assert found.s == pytest.approx(0.5)
    assert 0 < found.slope < 0.9
    assert found.slope == pytest.approx(found.slope_law, abs=0.15)
    assert any("opposite for s > 1" in note for note in found.notes)
    assert len(found.to_frame()) == 3


def test_exponents_over_runs_are_those_of_scipys_regression(draw_counts):
    n, d = np.array([200, 400, 900, 1500]), np.array([400, 1600, 6400, 9000])
    counts = [draw_counts(*one) for one in zip(n, [0.4] * 4, 0.02 * n, d, strict=True)]
    found = capacity_scaling([histogram_of(*one) for one in zip(counts, d, strict=True)], level=0.9)
    used = [one.sum() / np.count_nonzero(one) for one in counts]
    c = [one.sum() / samples for one, samples in zip(counts, d, strict=True)]
    cases = {"s": n, "slope": used}
    for name, values in cases.items():
        line = linregress(np.log(d), np.log(values))
        ends = line.slope + t.ppf([0.05, 0.95], 2) * line.stderr
        held = [getattr(found, name + end) for end in ("", "_low", "_high")]
        assert held == pytest.approx([line.slope, *ends])
    assert found.c_slope == pytest.approx(linregress(np.log(n), np.log(c)).slope)


def test_too_few_sizes_give_no_exponent(draw_counts):
    found = capacity_scaling([histogram_of(draw_counts(100, 0.4, 4, 50), 50)])
    assert np.isnan(found.s)
    assert "fewer than three" in found.notes[0]
    with pytest.raises(InputError):
        capacity_scaling([])


def test_a_changing_c_is_named(draw_counts):
    sizes = ((100, 100), (200, 400), (400, 1600))
    runs = [histogram_of(draw_counts(n, 0.4, 0.05 * n, d), d) for n, d in sizes]
    assert "c grows" in capacity_scaling(runs).notes[-1]


@pytest.mark.parametrize("measure", ["per_neuron", "free_share"])
def test_layers_are_drawn_side_by_side(draw_counts, measure):
    grid = [5, 50, 200]
    layers = [capacity(draw_counts(n, 0.4, 5, 200), grid, n_samples=200) for n in (100, 300)]
    ax = plot_capacity(layers, measure=measure)
    labels = {text.get_text() for text in ax.get_legend().get_texts()}
    assert {"N = 100", "N = 300", "fitted law", "95 % interval"} <= labels
    assert layers[0].plot(ax, measure=measure) is ax


def test_wrong_questions_are_refused(draw_counts):
    layer = capacity([1, 5, 0, 3], n_samples=9)
    with pytest.raises(InputError):
        capacity([0, 0], n_samples=9)
    with pytest.raises(DomainError):
        capacity([1, 2], [0], n_samples=9)
    with pytest.raises(DomainError):
        layer.plot(measure="speed")
    with pytest.raises(DomainError):
        samples_per_working_neuron(0, n_neurons=9, b=1)
    with pytest.raises(InputError):
        plot_capacity([])


@given(st.lists(st.integers(0, 30), min_size=1, max_size=15).filter(any))
@settings(max_examples=40)
def test_any_layer_that_works_has_measures_within_bounds(counts):
    found = capacity(counts, [1, 7, 30], n_samples=30)
    assert np.all(found.per_neuron[:, 1] <= found.per_neuron[:, 0] + 1e-9)
    assert np.all(found.per_neuron[:, 0] >= 1 - 1e-9)
    assert np.all((found.free_share >= 0) & (found.free_share <= 1))
    assert not np.isnan(found.per_neuron).any()
