"""A pooled b prints, tabulates, travels and draws itself, whatever could be pooled."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from activstats.errors import InputError
from activstats.laws.pooled import Pooled
from activstats.laws.pooling import pool
from activstats.laws.results import Status


def table(**columns):
    base = {"b": [0.20, 0.22, 0.19, 0.35, 0.33], "bse": 0.06, "width": [64, 64, 64, 512, 512]}
    return pd.DataFrame(base | columns)


def every_kind():
    yield pool(table(), by="width")
    yield pool(table())
    yield pool(table().head(2))
    yield pool(table().head(1))
    yield pool(table(status="saturated"), by="width")
    yield pool(table(seed=range(5)), by=["width", "seed"])


def test_json_brings_back_the_same_result():
    for pooled in every_kind():
        text = pooled.to_json()
        json.loads(text, parse_constant=pytest.fail)
        again = Pooled.from_json(text)
        assert again.to_json() == text
        assert again.summary() == pooled.summary()


def test_every_result_prints_narrowly_and_is_one_row_of_the_same_table():
    columns = set()
    for pooled in every_kind():
        text = pooled.summary()
        assert max(map(len, text.splitlines())) <= 66
        assert "no evidence for the reinforcement process" in " ".join(text.split())
        assert "nan" not in text
        assert pooled._repr_html_().startswith("<div>")
        frame = pooled.to_frame()
        assert len(frame) == 1
        columns.add(tuple(frame.columns))
    assert len(columns) == 1


def test_every_result_is_listed_with_its_weight_or_its_reason():
    pooled = pool(table(status=["", "", "", "", "saturated"]), by="width")
    frame = pooled.results_frame()
    assert len(frame) == 5
    assert frame["weight"].sum() == pytest.approx(1)
    assert (frame["reason"] != "").sum() == 1
    used = frame[frame["reason"] == ""]
    assert (used["b_low"] < used["b"]).all()
    assert math.exp((used["weight"] * np.log(used["b"])).sum()) == pytest.approx(pooled.b)


def test_intervals_at_other_levels_nest():
    pooled = pool(table())
    wide, held, narrow = (pooled.conf_int(level) for level in (0.99, None, 0.5))
    assert (wide["low"] <= held["low"]).all()
    assert (held["high"] <= wide["high"]).all()
    assert (narrow["high"] <= held["high"]).all()
    assert held.loc["b"].tolist() == [pooled.b_low, pooled.b_high]
    assert held.loc["prediction"].tolist() == list(pooled.prediction)


def test_every_result_that_holds_an_estimate_can_be_drawn():
    for pooled in every_kind():
        if not pooled.overall.k:
            with pytest.raises(InputError, match="nothing to draw"):
                pooled.plot()
            continue
        ax = pooled.plot()
        labels = [text.get_text() for text in ax.get_yticklabels()]
        assert set(pooled.labels) <= set(labels)
        assert pooled.plot(ax) is ax


def test_nothing_left_is_a_status_with_a_reason():
    pooled = pool(table(status="saturated"), by="width")
    assert pooled.status is Status.NOT_IDENTIFIABLE
    assert "5 of 5" in pooled.reason
    assert math.isnan(pooled.b)
    assert "nan" not in pooled.summary()
    assert pooled.groups_frame().empty


def test_one_result_is_its_own_and_two_have_no_prediction():
    one = pool(table().head(1))
    assert one.status is Status.TOO_FEW
    assert (one.b, one.bse) == (pytest.approx(0.2), pytest.approx(0.06))
    assert "nothing was pooled" in one.summary()
    two = pool(table().head(2))
    assert two.status is Status.CONVERGED
    assert math.isnan(two.prediction[0])
    assert any("two results" in line for line in two.warnings)
