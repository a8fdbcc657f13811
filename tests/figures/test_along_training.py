"""Courses along training are drawn as they are."""

import numpy as np
import pytest

from activstats.errors import InputError
from activstats.figures.along_training import Course, along_training


def test_every_run_is_a_line_with_its_name():
    runs = [Course("seed 0", [0, 40, 80], [0.8, 0.6, 0.5]), Course("seed 1", [0, 40], [0.9, 0.7])]
    ax = along_training(runs, ylabel="b")
    assert [line.get_label() for line in ax.get_lines()] == ["seed 0", "seed 1"]
    assert list(ax.get_lines()[1].get_ydata()) == [0.9, 0.7]


def test_axis_begins_at_zero_and_holds_the_bands():
    band = ([0.5, 0.4], [1.5, np.inf])
    ax = along_training([Course("seed 0", [0, 40], [0.8, 0.6], band)], ylabel="b")
    low, high = ax.get_ylim()
    assert low == 0
    assert high >= 1.5


def test_values_that_are_not_known_leave_a_gap():
    ax = along_training([Course("seed 0", [0, 40], [np.nan, np.nan])], ylabel="b")
    assert ax.get_ylim() == (0, 1)


def test_values_without_a_step_are_refused():
    with pytest.raises(InputError, match="seed 0"):
        along_training([Course("seed 0", [0, 40], [0.8])], ylabel="b")
