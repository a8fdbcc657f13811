"""What can be pooled, what is left out and said, and what is refused."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activstats.errors import ActivstatsError, DomainError, InputError
from activstats.laws.pooling import pool
from activstats.laws.results import Status


def table(**columns):
    base = {"b": [0.20, 0.22, 0.19, 0.35, 0.33], "bse": 0.06, "width": [64, 64, 64, 512, 512]}
    return pd.DataFrame(base | columns)


def test_a_missing_standard_error_comes_from_the_interval():
    whole = pool(table())
    reach = math.exp(1.959963985 * 0.06)
    frame = (
        table()
        .drop(columns="bse")
        .assign(b_low=lambda t: t.b / reach, b_high=lambda t: t.b * reach)
    )
    assert pool(frame).b == pytest.approx(whole.b)
    assert pool(frame).overall.q == pytest.approx(whole.overall.q)
    narrow = math.exp(0.6744897502 * 0.06)
    half = frame.assign(b_low=lambda t: t.b / narrow, b_high=lambda t: t.b * narrow, level=0.5)
    assert pool(half).overall.q == pytest.approx(whole.overall.q)


def test_what_cannot_be_pooled_is_left_out_and_counted_with_its_reason():
    frame = table(status=["converged", "saturated", "not identifiable", "equal_rates", "converged"])
    frame.loc[5] = [np.inf, np.inf, 512, ""]
    frame.loc[6] = [np.nan, np.nan, 512, ""]
    frame.loc[7] = [0.3, np.inf, 512, ""]
    pooled = pool(frame)
    assert pooled.overall.k == 2
    reasons = {one.label: one.reason for one in pooled.left_out}
    assert len(reasons) == 6
    assert "saturated" in reasons["2"]
    assert "not identifiable" in reasons["3"]
    assert "infinite" in reasons["4"]
    assert "infinite" in reasons["6"]
    assert "not identifiable" in reasons["7"]
    assert "no finite standard error" in reasons["8"]
    said = " ".join(pooled.summary().split())
    assert "6 of 8 results left out" in said
    assert pool(frame, keep_saturated=True).overall.k == 3


def test_an_interval_open_at_an_end_is_no_standard_error():
    frame = table(b_low=0.0, b_high=1.0).drop(columns="bse")
    assert pool(frame).status is Status.NOT_IDENTIFIABLE


def test_a_group_without_a_name_is_left_out():
    pooled = pool(table(width=[64, 64, None, 512, 512]), by="width")
    assert [one.reason for one in pooled.left_out] == ["no value of width"]


@pytest.mark.parametrize("bse", [0.0, -0.1, 1e-12])
def test_impossible_standard_errors_are_refused(bse):
    with pytest.raises(InputError, match="standard error"):
        pool(table(bse=[0.06, 0.06, bse, 0.06, 0.06]))


def test_unknown_standard_errors_are_refused():
    with pytest.raises(InputError, match="standard error"):
        pool(table(bse=[0.06, 0.06, np.nan, 0.06, 0.06]))
    with pytest.raises(InputError, match="standard error"):
        pool(table().drop(columns="bse"))


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame(), "nothing to pool"),
        ([], "nothing to pool"),
        (table().drop(columns="b"), "called 'b'"),
        (table(b=-1.0), "positive"),
        (table(b=0.0), "positive"),
        (table(b="many"), "must be a number"),
        (table(b=True), "must be a number"),
        (table(bse=np.nan, b_low=0.3, b_high=0.1), "interval around b"),
        (3, "constant b"),
        ("runs", "constant b"),
        ([object()], "constant b"),
    ],
)
def test_what_is_no_result_is_refused(frame, words):
    with pytest.raises(InputError, match=words):
        pool(frame)


@pytest.mark.parametrize("by", ["height", ["width", "height"]])
def test_unknown_groupings_are_refused_with_what_there_is(by):
    with pytest.raises(InputError, match="height") as error:
        pool(table(), by=by)
    assert "width" in str(error.value)


@pytest.mark.parametrize("by", [3, [3], [""], ""])
def test_groupings_that_are_no_names_are_refused(by):
    with pytest.raises(InputError):
        pool(table(), by=by)


@pytest.mark.parametrize("level", [0, 1, -1, math.nan])
def test_impossible_levels_are_refused(level):
    with pytest.raises(DomainError):
        pool(table(), level=level)


CELLS = st.one_of(
    st.none(), st.floats(), st.integers(-3, 3), st.text(max_size=3), st.sampled_from(["inf", "0.3"])
)


@settings(max_examples=150)
@given(
    st.lists(
        st.fixed_dictionaries(
            {}, optional=dict.fromkeys(["b", "bse", "b_low", "b_high", "status"], CELLS)
        ),
        max_size=5,
    )
)
def test_any_table_is_pooled_or_refused_by_name(rows):
    try:
        pooled = pool(rows)
    except ActivstatsError:
        return
    assert pooled.reason or math.isfinite(pooled.b)
    assert pooled.overall.k + len(pooled.left_out) == len(rows)
    pooled.summary()


def test_the_callers_table_is_left_alone():
    frame = table()
    before = frame.copy()
    pool(frame, by="width")
    pd.testing.assert_frame_equal(frame, before)


def test_labels_say_as_little_as_tells_results_apart():
    frame = table(run=["a", "a", "b", "b", "c"], layer=["x", "y", "x", "y", "x"], rule="top1%")
    assert pool(frame).labels == ("a, x", "a, y", "b, x", "b, y", "c, x")
    assert pool(table()).labels == ("1", "2", "3", "4", "5")
