"""Pictures show the numbers they were given, and leave matplotlib's global state alone."""

import io
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest

from activstats.errors import InputError
from activstats.figures.counts import count_distribution
from activstats.figures.growth import growth_curves
from activstats.figures.intervals import Interval, interval_rows
from activstats.figures.loss import LossCurve, loss_curves
from activstats.figures.style import look

D = np.array([1, 10, 100, 1000])
K = np.array([5.0, 40.0, 150.0, 260.0])


def lines(ax):
    """Drawn lines by their label."""
    return {line.get_label(): line for line in ax.get_lines()}


def some_losses(n_curves=3):
    sizes = np.array([16, 64, 256, 1024])
    for index in range(n_curves):
        loss = np.array([[2.0, 2.2, 1.9], [1.2, 1.3, 1.1], [0.6, 0.5, np.nan], [0.3, 0.2, 0.25]])
        scales = {"steepest": 64.0, "d_star": 20.0, "d_star_interval": (15.0, 25.0)}
        yield LossCurve(f"width {2**index}", sizes, loss * (1 + index), **scales)


def some_intervals():
    return [
        Interval("top 1 %", "width 64", 0.2, 0.15, 0.3),
        Interval("top 1 %", "width 512", 0.19, 0.17, 0.21),
        Interval("a > 0", "width 64", np.nan, 0.0, np.inf, "not identifiable"),
        Interval("a > 0", "width 512", np.inf, 4.0, np.inf, "equal rates"),
    ]


PICTURES = {
    "growth": lambda ax: growth_curves(D, K, exact=K + 1, mean_field=K - 2, n_neurons=300, ax=ax),
    "counts": lambda ax: count_distribution([0, 1, 2, 40], [9, 5, 3, 1], ax=ax),
    "loss": lambda ax: loss_curves(list(some_losses()), ax=ax),
    "intervals": lambda ax: interval_rows(some_intervals(), ax=ax),
}


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_says_what_its_axes_are_and_renders(name):
    ax = PICTURES[name](None)
    assert ax.get_xlabel()
    assert ax.get_ylabel() or any(label.get_text() for label in ax.get_yticklabels())
    for form in ("png", "svg", "pdf"):
        buffer = io.BytesIO()
        ax.figure.savefig(buffer, format=form)
        assert buffer.tell() > 1000


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_draws_where_it_is_told(name):
    given = PICTURES[name](None).figure.add_subplot()
    assert PICTURES[name](given) is given


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_change_no_setting(name):
    before = dict(mpl.rcParams)
    PICTURES[name](None)
    assert dict(mpl.rcParams) == before


def test_pictures_never_load_pyplot():
    program = """
import sys
from activstats.figures import counts, growth, intervals, loss, svg
figure = growth.growth_curves([1, 2], [1, 2]).figure
svg.to_svg(figure, title="t", description="d")
assert "matplotlib.pyplot" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


def test_growth_shows_every_curve_under_its_name():
    ax = growth_curves(
        D,
        K,
        exact=K + 1,
        exact_band=(K - 5, K + 5),
        mean_field=K - 2,
        equal_rates=K + 30,
        ordered=(np.arange(1, 6), np.arange(5, 10)),
        n_neurons=300,
        marks={"bN/c": 17.0},
    )
    shown = lines(ax)
    np.testing.assert_array_equal(shown["measured, any order"].get_ydata(), K)
    np.testing.assert_array_equal(shown["exact law"].get_ydata(), K + 1)
    np.testing.assert_array_equal(shown["mean-field law"].get_ydata(), K - 2)
    np.testing.assert_array_equal(shown["in recorded order"].get_xdata(), np.arange(1, 6))
    assert "K of 300" in ax.get_ylabel()
    assert "bN/c" in {text.get_text() for text in ax.texts}
    assert ax.get_xscale() == "log"


def test_growth_refuses_a_curve_of_another_length():
    with pytest.raises(InputError, match="exact law"):
        growth_curves(D, K, exact=K[:2])


def test_counts_are_shares_of_all_neurons():
    values, neurons = np.arange(60), np.arange(60, 0, -1)
    ax = count_distribution(values, neurons)
    (points,) = (c for c in ax.containers if c.get_label() == "measured, ± 1 SE")
    places, density = points.lines[0].get_data()
    assert np.all(np.diff(places) > 0)
    # never, once, twice: bins of a single count
    np.testing.assert_allclose(density[:3], neurons[:3] / neurons.sum())


def test_counts_that_follow_the_expectation_lie_on_it():
    values = np.arange(200)
    share = 0.97**values * 0.03 / (1 - 0.97**200)
    ax = count_distribution(values, share * 1e9, expected=(values, share))
    (points,) = (c for c in ax.containers if c.get_label() == "measured, ± 1 SE")
    places, density = points.lines[0].get_data()
    law = np.interp(places[1:], values, share)
    np.testing.assert_allclose(density[1:], law, rtol=0.07)


def test_counts_where_no_neuron_ever_fired_can_be_drawn():
    count_distribution([0], [12]).figure.savefig(io.BytesIO(), format="png")


def test_counts_without_neurons_are_refused():
    with pytest.raises(InputError):
        count_distribution([0, 1], [0, 0])


def test_loss_shows_medians_and_the_range_over_seeds():
    ax = loss_curves(list(some_losses(1)))
    (bars,) = ax.containers
    np.testing.assert_allclose(bars.lines[0].get_ydata(), [2.0, 1.2, 0.55, 0.25])
    spread = [segment[:, 1] for segment in bars.lines[2][0].get_segments()]
    np.testing.assert_allclose(spread, [[1.9, 2.2], [1.1, 1.3], [0.5, 0.6], [0.2, 0.3]])


def test_loss_marks_stand_at_their_numbers_of_samples_under_the_curves():
    ax = loss_curves(list(some_losses()))
    marked = {float(line.get_xdata()[0]) for line in ax.get_lines() if len(line.get_xdata()) == 1}
    assert {20.0, 64.0} <= marked
    assert ax.get_ylim()[0] < 0.2


def test_loss_without_a_law_has_no_marks():
    curve = LossCurve("linear", [10, 100], [[1.0], [0.5]])
    labels = [text.get_text() for text in loss_curves([curve]).get_legend().get_texts()]
    assert labels == ["linear"]


def test_loss_with_infinite_scales_and_failed_runs_can_be_drawn():
    losses = [[np.nan, np.nan], [1.0, np.inf], [0.5, 0.6]]
    scales = {"steepest": np.inf, "d_star": np.nan, "d_star_interval": (3.0, np.inf)}
    ax = loss_curves([LossCurve("width 8", [10, 100, 1000], losses, **scales)])
    ax.figure.savefig(io.BytesIO(), format="png")
    assert ax.containers[0].lines[0].get_xdata().tolist() == [100, 1000]


def test_loss_of_another_shape_is_refused():
    with pytest.raises(InputError, match="width 8"):
        loss_curves([LossCurve("width 8", [10, 100], [1.0, 2.0])])


def test_intervals_stand_in_order_under_their_heading():
    ax = interval_rows(some_intervals())
    labels = [text.get_text() for text in ax.get_yticklabels()]
    assert labels == ["top 1 %", "width 64", "width 512", "a > 0", "width 64", "width 512"]
    assert {"not identifiable", "equal rates"} <= {text.get_text() for text in ax.texts}
    assert ax.get_ylim()[0] > ax.get_ylim()[1]


def test_intervals_without_a_single_finite_number_can_be_drawn():
    row = Interval("argmax", "width 64", np.nan, 0.0, np.inf, "nothing fired")
    interval_rows([row]).figure.savefig(io.BytesIO(), format="png")


def test_no_interval_at_all_is_refused():
    with pytest.raises(InputError):
        interval_rows([])


def test_no_two_series_look_alike_even_without_colour():
    seen = [look(index) for index in range(7)]
    assert len({(str(one.line), one.marker) for one in seen}) == 7
    assert len({one.colour for one in seen}) == 7
