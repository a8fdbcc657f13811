"""The probe under the callbacks: when it records, what it does about errors, what it refuses."""

import pytest
import torch
from torch import nn

from activstats import open_recording
from activstats.errors import (
    InputError,
    LayerNotFoundError,
    NothingRecordedError,
    RecorderError,
    RecordingError,
    RecordingExistsError,
    RecordingStoppedWarning,
)
from activstats.recorder import callbacks
from activstats.recorder.callbacks.probe import Probe
from activstats.recorder.callbacks.schedule import Schedule
from activstats.recorder.stepwise import StepRecorder


def mlp():
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 2))


def hooks(model):
    return sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in model.modules())


@pytest.mark.parametrize(
    ("schedule", "steps", "epochs"),
    [
        (Schedule(), [], [1, 2, 3, 4, 5, 6]),
        (Schedule(every_n_steps=2), [2, 4, 6], []),
        (Schedule(every_n_epochs=3), [], [3, 6]),
        (Schedule(every_n_steps=5, every_n_epochs=6), [5], [6]),
    ],
)
def test_schedules(schedule, steps, epochs):
    assert [step for step in range(1, 7) if schedule.has_step(step)] == steps
    assert [epoch for epoch in range(7) if schedule.has_epoch(epoch)] == epochs


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "2"])
def test_schedules_that_make_no_sense_are_refused(wrong):
    with pytest.raises(RecorderError, match="from 1 on"):
        Schedule(every_n_steps=wrong)


def test_steps_are_recorded_once_and_nothing_is_hooked_on_between_them(tmp_path):
    model, data = mlp(), torch.randn(10, 4)
    probe = Probe(tmp_path / "run", data, layers="1", rule="above(0)")
    probe.open(model)
    for step in (0, 5, 5, 3, 9):
        probe.record(model, step)
        assert hooks(model) == 0
        recording = open_recording(tmp_path / "run")  # on the disk, while it goes on
        assert recording.steps()["step"].max() == max(step, recording.counts().provenance["step"])
        model(torch.ones(7, 4))  # training goes on
    probe.close()
    recording = open_recording(tmp_path / "run")
    assert recording.steps()["step"].tolist() == [0, 5, 9]
    assert recording.info.status == "complete"
    probe.open(model)  # and a second training goes on in the same recording
    probe.record(model, 9)
    probe.record(model, 11)
    probe.close()
    assert open_recording(tmp_path / "run").steps()["n_samples"].tolist() == [10] * 4


def full(_):
    raise RecordingError("cannot write to the recording.", got="No space left on device")


def test_an_error_after_the_first_step_stops_the_recording_and_not_the_training(
    tmp_path, monkeypatch
):
    model = mlp()
    probe = Probe(tmp_path / "run", torch.randn(10, 4), layers="1")
    probe.open(model)
    probe.record(model, 0)
    monkeypatch.setattr(StepRecorder, "_check_all_recorded", lambda self, _: full(self))
    with pytest.warns(RecordingStoppedWarning, match="broken off at step 1.*No space left"):
        probe.record(model, 1)
    assert not probe.is_open
    probe.record(model, 2)
    probe.close()
    assert open_recording(tmp_path / "run").info.status == "interrupted"
    assert hooks(model) == 0
    assert model.training


def test_errors_can_be_raised_and_are_at_the_first_step(tmp_path):
    model = mlp()
    for name, n_good in (("a", 0), ("b", 1)):
        batches = iter([torch.ones(2, 4)] * n_good + [torch.ones(2, 5)])
        probe = Probe(tmp_path / name, lambda at=batches: [next(at)], layers="1", on_error="raise")
        probe.open(model)
        for step in range(n_good):
            probe.record(model, step)
        with pytest.raises(InputError, match="cannot take the data"):
            probe.record(model, n_good)
        assert not probe.is_open


def test_what_cannot_be_recorded_is_said_at_the_start(tmp_path):
    model, data = mlp(), torch.randn(10, 4)
    with pytest.raises(LayerNotFoundError):
        Probe(tmp_path / "run", data, layers="none").open(model)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").touch()
    with pytest.raises(RecordingExistsError):
        Probe(tmp_path / "taken", data, layers="1").open(model)
    silent = Probe(tmp_path / "run", data, layers="1", run=lambda model, x: model[0](x))
    silent.open(model)
    with pytest.raises(NothingRecordedError):
        silent.record(model, 0)
    model.register_parameter("part", nn.Parameter(torch.ones(1)))
    model.part.ds_id = 0
    with pytest.raises(RecorderError, match="spread over processes"):
        Probe(tmp_path / "run", data, layers="1").open(model)
    with pytest.raises(RecorderError, match="no such way"):
        Probe(tmp_path / "run", data, layers="1", on_error="ignore")
    with pytest.raises(InputError, match="only once"):
        Probe(tmp_path / "run", iter(data), layers="1")


def test_a_library_that_is_not_there_is_named_with_its_extra(monkeypatch):
    def missing(name):
        raise ModuleNotFoundError("No module named 'lightning'")

    monkeypatch.setattr(callbacks, "import_module", missing)
    with pytest.raises(RecorderError, match=r"activstats\[lightning\]"):
        callbacks.LightningProbe  # noqa: B018
