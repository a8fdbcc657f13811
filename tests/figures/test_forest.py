"""Forest plots and sweeps show the numbers they were given."""

import io

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.patches import Polygon

from activstats.errors import InputError
from activstats.figures.forest import ForestGroup, Pool, forest
from activstats.figures.rule_sweep import b_over_share

GROUPS = [
    ForestGroup("width 64", ["a", "b"], [0.2, 0.3], [0.1, 0.2], [0.4, 0.45], [1, 2], Pool("pooled", 0.26, 0.01, 9.0)),
    ForestGroup("width 512", ["c"], [0.5], [0.4], [0.6], [4]),
]  # fmt: skip
OVERALL = Pool("all", 0.35, 0.2, 0.6, 0.1, 1.2)
SWEEP = {
    "labels": ["argmax", "top 1 %", "a > 0", "a > 9"],
    "saturated": [False, False, True, False],
}
NUMBERS = (
    [0.002, 0.01, 0.5, 0.0],
    [0.1, 0.3, np.inf, np.nan],
    [0.0, 0.2, 4.0, 0.0],
    [0.2, 0.5, np.inf, np.inf],
)

PICTURES = {
    "forest": lambda ax: forest(GROUPS, OVERALL, ax=ax),
    "plain forest": lambda ax: forest([GROUPS[1]], ax=ax),
    "sweep": lambda ax: b_over_share(*NUMBERS, **SWEEP, ax=ax),
}


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_renders_where_it_is_told_and_changes_no_setting(name):
    before = dict(mpl.rcParams)
    ax = PICTURES[name](None)
    assert ax.get_xlabel()
    for form in ("png", "svg", "pdf"):
        buffer = io.BytesIO()
        ax.figure.savefig(buffer, format=form)
        assert buffer.tell() > 1000
    given = ax.figure.add_subplot()
    assert PICTURES[name](given) is given
    assert dict(mpl.rcParams) == before


def test_rows_stand_in_order_with_their_pools_below_them():
    ax = forest(GROUPS, OVERALL)
    labels = [text.get_text() for text in ax.get_yticklabels()]
    assert labels == ["width 64", "a", "b", "pooled", "width 512", "c", "all"]
    bold = [t.get_text() for t in ax.get_yticklabels() if t.get_fontweight() == "bold"]
    assert bold == ["width 64", "pooled", "width 512", "all"]


def test_squares_grow_with_the_weight():
    ax = forest(GROUPS, OVERALL)
    sizes = [points.get_sizes()[0] for points in ax.collections]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) == 3


def test_diamonds_end_where_the_interval_does_or_at_the_frame():
    ax = forest(GROUPS, OVERALL)
    first, last = (p.get_xy()[:, 0] for p in ax.patches if isinstance(p, Polygon))
    assert (last.min(), last.max()) == (0.2, 0.6)
    assert (first.min(), first.max()) == pytest.approx(ax.get_xlim())
    assert {"<", ">"} <= {line.get_marker() for line in forest(GROUPS).get_lines()} | {"<", ">"}


def test_predictions_are_drawn_and_named():
    ax = forest(GROUPS, OVERALL)
    assert "black bar: a new member" in ax.get_xlabel()
    assert any(
        tuple(line.get_xdata()) == pytest.approx((0.1, 1.0), rel=0.5)
        for line in ax.get_lines()
        if len(line.get_xdata()) == 2
    )
    assert "new member" not in forest([GROUPS[1]]).get_xlabel()


def test_numbers_stand_beside_every_row():
    texts = [text.get_text() for text in forest(GROUPS, OVERALL).texts]
    assert "0.3 [0.2, 0.45]" in texts
    assert "0.35 [0.2, 0.6]" in texts


@pytest.mark.parametrize("groups", [[], [ForestGroup("", [], [], [], [], [])]])
def test_a_forest_without_trees_is_refused(groups):
    with pytest.raises(InputError):
        forest(groups)


def test_a_sweep_marks_saturated_rules_and_rules_without_b():
    numbers = ([0.01, 0.5, 0.7], [0.3, 4.0, np.inf], [0.2, 3.0, 9.0], [0.5, 6.0, np.inf])
    ax = b_over_share(*numbers, labels=["a", "b", "c"], saturated=[False, True, False])
    said = [text.get_text() for text in ax.get_legend().get_texts()]
    assert said == ["growth curve informative", "saturated: b from the counts alone", "no finite b"]


def test_rules_under_which_nothing_fired_have_no_place_in_a_sweep():
    ax = b_over_share(*NUMBERS, **SWEEP)
    assert {text.get_text() for text in ax.texts} == {"argmax", "top 1 %", "a > 0"}


@pytest.mark.parametrize("labels", [[], ["one"]])
def test_sweeps_of_other_lengths_are_refused(labels):
    with pytest.raises(InputError):
        b_over_share(*NUMBERS, labels=labels, saturated=[False] * 4)
