"""Calls of every kind: shared and recurrent modules, nested outputs, precision, gradients, recomputation."""

import copy
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from torch.utils.checkpoint import checkpoint

from activstats import Counts, Recorder, open_recording
from activstats.errors import NothingRecordedError, RecorderError
from activstats.recorder import calibrate


def record(path, model, *batches, layers, rule="above(0)", run=None, **options):
    said = {key: options.pop(key) for key in ("mask", "sample_ids") if key in options}
    with torch.no_grad(), Recorder(model, path, layers=layers, rule=rule, **options) as recorder:
        for batch in batches:
            with recorder.batch(**said):
                (run or model)(batch)
    return open_recording(path)


def assert_same(counts: Counts, active: torch.Tensor) -> None:
    expected = Counts.from_active(active.numpy())
    assert counts.n_samples == expected.n_samples
    np.testing.assert_array_equal(counts.counts, expected.counts)
    np.testing.assert_array_equal(counts.first, expected.first)


# -- several calls and several tensors --------------------------------------------------------------


class Shared(nn.Module):
    """One activation called three times a batch, as ResNet blocks do."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.act = nn.Linear(5, 8), nn.Linear(8, 8), nn.ReLU(inplace=True)

    def forward(self, x):
        x = self.act(self.a(x))
        return self.act(x + self.act(self.b(x)))


def test_calls_of_a_shared_module_are_layers_in_the_order_of_the_calls(tmp_path):
    model, x = Shared(), torch.randn(40, 5)
    recording = record(tmp_path / "r", model, *x.split(16), layers="act")
    with torch.no_grad():
        first = model.a(x).relu()
        second = model.b(first).relu()
        third = (first + second).relu()
    assert recording.layers["layer"].tolist() == ["act", "act@1", "act@2"]
    assert recording.layer_info("act@2").call == 2
    for layer, active in (("act", first), ("act@1", second), ("act@2", third)):
        assert_same(recording.counts(layer), active > 0)


@dataclass
class Output:
    hidden: torch.Tensor
    states: tuple


class Nested(nn.Module):
    def __init__(self, make):
        super().__init__()
        self.inner = nn.Identity()
        self.inner.forward = make

    def forward(self, x):
        return self.inner(x)


@pytest.mark.parametrize(
    ("layer", "make"),
    [
        ("inner:out.1.0", lambda x: (x, (-x, x))),
        ("inner:out.hidden.0", lambda x: {"hidden": [-x, x], "loss": None}),
        ("inner:out.hidden", lambda x: Output(-x, (x,))),
        ("inner:out.states.1", lambda x: Output(x, (x, -x))),
        ("inner", lambda x: {"only": -x}),
    ],
)
def test_a_tensor_is_found_however_deep_it_lies(tmp_path, layer, make):
    x = torch.randn(30, 6)
    recording = record(tmp_path / "r", Nested(make), x, layers=layer)
    assert_same(recording.counts(), -x > 0)


def test_outputs_of_transformers_are_read_by_name_and_by_place(tmp_path):
    outputs = pytest.importorskip(
        "transformers.modeling_outputs", reason="the extra `transformers`"
    )
    x = torch.randn(4, 7, 6)
    model = Nested(lambda x: outputs.BaseModelOutput(x, hidden_states=(x, -x)))
    names = ["inner:out.last_hidden_state", "inner:out.0", "inner:out.hidden_states.1"]
    recording = record(tmp_path / "r", model, x, layers=names)
    for name, sign in zip(names, (1, 1, -1), strict=True):
        assert_same(recording.counts(name), (sign * x).reshape(-1, 6) > 0)


# -- recurrent layers -------------------------------------------------------------------------------

LENGTHS = torch.tensor([3, 7, 1, 5])


def sequences() -> tuple[torch.Tensor, torch.Tensor]:
    x = torch.randn(4, 7, 5)
    return x, torch.arange(7) < LENGTHS.unsqueeze(1)


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
@pytest.mark.parametrize("batch_first", [True, False])
def test_recurrent_outputs_are_tokens_item_by_item(tmp_path, kind, batch_first):
    x, there = sequences()
    model = kind(5, 6, num_layers=2, bidirectional=True, batch_first=batch_first)
    native = x if batch_first else x.transpose(0, 1)
    mask = there if batch_first else there.T
    recording = record(
        tmp_path / "r", model, native, layers=["model:out.0", "model:in"], mask=mask,
        sample_ids=["a", "b", "c", "d"],
    )  # fmt: skip
    with torch.no_grad():
        output = model(native)[0] if batch_first else model(native)[0].transpose(0, 1)
    assert_same(recording.counts("model:out.0"), output[there] > 0)
    assert_same(recording.counts("model:in"), x[there] > 0)
    samples = recording.samples("model:out.0")
    assert samples["id"].tolist() == list("aaabbbbbbbcddddd")
    assert samples["position"].tolist() == [t for n in LENGTHS for t in range(n)]


@pytest.mark.parametrize("batch_first", [True, False])
def test_states_have_one_place_a_layer(tmp_path, batch_first):
    x, there = sequences()
    model = nn.LSTM(5, 6, num_layers=2, batch_first=batch_first)
    native, mask = (x, there) if batch_first else (x.transpose(0, 1), there.T)
    recording = record(
        tmp_path / "r", model, native, layers=["model:out.1.0", "model:out.1.1"],
        mask=mask, sample_ids=[0, 1, 2, 3],
    )  # fmt: skip
    with torch.no_grad():
        _, (hidden, cell) = model(native)
    for name, state in (("model:out.1.0", hidden), ("model:out.1.1", cell)):
        assert_same(recording.counts(name), state.movedim(0, 1).reshape(-1, 6) > 0)
        assert recording.samples(name)["id"].tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("sample_unit", ["position", "item"])
@pytest.mark.parametrize("masked", ["nothing", "items", "tokens"])
def test_padding_of_packed_sequences_is_not_counted(tmp_path, batch_first, sample_unit, masked):
    x, there = sequences()
    packed = pack_padded_sequence(x, LENGTHS, batch_first=True, enforce_sorted=False)
    model = nn.LSTM(5, 6, batch_first=batch_first)
    counted, mask = there, None
    if masked == "items":
        mask = torch.tensor([True, False, True, True])
        counted = there & mask.unsqueeze(1)
    elif masked == "tokens":
        tokens = torch.rand(4, 9) < 0.7  # of a batch that was padded further than its longest
        counted, mask = there & tokens[:, :7], tokens if batch_first else tokens.T
    recording = record(
        tmp_path / "r", model, packed, layers=["model:out.0", "model:in"], mask=mask,
        sample_unit=sample_unit, sample_ids=[10, 11, 12, 13],
    )  # fmt: skip
    with torch.no_grad():
        output = pad_packed_sequence(model(packed)[0], batch_first=True)[0]
    for layer, values in (("model:out.0", output), ("model:in", x)):
        if sample_unit == "position":
            expected = values[counted]
        else:
            largest = values.masked_fill(~counted.unsqueeze(-1), -torch.inf).amax(1)
            expected = largest[counted.any(1)]
        assert_same(recording.counts(layer), expected > 0)
    ids = recording.samples("model:out.0")["id"].to_numpy()
    items = np.arange(10, 14)
    each = counted.sum(1) if sample_unit == "position" else counted.any(1).long()
    np.testing.assert_array_equal(ids, np.repeat(items, each.numpy()))


def test_calibration_leaves_padding_out_too():
    packed = pack_padded_sequence(
        torch.rand(4, 7, 5) + 1, LENGTHS, batch_first=True, enforce_sorted=False
    )
    model = nn.Sequential(nn.Identity())
    (rule,) = calibrate("quantile(0.01)", model, [packed.data], layers="0").values()
    (same,) = calibrate("quantile(0.01)", Packed(), [packed], layers="model:in.0").values()
    assert rule.threshold == same.threshold > 1


class Packed(nn.Module):
    def forward(self, *packed):
        return packed[0] if packed else None


# -- ways of running --------------------------------------------------------------------------------


def net() -> nn.Sequential:
    torch.manual_seed(3)
    return nn.Sequential(
        nn.Linear(5, 12), nn.BatchNorm1d(12), nn.ReLU(inplace=True), nn.Dropout(0.3),
        nn.Linear(12, 3),
    )  # fmt: skip


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode, torch.enable_grad])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16, torch.float64])
def test_every_way_of_running_gives_what_the_model_gives(tmp_path, mode, dtype):
    model, x = net().eval().to(dtype), torch.randn(50, 5).to(dtype)
    layers = ["1", "2:in", "2"]
    with mode(), Recorder(model, tmp_path / "r", layers=layers, rule="above(0.1)") as recorder:
        for batch in x.split(20):
            with recorder.batch():
                model(batch)
    with mode():
        parts = [model[:2](batch) for batch in x.split(20)]
    normed = torch.cat([part.detach() for part in parts]).clone()
    recording = open_recording(tmp_path / "r")
    # A threshold between two half-precision numbers must not be rounded to one of them.
    assert_same(recording.counts("1"), normed.double() > _threshold(dtype))
    assert_same(recording.counts("2:in"), normed.double() > _threshold(dtype))
    assert_same(recording.counts("2"), normed.relu().double() > _threshold(dtype))
    assert recording.layer_info("1").dtype == str(dtype).removeprefix("torch.")


def _threshold(dtype: torch.dtype) -> float:
    return 0.1 if dtype == torch.float64 else float(np.float32(0.1))


@pytest.mark.parametrize("autocast", [False, True])
@pytest.mark.parametrize("mode", ["counts", "mask"])
def test_training_is_the_same_bit_for_bit(tmp_path, autocast, mode):
    def train(recorder):
        model = net() if recorder is None else recorder
        torch.manual_seed(5)
        optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        for step in range(4):
            with listen(step), torch.autocast("cpu", torch.bfloat16, enabled=autocast):
                loss = model(torch.randn(16, 5)).square().mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        return model, torch.get_rng_state()

    from contextlib import nullcontext

    listen = lambda _step: nullcontext()  # noqa: E731
    plain, state = train(None)
    model = net()
    with Recorder(
        model, tmp_path / "r", layers=["*", "2:in"], rule=["top1%", "above(0)"], mode=mode
    ) as recorder:
        listen = lambda step: recorder.batch(step=step)  # noqa: E731
        recorded, state_after = train(model)
    assert torch.equal(state, state_after)
    pairs = zip(plain.state_dict().values(), recorded.state_dict().values(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    for a, b in zip(plain.parameters(), recorded.parameters(), strict=True):
        assert torch.equal(a.grad, b.grad)


class Checkpointed(nn.Module):
    def __init__(self, reentrant):
        super().__init__()
        self.block = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 6), nn.ReLU())
        self.head = nn.Linear(6, 2)
        self.reentrant = reentrant

    def forward(self, x):
        x = checkpoint(self.block, x, use_reentrant=self.reentrant)
        x = checkpoint(self.block, x, use_reentrant=self.reentrant)
        return self.head(x)


@pytest.mark.parametrize("reentrant", [True, False])
def test_a_checkpointed_forward_pass_is_counted_once(tmp_path, reentrant):
    model = Checkpointed(reentrant)
    x = torch.randn(20, 6, requires_grad=True)
    layers = ["block.1", "block.3:in"]
    with Recorder(model, tmp_path / "r", layers=layers, rule="above(0)") as recorder:
        for batch in x.split(10):
            with recorder.batch():
                model(batch).sum().backward()  # within the batch: the second pass must not count
    recording = open_recording(tmp_path / "r")
    assert set(recording.layers["layer"]) == {"block.1", "block.1@1", "block.3:in", "block.3@1:in"}
    assert set(recording.layers["n_samples"]) == {20}
    with torch.no_grad():
        once = model.block(x)
        assert_same(recording.counts("block.1"), model.block[:2](x) > 0)
        assert_same(recording.counts("block.1@1"), model.block[:2](once) > 0)
    assert x.grad is not None


def test_a_checkpointed_batch_can_be_followed_by_plain_ones(tmp_path):
    """Whether a call is a second one is asked of each call, not remembered."""
    model = Checkpointed(reentrant=False)
    x = torch.randn(12, 6, requires_grad=True)
    with (
        Recorder(model, tmp_path / "r", layers="block.1", rule="above(0)") as recorder,
        recorder.batch(),
    ):
        model(x).sum().backward()
        model.block(x)  # a third call
    assert open_recording(tmp_path / "r").layers["layer"].tolist() == [
        "block.1", "block.1@1", "block.1@2",
    ]  # fmt: skip


# -- wrappers, copies, several recorders ------------------------------------------------------------


def test_data_parallel_is_refused_with_advice(tmp_path):
    whole = nn.Sequential(nn.DataParallel(net()))
    for model in (whole, whole[0]):
        with pytest.raises(RecorderError, match="DataParallel") as caught:
            Recorder(model, tmp_path / "r", layers="*")
        assert "model.module" in str(caught.value)
        assert "DistributedDataParallel" in str(caught.value)
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize("name", ["FullyShardedDataParallel", "FSDPModule"])
def test_sharded_models_are_refused_with_advice(tmp_path, name):
    sharded = type("FSDPSequential", (type(name, (), {}), nn.Sequential), {})(nn.ReLU())
    with pytest.raises(RecorderError, match="sharded by FSDP") as caught:
        Recorder(nn.Sequential(sharded), tmp_path / "r", layers="*")
    assert "full checkpoint" in str(caught.value)


def test_a_copy_of_the_model_has_no_say(tmp_path):
    model, x = net().eval(), torch.randn(9, 5)
    with Recorder(model, tmp_path / "r", layers="2", rule="above(0)") as recorder:
        twin = copy.deepcopy(model)
        with recorder.batch():
            model(x)
    twin(x)  # hooks that were copied along find nothing to record to
    assert open_recording(tmp_path / "r").counts().n_samples == 9


def test_a_recorder_that_hears_of_a_copy_alone_says_so(tmp_path):
    model, x = net().eval(), torch.randn(9, 5)
    twin = copy.deepcopy(model)
    with (
        pytest.raises(NothingRecordedError, match="copy"),
        Recorder(model, tmp_path / "r", layers="2") as recorder,
        recorder.batch(),
    ):
        twin(x)


def test_several_recorders_listen_to_one_model(tmp_path):
    model, x = net().eval(), torch.randn(30, 5)
    with (
        Recorder(model, tmp_path / "a", layers="2", rule="above(0)") as a,
        Recorder(model, tmp_path / "b", layers="2", rule="argmax", mode="mask") as b,
    ):
        for place, batch in enumerate(x.split(10)):
            with a.batch(), b.batch(step=place):
                model(batch)
        with b.batch(step=9):
            model(x)
    first, second = open_recording(tmp_path / "a"), open_recording(tmp_path / "b")
    with torch.no_grad():
        assert_same(first.counts(), model[:3](x) > 0)
    assert second.steps()["n_samples"].tolist() == [10, 10, 10, 30]
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


class Fails(nn.Module):
    def __init__(self):
        super().__init__()
        self.before, self.after, self.fail = nn.ReLU(), nn.ReLU(), False

    def forward(self, x):
        x = self.before(x)
        if self.fail:
            raise ValueError("half way")
        return self.after(x)


def test_a_model_that_fails_half_way_leaves_only_whole_batches(tmp_path):
    model, x = Fails(), torch.randn(24, 4)
    with (  # noqa: PT012  (the failing batch comes after good ones)
        pytest.raises(ValueError, match="half way"),
        Recorder(model, tmp_path / "r", layers=nn.ReLU, rule="above(0)") as recorder,
    ):
        for batch in x.split(8):
            model.fail = batch is not None and recorder._open_session().layers.fired() != set()
            with recorder.batch():
                model(batch)
    model.fail = False
    with Recorder(model, tmp_path / "r", layers=nn.ReLU, rule="above(0)", resume=True) as recorder:
        for batch in x.split(8):
            with recorder.batch():
                model(batch)
    recording = open_recording(tmp_path / "r")
    for layer in ("before", "after"):
        assert_same(recording.counts(layer), x > 0)


# -- refusals ---------------------------------------------------------------------------------------


def test_a_place_to_reduce_on_that_there_is_not_is_refused(tmp_path):
    with pytest.raises(RecorderError, match="reduce_on"):
        Recorder(net(), tmp_path / "r", layers="2", reduce_on="gpu")


def test_recording_together_needs_processes(tmp_path):
    with pytest.raises(RecorderError, match="init_process_group"):
        Recorder(net(), tmp_path / "r", layers="2", distributed=True)
