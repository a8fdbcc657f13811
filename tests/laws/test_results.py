"""A result prints, tabulates, travels and cannot be changed."""

import dataclasses
import json
import pickle

import numpy as np
import pytest

from activstats.errors import InputError
from activstats.laws.growth import GrowthLaw, GrowthLawResult


def results(draw_counts):
    yield GrowthLaw().fit(draw_counts(300, 0.4, 6, 900), n_samples=900)
    yield GrowthLaw().fit([49, 50, 51, 50], n_samples=1000)  # b = ∞
    yield GrowthLaw().fit([0, 1, 1], n_samples=7)  # b = nan
    yield GrowthLaw().fit([0, 0, 0], n_samples=7)  # not even a scale


def test_json_brings_back_the_same_result(draw_counts):
    for result in results(draw_counts):
        text = result.to_json()
        again = GrowthLawResult.from_json(text)
        # nan is never equal to itself, so the texts are compared
        assert again.to_json() == text
        assert again.summary() == result.summary()
        assert again.histogram == result.histogram


def test_json_is_valid_where_numbers_are_infinite_or_unknown(draw_counts):
    def refuse(name):
        raise AssertionError(f"{name} is no JSON")

    for result in results(draw_counts):
        content = json.loads(result.to_json(), parse_constant=refuse)
        assert content["result"] == "GrowthLawResult"
    assert content["b"] == "nan"
    assert content["b_high"] == "inf"


def test_json_keeps_provenance_of_any_type(draw_counts):
    known = {"layer": "relu", "step": np.int64(3), "share": np.float32(0.5), "bad": np.nan}
    result = dataclasses.replace(next(results(draw_counts)), provenance=known)
    again = GrowthLawResult.from_json(result.to_json())
    assert again.provenance == {"layer": "relu", "step": 3, "share": 0.5, "bad": "nan"}


@pytest.mark.parametrize("text", ["", "3", "[]", "{}", '{"result": "Other", "format": 1}'])
def test_other_texts_are_refused(text):
    with pytest.raises(InputError, match="GrowthLawResult"):
        GrowthLawResult.from_json(text)


def test_altered_counts_in_json_are_refused(draw_counts):
    content = json.loads(next(results(draw_counts)).to_json())
    content["histogram"]["values"][0] = -1
    with pytest.raises(InputError):
        GrowthLawResult.from_json(json.dumps(content))


def test_results_cannot_be_changed_and_survive_pickling(draw_counts):
    result = next(results(draw_counts))
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.b = 1.0
    with pytest.raises(ValueError, match="read-only"):
        result.histogram.values[0] = 5
    assert pickle.loads(pickle.dumps(result)) == result


def test_the_callers_arrays_are_left_alone(draw_counts):
    values, multiplicities = np.unique(draw_counts(300, 0.4, 6, 900), return_counts=True)
    GrowthLaw().fit((values, multiplicities), n_samples=900)
    assert values.flags.writeable
    assert multiplicities.flags.writeable


def test_summary_is_narrow_and_says_what_it_does_not_claim(draw_counts):
    for result in results(draw_counts):
        text = result.summary()
        assert max(map(len, text.splitlines())) <= 66
        assert "no evidence for the reinforcement process" in " ".join(text.split())
        assert str(result.status) in text
        assert "nan" not in text


def test_summary_in_html_escapes_names(draw_counts):
    result = dataclasses.replace(next(results(draw_counts)), provenance={"layer": "<b>x</b>"})
    page = result._repr_html_()
    assert "&lt;b&gt;x" in page
    assert "<b>x</b>" not in page


def test_every_result_is_one_row_of_the_same_table(draw_counts):
    frames = [result.to_frame() for result in results(draw_counts)]
    assert all(len(frame) == 1 for frame in frames)
    assert len({tuple(frame.columns) for frame in frames}) == 1


def test_every_result_can_be_drawn(draw_counts):
    for result in results(draw_counts):
        ax = result.plot()
        assert ax.get_xlabel() == "samples seen, D"
        assert result.plot(ax) is ax
