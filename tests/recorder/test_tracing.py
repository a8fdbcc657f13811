"""What a trace lists of a model, what it says of it, and what it leaves as it was."""

import math

import pytest
import torch
import torch.nn.functional as F  # noqa: N812  (its name everywhere)
from torch import nn

from activstats import Recorder, open_recording
from activstats.errors import RecorderError
from activstats.recorder import trace
from activstats.recorder.places import SATURATED_SHARE


class Gated(nn.Module):
    """SiLU(gate) times up, as a function, with the product at `down`."""

    def __init__(self, gate=F.silu) -> None:
        super().__init__()
        self.one, self.two, self.down = nn.Linear(4, 9), nn.Linear(4, 9), nn.Linear(9, 4)
        self.gate = gate

    def forward(self, x):
        return self.down(self.gate(self.one(x)) * self.two(x))


class Residual(nn.Module):
    def __init__(self, inner) -> None:
        super().__init__()
        self.norm, self.inner = nn.LayerNorm(4), inner

    def forward(self, x):
        return x + self.inner(self.norm(x))


def rows(found) -> dict:
    return {place.layer: place for place in found.places}


def test_each_place_says_what_it_is(seed):
    model = Residual(nn.Sequential(nn.Linear(4, 9), nn.ReLU(), nn.Linear(9, 4)))
    x = torch.randn(5, 3, 4, generator=torch.Generator().manual_seed(seed))
    found = rows(trace(model, x))
    assert {name: place.role for name, place in found.items()} == {
        "model:in": "input", "norm": "normalised", "inner.0": "signed",
        "inner.1": "post-activation", "inner.2": "signed", "inner": "signed",
        "model": "residual stream",
    }  # fmt: skip
    relu = found["inner.1"]
    assert (relu.kind, relu.port, relu.shape, relu.dtype) == ("ReLU", "out", (5, 3, 9), "float32")
    assert (relu.calls, relu.sample_unit) == (1, "position")
    with torch.no_grad():
        share = (model.inner[0](model.norm(x)) > 0).double().mean()
    assert relu.share_active == pytest.approx(float(share))
    assert found["inner"].suggestion == "the same tensor as 'inner.2'"
    assert "no natural threshold" in found["model"].suggestion


def test_names_are_those_that_the_recorder_takes(tmp_path, seed):
    model = nn.Sequential(Residual(Gated()), nn.GELU(), nn.LSTM(4, 7, batch_first=True))
    x = torch.randn(5, 3, 4, generator=torch.Generator().manual_seed(seed))
    found = trace(model, x)
    layers = [place.layer for place in found.places]
    with (
        torch.no_grad(),
        Recorder(model, tmp_path / "r", layers=layers) as recorder,
        recorder.batch(),
    ):
        model(x)
    assert set(open_recording(tmp_path / "r").layers["layer"]) == set(layers)


@pytest.mark.parametrize("gate", [F.silu, torch.sigmoid, nn.GELU()])
def test_the_product_of_a_gated_block_is_found_at_the_next_module(gate):
    found = trace(Gated(gate), torch.randn(5, 4, generator=torch.Generator().manual_seed(0)))
    assert found.suggested == ("down:in",)
    (name,) = [place.layer for place in found.places if place.role == "gate"]
    assert name == ("gate" if isinstance(gate, nn.Module) else f"model/{gate.__name__}")
    assert rows(found)[name].suggestion == "gate of a product: record 'down:in'"


def test_a_product_with_itself_is_a_product_too():
    class Swish(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.up, self.down = nn.Linear(4, 9), nn.Linear(9, 4)

        def forward(self, x):
            x = self.up(x)
            return self.down(x * torch.sigmoid(x))

    assert trace(Swish(), torch.ones(2, 4)).suggested == ("down:in",)


def test_a_scale_of_whole_channels_is_no_gated_product():
    class Squeeze(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.fc, self.out = nn.Conv2d(3, 6, 3), nn.Linear(6, 6), nn.Conv2d(6, 2, 1)

        def forward(self, x):
            x = F.relu(self.conv(x))
            scale = torch.sigmoid(self.fc(x.mean((2, 3))))
            return self.out(x * scale[:, :, None, None])

    found = trace(Squeeze(), torch.ones(2, 3, 8, 8))
    assert found.suggested == ("model/relu",)
    assert rows(found)["model/relu"].sample_unit == "item"


def test_saturation_is_the_share_at_which_half_a_hundred_samples_are_enough():
    assert pytest.approx(0.9) == 1 - (1 - SATURATED_SHARE) ** 50

    class Sparse(nn.Module):
        def forward(self, x):
            return F.relu(x)

    x = -torch.ones(50, 100)
    x[:, :2] = 1.0
    assert rows(trace(Sparse(), x))["model/relu"].suggestion == "post-activation: record this"
    x[:, :8] = 1.0
    assert (
        "saturated under above(0): use top1%" in rows(trace(Sparse(), x))["model/relu"].suggestion
    )


def test_what_an_activation_function_is_made_of_is_not_listed():
    class NewGELU(nn.Module):
        def forward(self, x):
            return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.04 * x**3)))

    found = trace(nn.Sequential(nn.Linear(2, 5), NewGELU()), torch.ones(3, 2))
    assert found.suggested == ("1",)
    assert not any("/" in place.layer for place in found.places)


def test_calls_in_place_and_repeated_calls_are_told_apart():
    relu = nn.ReLU(inplace=True)
    model = nn.Sequential(nn.Linear(2, 5), relu, nn.Linear(5, 5), relu)
    found = rows(trace(model, torch.ones(3, 2)))
    assert found["1"].calls == 2
    assert found["1"].same_as == ""
    assert found["model"].same_as == "1"


def test_places_that_cannot_be_recorded_are_left_out():
    class Mixed(nn.Module):
        def forward(self, x):
            return {"best": x.argmax(-1), "loss": x.mean(), "hidden": (F.relu(x), None)}

    found = trace(Mixed(), torch.ones(3, 2))
    assert [place.layer for place in found.places] == [
        "model:in", "model/relu", "model:out.hidden.0",
    ]  # fmt: skip
    with pytest.raises(RecorderError, match="nothing that could be recorded"):
        trace(nn.Embedding(3, 1), torch.ones(3, 0, dtype=torch.long))


def test_the_model_and_the_random_state_are_as_before():
    model = nn.Sequential(nn.Linear(2, 5), nn.BatchNorm1d(5), nn.Dropout(), nn.ReLU())
    model[2].eval()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    state, x = torch.get_rng_state(), torch.ones(3, 2)
    trace(model, x)
    with pytest.raises(RuntimeError):
        trace(model, torch.ones(3, 7))
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert [module.training for module in model] == [True, True, False, True]
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(x, torch.ones(3, 2))
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


def test_compiled_models_are_traced_as_they_were_written():
    model = Gated()
    compiled = torch.compile(model, backend="eager")
    try:
        compiled(torch.ones(2, 4))
        assert trace(compiled, torch.ones(2, 4)).suggested == ("down:in",)
    finally:
        torch.compiler.reset()


def test_fused_blocks_are_said():
    layer = nn.TransformerEncoderLayer(6, 2, 20, batch_first=True)
    found = trace(layer.eval(), torch.ones(2, 3, 6))
    assert found.suggested == ("model/relu",)
    assert "one fused kernel" in found.notes[0]


def test_the_table_has_a_row_for_each_place():
    found = trace(Gated(), torch.ones(2, 4))
    frame = found.to_frame()
    assert frame["layer"].tolist() == [place.layer for place in found.places]
    assert {"kind", "port", "shape", "dtype", "calls", "share_active", "sample_unit",
            "suggestion"} <= set(frame.columns)  # fmt: skip
