"""The picture of a verdict holds its numbers, whatever they are."""

import math

import numpy as np
import pytest

from activstats.errors import InputError
from activstats.figures.verdict_rows import VerdictRow, verdict_rows


def test_values_and_margin_are_within_the_axis():
    ax = verdict_rows(
        [VerdictRow("all", 0.3, 0.2, 0.4), VerdictRow("one", 0.5)], xlabel="x", margin=(-0.1, 0.1)
    )
    low, high = ax.get_xlim()
    assert low < -0.1
    assert high > 0.5
    assert len(ax.patches) == 1


@pytest.mark.parametrize("log", [False, True])
def test_far_ends_become_arrows_and_leave_room_for_the_rest(log):
    rows = [VerdictRow("all", 2.0, 1e-9 if log else -1e9, 1e9), VerdictRow("one", 1.5, 1.2, 1.8)]
    ax = verdict_rows(rows, xlabel="x", margin=(0.5, 2.0), log=log)
    low, high = ax.get_xlim()
    assert high < 100
    assert low > -100
    assert {line.get_marker() for line in ax.lines} >= {"<", ">"}


def test_margin_without_end_is_drawn_to_the_edge():
    ax = verdict_rows([VerdictRow("all", 2.0, 1.5, 2.5)], xlabel="x", margin=(1.0, math.inf))
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    assert len(ax.patches) == 1


def test_what_is_not_known_is_left_out():
    ax = verdict_rows([VerdictRow("all", math.nan), VerdictRow("one", 1.0)], xlabel="x", log=True)
    assert np.isfinite(ax.get_xlim()).all()
    assert [text.get_text() for text in ax.get_yticklabels()] == ["all", "one"]


def test_nothing_to_draw_is_said():
    with pytest.raises(InputError, match="no number"):
        verdict_rows([], xlabel="x")
