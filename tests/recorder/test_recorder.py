"""The recorder around a model: shapes, masks, steps, ids, hooks, and what it refuses."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from activstats import Counts, Recorder, open_recording
from activstats.errors import (
    LayerNotFoundError,
    NothingRecordedError,
    RecorderError,
    RuleError,
)
from activstats.recorder import calibrate
from activstats.recorder.taps import find_taps


@pytest.fixture
def generator(seed):
    return torch.Generator().manual_seed(seed)


def hooks(model: nn.Module) -> int:
    return sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in model.modules())


def mlp(n_neurons: int = 20) -> nn.Sequential:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(nn.Linear(5, n_neurons), nn.ReLU(), nn.Linear(n_neurons, 2))


def record(path, model, batches, *, masks=None, **options):
    with torch.no_grad(), Recorder(model, path, **options) as recorder:
        for place, batch in enumerate(batches):
            with recorder.batch(mask=None if masks is None else masks[place]):
                model(batch)
    return open_recording(path)


def naive(active: torch.Tensor) -> Counts:
    return Counts.from_active(active.numpy())


def assert_same(counts: Counts, expected: Counts) -> None:
    np.testing.assert_array_equal(counts.counts, expected.counts)
    np.testing.assert_array_equal(counts.first, expected.first)
    assert counts.n_samples == expected.n_samples


# -- shapes -----------------------------------------------------------------------------------------


def test_tokens_are_samples_and_padding_is_none(tmp_path, generator):
    x = torch.randn(6, 11, 7, generator=generator)
    mask = torch.rand(6, 11, generator=generator) < 0.6
    model = nn.Sequential(nn.Identity())
    recording = record(
        tmp_path / "r", model, x.split(2), masks=mask.split(2), layers="0", rule="above(0)"
    )
    assert_same(recording.counts(), naive(x[mask] > 0))
    assert recording.layers["sample_unit"].tolist() == ["position"]


def test_a_sequence_can_be_one_sample(tmp_path, generator):
    x = torch.randn(6, 11, 7, generator=generator)
    mask = torch.rand(6, 11, generator=generator) < 0.3
    mask[4] = False
    recording = record(
        tmp_path / "r", nn.Sequential(nn.Identity()), [x], masks=[mask], layers="0",
        rule="above(0.5)", sample_unit="item",
    )  # fmt: skip
    largest = x.masked_fill(~mask.unsqueeze(-1), -torch.inf).amax(1)[mask.any(1)]
    assert_same(recording.counts(), naive(largest > 0.5))


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_channels_are_neurons_and_images_samples(tmp_path, generator, memory_format):
    x = torch.randn(9, 6, 4, 5, generator=generator).to(memory_format=memory_format)
    model = nn.Sequential(nn.Identity())
    by_image = record(tmp_path / "a", model, x.split(4), layers="0", rule="above(1.5)")
    by_place = record(
        tmp_path / "b", model, x.split(4), layers="0", rule="above(1.5)", sample_unit="position"
    )
    assert_same(by_image.counts(), naive(x.amax((2, 3)) > 1.5))
    assert_same(by_place.counts(), naive(x.permute(0, 2, 3, 1).reshape(-1, 6) > 1.5))
    assert by_image.layers["sample_unit"].tolist() == ["item"]
    assert by_place.layers["sample_unit"].tolist() == ["position"]


def test_one_bad_pixel_does_not_hide_an_image(tmp_path):
    x = torch.zeros(2, 3, 2, 2)
    x[0, 0, 0, 0], x[0, 0, 1, 1] = torch.nan, 2.0
    x[1, 1, 0, 0] = torch.inf
    x[1, 2] = torch.nan
    counts = record(
        tmp_path / "r", nn.Sequential(nn.Identity()), [x], layers="0", rule="above(0)"
    ).counts()
    np.testing.assert_array_equal(counts.counts, [1, 0, 0])
    np.testing.assert_array_equal(counts.moments.n_nonfinite, [0, 0, 1])


def test_the_neuron_axis_can_be_said(tmp_path, generator):
    x = torch.randn(4, 6, 9, generator=generator)  # a one-dimensional convolution: channels first
    recording = record(
        tmp_path / "r", nn.Sequential(nn.Identity()), [x], layers="0", rule="above(0)",
        neuron_axis=1,
    )  # fmt: skip
    assert_same(recording.counts(), naive(x.movedim(1, 2).reshape(-1, 6) > 0))


@pytest.mark.parametrize(
    ("shape", "mask_shape", "fits"),
    [
        ((4, 6), (4,), True),
        ((4, 6), (2, 2), True),  # a layer that has flattened batch and time
        ((4, 6), (4, 3), True),  # a layer that has pooled over time: items without a token drop out
        ((4, 3, 6), (4,), True),
        ((4, 3, 6), (4, 3), True),
        ((4, 3, 6), (3, 4), False),
        ((4, 6), (5,), False),
    ],
)
def test_masks_fit_the_samples_or_are_refused(tmp_path, shape, mask_shape, fits):
    x, mask = torch.zeros(shape), torch.zeros(mask_shape, dtype=torch.bool)
    x.view(-1, 6)[:, 0] = torch.arange(1.0, x.numel() // 6 + 1)  # each sample carries its number
    mask.view(-1)[1] = True  # the second item, position or token alone counts
    options = {"layers": "0", "rule": "above(0)", "masks": [mask]}
    if fits:
        recording = record(tmp_path / "r", nn.Sequential(nn.Identity()), [x], **options)
        whole_item = mask.ndim == 1 and len(shape) == 3
        if mask_shape == (4, 3) and shape == (4, 6):
            kept = [1.0]  # the first item, of which one token counts
        else:
            kept = [4.0, 5.0, 6.0] if whole_item else [2.0]
        moments = recording.counts().moments
        assert (moments.n_samples, moments.total[0]) == (len(kept), sum(kept))
    else:
        with pytest.raises(RecorderError, match="mask does not fit"):
            record(tmp_path / "r", nn.Sequential(nn.Identity()), [x], **options)


# -- places -----------------------------------------------------------------------------------------


def test_inputs_outputs_and_tuples_are_read_in_one_pass(tmp_path, generator):
    lstm = nn.LSTM(5, 8, batch_first=True)
    x = torch.randn(3, 4, 5, generator=generator)
    recording = record(
        tmp_path / "r", nn.Sequential(lstm), [x], layers=["0:in", "0:out.0", "0:out.1.0"],
        rule="above(0)", neuron_axis=2,
    )  # fmt: skip
    with torch.no_grad():
        output, (hidden, _) = lstm(x)
    expected = {"0:in": x, "0:out.0": output, "0:out.1.0": hidden}
    assert recording.layers["layer"].tolist() == list(expected)
    for layer, tensor in expected.items():
        active = tensor.reshape(-1, tensor.shape[2]) > 0
        assert_same(recording.counts(layer), naive(active))


def test_in_place_operations_do_not_change_what_was_recorded(tmp_path, generator):
    x = torch.randn(30, 5, generator=generator)
    model = nn.Sequential(nn.Linear(5, 9), nn.ReLU(inplace=True))
    recording = record(tmp_path / "r", model, [x], layers=["0", "1:in", "1"], rule="above(-0.3)")
    with torch.no_grad():
        before = model[0](x)
    assert_same(recording.counts("0"), naive(before > -0.3))
    assert_same(recording.counts("1:in"), naive(before > -0.3))
    assert_same(recording.counts("1"), naive(torch.ones(30, 9, dtype=torch.bool)))


def test_a_module_that_runs_twice_is_two_layers(tmp_path, generator):
    relu = nn.ReLU()
    model = nn.Sequential(nn.Linear(5, 5), relu, nn.Linear(5, 5), relu)
    x = torch.randn(12, 5, generator=generator)
    recording = record(tmp_path / "r", model, x.split(5), layers=nn.ReLU, rule="above(0)")
    with torch.no_grad():
        assert_same(recording.counts("1"), naive(model[:2](x) > 0))
        assert_same(recording.counts("1@1"), naive(model(x) > 0))


def test_training_with_gradients_is_recorded_and_not_disturbed(tmp_path, generator):
    x, model, twin = torch.randn(8, 5, generator=generator), mlp(), mlp()
    with Recorder(model, tmp_path / "r", layers="1", rule="above(0)") as recorder, recorder.batch():
        model(x).sum().backward()
    twin(x).sum().backward()
    for ours, theirs in zip(model.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad, rtol=0, atol=0)


def test_recording_leaves_the_random_state_alone(tmp_path):
    model, before = mlp(), torch.get_rng_state()
    numpy_before = np.random.get_state()[1].copy()  # noqa: NPY002  (the legacy state is what is guarded)
    record(tmp_path / "r", model, [torch.ones(3, 5)], layers="1", mode="mask")
    assert torch.equal(torch.get_rng_state(), before)
    np.testing.assert_array_equal(np.random.get_state()[1], numpy_before)  # noqa: NPY002


# -- steps and samples ------------------------------------------------------------------------------


def test_steps_are_counted_apart_and_together(tmp_path, generator):
    model, x = mlp(), torch.randn(90, 5, generator=generator)
    with torch.no_grad(), Recorder(
        model, tmp_path / "r", layers="1", rule="above(0)", chunk_samples=64
    ) as recorder:  # fmt: skip
        for place, batch in enumerate(x.split(15)):
            with recorder.batch(step=10 * (place // 2)):
                model(batch)
        active = model[:2](x) > 0
    recording = open_recording(tmp_path / "r")
    assert recording.steps().to_dict("list") == {"step": [0, 10, 20], "n_samples": [30, 30, 30]}
    assert_same(recording.counts(step=10), naive(active[30:60]))
    assert_same(recording.counts(), naive(active[60:]))
    assert_same(recording.counts(step=None), naive(active))
    with pytest.raises(LayerNotFoundError, match="no step '11'"):
        recording.counts(step=11)


def test_sample_ids_and_positions_come_back(tmp_path):
    x = torch.ones(4, 3, 2)
    mask = torch.tensor([[1, 1, 0], [1, 0, 0], [0, 0, 0], [1, 1, 1]])
    ids = ["a", "b", "c", "d"]
    model = nn.Sequential(nn.Identity())
    with Recorder(model, tmp_path / "r", layers="0") as recorder:
        for part in (slice(0, 2), slice(2, 4)):
            with recorder.batch(mask=mask[part], sample_ids=ids[part]):
                model(x[part])
    samples = open_recording(tmp_path / "r").samples()
    assert samples["sample"].tolist() == list(range(6))
    assert samples["id"].tolist() == ["a", "a", "b", "d", "d", "d"]
    assert samples["position"].tolist() == [0, 1, 0, 0, 1, 2]


def test_rules_can_differ_by_layer_and_thresholds_come_from_a_reference(tmp_path, generator):
    model, x = mlp(), torch.randn(200, 5, generator=generator)
    rules = calibrate("quantile(0.9)", model, x.split(50), layers=["0", "1"])
    recording = record(tmp_path / "r", model, [x], layers=["0", "1"], rule=rules)
    for layer in ("0", "1"):
        assert recording.counts(layer).c / 20 == pytest.approx(0.1, abs=0.005)
    assert recording.layers["rule"].tolist() == [rules["0"].name, rules["1"].name]


def test_the_file_says_what_was_recorded(tmp_path):
    model = mlp().eval()
    record(tmp_path / "r", model, [torch.ones(3, 5)], layers="1", notes={"dataset": "ones"})
    info = json.loads((tmp_path / "r" / "_run.json").read_text())
    assert info["format"] == 1
    assert info["status"] == "complete"
    assert info["model"]["class"] == "torch.nn.modules.container.Sequential"
    assert len(info["model"]["weights_sha256"]) == 64
    assert info["notes"] == {"dataset": "ones"}
    (layer,) = info["layers"]
    assert layer["n_neurons"] == 20
    assert layer["shape"] == [3, 20]
    assert layer["training"] is False
    assert layer["rules"] == ["top_fraction(0.01)"]


def test_autocast_is_recorded_as_it_is(tmp_path, generator):
    model, x = mlp(), torch.randn(16, 5, generator=generator)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        recording = record(tmp_path / "r", model, [x], layers="1", rule="above(0)")
        with torch.no_grad():
            active = model[:2](x) > 0
    assert_same(recording.counts(), naive(active))
    assert recording.info.autocast == "bfloat16"
    assert recording.layers["dtype"].tolist() == ["bfloat16"]


# -- hooks ------------------------------------------------------------------------------------------


def test_hooks_are_removed_after_success(tmp_path):
    model = mlp()
    record(tmp_path / "r", model, [torch.ones(2, 5)], layers=["1", "2:in"])
    assert hooks(model) == 0


def test_hooks_are_removed_when_the_model_fails_and_what_came_before_is_kept(tmp_path):
    model = mlp()
    with (  # noqa: PT012  (the failing batch comes after a good one)
        pytest.raises(RuntimeError),
        Recorder(model, tmp_path / "r", layers="1") as recorder,
    ):
        with recorder.batch():
            model(torch.ones(7, 5))
        with recorder.batch():
            model(torch.ones(7, 6))
    assert hooks(model) == 0
    recording = open_recording(tmp_path / "r")
    assert recording.info.status == "interrupted"
    assert recording.counts().n_samples == 7


def test_no_hook_stays_when_one_cannot_be_put_on(tmp_path, monkeypatch):
    model = mlp()
    monkeypatch.setattr(
        model[2], "register_forward_pre_hook", lambda *_a, **_k: (_ for _ in ()).throw(OSError)
    )
    with pytest.raises(OSError), Recorder(model, tmp_path / "r", layers=["1", "2:in"]):
        pass
    assert hooks(model) == 0


def test_nothing_is_recorded_outside_of_a_batch(tmp_path):
    model = mlp()
    with Recorder(model, tmp_path / "r", layers="1") as recorder:
        model(torch.ones(100, 5))
        with recorder.batch():
            model(torch.ones(3, 5))
    assert open_recording(tmp_path / "r").counts().n_samples == 3


# -- refusals ---------------------------------------------------------------------------------------


def test_a_layer_that_recorded_nothing_is_an_error_and_the_others_are_kept(tmp_path):
    model = nn.ModuleDict({"used": nn.ReLU(), "unused": nn.ReLU()})
    with (
        pytest.raises(NothingRecordedError, match="unused"),
        Recorder(model, tmp_path / "r", layers=nn.ReLU) as recorder,
        recorder.batch(),
    ):
        model["used"](torch.ones(4, 3))
    assert open_recording(tmp_path / "r").counts("used").n_samples == 4


@pytest.mark.parametrize("n_batches", [0, 1])
def test_zero_samples_are_an_error_that_says_so(tmp_path, n_batches):
    model = mlp()
    with (  # noqa: PT012  (the error comes when the recorder ends)
        pytest.raises(NothingRecordedError) as caught,
        Recorder(model, tmp_path / "r", layers="1") as recorder,
    ):
        for _ in range(n_batches):
            with recorder.batch():
                model(torch.ones(0, 5))
    assert ("recorder.batch()" in str(caught.value)) == (n_batches == 0)


@pytest.mark.parametrize("rules", [{"1": "argmax"}, {"1": "argmax", "2": "argmax", "3": "argmax"}])
def test_rules_by_layer_must_name_the_layers_that_there_are(tmp_path, rules):
    with pytest.raises(RuleError, match="rule was given for"):
        Recorder(mlp(), tmp_path / "r", layers=["1", "2"], rule=rules)


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"layers": "relu"}, LayerNotFoundError, "matches no layer"),
        ({"layers": "1", "rule": "top"}, RuleError, "no activation rule"),
        ({"layers": "1", "rule": []}, RuleError, "no activation rule was given"),
        ({"layers": "1", "rule": "quantile(0.9)"}, RuleError, "no threshold yet"),
        ({"layers": "1", "mode": "all"}, RecorderError, "no such mode"),
        ({"layers": "1", "sample_unit": "image"}, RecorderError, "no such sample_unit"),
        ({"layers": "1", "chunk_samples": 100}, RecorderError, "multiple of 64"),
        ({"layers": "1", "chunk_samples": 16_384}, RecorderError, "multiple of 64"),
        ({"layers": "1", "chunk_samples": "64"}, RecorderError, "whole number"),
        ({"layers": "1", "neuron_axis": "1"}, RecorderError, "whole number"),
        ({"layers": "1", "rule": None}, RuleError, "by name"),
        ({"layers": "1", "notes": {"a": object()}}, RecorderError, "JSON"),
        ({"layers": nn.ReLU()}, RecorderError, "named"),
        ({"layers": "1", "memory_limit": 10}, RecorderError, "memory limit"),
        ({"layers": "1", "overwrite": True, "resume": True}, RecorderError, "either"),
        ({"layers": "1", "checkpoint": "nowhere.pt"}, RecorderError, "cannot be read"),
    ],
)
def test_settings_that_make_no_sense_are_refused_before_anything_is_made(
    tmp_path, options, error, said
):
    with pytest.raises(error, match=said):
        Recorder(mlp(), tmp_path / "r", **options)
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (torch.ones(3), "without an axis"),
        (torch.ones(3, 4, dtype=torch.long), "no floating-point"),
        ((torch.ones(3, 4), torch.ones(2)), "no single tensor"),
        ("text", "no single tensor"),
    ],
)
def test_outputs_that_are_no_activations_are_refused(tmp_path, value, said):
    model = nn.Sequential(nn.Identity())
    with (
        pytest.raises(RecorderError, match=said),
        Recorder(model, tmp_path / "r", layers="0") as recorder,
        recorder.batch(),
    ):
        model(value)


def test_a_layer_that_changes_its_width_is_refused(tmp_path):
    with pytest.raises(RecorderError, match="changed its shape"):
        record(
            tmp_path / "r", nn.Sequential(nn.Identity()), [torch.ones(2, 3), torch.ones(2, 4)],
            layers="0",
        )  # fmt: skip


def test_steps_do_not_go_back_and_batches_do_not_nest(tmp_path):
    model = mlp()
    with Recorder(model, tmp_path / "r", layers="1") as recorder:
        with recorder.batch(step=5):
            model(torch.ones(2, 5))
            with pytest.raises(RecorderError, match="open already"), recorder.batch(step=5):
                pass
        with pytest.raises(RecorderError, match="does not go back"), recorder.batch(step=4):
            pass
    with pytest.raises(RecorderError, match="not open"), Recorder(
        model, tmp_path / "s", layers="1"
    ).batch():  # fmt: skip
        pass


@pytest.mark.parametrize("ids", [[0.5, 1.5], [[1, 2]], [1, 2, 3]])
def test_sample_ids_that_do_not_fit_are_refused(tmp_path, ids):
    model = mlp()
    with (
        pytest.raises(RecorderError, match="sample_ids"),
        Recorder(model, tmp_path / "r", layers="1") as recorder,
        recorder.batch(sample_ids=ids),
    ):
        model(torch.ones(2, 5))


@pytest.mark.parametrize("step", [-1, 1.5, "a", None, float("nan"), 2**63])
def test_steps_that_are_no_steps_are_refused(tmp_path, step):
    with (
        pytest.raises(RecorderError, match="whole number"),
        Recorder(mlp(), tmp_path / "r", layers="1") as recorder,
        recorder.batch(step=step),
    ):
        pass


@pytest.mark.parametrize("step", [np.int64(3), torch.tensor(3)])
def test_steps_of_any_integer_kind_are_steps(tmp_path, step):
    model = mlp()
    with Recorder(model, tmp_path / "r", layers="1") as recorder, recorder.batch(step=step):
        model(torch.ones(2, 5))
    assert open_recording(tmp_path / "r").steps()["step"].tolist() == [3]


@pytest.mark.parametrize(
    "mask",
    [torch.tensor([0.0, -torch.inf]), torch.tensor([1.0, 0.0]), [2, 1], ["a", "b"], True, {}],
)
def test_masks_that_could_be_read_two_ways_are_refused(tmp_path, mask):
    with (
        pytest.raises(RecorderError, match="array of booleans"),
        Recorder(mlp(), tmp_path / "r", layers="1") as recorder,
        recorder.batch(mask=mask),
    ):
        pass


def test_ids_stay_of_one_kind(tmp_path):
    model = mlp()
    with Recorder(model, tmp_path / "r", layers="1") as recorder:
        with recorder.batch(sample_ids=[1, 2]):
            model(torch.ones(2, 5))
        with pytest.raises(RecorderError, match="all numbers or all strings"):
            recorder.batch(sample_ids=["a", "b"]).__enter__()
    assert open_recording(tmp_path / "r").samples()["id"].tolist() == [1, 2]


def test_a_closed_recorder_records_no_more(tmp_path):
    model = mlp()
    with Recorder(model, tmp_path / "r", layers="1") as recorder, recorder.batch():
        model(torch.ones(2, 5))
    with pytest.raises(RecorderError, match="not open"), recorder.batch():
        pass


def test_a_module_called_model_is_not_the_model(tmp_path):
    whole = nn.ModuleDict({"model": nn.ReLU(), "head": nn.ReLU()})
    assert [tap.path for tap in find_taps(whole, "model")] == ["model"]
    assert [tap.path for tap in find_taps(whole, "*")] == ["model", "head"]
    with pytest.raises(LayerNotFoundError, match="two places"):
        find_taps(whole, lambda _name, _module: True)


@pytest.mark.parametrize(
    ("module", "shape", "axis", "unit"),
    [
        (nn.Conv1d(3, 7, 1), (5, 3, 11), 1, "item"),
        (nn.Conv2d(3, 7, 1), (5, 3, 4, 4), 1, "item"),
        (nn.BatchNorm1d(7), (5, 7, 11), 1, "item"),
        (nn.LayerNorm(7), (5, 4, 4, 7), 3, "position"),
        (nn.Linear(3, 7), (5, 11, 3), 2, "position"),
        (nn.Linear(3, 7), (5, 3), 1, "item"),
    ],
)
def test_axes_follow_the_nature_of_the_module(tmp_path, module, shape, axis, unit):
    recording = record(tmp_path / "r", nn.Sequential(module), [torch.ones(shape)], layers="0")
    layer = recording.layer_info("0")
    assert (layer.neuron_axis, layer.n_neurons, layer.sample_unit) == (axis, 7, unit)


def test_calibration_reads_what_the_recorder_reads(tmp_path, generator):
    model = nn.Sequential(nn.Conv2d(2, 8, 3), nn.ReLU(inplace=True))
    x = torch.randn(64, 2, 9, 9, generator=generator)
    rules = calibrate("quantile(0.75)", model, x.split(16), layers=["0", "1:in"])
    recording = record(tmp_path / "r", model, [x], layers=["0", "1:in"], rule=rules)
    for layer in ("0", "1:in"):
        assert recording.counts(layer).c / 8 == pytest.approx(0.25, abs=0.01)


def test_many_calls_of_one_module_keep_to_the_memory_limit(tmp_path):
    class Loop(nn.Module):
        def __init__(self):
            super().__init__()
            self.cell = nn.Identity()

        def forward(self, x):
            for _ in range(60):
                x = self.cell(x)
            return x

    model, limit = Loop(), 2**20
    with Recorder(
        model, tmp_path / "r", layers="cell", rule="above(0)", memory_limit=limit
    ) as recorder:
        for _ in range(12):
            with recorder.batch():
                model(torch.ones(64, 500))
            held = sum(layer.nbytes for layer in recorder._open_session().layers._layers.values())
            assert held <= limit
    recording = open_recording(tmp_path / "r")
    assert len(recording.layers) == 60
    assert set(recording.layers["n_samples"]) == {12 * 64}


COMPILED = """
import sys
import torch
from activstats import Counts, Recorder, open_recording
if sys.argv[2] == "loaded":
    import torch._dynamo
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(5, 20), torch.nn.ReLU(), torch.nn.Linear(20, 2))
x = torch.randn(300, 5)
with torch.no_grad(), Recorder(model, sys.argv[1], layers="1", rule="above(0)") as recorder:
    assert ("torch._dynamo" in sys.modules) == (sys.argv[2] == "loaded")
    compiled = torch.compile(model, backend="eager")
    for batch in x.split(100):
        with recorder.batch():
            compiled(batch)
counts = open_recording(sys.argv[1]).counts()
assert counts.n_samples == 300
assert (counts.counts == (model[:2](x) > 0).sum(0).numpy()).all()
"""


@pytest.mark.slow
@pytest.mark.parametrize("compiler", ["loaded", "not yet"])
def test_compiled_models_are_recorded_batch_by_batch(tmp_path, compiler):
    done = subprocess.run(
        [sys.executable, "-c", COMPILED, str(tmp_path / "r"), compiler],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
