"""Models compiled before they are recorded: all of it is recorded, or nothing and it is said."""

import json
import subprocess
import sys

import pytest
from torch import nn

from activstats.recorder.compiled_models import check_not_traced, compiler_is_loaded, original
from activstats.recorder.taps import find_taps
from activstats.recorder.wrapped import bare

# In a process of its own: the compiler takes long to load, and other tests ask whether it is there.
CASES = """
import json, sys
import torch
from torch import nn
from activstats import Recorder, open_recording
from activstats.errors import RecorderError

folder = sys.argv[1]
torch.manual_seed(0)
compiled_with = {"backend": "eager"}


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc, self.act, self.body = nn.Linear(5, 20), nn.ReLU(), nn.Sequential(nn.Tanh())

    def forward(self, x):
        return self.body(self.act(self.fc(x)))


class Broken(Net):
    def forward(self, x):
        x = self.fc(x)
        torch._dynamo.graph_break()
        return self.body(self.act(x))


class Decorated(Net):
    @torch.compile(**compiled_with)
    def forward(self, x):
        return self.body(self.act(self.fc(x)))


class Parent(nn.Module):
    def __init__(self, child):
        super().__init__()
        self.child, self.out = child, nn.ReLU()

    def forward(self, x):
        return self.out(self.child(x))


def optimised(model):
    return model, torch.compile(model, **compiled_with)

def in_place(model):
    model.compile(**compiled_with)
    return model, model

def forward_alone(model):
    model.forward = torch.compile(model.forward, **compiled_with)
    return model, model

def as_it_is(model):
    return model, model

def as_child(model):
    return model, Parent(torch.compile(model, **compiled_with))

def around(model):
    step = torch.compile(lambda x: model(x), **compiled_with)
    return model, (model, step)


def outcome(make, wrap, runs, through):
    torch.compiler.reset()
    model, called = wrap(make())
    of, run = called if isinstance(called, tuple) else (called, called)
    x = torch.randn(60, 5)
    for _ in range(runs):
        run(x[:20])
    if through == "inner":
        of = model
    pattern = "*act" if isinstance(of, Parent) else "act"
    name = f"{folder}/{len(found)}"
    try:
        with Recorder(of, name, layers=pattern, rule="above(0)") as recorder:
            for batch in x.split(20):
                with recorder.batch():
                    run(batch)
    except RecorderError as error:
        return [type(error).__name__, error.one_line()]
    counts = open_recording(name).counts()
    right = (counts.counts == (model.act(model.fc(x)) > 0).sum(0).numpy()).all()
    return ["recorded" if right and counts.n_samples == 60 else "WRONG", ""]


found = {}
for make in (Net, Broken, Decorated):
    for wrap in (optimised, in_place, forward_alone, as_it_is, as_child, around):
        if (make is Decorated) != (wrap is as_it_is) or (make is Broken and wrap is not optimised):
            continue
        for runs in (0, 1):
            with torch.no_grad():
                key = f"{make.__name__} {wrap.__name__} {'run' if runs else 'new'}"
                found[key] = outcome(make, wrap, runs, "outer")

# Outside of what is compiled, hooks are seen.
torch.compiler.reset()
parent = Parent(torch.compile(Net(), **compiled_with))
parent(torch.randn(3, 5))
with Recorder(parent, folder + "/outside", layers=["out", "child"], rule="above(0)") as recorder:
    with recorder.batch():
        parent(torch.randn(3, 5))
found["outside"] = sorted(open_recording(folder + "/outside").layers["layer"])

# Another model of the same class was compiled: its code would serve this one too.
torch.compiler.reset()
torch.compile(Net(), **compiled_with)(torch.randn(3, 5))
model = Net()
fresh = torch.compile(model, **compiled_with)
try:
    with Recorder(fresh, folder + "/other", layers="act", rule="above(0)") as recorder:
        with recorder.batch():
            fresh(torch.randn(3, 5))
    found["same class"] = ["recorded", ""]
except RecorderError as error:
    found["same class"] = [type(error).__name__, error.one_line()]

# What is refused can be had: reset, then record.
torch.compiler.reset()
with Recorder(fresh, folder + "/reset", layers="act", rule="above(0)") as recorder:
    with recorder.batch():
        fresh(torch.randn(3, 5))
found["reset"] = open_recording(folder + "/reset").counts().n_samples
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    done = subprocess.run(
        [sys.executable, "-c", CASES, str(tmp_path_factory.mktemp("compiled"))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_what_was_compiled_but_never_ran_is_recorded(found):
    new = {key: value for key, value in found.items() if key.endswith(" new")}
    assert len(new) == 7
    assert {key: value[0] for key, value in new.items()} == dict.fromkeys(new, "recorded")


@pytest.mark.slow
def test_what_has_run_compiled_is_refused_at_once_with_advice(found):
    run = {key: value for key, value in found.items() if key.endswith(" run")}
    assert len(run) == 7
    assert {kind for kind, _ in run.values()} <= {"RecorderError", "NothingRecordedError"}
    for key, (kind, said) in run.items():
        assert "torch.compiler.reset()" in said, key
        assert kind == ("NothingRecordedError" if "around" in key else "RecorderError"), key


@pytest.mark.slow
def test_places_outside_of_what_was_compiled_are_recorded(found):
    assert found["outside"] == ["child", "out"]


@pytest.mark.slow
def test_code_made_for_another_model_of_the_class_is_refused_too(found):
    assert found["same class"][0] == "RecorderError"


@pytest.mark.slow
def test_after_a_reset_everything_is_recorded(found):
    assert found["reset"] == 3


def test_models_that_were_not_compiled_need_no_compiler():
    model = nn.Sequential(nn.ReLU())
    before = compiler_is_loaded()
    check_not_traced(model, find_taps(model, "0"))
    assert original(model) is model
    assert bare(model) is model
    assert compiler_is_loaded() == before
