"""Pictures of tipping points show what they were given, open ends and empty arms included."""

import math

import numpy as np
import pytest

from activstats.errors import InputError
from activstats.figures.svg import to_svg as written
from activstats.figures.tipping import (
    Curve,
    Pairs,
    along_steps,
    over_widths,
    pairs,
    relative_firing,
)
from activstats.figures.tipping_places import Place, places

RATES = [0.001, 0.01, 0.1]


def to_svg(figure):
    return written(figure, title="a", description="b")


def test_firing_is_drawn_relative_to_its_first_rate():
    ax = relative_firing([Curve("64", RATES, [[0.4, 0.4, 0.2]])], share=0.9)
    lines = [np.asarray(line.get_ydata(), dtype=float).tolist() for line in ax.lines]
    assert lines[0] == [1, 1, 0.5]
    assert [0.9, 0.9] in lines


def test_open_ends_are_arrows_at_the_ends_of_the_range():
    rows = [Place("a", 0.01, 0, math.inf), Place("b", math.inf, 0.05, math.inf),
            Place("c", 0.01, 0.005, 0.02), Place("d", math.nan, math.nan, math.nan)]  # fmt: skip
    ax = places(rows, (0.001, 0.1))
    markers = [line.get_marker() for line in ax.lines]
    assert (markers.count("<"), markers.count(">")) == (1, 2)
    assert "svg" in to_svg(ax.figure)


def test_arms_without_any_place_are_drawn_empty_and_say_so():
    empty = over_widths([32, 64], [[math.inf, -math.inf]], label="no mask")
    assert "open" in empty.get_legend().get_texts()[0].get_text()
    none = pairs([Pairs("32", [], [])])
    assert "no optimum" in none.get_title()
    single = over_widths([32, 64], [[-1.0, math.inf]], label="no mask")
    low, high = single.get_ylim()
    assert low < 0.1 < high
    gaps = along_steps([0, 5], [[math.nan, 0.5]], labels=["relu"])
    for ax in (
        empty,
        none,
        gaps,
        relative_firing([Curve("a", RATES, [[math.nan] * 3])], share=0.9),
    ):
        assert "svg" in to_svg(ax.figure)


def test_nothing_to_draw_is_said():
    with pytest.raises(InputError):
        relative_firing([], share=0.9)
    with pytest.raises(InputError):
        places([], (0.1, 1))
