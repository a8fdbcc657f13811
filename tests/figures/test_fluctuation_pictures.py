"""Pictures of fluctuation show the numbers they are given."""

import numpy as np
import pytest

from activstats.errors import InputError
from activstats.figures.fluctuation import neuron_fluctuations, threshold_sweep
from activstats.figures.over_rates import by_rate, over_rates


def test_a_thick_line_is_the_mean_of_the_seeds_on_its_own_scale():
    values = [[1.0, 4.0], [100.0, np.nan]]
    plain, log = (over_rates([0.1, 1], values, ylabel="y", log=one) for one in (False, True))
    np.testing.assert_allclose(plain.get_lines()[-1].get_ydata(), [50.5, 4])
    np.testing.assert_allclose(log.get_lines()[-1].get_ydata(), [10, 4])


def test_the_place_of_an_optimum_is_marked_where_it_is():
    ax = over_rates([0.01, 0.1, 1], [[1, 2, 1]], ylabel="score", place=(-1.0, -1.1, -0.9))
    assert ax.get_lines()[-1].get_xdata()[0] == pytest.approx(0.1)


def test_runs_of_a_rate_share_a_mark_and_a_name():
    ax = by_rate([0.1, 1], [[1, 2], [3, 4]], [[5, 6], [7, 8]], xlabel="x", ylabel="y")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["0.1", "1"]
    np.testing.assert_array_equal(ax.get_lines()[1].get_xdata(), [2, 4])


def test_neurons_are_drawn_by_layer_and_none_that_stand_still():
    ax = neuron_fluctuations([("fc1", [1, 2, 3]), ("fc2", [0, 0])])
    assert ax.get_lines()[2].get_xdata()[0] == 2
    assert len(ax.get_lines()) == 3
    with pytest.raises(InputError):
        neuron_fluctuations([])


def test_thresholds_stand_at_even_distances_under_their_numbers():
    ax = threshold_sweep(
        [("a", [0, 0.01, 0.5], [1, 0.6, 0.1], ([1, 0.5, 0], [1, 0.7, 0.2]))], of="firing"
    )
    assert [text.get_text() for text in ax.get_xticklabels()] == ["0", "0.01", "0.5"]
    np.testing.assert_array_equal(ax.get_lines()[0].get_ydata(), [1, 0.6, 0.1])
