"""`activstats decay` reads tables and studies, and says its mistakes in one line."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from activstats.laws.loss import LossDecay

D = np.geomspace(10, 20_000, 12).round()


@pytest.fixture
def runs(tmp_path, monkeypatch, rng):
    """Be in a folder with a table of runs of two widths, and the same as a study."""
    monkeypatch.chdir(tmp_path)
    d = np.tile(np.repeat(D, 2), 2)
    width = np.repeat([64, 256], 24)
    beta = np.where(width == 64, 0.3, 0.5)
    loss = (0.3 + 4 * d**-beta) * rng.normal(1, 0.01, 48)
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
    said = command("decay", "study", "--width", "64")
    assert said.code == 0, said.err
    one = runs[runs["width"] == 64]
    expected = LossDecay().fit(one["n_train"], one["test_loss"])
    assert expected.summary().splitlines()[-10:] == said.out.rstrip().splitlines()[-10:]
    assert "study" in said.out


def test_all_widths_make_a_table(runs, command):
    said = command("decay", "runs.csv")
    assert said.code == 0, said.err
    assert said.out.count("converged") == 2
    results = loads(command("decay", "runs.csv", "--json").out)
    assert [result["provenance"]["width"] for result in results] == [64, 256]
    assert results[0]["beta_high"] < results[1]["beta_low"]


def test_every_source_gives_the_same_numbers(runs, command):
    named = ("--d", "tokens", "--loss", "perplexity")
    sources = (("study",), ("runs.csv",), ("r.parquet", *named))
    found = [loads(command("decay", *source, "--json").out) for source in sources]
    assert len({tuple(result["beta"] for result in results) for results in found}) == 1


def test_what_is_asked_for_beside_the_fit_follows_it(runs, command):
    asked = ("--choice", "--exponent", "--b", "0.3", "--d-star", "5", "--predict", "1e5")
    said = command("decay", "runs.csv", "--width", "64", *asked)
    assert said.code == 0, said.err
    for part in ("Families of loss curves", "Local exponent", "theory", "Expected loss", "100 000"):
        assert part in said.out
    assert "AICc up to about 30 points, BIC beyond." in said.out
    both = loads(command("decay", "runs.csv", *asked, "--json").out)
    assert len(both) == 2
    assert both[0]["prediction"]["rows"][0]["d"] == 100_000
    assert len(both[0]["local_exponent"]["rows"]) == 10
    assert both[0]["choice"]["criterion"] == "AICc"


def test_losses_that_do_not_fall_are_an_answer(runs, command):
    asked = ("--where", "kind=untrained", "--width", "64", "--predict", "100", "--exponent")
    said = command("decay", "study", *asked)
    assert said.code == 0
    assert "2.30 in every run" in said.out
    assert "no exponent to predict with" in said.err
    assert loads(command("decay", "study", *asked, "--json").out)[0]["beta"] == "nan"


def test_a_picture_is_drawn_of_one_width(runs, command):
    said = command("decay", "runs.csv", "--width", "64", "--plot", "p.svg")
    assert said.code == 0, said.err
    assert "svg" in Path("p.svg").read_text(encoding="utf-8")[:500]
    for option in (("--plot", "p.svg"), ("--choice",), ("--exponent",), ("--predict", "5")):
        assert command("decay", "runs.csv", *option).code == 2


def test_curves_without_an_exponent_are_no_failure(runs, command):
    pd.DataFrame({"d": [1, 2, 3], "loss": [1.0, 0.9, 0.8]}).to_csv("short.csv", index=False)
    said = command("decay", "short.csv", "--choice", "--exponent", "--plot", "p.png")
    assert said.code == 0, said.err
    assert "3 sizes" in said.out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nowhere",), 1, "no study"),
        (("nowhere.csv",), 1, "no such file"),
        (("runs.csv", "--loss", "error"), 1, "no column 'error'"),
        (("runs.csv", "--where", "kind"), 2, "column=value"),
        (("runs.csv", "--width", "65"), 1, "no row has width = 65"),
        (("runs.csv", "--noise", "pink"), 2, "noise model"),
        (("runs.csv", "--level", "1"), 2, "confidence level"),
        (("runs.csv", "--width", "64", "--predict", "-5"), 1, "sizes must be above 0"),
        (("runs.csv", "--width", "64", "--exponent", "--b", "1"), 2, "both b and d_star"),
        (("runs.csv", "--b", "1", "--d-star", "5"), 2, "go with --exponent"),
        (("zero.csv",), 1, "sizes must be above 0"),
        (("negative.csv",), 1, "losses above 0"),
    ],
)
def test_a_mistake_is_one_line(runs, command, arguments, code, said):
    table = pd.DataFrame({"d": D, "loss": np.linspace(2, 1, 12)})
    table.assign(d=table["d"] - 10).to_csv("zero.csv", index=False)
    table.assign(loss=table["loss"] - 1.5).to_csv("negative.csv", index=False)
    answer = command("decay", *arguments)
    assert answer.code == code, answer
    assert answer.out == ""
    assert answer.err.count("\n") == 1
    assert said in answer.err


def test_the_command_explains_itself_with_examples(command):
    said = command("decay", "--help")
    assert said.code == 0
    assert "Examples" in said.out
    assert "decay" in command("--help").out
