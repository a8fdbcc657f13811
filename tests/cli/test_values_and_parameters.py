"""Values and parameters from the command line."""

import json

import torch

from activstats import ParameterRecorder


def test_values_are_recorded_and_swept(command, user):
    recorded = command(
        "record", "nets.py:build", "--data", "x.npy", "--layers", "1", "--mode", "values",
        "--out", "r",
    )  # fmt: skip
    assert recorded.code == 0, recorded.err
    late = command("growth", "r", "--rule", "above(0.3)", "--json")
    (fit,) = json.loads(late.out)
    assert fit["provenance"]["source"] == "values in float16"
    swept = command("growth", "r", "--sweep")
    assert swept.code == 0, swept.err
    assert "top(0.001)" in swept.out
    assert "above(0)" in swept.out


def test_a_recording_of_parameters_alone_can_be_looked_at(command, tmp_path):
    with torch.random.fork_rng():
        model = torch.nn.Linear(3, 2)
    with ParameterRecorder(model, tmp_path / "r", gradients=False) as recorder:
        recorder.epoch()
    shown = command("inspect", tmp_path / "r")
    assert shown.code == 0, shown.err
    assert "snapshot" in shown.out
    listed = json.loads(command("inspect", tmp_path / "r", "--json").out)
    assert {row["parameter"] for row in listed["parameters"]} == {"weight", "bias"}
    refused = command("growth", tmp_path / "r")
    assert refused.code == 1
    assert "holds no activations" in refused.err
