"""`activstats study` and `activstats fluctuation`."""

import json
from html.parser import HTMLParser

import numpy as np
import pytest


@pytest.fixture
def rates(tmp_path, monkeypatch):
    """Be in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_study_is_made_judged_and_reported(command, rates):
    made = command("study", "learning_rates", "--quick", "--jobs", "1", "--json")
    assert made.code == 0, made.err
    assert json.loads(made.out)["read_with"] == "activstats fluctuation learning_rates"
    said = command("fluctuation", "learning_rates", "-o", "report.html", "--json")
    assert said.code == 0, said.err
    verdicts = json.loads(said.out)["verdicts"]
    assert len(verdicts) == 4
    assert {one["outcome"] for one in verdicts} <= {"supported", "contradicted", "undecided"}
    page = (rates / "report.html").read_text("utf-8")
    assert page.count("<svg") >= 7
    for words in (
        "Claim: fluctuation rises",
        "Spread of the spread",
        "Equal loss",
        "fixed beforehand",
    ):
        assert words in page
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    HTMLParser().feed(page)
    text = command("fluctuation", "learning_rates")
    assert text.out.count("autoencoder, Adam") >= 4


def test_a_second_study_needs_overwrite(command, rates):
    (rates / "out").mkdir()
    (rates / "out" / "mine.txt").write_text("mine")
    said = command("study", "learning_rates", "--quick", "--out", "out")
    assert said.code == 1
    assert "holds files and no study" in said.err
    assert (rates / "out" / "mine.txt").exists()


def test_an_unknown_study_is_a_mistake_in_the_command(command, rates):
    said = command("study", "poetry")
    assert said.code == 2
    assert "learning_rates" in said.err


def test_arrays_in_a_file_are_measured_and_drawn(command, tmp_path, monkeypatch, rng):
    monkeypatch.chdir(tmp_path)
    weights = 0.1 * rng.normal(size=(80, 6, 40))
    np.savez("run.npz", steps=np.arange(80) * 5, **{"fc.weight": weights})
    said = command("fluctuation", "run.npz", "--plot", "neurons.svg", "--late-share", "0.5")
    assert said.code == 0, said.err
    assert "Fluctuation of weights" in said.out
    assert "neurons that take part" in said.out
    assert (tmp_path / "neurons.svg").exists()
    found = json.loads(command("fluctuation", "run.npz", "--json").out)
    assert found["layers"][0]["estimates"][0]["value"] == pytest.approx(0.1, rel=0.05)
    assert found["participation"][0]["participating"] == 1.0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nowhere"], 1, "no checkpoints"),
        (["run.npz", "--parameter", "fc9*"], 1, "no parameter has such a name"),
        (["run.npz", "--late-share", "2"], 2, "share of the run"),
        (["run.npz", "-o", "report.html"], 2, "-o writes the report of a study"),
        (["words.npz"], 1, "cannot be read"),
    ],
)
def test_mistakes_are_one_line(command, tmp_path, monkeypatch, rng, arguments, code, words):
    monkeypatch.chdir(tmp_path)
    np.savez("run.npz", **{"fc.weight": rng.normal(size=(9, 2, 2))})
    (tmp_path / "words.npz").write_text("words")
    said = command("fluctuation", *arguments)
    assert said.code == code
    assert words in " ".join(said.err.split())
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
