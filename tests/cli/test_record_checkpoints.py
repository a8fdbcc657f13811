"""`activstats record --checkpoints`: a series becomes one recording, and is gone on with."""

import json

import numpy as np
import pytest
import torch

from activstats import open_recording

RECORD = ("record", "nets.py:build", "--layers", "1", "--data", "x.npy", "--out", "run")


@pytest.fixture
def series(user):
    """ckpt/step{3,20,100}.pt: 1, 2 and 3 neurons that are always on; 100 is saved again as 150."""
    (user / "ckpt").mkdir()
    for step, n_on in ((3, 1), (20, 2), (100, 3), (150, 3)):
        bias = torch.full((64,), -1e6)
        bias[:n_on] = 1e6
        state = {"0.weight": torch.ones(64, 8), "0.bias": bias, "2.weight": torch.zeros(3, 64), "2.bias": torch.zeros(3)}  # fmt: skip
        torch.save(
            {f"module.{name}": value for name, value in state.items()}, f"ckpt/step{step}.pt"
        )
    return user


def test_a_glob_is_recorded_in_the_order_of_the_steps(series, command):
    said = command(*RECORD, "--checkpoints", "ckpt/*.pt", "--rule", "above(0)")
    assert said.code == 0, said.err
    assert said.err == (
        "activstats: warning: checkpoints of different steps have the same weights: "
        "100, 150 (recorded at 150).\n"
    )
    assert "4 checkpoints, 1 left out as duplicates; taken off names: module." in said.out
    recording = open_recording("run")
    assert recording.steps()["step"].tolist() == [3, 20, 150]
    for step, n_on in ((3, 1), (20, 2), (150, 3)):
        expected = np.where(np.arange(64) < n_on, 300, 0)
        np.testing.assert_array_equal(recording.counts(step=step).counts, expected)


def test_steps_can_be_said_and_a_series_gone_on_with(series, command):
    first = command(*RECORD, "--checkpoints", "3=ckpt/step3.pt", "--json")
    assert (first.code, first.err) == (0, "")
    options = ("--checkpoints", "3=ckpt/step3.pt", "--checkpoints", "7=ckpt/step20.pt")
    assert command(*RECORD, *options).code == 1
    said = command(*RECORD, *options, "--resume", "--json")
    assert said.code == 0, said.err
    rows = json.loads(said.out)["checkpoints"]
    assert [(row["step"], row["recorded"], row["duplicate_of"]) for row in rows] == [
        (3, True, None),
        (7, True, None),
    ]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--checkpoints", "none/*.pt"), 1, "there are no checkpoints at 'none/*.pt'"),
        (("--checkpoints", "ckpt/*.pt", "--weights", "ckpt/step3.pt"), 2, "not both"),
        (("--checkpoints", "ckpt", "--duplicates", "error"), 1, "steps 100, 150"),
        (("--checkpoints", "ckpt", "--duplicates", "some"), 2, "--duplicates"),
        (("--checkpoints", "bad"), 1, "missing: 0.bias, 2.weight, 2.bias"),
    ],
)
def test_mistakes_are_one_line_and_leave_nothing(series, command, options, code, said):
    (series / "bad").mkdir()
    torch.save({"0.weight": torch.ones(64, 8)}, "bad/step1.pt")
    answer = command(*RECORD, *options)
    assert (answer.code, answer.out, answer.err.count("\n")) == (code, "", 1)
    assert said in answer.err
    assert not (series / "run").exists()


def test_checkpoints_that_lack_something_can_be_allowed(series, command):
    (series / "bad").mkdir()
    torch.save({"0.weight": torch.ones(64, 8)}, "bad/step1.pt")
    said = command(*RECORD, "--checkpoints", "bad", "--no-strict")
    assert said.code == 0, said.err
    assert open_recording("run").checkpoints["missing"][0] == ("0.bias", "2.weight", "2.bias")
