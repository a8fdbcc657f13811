"""The command line does what the package does, and says its mistakes in one line."""

import json

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file

from activstats import GrowthLaw, open_recording

RECORD = ("record", "nets.py:build", "--layers", "1", "--out", "run")


@pytest.fixture
def recorded(user, command):
    said = command(*RECORD, "--data", "x.npy", "--rule", "top1%", "--rule", "above(0)")
    assert said.code == 0, said.err
    return user / "run"


def loads(text):
    """Read strict JSON, which has no NaN."""
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))


def test_record_writes_what_it_says(recorded):
    recording = open_recording(recorded)
    assert recording.layers["rule"].tolist() == ["top_fraction(0.01)", "above(0)"]
    assert set(recording.layers["n_samples"]) == {300}
    assert recording.info.notes == {"model": "nets.py:build", "data": "x.npy"}


def test_every_kind_of_data_gives_the_same_counts(user, command):
    x = np.load("x.npy").astype(np.float32)
    np.savez("x.npz", anything=x)
    pd.DataFrame(x, columns=list("abcdefgh")).to_parquet("x.parquet")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        torch.save(torch.nn.Sequential(
            torch.nn.Linear(8, 64), torch.nn.ReLU(), torch.nn.Linear(64, 3)
        ).state_dict(), "w.pt")  # fmt: skip
    counts = []
    for place, data in enumerate(["x.npy", "x.npz", "x.parquet", "nets.py:batches"]):
        out = f"run{place}"
        said = command("record", "nets.py:build", "--layers", "1", "--out", out, "--data", data,
                       "--weights", "w.pt", "--rule", "above(0)")  # fmt: skip
        assert said.code == 0, said.err
        counts.append(open_recording(out).counts().counts)
    assert all((one == counts[0]).all() for one in counts)
    assert counts[0].sum() > 0


def test_masks_and_ids_in_a_file_reach_the_recorder(user, command):
    np.savez("x.npz", x=np.load("x.npy"), mask=np.arange(300) % 3 == 0, ids=np.arange(300) + 1000)
    assert command(*RECORD, "--data", "x.npz").code == 0
    recording = open_recording("run")
    assert recording.counts().n_samples == 100
    assert recording.samples()["id"].tolist() == list(range(1000, 1300, 3))


@pytest.mark.parametrize("form", ["plain", "nested", "safetensors"])
def test_weights_are_loaded_from_a_checkpoint(user, command, form):
    state = {
        "0.weight": torch.zeros(64, 8), "0.bias": torch.cat([torch.ones(5), -torch.ones(59)]),
        "2.weight": torch.zeros(3, 64), "2.bias": torch.zeros(3),
    }  # fmt: skip
    path = "w.safetensors" if form == "safetensors" else "w.pt"
    if form == "safetensors":
        save_file(state, path)
    else:
        torch.save({"epoch": 3, "state_dict": state} if form == "nested" else state, path)
    said = command(*RECORD, "--data", "x.npy", "--weights", path, "--rule", "above(0)")
    assert said.code == 0, said.err
    recording = open_recording("run")
    np.testing.assert_array_equal(recording.counts().counts, [300] * 5 + [0] * 59)
    assert len(recording.info.model["checkpoint"]["sha256"]) == 64


def test_inspect_lists_layers_and_steps(recorded, command):
    said = command("inspect", recorded, "--steps", "--verify", "--json")
    assert said.code == 0
    content = loads(said.out)
    assert [layer["rule"] for layer in content["layers"]] == ["top_fraction(0.01)", "above(0)"]
    assert content["steps"][0]["steps"] == [{"step": 0, "n_samples": 300}]
    assert content["problems"] == []
    assert "all files are as they were written" in command("inspect", recorded, "--verify").out


def test_inspect_names_what_is_damaged_and_fails(recorded, command):
    shard = next(recorded.glob("stats/**/*.parquet"))
    shard.write_bytes(shard.read_bytes()[:-1] + b"!")
    said = command("inspect", recorded, "--verify", "--json")
    assert said.code == 1
    assert shard.name in loads(said.out)["problems"][0]


def test_growth_prints_the_fit_of_the_library(recorded, command):
    expected = GrowthLaw().fit(open_recording(recorded).counts(rule="top1%"))
    said = command("growth", recorded, "--rule", "top1%", "--json")
    assert said.code == 0
    (result,) = loads(said.out)
    assert result["b"] == pytest.approx(expected.b)
    assert result["provenance"]["layer"] == "1"
    summary = command("growth", recorded, "--rule", "top1%")
    assert summary.out.strip() == expected.summary().strip()


def test_growth_of_several_rules_is_a_table(recorded, command):
    said = command("growth", recorded)
    assert said.code == 0
    assert "top_fraction(0.01)" in said.out
    assert "above(0)" in said.out
    assert len(loads(command("growth", recorded, "--json").out)) == 2


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_growth_draws_a_picture(recorded, command, suffix):
    said = command("growth", recorded, "--rule", "top1%", "--plot", f"picture.{suffix}")
    assert said.code == 0, said.err
    assert (recorded.parent / f"picture.{suffix}").stat().st_size > 2000


def test_growth_reads_the_rest_of_a_damaged_recording_when_told_to(user, command):
    assert command(*RECORD, "--data", "x.npy").code == 0
    (user / "run" / "_manifest.jsonl").unlink()
    assert command("growth", "run").code == 1
    said = command("growth", "run", "--skip-damaged")
    assert said.code == 0
    warned = [line for line in said.err.splitlines() if "is missing" in line]
    assert warned
    assert all(line.startswith("activstats: warning: ") for line in warned)


@pytest.mark.usefixtures("user")
def test_activations_that_are_no_numbers_are_said(command):
    np.save("nan.npy", np.full((20, 8), np.nan, np.float32))
    assert command(*RECORD, "--data", "nan.npy").code == 0
    said = command("growth", "run")
    assert said.code == 0
    assert "100 % of the activations were NaN or infinite" in said.err
    assert "may be dead" not in command("table", "run").out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("growth",), 2, "Missing"),
        (("grow", "run"), 2, "No such command"),
        (("growth", "nowhere"), 1, "no recording at 'nowhere'"),
        (("growth", "nowhere", "--level", "2"), 2, "confidence level"),
        (("inspect", "nowhere"), 1, "no recording"),
        ((*RECORD, "--data", "x.npy", "--rule", "topp"), 2, "no activation rule"),
        ((*RECORD, "--data", "x.npy", "--mode", "all"), 2, "mode"),
        ((*RECORD, "--data", "no.npy"), 1, "no data file"),
        ((*RECORD, "--data", "nets.py"), 2, "does not name data"),
        ((*RECORD, "--data", "nets.py:nothing"), 1, "gives no batches"),
        (("record", "nets.py:bild", "--layers", "1", "--out", "run", "--data", "x.npy"), 1, "build"),
        (("record", "nets:build", "--layers", "x", "--out", "run", "--data", "x.npy"), 1, "1 (ReLU)"),
        (("record", "nets.py:needs", "--layers", "1", "--out", "run", "--data", "x.npy"), 1, "width"),
        (("record", "nets.py:nothing", "--layers", "1", "--out", "run", "--data", "x.npy"), 1,
         "builds no model"),
        (("record", "no.where:build", "--layers", "1", "--out", "run", "--data", "x.npy"), 1,
         "cannot be imported"),
        (("record", "no.py:build", "--layers", "1", "--out", "run", "--data", "x.npy"), 1, "no file"),
        (("record", "w.pt", "--layers", "1", "--out", "run", "--data", "x.npy"), 2, "--weights w.pt"),
        ((*RECORD, "--data", "x.npy", "--weights", "no.pt"), 1, "no checkpoint"),
        ((*RECORD, "--data", "x.npy", "--weights", "nets.py"), 1, "cannot be read"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_and_leaves_nothing_behind(user, command, arguments, code, said):
    before = sorted(path.name for path in user.iterdir())
    answer = command(*arguments)
    assert answer.code == code
    assert answer.out == ""
    assert answer.err.count("\n") == 1
    assert answer.err.startswith("activstats: ")
    assert said in answer.err
    assert sorted(p.name for p in user.iterdir() if p.name != "__pycache__") == before


def test_weights_that_do_not_fit_are_refused(user, command):
    torch.save({"0.weight": torch.zeros(64, 8)}, "w.pt")
    said = command(*RECORD, "--data", "x.npy", "--weights", "w.pt")
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert "does not fit the model" in said.err


def test_data_that_does_not_fit_the_model_is_one_line(user, command):
    np.save("y.npy", np.zeros((10, 9)))
    said = command(*RECORD, "--data", "y.npy")
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert "cannot take the data" in said.err


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"x": np.zeros((3, 8)), "mask": np.ones(4)}, "differ in length"),
        ({"x": np.zeros((0, 8))}, "holds no rows"),
    ],
)
def test_data_files_that_make_no_sense_are_refused(user, command, arrays, said):
    np.savez("bad.npz", **arrays)
    answer = command(*RECORD, "--data", "bad.npz")
    assert (answer.code, answer.err.count("\n")) == (1, 1)
    assert said in answer.err


def test_a_second_recording_into_the_same_folder_must_be_meant(recorded, command):
    again = (*RECORD, "--data", "x.npy", "--rule", "top1%", "--rule", "above(0)")
    assert command(*again).code == 1
    said = command(*again, "--resume")
    assert said.code == 0
    assert "nothing to do: was recorded before in" in said.out
    assert open_recording(recorded).counts(rule="top1%").n_samples == 300
    assert command(*again, "--overwrite").code == 0


@pytest.mark.parametrize("name", ["record", "inspect", "growth", "demo"])
def test_every_command_explains_itself_with_examples(command, name):
    said = command(name, "--help")
    assert said.code == 0
    assert f"activstats {name}" in said.out
    assert "Examples" in said.out
    assert name in command("--help").out
