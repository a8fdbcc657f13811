"""Pictures of tests and comparisons say what they show, and refuse what they cannot."""

import pytest

from activstats.errors import InputError
from activstats.figures.goodness import chance_histogram, law_differences


def test_histogram_names_chance_and_the_measured_distance():
    ax = chance_histogram([0.01, 0.012, 0.02], 0.03, p=0.25)
    assert ax.get_legend_handles_labels()[1] == ["chance alone", "measured, p = 0.25"]
    assert "%" in ax.get_xlabel()


def test_histogram_needs_draws():
    with pytest.raises(InputError, match="no draws"):
        chance_histogram([], 0.1)


def test_differences_stand_from_the_first_law_downwards():
    ax = law_differences(["a", "b", "c"], [0.0, 1.0, 5000.0])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b", "c"]
    low, high = ax.get_ylim()
    assert low > high


def test_each_law_needs_one_difference():
    with pytest.raises(InputError, match="one difference"):
        law_differences(["a"], [0.0, 1.0])
