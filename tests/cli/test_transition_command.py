"""`activstats transition` reads tables and studies, and says its mistakes in one line."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from activstats.laws.loss import LossTransition

D = np.geomspace(10, 20_000, 12).round()


@pytest.fixture
def runs(tmp_path, monkeypatch, rng):
    """Be in a folder with a table of runs of two widths, and the same as a study."""
    monkeypatch.chdir(tmp_path)
    d = np.tile(np.repeat(D, 2), 2)
    width = np.repeat([64, 256], 24)
    loss = (0.3 + 2 * (1 + d / np.where(width == 64, 200, 500)) ** -0.6) * rng.normal(1, 0.01, 48)
    frame = pd.DataFrame({
        "run": [f"r{i}" for i in range(48)], "recording": "", "kind": "trained", "width": width,
        "n_train": d.astype(int), "seed": np.tile([0, 1], 24), "test_loss": loss,
    })  # fmt: skip
    other = frame.assign(kind="untrained", test_loss=2.3)
    (tmp_path / "study").mkdir()
    pd.concat([frame, other]).to_parquet("study/runs.parquet")
    frame.to_csv("runs.csv", index=False)
    frame.rename(columns={"n_train": "tokens", "test_loss": "perplexity"}).to_parquet("r.parquet")
    return frame


def loads(text):
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))


def test_a_width_gives_the_summary_of_the_library(runs, command):
    said = command("transition", "study", "--width", "64", "--n-boot", "99")
    assert said.code == 0, said.err
    one = runs[runs["width"] == 64]
    expected = LossTransition(n_boot=99).fit(one["n_train"], one["test_loss"], rng=0)
    assert expected.summary().splitlines()[-12:] == said.out.rstrip().splitlines()[-12:]
    assert "study" in said.out
    assert "64" in said.out


def test_all_widths_make_a_table(runs, command):
    said = command("transition", "runs.csv", "--n-boot", "19")
    assert said.code == 0, said.err
    assert said.out.count("transition") == 2
    results = loads(command("transition", "runs.csv", "--n-boot", "19", "--json").out)
    assert [result["provenance"]["width"] for result in results] == [64, 256]
    assert results[0]["d_star"] < results[1]["d_star"]


def test_every_source_gives_the_same_numbers(runs, command):
    named = ("--d", "tokens", "--loss", "perplexity")
    sources = (("study",), ("runs.csv",), ("r.parquet", *named))
    found = [
        loads(command("transition", *source, "--n-boot", "19", "--json").out) for source in sources
    ]
    assert len({tuple(result["d_star"] for result in results) for results in found}) == 1


def test_other_kinds_of_runs_are_there_when_asked_for(runs, command):
    said = command("transition", "study", "--where", "kind=untrained", "--width", "64", "--json")
    assert loads(said.out)[0]["answer"] == "no transition"


def test_runs_without_a_loss_are_left_out_and_counted(runs, command):
    runs.loc[3, "test_loss"] = np.nan
    runs.to_csv("runs.csv", index=False)
    said = command("transition", "runs.csv", "--width", "64", "--n-boot", "19")
    assert said.code == 0
    assert "1 row without a loss is left out" in said.err
    assert "runs       23" in said.out


def test_a_picture_is_drawn_of_one_width(runs, command):
    said = command("transition", "runs.csv", "--width", "64", "--n-boot", "19", "--plot", "p.svg")
    assert said.code == 0, said.err
    assert "svg" in Path("p.svg").read_text(encoding="utf-8")[:500]
    assert command("transition", "runs.csv", "--plot", "p.svg").code == 2


def test_curves_without_an_answer_are_no_failure(runs, command):
    pd.DataFrame({"d": [1, 2, 3], "loss": [1.0, 0.9, 0.8]}).to_csv("short.csv", index=False)
    said = command("transition", "short.csv")
    assert said.code == 0
    assert "3 sizes" in said.out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nowhere",), 1, "no study"),
        (("nowhere.csv",), 1, "no such file"),
        (("runs.csv", "--loss", "error"), 1, "no column 'error'"),
        (("runs.csv", "--where", "kind=linear"), 1, "no row has kind = linear"),
        (("runs.csv", "--where", "kind"), 2, "column=value"),
        (("runs.csv", "--width", "65"), 1, "no row has width = 65"),
        (("runs.csv", "--noise", "pink"), 2, "noise model"),
        (("runs.csv", "--n-boot", "-1"), 2, "replicates"),
        (("runs.csv", "--seed", "-1"), 2, "--seed"),
        (("runs.csv", "--d", "run"), 1, "no numbers"),
        (("zero.csv",), 1, "sizes must be above 0"),
        (("negative.csv",), 1, "losses above 0"),
        (("empty.csv",), 1, "cannot be read"),
    ],
)
def test_a_mistake_is_one_line(runs, command, arguments, code, said):
    table = pd.DataFrame({"d": D, "loss": np.linspace(2, 1, 12)})
    table.assign(d=table["d"] - 10).to_csv("zero.csv", index=False)
    table.assign(loss=table["loss"] - 1.5).to_csv("negative.csv", index=False)
    Path("empty.csv").touch()
    answer = command("transition", *arguments)
    assert answer.code == code, answer
    assert answer.out == ""
    assert answer.err.count("\n") == 1
    assert said in answer.err


def test_the_command_explains_itself_with_examples(command):
    said = command("transition", "--help")
    assert said.code == 0
    assert "Examples" in said.out
    assert "transition" in command("--help").out
