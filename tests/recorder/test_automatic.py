"""Places that the package chooses, over the families of models that people bring."""

import contextlib
import io
import json
import warnings

import pytest
import torch
import torch.nn.functional as F  # noqa: N812  (its name everywhere)
from torch import nn

from activstats import Recorder, open_recording
from activstats.errors import LayerNotFoundError, RecorderError
from activstats.recorder import calibrate
from activstats.recorder.automatic import choose, selection_of
from activstats.recorder.kinds import gated_consumer, kind_of


def chosen(folder, model, batches, **options) -> list[str]:
    """Record with layers="auto" and return what came of it."""
    model.eval()
    with torch.no_grad(), Recorder(model, folder, layers="auto", **options) as recorder:
        for batch in batches:
            with recorder.batch():
                model(**batch) if isinstance(batch, dict) else model(batch)
    info = json.loads((folder / "_run.json").read_text())
    assert info["notes"]["layers"].startswith("chosen by the package")
    assert all(name in info["notes"]["layers"] for name in recorder.chosen)
    return open_recording(folder).layers["layer"].tolist()


def both(folder, model, batch) -> tuple[list[str], list[str]]:
    """Choose by the structure of a model, and from a sample."""
    by_structure = chosen(folder / "a", model, [batch, batch])
    return by_structure, chosen(folder / "b", model, [batch, batch], sample=batch)


# -- plain torch ------------------------------------------------------------------------------------


def mlp():
    return nn.Sequential(nn.Linear(6, 9), nn.ReLU(), nn.Linear(9, 9), nn.GELU(), nn.Linear(9, 2))


def cnn():
    return nn.Sequential(
        nn.Conv2d(3, 6, 3), nn.BatchNorm2d(6), nn.ReLU(inplace=True), nn.MaxPool2d(2),
        nn.Conv2d(6, 8, 3), nn.SiLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 2),
        nn.Sigmoid(),
    )  # fmt: skip


class ResidualBlock(nn.Module):
    """One ReLU module, called twice, as in the common ResNet code."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(4, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1)
        self.bn1, self.bn2, self.relu = nn.BatchNorm2d(4), nn.BatchNorm2d(4), nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(y)) + x)


class Functional(nn.Module):
    def __init__(self, activation=F.relu) -> None:
        super().__init__()
        self.up, self.down, self.activation = nn.Linear(6, 9), nn.Linear(9, 6), activation

    def forward(self, x):
        return torch.sigmoid(self.down(self.activation(self.up(x))))


class FunctionalGated(nn.Module):
    """The feed-forward block of Llama as it was first published."""

    def __init__(self) -> None:
        super().__init__()
        self.w1, self.w2, self.w3 = nn.Linear(6, 9), nn.Linear(9, 6), nn.Linear(6, 9)

    def forward(self, x):
        return self.w2(F.silu(self.w1(x)) * self.w3(x))


class Squashed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Linear(6, 9), nn.Linear(9, 2)

    def forward(self, x):
        return self.b(torch.tanh(self.a(x)))


flat, image, tokens = (5, 6), (5, 3, 12, 12), (3, 7, 6)


@pytest.mark.parametrize(
    ("model", "shape", "found"),
    [
        (mlp, flat, ["1", "3"]),
        (cnn, image, ["2", "5"]),
        (lambda: nn.Sequential(ResidualBlock(), ResidualBlock()), (2, 4, 8, 8),
         ["0.relu", "0.relu@1", "1.relu", "1.relu@1"]),
        (Functional, flat, ["model/relu"]),
        (lambda: nn.Sequential(nn.Linear(6, 6), nn.ReLU(), Functional()), flat, ["1", "2/relu"]),
        (FunctionalGated, tokens, ["w2:in"]),
        (Squashed, flat, ["model/tanh"]),
        (lambda: nn.Sequential(nn.Linear(6, 6), nn.Tanh(), nn.Linear(6, 1)), flat, ["1"]),
        (lambda: nn.TransformerEncoderLayer(6, 2, 20, batch_first=True), tokens, ["model/relu"]),
        (lambda: nn.TransformerEncoder(
            nn.TransformerEncoderLayer(6, 2, 20, batch_first=True), 2, enable_nested_tensor=False),
         tokens, ["layers.0/relu", "layers.1/relu"]),
        (lambda: nn.TransformerEncoderLayer(6, 2, 20, activation=nn.GELU(), batch_first=True),
         tokens, ["activation"]),
    ],
)  # fmt: skip
def test_places_behind_activations_are_chosen(tmp_path, seed, model, shape, found):
    x = torch.randn(shape, generator=torch.Generator().manual_seed(seed))
    by_structure, from_sample = both(tmp_path, model(), x)
    assert sorted(by_structure) == found
    assert sorted(from_sample) == found


def test_hidden_states_are_chosen_where_a_kernel_holds_the_activations(tmp_path):
    model = nn.Sequential(nn.LSTM(6, 5, batch_first=True))
    assert chosen(tmp_path / "r", model, [torch.ones(tokens)]) == ["0:out.0"]


def test_a_fused_block_is_said_in_the_recording(tmp_path):
    layer = nn.TransformerEncoderLayer(6, 2, 20, batch_first=True)
    chosen(tmp_path / "r", layer, [torch.ones(tokens)])
    notes = json.loads((tmp_path / "r" / "_run.json").read_text())["notes"]
    assert "one fused kernel" in notes["layers"]


def test_calls_are_those_of_the_first_batch(tmp_path):
    class Later(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Identity()
            self.n = 0

        def forward(self, x):
            self.n += 1
            return F.gelu(F.relu(x)) if self.n > 1 else F.relu(x)

    model = Later()
    with Recorder(model, tmp_path / "r", layers="auto") as recorder:
        for _ in range(3):
            with recorder.batch():
                model(torch.ones(flat))
        assert recorder.chosen == ("model/relu",)
    assert open_recording(tmp_path / "r").counts().n_samples == 15


def test_a_model_of_modules_pays_for_no_calls_after_the_first_batch(tmp_path):
    model = mlp()
    with Recorder(model, tmp_path / "r", layers="auto") as recorder:
        with recorder.batch():
            model(torch.ones(flat))
        assert sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in model.modules()) == 2
        with recorder.batch():
            assert torch.overrides._get_current_function_mode_stack() == []
            model(torch.ones(flat))
    assert recorder.chosen == ("1", "3")


def test_what_the_user_notes_stays(tmp_path):
    chosen_by_user = {"layers": "mine"}
    model = mlp()
    with Recorder(model, tmp_path / "r", layers="auto", notes=chosen_by_user) as recorder:
        for _ in range(2):
            with recorder.batch():
                model(torch.ones(flat))
    assert open_recording(tmp_path / "r").info.notes == {"layers": "mine"}


def test_a_model_without_activations_is_an_error_with_advice(tmp_path):
    model = nn.Sequential(nn.Linear(6, 5))
    with (
        pytest.raises(LayerNotFoundError, match="no activation function") as caught,
        Recorder(model, tmp_path / "r", layers="auto") as recorder,
        recorder.batch(),
    ):
        model(torch.ones(flat))
    assert "activstats trace" in str(caught.value)
    assert not (tmp_path / "r" / "_run.json").exists()
    with pytest.raises(LayerNotFoundError, match="no activation function"):
        Recorder(model, tmp_path / "r", layers="auto", sample=torch.ones(flat))


def test_a_module_called_auto_is_reached_by_a_glob():
    model = nn.ModuleDict({"auto": nn.Linear(2, 2), "act": nn.ReLU()})
    assert [tap.path for tap in selection_of(model, "[a]uto").taps] == ["auto"]
    assert [tap.path for tap in selection_of(model, ["auto"]).taps] == ["act"]


def test_a_sample_is_for_the_choice_alone(tmp_path):
    with pytest.raises(RecorderError, match="helps to choose"):
        Recorder(mlp(), tmp_path / "r", layers="1", sample=torch.ones(flat))


def test_thresholds_are_taken_at_the_places_that_are_chosen():
    rules = calibrate("quantile(0.9)", mlp(), [torch.ones(flat)], layers="auto")
    assert list(rules) == ["1", "3"]


@pytest.mark.parametrize(
    ("sizes", "consumer"),
    [
        ({"gate_proj": (6, 9), "up_proj": (6, 9), "down_proj": (9, 6)}, "down_proj"),
        ({"gate_proj": (6, 6), "up_proj": (6, 6), "down_proj": (6, 6)}, "down_proj"),
        ({"a": (6, 9), "b": (6, 9), "c": (9, 6)}, "c"),
        ({"Wi": (6, 18), "Wo": (9, 6)}, "Wo"),
        ({"fc1": (6, 6), "fc2": (6, 6), "fc3": (6, 2)}, None),  # three layers in a row
        ({"fc1": (6, 9), "fc2": (9, 6)}, None),
        ({"q": (6, 6), "k": (6, 6), "v": (6, 6), "o": (6, 6)}, None),
    ],
)
def test_gated_blocks_are_known_by_names_or_widths(sizes, consumer):
    block = nn.ModuleDict({name: nn.Linear(*size) for name, size in sizes.items()})
    assert gated_consumer(block) == consumer


def test_kinds_of_modules():
    rectifiers = [nn.ReLU(), nn.GELU(), nn.SiLU(), nn.PReLU(), nn.ELU(), nn.Softplus(), nn.Mish()]
    assert {kind_of(module) for module in rectifiers} == {"rectifier"}
    assert {kind_of(module) for module in (nn.Tanh(), nn.Sigmoid(), nn.Hardtanh())} == {"squashing"}
    others = [
        nn.Linear(1, 1),
        nn.Softmax(-1),
        nn.MultiheadAttention(2, 1),
        nn.Sequential(nn.ReLU()),
    ]
    assert {kind_of(module) for module in others} == {""}


def test_nothing_is_chosen_twice():
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1), nn.Sigmoid())
    selection = choose(model)
    (calls,) = selection.calls
    assert [tap.path for tap in selection.taps] == ["1"]
    assert not calls.matches("1", "relu", 0)


# -- models of transformers, with random weights ----------------------------------------------------


@pytest.fixture(scope="module")
def transformers():
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        return pytest.importorskip("transformers", reason="needs the extra 'transformers'")


SMALL = {"num_hidden_layers": 2, "hidden_size": 8, "num_attention_heads": 2, "vocab_size": 20}
ENDS = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
IDS = {"input_ids": torch.arange(14).view(2, 7)}
PIXELS = {"pixel_values": torch.linspace(-1, 1, 2 * 3 * 8 * 8).view(2, 3, 8, 8)}
FAMILIES = {
    "GPT2": ({"n_layer": 2, "n_head": 2, "n_embd": 8, "vocab_size": 20, "n_positions": 16} | ENDS,
             IDS, ["h.0.mlp.act", "h.1.mlp.act"]),
    "Llama": (SMALL | ENDS | {"intermediate_size": 20}, IDS,
              ["layers.0.mlp.down_proj:in", "layers.1.mlp.down_proj:in"]),
    "Bert": (SMALL | {"intermediate_size": 20, "pad_token_id": 0}, IDS,
             [f"encoder.layer.{i}.intermediate.intermediate_act_fn" for i in (0, 1)]),
    "ViT": (SMALL | {"intermediate_size": 20, "image_size": 8, "patch_size": 4}, PIXELS,
            ["layers.0.mlp.activation_fn", "layers.1.mlp.activation_fn"]),
    "ResNet": ({"embedding_size": 4, "hidden_sizes": [4, 8], "depths": [1, 1],
                "layer_type": "basic"}, PIXELS,
               ["embedder.embedder.activation",
                "encoder.stages.0.layers.0.activation",
                "encoder.stages.0.layers.0.layer.0.activation",
                "encoder.stages.1.layers.0.activation",
                "encoder.stages.1.layers.0.layer.0.activation"]),
    "T5": ({"num_layers": 1, "d_model": 8, "d_kv": 4, "d_ff": 20, "num_heads": 2, "vocab_size": 20,
            "feed_forward_proj": "gated-gelu", "decoder_start_token_id": 0},
           IDS | {"decoder_input_ids": torch.ones(2, 3, dtype=torch.long)},
           ["decoder.block.0.layer.2.DenseReluDense.wo:in",
            "encoder.block.0.layer.1.DenseReluDense.wo:in"]),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("family", FAMILIES)
def test_families_of_transformers(tmp_path, transformers, family):
    config, batch, found = FAMILIES[family]
    made = getattr(transformers, f"{family}Config")(**config)
    model = getattr(transformers, f"{family}Model")(made)
    by_structure, from_sample = both(tmp_path, model, batch)
    assert sorted(by_structure) == found
    assert sorted(from_sample) == found
