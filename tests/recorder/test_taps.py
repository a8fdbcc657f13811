"""How layers are chosen, and what is said when there is nothing to choose."""

import re
from typing import NamedTuple

import pytest
import torch
from torch import nn

from activstats.errors import LayerNotFoundError, RecorderError
from activstats.recorder.taps import find_taps, tensor_at


def model() -> nn.Module:
    block = lambda: nn.ModuleDict({"fc": nn.Linear(4, 8), "relu": nn.ReLU(), "drop": nn.Dropout()})  # noqa: E731
    return nn.ModuleDict({"encoder": block(), "decoder": block()})


@pytest.mark.parametrize(
    ("layers", "found"),
    [
        ("*.relu", ["encoder.relu", "decoder.relu"]),
        ("encoder.*", ["encoder.fc", "encoder.relu", "encoder.drop"]),
        (re.compile(r"(fc|drop)$"), ["encoder.fc", "encoder.drop", "decoder.fc", "decoder.drop"]),
        (nn.Linear, ["encoder.fc", "decoder.fc"]),
        (lambda name, m: "dec" in name and isinstance(m, nn.ReLU), ["decoder.relu"]),
        (["decoder.relu", nn.Linear, "*.relu"],
         ["encoder.fc", "encoder.relu", "decoder.fc", "decoder.relu"]),
        (["encoder.fc:in", "encoder.fc"], ["encoder.fc:in", "encoder.fc"]),
        ("encoder.fc:out.0.1", ["encoder.fc:out.0.1"]),
        ("encoder.fc:in.x", ["encoder.fc:in.x"]),
    ],
)  # fmt: skip
def test_layers_are_chosen_in_the_order_of_the_model(layers, found):
    assert [tap.layer(0) for tap in find_taps(model(), layers)] == found


def test_the_model_itself_is_a_layer():
    (tap,) = find_taps(nn.ReLU(), "model")
    assert tap.layer(0) == "model"


def test_a_second_call_has_a_name_of_its_own():
    (tap,) = find_taps(model(), "encoder.fc:in")
    assert tap.layer(1) == "encoder.fc@1:in"


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ("encoder.rel", "'encoder.relu'"),
        ("*.Relu", "'encoder.relu'"),
        (nn.Conv2d, "type Conv2d"),
        (re.compile("gelu"), "gelu"),
        (lambda _n, _m: False, "matches no layer"),
        ([], "no layer was asked for"),
    ],
)
def test_nothing_found_is_an_error_that_names_what_is_near(layers, said):
    with pytest.raises(LayerNotFoundError) as caught:
        find_taps(model(), layers)
    assert said in str(caught.value)
    assert layers == [] or "encoder.fc (Linear)" in str(caught.value)


def test_other_ways_of_choosing_are_refused():
    with pytest.raises(RecorderError, match="cannot be chosen that way"):
        find_taps(model(), [3])


class Output(NamedTuple):
    hidden: object
    logits: object


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (":out.1.0", lambda t: (torch.ones(1), (t, 3))),
        (":out.hidden", lambda t: {"hidden": t}),
        (":out.hidden", lambda t: Output(t, None)),
        (":out.0", lambda t: Output(t, None)),
        ("", lambda t: (t,)),
        ("", lambda t: t),
    ],
)
def test_a_path_leads_into_nested_outputs(path, value):
    tensor = torch.zeros(2, 3)
    (tap,) = find_taps(model(), "encoder.fc" + path)
    assert tensor_at(value(tensor), tap) is tensor


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("", (torch.zeros(2, 3), {"state": torch.zeros(4)})),
        (":out.5", (torch.zeros(2, 3), {"state": torch.zeros(4)})),
        (":out.nothing", (torch.zeros(2, 3), {"state": torch.zeros(4)})),
    ],
)
def test_an_unclear_output_is_an_error_that_lists_the_tensors(path, value):
    (tap,) = find_taps(model(), "encoder.fc" + path)
    with pytest.raises(RecorderError) as caught:
        tensor_at(value, tap)
    said = str(caught.value).replace("'", "")
    assert ".0 (2, 3) float32" in said
    assert ".1.state (4,) float32" in said


def test_an_output_without_tensors_is_an_error():
    (tap,) = find_taps(model(), "encoder.fc")
    with pytest.raises(RecorderError, match="no single tensor"):
        tensor_at(None, tap)
