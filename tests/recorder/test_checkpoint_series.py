"""A series of checkpoints becomes one recording: each once, in order, as if recorded one by one."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from activstats import Recorder, open_recording
from activstats.errors import (
    DuplicateCheckpointWarning,
    InputError,
    LayerNotFoundError,
    RecordingError,
    RecordingExistsError,
)
from activstats.recorder.checkpoints import record_checkpoints, replay, series


def build():
    return nn.Sequential(nn.Linear(6, 20), nn.ReLU(), nn.Linear(20, 2))


@pytest.fixture
def data():
    return torch.randn(90, 6)


@pytest.fixture
def models(tmp_path):
    """Three models, saved as three steps in three forms."""
    made = {step: build() for step in (5, 10, 20)}
    torch.save(made[5].state_dict(), tmp_path / "step5.pt")
    save_file(made[10].state_dict(), tmp_path / "step10.safetensors")
    state = {f"model.{name}": value for name, value in made[20].state_dict().items()}
    torch.save({"state_dict": state}, tmp_path / "epoch=1-step=20.ckpt")
    return made


OPTIONS = {"layers": "1", "rule": ["above(0)", "top1%"], "batch_size": 32}


def assert_holds(recording, models, data):
    assert recording.steps("1", "above(0)")["step"].tolist() == sorted(models)
    for step, model in models.items():
        expected = (model[1](model[0](data)) > 0).sum(0)
        counts = recording.counts("1", "above(0)", step=step)
        np.testing.assert_array_equal(counts.counts, expected)
        assert counts.n_samples == len(data)


def test_each_checkpoint_is_a_step_of_the_recording(tmp_path, models, data):
    table = record_checkpoints(build, tmp_path, tmp_path / "run", data, **OPTIONS)
    recording = open_recording(tmp_path / "run")
    assert_holds(recording, models, data)
    assert table["step"].tolist() == [5, 10, 20]
    assert table["prefix"].tolist() == ["", "", "model."]
    assert table["recorded"].all()
    assert table["duplicate_of"].isna().all()
    assert recording.checkpoints.equals(table)
    assert recording.info.status == "complete"
    assert recording.info.notes["checkpoints"] == {
        "n_checkpoints": 3, "duplicates": [], "prefixes": ["model."],
    }  # fmt: skip
    assert recording.verify() == []


def test_a_model_that_is_given_stays_as_it_is(tmp_path, models, data):
    model = build().train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    record_checkpoints(model, tmp_path, tmp_path / "run", data, **OPTIONS)
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert model.training
    assert_holds(open_recording(tmp_path / "run"), models, data)


@pytest.mark.parametrize(
    ("duplicates", "recorded", "standing_in"),
    [
        ("last", [10, 20, 30], {5: 30}),
        ("first", [5, 10, 20], {30: 5}),
        ("skip", [10, 20], {5: 30, 30: 5}),
    ],
)
def test_equal_weights_are_flagged_before_recording_and_recorded_once_or_not(
    tmp_path, models, data, duplicates, recorded, standing_in
):
    save_file(models[5].state_dict(), tmp_path / "step30.safetensors")
    out = tmp_path / "run"
    before_recording = []

    def batches():
        before_recording.append(json.loads((out / "_checkpoints.json").read_text()))
        return data.split(32)

    with pytest.warns(DuplicateCheckpointWarning, match="same weights: 5, 30"):
        table = record_checkpoints(build, tmp_path, out, batches, layers="1", duplicates=duplicates)
    recording = open_recording(out)
    assert recording.steps()["step"].tolist() == recorded
    assert recording.counts(step=None).n_samples == len(recorded) * len(data)
    assert len(before_recording) == len(recorded)
    flagged = {row["step"]: row["duplicate_of"] for row in before_recording[0]["checkpoints"]}
    assert {step: of for step, of in flagged.items() if of is not None} == standing_in
    assert table[table["recorded"]]["step"].tolist() == recorded
    assert table["sha256"].nunique() == 3


def test_duplicates_can_be_an_error(tmp_path, models, data):
    torch.save(models[5].state_dict(), tmp_path / "step30.pt")
    with pytest.raises(InputError, match="steps 5, 30"):
        record_checkpoints(build, tmp_path, tmp_path / "run", data, duplicates="error", **OPTIONS)
    assert not (tmp_path / "run").exists()


def test_nothing_but_duplicates_left_out_is_an_error(tmp_path, data):
    for step in (1, 2):
        torch.save({name: torch.ones_like(v) for name, v in build().state_dict().items()}, tmp_path / f"{step}.pt")  # fmt: skip
    with (
        pytest.warns(DuplicateCheckpointWarning, match="not recorded"),
        pytest.raises(InputError, match="all checkpoints are duplicates"),
    ):
        record_checkpoints(build, tmp_path, tmp_path / "run", data, duplicates="skip", **OPTIONS)


class Killed(BaseException):
    pass


@pytest.mark.parametrize("batch", [0, 1, 2, 3, 4, 5, 7, 8])
def test_a_series_that_was_broken_off_goes_on_where_it_ended(
    tmp_path, models, data, monkeypatch, batch
):
    given, loaded = [], []
    load = replay.load_state
    monkeypatch.setattr(replay, "load_state", lambda *args: (loaded.append(1), load(*args)))

    def batches():
        for part in data.split(32):
            if len(given) == batch:
                given.append("broken off")
                raise Killed
            given.append(1)
            yield part

    with pytest.raises(Killed):
        record_checkpoints(build, tmp_path, tmp_path / "run", batches, **OPTIONS)
    finished = batch // 3
    loaded.clear()
    table = record_checkpoints(build, tmp_path, tmp_path / "run", batches, resume=True, **OPTIONS)
    assert len(loaded) == 3 - finished
    assert table["recorded"].all()
    assert_holds(open_recording(tmp_path / "run"), models, data)
    loaded.clear()
    record_checkpoints(build, tmp_path, tmp_path / "run", batches, resume=True, **OPTIONS)
    assert not loaded
    assert open_recording(tmp_path / "run").info.status == "complete"


def test_a_checkpoint_on_the_disk_that_was_not_noted_is_not_recorded_twice(tmp_path, models, data):
    out = tmp_path / "run"
    record_checkpoints(build, tmp_path, out, data, **OPTIONS)
    table = json.loads((out / "_checkpoints.json").read_text())
    table["checkpoints"][-1]["recorded"] = False  # killed between the flush and the note
    (out / "_checkpoints.json").write_text(json.dumps(table))
    assert record_checkpoints(build, tmp_path, out, data, resume=True, **OPTIONS)["recorded"].all()
    assert_holds(open_recording(out), models, data)


def test_later_checkpoints_can_be_added_and_equal_ones_among_them_are_left_out(
    tmp_path, models, data
):
    out = tmp_path / "run"
    record_checkpoints(build, tmp_path, out, data, **OPTIONS)
    (tmp_path / "step5.pt").unlink()  # recorded, and no longer needed
    models[40] = build()
    torch.save(models[40].state_dict(), tmp_path / "step40.pt")
    torch.save(models[10].state_dict(), tmp_path / "step50.pt")
    with pytest.warns(DuplicateCheckpointWarning):
        table = record_checkpoints(build, tmp_path, out, data, resume=True, **OPTIONS)
    assert_holds(open_recording(out), models, data)
    assert table["step"].tolist() == [5, 10, 20, 40, 50]
    assert table.set_index("step")["duplicate_of"].dropna().to_dict() == {50: 10}


def test_a_series_is_not_gone_on_with_from_other_weights_nor_filled_in_between(
    tmp_path, models, data
):
    out = tmp_path / "run"
    record_checkpoints(build, tmp_path, out, data, **OPTIONS)
    torch.save(build().state_dict(), tmp_path / "step7.pt")
    with pytest.raises(RecordingError, match="step 7 cannot be added"):
        record_checkpoints(build, tmp_path, out, data, resume=True, **OPTIONS)
    (tmp_path / "step7.pt").rename(tmp_path / "step5.pt")
    with pytest.raises(RecordingError, match="step 5 has other weights"):
        record_checkpoints(build, tmp_path, out, data, resume=True, **OPTIONS)
    assert_holds(open_recording(out), models, data)


def test_other_recordings_are_left_alone(tmp_path, models, data):
    model = build()
    with Recorder(model, tmp_path / "run", layers="1") as recorder, recorder.batch():
        model(data)
    with pytest.raises(RecordingExistsError, match="not empty"):
        record_checkpoints(build, tmp_path / "*.pt", tmp_path / "run", data, **OPTIONS)
    with pytest.raises(RecordingError, match="no recording of checkpoints"):
        record_checkpoints(build, tmp_path / "*.pt", tmp_path / "run", data, resume=True, **OPTIONS)
    assert len(open_recording(tmp_path / "run").checkpoints) == 0
    record_checkpoints(build, tmp_path / "*.pt", tmp_path / "run", data, overwrite=True, **OPTIONS)
    assert len(open_recording(tmp_path / "run").checkpoints) == 1
    with (
        Recorder(model, tmp_path / "run", layers="1", overwrite=True) as recorder,
        recorder.batch(),
    ):
        model(data)
    assert len(open_recording(tmp_path / "run").checkpoints) == 0


def test_what_does_not_fit_is_an_error_before_anything_is_recorded_unless_allowed(
    tmp_path, models, data
):
    state = models[10].state_dict()
    del state["0.bias"]
    save_file(state | {"extra": torch.ones(2)}, tmp_path / "step10.safetensors")
    with pytest.raises(InputError, match=r"missing: 0\.bias; unexpected: extra"):
        record_checkpoints(build, tmp_path, tmp_path / "run", data, **OPTIONS)
    assert not (tmp_path / "run").exists()
    start = build()
    table = record_checkpoints(start, tmp_path, tmp_path / "run", data, strict=False, **OPTIONS)
    assert table["missing"].tolist() == [(), ("0.bias",), ()]
    assert table["unexpected"].tolist() == [(), ("extra",), ()]
    # What is missing is as the model was built, not as the checkpoint before had it.
    models[10][0].bias = start[0].bias
    assert_holds(open_recording(tmp_path / "run"), models, data)


def test_mistakes_are_met_before_checkpoints_are_read(tmp_path, models, data, monkeypatch):
    monkeypatch.setattr(series, "survey", lambda *_, **__: pytest.fail("read"))
    run = tmp_path / "run"
    with pytest.raises(LayerNotFoundError):
        record_checkpoints(build, tmp_path, run, data, layers="none")
    with pytest.raises(InputError, match="only once"):
        record_checkpoints(build, tmp_path, run, iter(data), layers="1")
    shuffling = torch.utils.data.DataLoader(data, shuffle=True)
    with pytest.raises(InputError, match="another order"):
        record_checkpoints(build, tmp_path, run, shuffling, layers="1")
    with pytest.raises(InputError, match="no such choice"):
        record_checkpoints(build, tmp_path, run, data, layers="1", duplicates="some")
    with pytest.raises(InputError, match="need a model"):
        record_checkpoints(dict, tmp_path, run, data, layers="1")
    assert not run.exists()


def test_one_checkpoint_is_in_memory_at_a_time(tmp_path, data, monkeypatch):
    """Of the tensors read, none outlives the checkpoint that it was read from."""
    import weakref

    from activstats.recorder.checkpoints import files

    for step in range(6):
        torch.save(build().state_dict(), tmp_path / f"step{step}.pt")
    alive, read = [], files.read_file

    def counted(path):
        others = {at for at, tensor in alive if tensor() is not None and at != path}
        assert not others
        content = read(path)
        alive.extend((path, weakref.ref(tensor)) for tensor in content.values())
        return content

    monkeypatch.setattr(files, "read_file", counted)
    record_checkpoints(build, tmp_path, tmp_path / "run", data, **OPTIONS)
    assert len(alive) > 6 * 4
