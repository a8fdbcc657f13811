"""Pictures of knees and of their scaling show what they were given, open ends as arrows."""

import io
import math

import numpy as np
import pytest

from activstats.errors import InputError
from activstats.figures.knees import KneeRow, knee_rows
from activstats.figures.scaling import scaling_picture


def labels(ax):
    return set(ax.get_legend_handles_labels()[1])


def test_knees_stand_in_their_rows_with_predictions_below():
    rows = [
        KneeRow("N = 64", 20, 10, 40, 18, 60, 50, 80),
        KneeRow("linear softmax", 22, 12, 42, control=True),
        KneeRow("random forest", words="no transition", control=True),
    ]
    ax = knee_rows(rows, (2, 1000))
    assert [label.get_text() for label in ax.get_yticklabels()] == [row.name for row in rows]
    places = {
        (line.get_marker(), float(line.get_xdata()[0])) for line in ax.get_lines()
        if len(line.get_xdata()) == 1
    }  # fmt: skip
    assert {("o", 20.0), ("D", 22.0), ("s", 60.0), ("v", 18.0)} <= places
    assert any(text.get_text() == "no transition" for text in ax.texts)
    assert {"steepest point", "predicted bN/c and its 95 % interval"} <= labels(ax)
    ax.figure.savefig(io.BytesIO(), format="svg")


def test_open_and_far_intervals_end_in_arrows():
    ax = knee_rows([KneeRow("N = 64", 20, 0, math.inf)], (2, 1000))
    left, right = ax.get_xlim()
    arrows = {line.get_marker(): line.get_xdata()[0] for line in ax.get_lines()
              if line.get_marker() in "<>"}  # fmt: skip
    assert arrows == {"<": left, ">": right}


def test_rows_and_sizes_are_needed():
    with pytest.raises(InputError, match="no knee"):
        knee_rows([], (2, 10))
    with pytest.raises(InputError, match="no knee"):
        knee_rows([KneeRow("a", 3, 1, 9)], (0, 10))


def test_scaling_shows_both_with_line_and_guide_of_slope_one():
    n, d = [64.0, 256.0], [20.0, 50.0]
    ends = [[10.0, 40.0], [0.0, np.inf]]
    ax = scaling_picture(
        n, d, ends, predicted=(n, [30.0, 30.0], [[20.0, 40.0]] * 2),
        line=(n, d), band=([15.0, 30.0], [30.0, 80.0]), gamma=0.66,
    )  # fmt: skip
    expected = {
        "D* of the loss with 95 % interval", "predicted bN/c with 95 % interval", "95 % band",
        "fitted line, slope 0.66", "slope 1",
    }  # fmt: skip
    assert labels(ax) == expected
    guide = next(line for line in ax.get_lines() if line.get_label() == "slope 1")
    x, y = guide.get_data()
    assert math.log(y[1] / y[0]) == pytest.approx(math.log(x[1] / x[0]))
    markers = {line.get_marker() for line in ax.get_lines()}
    assert {"v", "^"} <= markers
    ax.figure.savefig(io.BytesIO(), format="svg")


def test_what_does_not_match_is_refused():
    with pytest.raises(InputError, match="do not match"):
        scaling_picture([1.0], [1.0, 2.0], [[1.0, 2.0]])
    with pytest.raises(InputError, match="no D"):
        scaling_picture([], [], np.empty((0, 2)))
