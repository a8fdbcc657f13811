"""The picture of counts between two ends shows the densities it was given."""

import numpy as np

from activstats.figures.bounded import law_of_counts


def test_points_are_shares_of_neurons_per_count():
    ax = law_of_counts([1, 2, 40], [6, 3, 1], {"flat": ([1, 40], [0.1, 0.1])})
    points = ax.containers[0].lines[0].get_data()
    assert points[0][0] == 1
    assert points[1][0] == 0.6
    assert ax.get_legend_handles_labels()[1] == ["flat", "measured, ± 1 SE"]
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


def test_without_counts_the_laws_alone_are_drawn():
    ax = law_of_counts([], [], {"flat": (np.arange(1, 9), np.full(8, 0.125))})
    assert len(ax.get_lines()) == 1
    assert law_of_counts([], [], {}).get_legend() is None
    assert law_of_counts([5], [3], {}, ax=ax) is ax
