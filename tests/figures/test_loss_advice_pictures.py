"""Pictures of exponents, of the best loss and of depths show what they were given."""

import io
import math

import numpy as np
import pytest

from activstats.errors import InputError
from activstats.figures.best_loss import best_losses
from activstats.figures.depth import DepthSeries, losses_by_depth
from activstats.figures.exponents import Row, exponent_rows

BETA, B = Row("beta", 0.3, 0.2, 0.4), Row("b", 0.25, 0.2, 0.31)
GAP = Row("beta − b", 0.05, -0.06, 0.16)


def labels(ax):
    return ax.get_legend_handles_labels()[1]


def drawn(ax):
    ax.figure.savefig(io.BytesIO(), format="svg")
    return ax


def test_every_exponent_and_every_difference_has_a_row():
    ax = drawn(exponent_rows([BETA, B], [GAP], 0.1, answer="cannot tell"))
    rows = [text.get_text() for text in ax.get_yticklabels()]
    assert rows == ["beta", "b", "differences", "beta − b"]
    assert ax.get_title(loc="left") == "cannot tell"
    assert "green: differences within ±0.1" in ax.get_xlabel()
    said = [text.get_text() for text in ax.texts]
    assert said == ["0.3 [0.2, 0.4]", "0.25 [0.2, 0.31]", "0.05 [−0.06, 0.16]"]


def test_open_ends_are_arrows_and_do_not_squeeze_the_rest():
    ax = drawn(exponent_rows([Row("beta", 0.3, -math.inf, 40.0), B], [GAP], 0.1))
    left, right = ax.get_xlim()
    assert right - left < 3
    arrows = {line.get_marker(): line.get_xdata()[0] for line in ax.get_lines()}
    assert (arrows["<"], arrows[">"]) == (left, right)
    assert "0.3 [−∞, 40]" in [text.get_text() for text in ax.texts]


def test_a_missing_exponent_says_why():
    ax = drawn(exponent_rows([BETA, Row("b", math.nan, -math.inf, math.inf, "saturated")]))
    assert "no number: saturated" in [text.get_text() for text in ax.texts]
    assert ax.get_xlabel() == "exponent, 95 % interval"


def test_best_losses_stand_over_n_with_all_forms():
    n, y = np.array([64.0, 256.0, 1024.0]), np.array([0.5, 0.4, 0.35])
    lines = {"flat": (n, np.full(3, 0.4)), "line in log N": (n, y)}
    ax = drawn(best_losses(n, y, errors=[0.01] * 3, lines=lines, chosen="line in log N",
                           band=(y - 0.02, y + 0.02), answer="falls"))  # fmt: skip
    assert labels(ax) == [
        "flat", "line in log N (lowest AICc)", "its 95 % band", "networks, 95 % interval",
    ]  # fmt: skip
    assert ax.get_title(loc="left") == "falls"
    assert labels(drawn(best_losses(n, y))) == ["networks"]


def test_depths_stand_beside_each_other_with_every_run():
    low, high = [0.45, 0.35], [0.55, math.inf]
    one = DepthSeries("1 hidden layer", [1e3, 1e4], [0.5, 0.4], low, high, [(1e3, 0.51)])
    two = DepthSeries("2 hidden layers", [1e3, 1e4], [0.48, 0.3], [0, 0], [math.inf] * 2)
    ax = drawn(losses_by_depth([one, two], answer="deeper is better"))
    assert labels(ax) == ["1 hidden layer", "2 hidden layers"]
    assert ax.get_title(loc="left") == "deeper is better; means with 95 % intervals"
    places = [line.get_xdata()[0] for line in ax.get_lines()]
    assert min(places) < 1e3 < max(places)


def test_nothing_to_draw_is_refused():
    with pytest.raises(InputError):
        exponent_rows([])
    with pytest.raises(InputError):
        losses_by_depth([])
    with pytest.raises(InputError, match="do not match"):
        best_losses([1.0], [1.0, 2.0])
