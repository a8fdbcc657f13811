"""The picture of a transition shows what it was given."""

import io

import numpy as np
import pytest

from activstats.errors import InputError
from activstats.figures.transition import transition_curve

D = np.array([10.0, 100.0, 1000.0])
LOSS = np.array([2.0, 1.0, 0.5])
LINE = (D, LOSS)


def labels(ax):
    return set(ax.get_legend_handles_labels()[1])


def test_places_are_marked_where_they_are():
    ax = transition_curve(
        D, LOSS, line=LINE, band=(LOSS - 0.1, LOSS + 0.1), d_star=90.0,
        d_star_interval=(50.0, 200.0), steepest=300.0, prediction=120.0,
        prediction_interval=(80.0, 150.0), answer="transition",
    )  # fmt: skip
    assert labels(ax) == {
        "runs", "crossover", "95 % band", "steepest point", "D* and its interval",
        "predicted bN/c and its interval",
    }  # fmt: skip
    places = {line.get_label(): line.get_xdata() for line in ax.get_lines()}
    assert places["D* and its interval"] == [90.0]
    assert places["predicted bN/c and its interval"] == [120.0]
    assert places["steepest point"] == [300.0]
    assert ax.get_title(loc="left") == "transition"
    ax.figure.savefig(io.BytesIO(), format="svg")


def test_open_intervals_end_in_arrows_at_the_border():
    ax = transition_curve(D, LOSS, d_star=90.0, d_star_interval=(0.0, np.inf))
    left, right = ax.get_xlim()
    arrows = {line.get_marker(): line.get_xdata()[0] for line in ax.get_lines()}
    assert arrows["<"] == left
    assert arrows[">"] == right


def test_what_there_is_not_is_not_drawn():
    ax = transition_curve(D, LOSS, d_star=np.nan, d_star_interval=(0.0, np.inf))
    assert labels(ax) == {"runs"}


def test_places_far_outside_do_not_squeeze_the_curve():
    ax = transition_curve(D, LOSS, line=LINE, d_star=1e9)
    assert ax.get_xlim()[1] < 1e5


def test_constant_losses_of_one_size_can_be_drawn():
    ax = transition_curve([10.0, 10.0], [1.0, 1.0])
    ax.figure.savefig(io.BytesIO(), format="png")


def test_sizes_and_losses_must_match():
    with pytest.raises(InputError, match="do not match"):
        transition_curve([1.0], [1.0, 2.0])
