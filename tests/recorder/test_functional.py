"""Activations computed by functions: their names, what is counted, and what is left alone."""

import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812  (its name everywhere)
from torch import nn
from torch.overrides import TorchFunctionMode, _get_current_function_mode_stack
from torch.utils.checkpoint import checkpoint

from activstats import Counts, Recorder, open_recording
from activstats.errors import LayerNotFoundError, NothingRecordedError, RecorderError, RuleError
from activstats.recorder import calibrate
from activstats.recorder.call_patterns import ACTIVATIONS, functions_of
from activstats.recorder.selection import select


class Block(nn.Module):
    """Two calls of one function and one of another."""

    def __init__(self) -> None:
        super().__init__()
        self.up, self.down = nn.Linear(6, 12), nn.Linear(12, 6)

    def forward(self, x):
        return F.relu(self.down(F.gelu(F.relu(self.up(x)) - 0.1)))


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([Block(), Block()])

    def forward(self, x):
        for block in self.blocks:
            x = x + block(x)
        return torch.tanh(x)


class Says(nn.Module):
    """Runs what it is given, so that a test can call what it likes inside of a module."""

    def __init__(self, function) -> None:
        super().__init__()
        self.inner = nn.Identity()
        self.function = function

    def forward(self, x):
        return self.function(self.inner(x))


@pytest.fixture
def x(seed):
    return torch.randn(4, 10, 6, generator=torch.Generator().manual_seed(seed))


def record(path, model, batches, **options):
    with torch.no_grad(), Recorder(model, path, **({"rule": "above(0)"} | options)) as recorder:
        for batch in batches:
            with recorder.batch():
                model(batch)
    return open_recording(path)


def names(recording) -> list[str]:
    return recording.layers["layer"].tolist()


def assert_counts(recording, layer, active) -> None:
    expected = Counts.from_active(active.numpy())
    counts = recording.counts(layer)
    np.testing.assert_array_equal(counts.counts, expected.counts)
    np.testing.assert_array_equal(counts.first, expected.first)


# -- names and choice -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "found"),
    [
        ("*/relu", ["blocks.0/relu", "blocks.0/relu@1", "blocks.1/relu", "blocks.1/relu@1"]),
        ("*/relu@1", ["blocks.0/relu@1", "blocks.1/relu@1"]),
        ("*/relu@0", ["blocks.0/relu", "blocks.1/relu"]),
        ("blocks.1/gelu", ["blocks.1/gelu"]),
        ("blocks.*/gelu:in", ["blocks.0/gelu:in", "blocks.1/gelu:in"]),
        ("model/tanh", ["model/tanh"]),
        ("blocks.0/*", ["blocks.0/gelu", "blocks.0/relu", "blocks.0/relu@1"]),
        ("*/[tg]*", ["blocks.0/gelu", "blocks.1/gelu", "model/tanh"]),
        (re.compile(r"0/(gelu|relu)$"), ["blocks.0/gelu", "blocks.0/relu"]),
        (["blocks.0.up", "blocks.0/gelu", "*/gelu"],
         ["blocks.0.up", "blocks.0/gelu", "blocks.1/gelu"]),
        ("blocks.0/sub", ["blocks.0/sub"]),  # no activation, but named
    ],
)  # fmt: skip
def test_calls_are_named_by_their_module_their_operation_and_their_index(
    tmp_path, x, layers, found
):
    recording = record(tmp_path / "r", Net(), x, layers=layers)
    assert sorted(names(recording)) == found


def test_counts_are_those_of_the_values(tmp_path, x):
    model = Net()
    recording = record(tmp_path / "r", model, x, layers=["*/relu", "blocks.0/gelu:in"])
    with torch.no_grad():
        flat = x.reshape(-1, 6)
        inner = F.relu(model.blocks[0].up(flat))
        assert_counts(recording, "blocks.0/relu", inner > 0)
        assert_counts(recording, "blocks.0/gelu:in", inner - 0.1 > 0)
        assert_counts(recording, "blocks.0/relu@1", model.blocks[0](flat) > 0)


def test_a_module_called_twice_has_the_number_of_its_call_before_the_slash(tmp_path, x):
    block = Block()
    model = nn.Sequential(block, block)
    recording = record(tmp_path / "r", model, x, layers="0/relu@1")
    assert names(recording) == ["0/relu@1", "0@1/relu@1"]
    with torch.no_grad():
        assert_counts(recording, "0@1/relu@1", model(x.reshape(-1, 6)) > 0)


SPELLINGS = {
    "relu": [F.relu, torch.relu, lambda t: t.relu(), lambda t: t.relu_(), torch.relu_,
             lambda t: F.relu(t, inplace=True), lambda t: F.relu(input=t)],
    "sigmoid": [torch.sigmoid, lambda t: t.sigmoid(), F.sigmoid, torch.special.expit],
    "mul": [lambda t: t * t, lambda t: torch.mul(t, t), lambda t: 2.0 * t, lambda t: t.mul_(t)],
    "softmax": [lambda t: F.softmax(t, -1), lambda t: t.softmax(-1)],
    "gelu": [F.gelu], "silu": [F.silu], "leaky_relu": [F.leaky_relu], "elu": [F.elu],
    "softplus": [F.softplus], "hardswish": [F.hardswish], "relu6": [F.relu6], "mish": [F.mish],
    "selu": [F.selu, torch.selu], "celu": [F.celu], "glu": [F.glu], "tanh": [torch.tanh],
}  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "function"),
    [(name, function) for name, functions in SPELLINGS.items() for function in functions],
)
def test_however_an_operation_is_spelled_it_is_the_same_place(tmp_path, x, operation, function):
    x = x[0]
    recording = record(tmp_path / "r", Says(function), [x.clone()], layers=f"model/{operation}")
    assert names(recording) == [f"model/{operation}"]
    assert_counts(recording, None, function(x.clone()) > 0)


def test_every_operation_is_one_that_torch_has():
    assert [name for name in ACTIVATIONS if not functions_of(name)] == []


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ("blocs.0/relu", "'blocks.0/relu'"),
        ("*/rellu", "'relu'"),
        ("*/rel*x", "no operation"),
        ("*/", "no operation"),
    ],
)
def test_what_cannot_be_is_an_error_before_anything_runs(layers, said):
    with pytest.raises(LayerNotFoundError) as caught:
        select(Net(), layers)
    assert said in str(caught.value)


def test_a_call_that_never_came_is_an_error_and_the_others_are_kept(tmp_path, x):
    with pytest.raises(NothingRecordedError, match="recorded nothing") as caught:
        record(tmp_path / "r", Net(), x, layers=["*/relu", "*/silu"])
    assert "*/silu" in str(caught.value)
    assert len(names(open_recording(tmp_path / "r"))) == 4


def test_modules_with_a_slash_in_their_names_go_first(tmp_path, x):
    model = nn.Sequential()
    model.add_module("a/relu", nn.Linear(6, 5))
    model.add_module("b", nn.ReLU())
    assert [tap.path for tap in select(model, "*/relu").taps] == ["a/relu"]
    assert names(record(tmp_path / "r", model, x, layers="b/relu")) == ["b/relu"]


def test_two_places_of_one_name_are_refused(tmp_path, x):
    model = Says(F.relu)
    model.add_module("model/relu", nn.Linear(6, 5))
    with pytest.raises(LayerNotFoundError, match="as a module is called already"):
        record(tmp_path / "r", model, x, layers="*/relu@0")


def test_rules_can_be_given_by_the_name_of_a_call(tmp_path, x):
    rules = {"blocks.0/gelu": "above(0.5)", "*": "argmax"}
    recording = record(tmp_path / "r", Net(), x, layers="*/gelu", rule=rules)
    assert recording.layers["rule"].tolist() == ["above(0.5)", "argmax"]
    with pytest.raises(RuleError, match=r"no rule was given for layer 'blocks\.1/gelu'"):
        record(tmp_path / "s", Net(), x, layers="*/gelu", rule={"blocks.0/gelu": "argmax"})


def test_thresholds_of_calls_come_from_a_reference(tmp_path, x):
    model = Net()
    rules = calibrate("quantile(0.9)", model, x, layers="*/gelu")
    recording = record(tmp_path / "r", model, x, layers="*/gelu", rule=rules)
    assert recording.counts("blocks.1/gelu").c / 12 == pytest.approx(0.1, abs=0.01)


# -- what is seen, and what is left alone -----------------------------------------------------------


def test_only_what_runs_inside_of_the_model_and_of_a_batch_is_seen(tmp_path, x):
    model = Says(F.relu)
    with Recorder(model, tmp_path / "r", layers="*/relu", rule="above(0)") as recorder:
        model(x[0])
        with recorder.batch():
            F.relu(x[1])
            model(x[2])
            F.relu(x[3])
    assert open_recording(tmp_path / "r").counts().n_samples == 10


def test_nothing_stays_behind(tmp_path, x):
    model = Net()

    def hooks():
        return sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in model.modules())

    with (  # noqa: PT012  (the failing batch comes after a good one)
        pytest.raises(RuntimeError),
        Recorder(model, tmp_path / "r", layers="*/relu") as recorder,
    ):
        with recorder.batch():
            model(x[0])
        assert _get_current_function_mode_stack() == []
        assert hooks() > 0
        with recorder.batch():
            model(torch.ones(3, 7))
    assert hooks() == 0
    assert _get_current_function_mode_stack() == []
    assert open_recording(tmp_path / "r").counts("blocks.0/relu").n_samples == 10


def test_an_exception_that_the_model_catches_does_not_mix_up_the_modules(tmp_path, x):
    class Fails(nn.Module):
        def forward(self, x):
            raise ValueError

    class Careful(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = Fails()

        def forward(self, x):
            try:
                return self.inner(x)
            except ValueError:
                return F.relu(x)

    assert names(record(tmp_path / "r", Careful(), x, layers="*/relu")) == ["model/relu"]


def test_gradients_are_the_same_to_the_bit(tmp_path, x):
    with torch.random.fork_rng():
        torch.manual_seed(1)
        model = Net()
    twin = Net()
    twin.load_state_dict(model.state_dict())
    with Recorder(model, tmp_path / "r", layers="*/*") as recorder, recorder.batch():
        model(x).sum().backward()
    twin(x).sum().backward()
    for ours, theirs in zip(model.parameters(), twin.parameters(), strict=True):
        assert torch.equal(ours.grad, theirs.grad)


@pytest.mark.parametrize("reentrant", [True, False])
@pytest.mark.parametrize("backward", ["method", "function"])
def test_what_checkpointing_runs_again_is_counted_once(tmp_path, x, reentrant, backward):
    block = Block()
    model = Says(lambda t: checkpoint(block, t, use_reentrant=reentrant))
    model.block = block
    with Recorder(model, tmp_path / "r", layers="block/gelu", rule="above(0)") as recorder:
        for batch in x:
            with recorder.batch():
                loss = model(batch.clone().requires_grad_()).sum()
                loss.backward() if backward == "method" else torch.autograd.backward(loss)
    recording = open_recording(tmp_path / "r")
    assert names(recording) == ["block/gelu"]
    assert recording.counts().n_samples == 40


@pytest.mark.parametrize("warm", [True, False])
@pytest.mark.parametrize("how", ["wrapped", "in place", "a function inside"])
def test_what_is_compiled_runs_as_it_was_written_while_calls_are_seen(tmp_path, x, how, warm):
    model = Net()
    run = model
    if how == "wrapped":
        run = torch.compile(model, backend="eager")
    elif how == "in place":
        model.compile(backend="eager")
    else:
        run = model = Says(torch.compile(F.relu, backend="eager"))
    try:
        if warm:
            run(x[0])
        recording = record(tmp_path / "r", run, x, layers="*/relu")
        torch.compiler.reset()
        plain = record(tmp_path / "p", Says(F.relu) if how[0] == "a" else model, x, layers="*/relu")
    finally:
        torch.compiler.reset()
    assert names(recording) == names(plain)
    for layer in names(plain):
        np.testing.assert_array_equal(recording.counts(layer).counts, plain.counts(layer).counts)


def stance():
    from torch._dynamo import eval_frame  # loads the compiler: not for the other tests

    return eval_frame._stance.stance


@pytest.mark.parametrize("own", ["default", "eager_on_recompile"])
def test_the_callers_stance_towards_compiled_code_is_put_back_after_an_exception(tmp_path, x, own):
    model = Net()
    with (
        torch.compiler.set_stance(own),
        Recorder(model, tmp_path / "a", layers="*/relu") as one,
        Recorder(model, tmp_path / "b", layers="*/relu") as other,
    ):
        with one.batch():
            with other.batch():
                assert stance() == "force_eager"
                model(x[0])
            assert stance() == "force_eager"
        assert stance() == own
        with pytest.raises(RuntimeError), one.batch(), other.batch():
            model(torch.ones(3, 7))
        assert stance() == own
    assert stance() == "default"


def test_recorders_in_two_threads_leave_the_callers_stance(tmp_path, x):
    """The first to begin is the first to end: it must neither end it for both nor leave it set."""
    assert stance() == "default"
    models = [Net(), Net()]
    with (
        Recorder(models[0], tmp_path / "a", layers="*/relu") as one,
        Recorder(models[1], tmp_path / "b", layers="*/relu") as other,
    ):
        first, second = one.batch(), other.batch()
        first.__enter__()
        models[0](x[0])
        with ThreadPoolExecutor(1) as thread:
            thread.submit(second.__enter__).result()
            thread.submit(models[1], x[0]).result()
            first.__exit__(None, None, None)
            assert stance() == "force_eager"
            thread.submit(second.__exit__, None, None, None).result()
        assert stance() == "default"


def test_other_modes_of_the_caller_stay_in_their_order(tmp_path, x):
    class Counting(TorchFunctionMode):
        seen = 0

        def __torch_function__(self, func, types, args=(), kwargs=None):
            self.seen += func is F.relu
            return func(*args, **kwargs or {})

    model = Says(F.relu)
    with Recorder(model, tmp_path / "r", layers="*/relu") as recorder, Counting() as mode:
        for batch in x:
            with recorder.batch():
                model(batch)
    assert mode.seen == 4
    assert open_recording(tmp_path / "r").counts().n_samples == 40


def test_two_recorders_on_one_model_see_the_same(tmp_path, x):
    model = Net()
    with (
        Recorder(model, tmp_path / "a", layers="*/relu") as one,
        Recorder(model, tmp_path / "b", layers=["*/relu", "blocks.0.up"]) as other,
    ):
        for batch in x:
            with one.batch(), other.batch():
                model(batch)
    a, b = open_recording(tmp_path / "a"), open_recording(tmp_path / "b")
    np.testing.assert_array_equal(
        a.counts("blocks.1/relu@1").counts, b.counts("blocks.1/relu@1").counts
    )


def test_what_a_call_gives_must_be_activations(tmp_path, x):
    with pytest.raises(RecorderError, match="no floating-point activations"):
        record(tmp_path / "r", Says(lambda t: t.argmax(-1)), x, layers="model/argmax")


def test_a_recording_of_calls_is_resumed(tmp_path, x):
    model = Net()
    record(tmp_path / "r", model, x[:2], layers="*/relu", rotate_seconds=0.0)
    resumed = record(tmp_path / "r", model, x, layers="*/relu", resume=True)
    whole = record(tmp_path / "w", model, x, layers="*/relu")
    for layer in names(whole):
        np.testing.assert_array_equal(resumed.counts(layer).counts, whole.counts(layer).counts)
        assert resumed.counts(layer).n_samples == 40


class PaddedEncoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(6, 2, 20, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2)
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        padding = torch.zeros(x.shape[:2], dtype=torch.bool)
        padding[1:, 7:] = True
        return self.head(self.encoder(x, src_key_padding_mask=padding))


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors:UserWarning")
@pytest.mark.parametrize("layers", ["encoder.layers.0/relu", "encoder.layers.0.linear2:in"])
def test_fused_encoders_run_step_by_step_while_they_are_recorded(tmp_path, x, layers):
    model = PaddedEncoder().eval()
    mask = torch.ones(4, 10, dtype=torch.bool)
    mask[1:, 7:] = False
    with (
        torch.no_grad(),
        Recorder(model, tmp_path / "r", layers=layers, rule="above(0)") as recorder,
    ):
        with recorder.batch(mask=mask):
            recorded = model(x)
        plain = model(x)
    counts = open_recording(tmp_path / "r").counts()
    assert (counts.n_neurons, counts.n_samples) == (20, int(mask.sum()))
    torch.testing.assert_close(recorded[mask], plain[mask], rtol=1e-5, atol=1e-5)


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors:UserWarning")
def test_fused_encoders_stay_fused_where_nothing_inside_is_recorded(tmp_path, x):
    model = PaddedEncoder().eval()
    with (
        torch.no_grad(),
        Recorder(model, tmp_path / "r", layers="head", rule="above(0)") as recorder,
    ):
        plain = model(x)
        with recorder.batch():
            recorded = model(x)
    assert torch.equal(recorded, plain)
    assert torch.equal(recorded[1, 8], model.head.bias)
