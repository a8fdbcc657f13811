"""`activstats study tipping` and `activstats tipping`."""

import json
from html.parser import HTMLParser

import pandas as pd
import pytest

from activstats.studies import tipping_study
from activstats.studies.tipping_settings import TippingSettings


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Be in an empty folder, where a quick study is a very small one."""
    small = TippingSettings(
        widths=(8, 16), adam_rates=(1e-3, 1e-2, 1e-1), sgd_rates=(), seeds=(0, 1), steps=24, looks=3
    )
    monkeypatch.setattr(tipping_study.TippingSettings, "quick", lambda: small)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_study_is_made_judged_and_reported(command, folder):
    made = command("study", "tipping", "--quick", "--jobs", "1", "--json")
    assert made.code == 0, made.err
    assert json.loads(made.out)["read_with"] == "activstats tipping tipping"
    said = command("tipping", "tipping", "-o", "report.html", "--json")
    assert said.code == 0, said.err
    found = json.loads(said.out)
    assert [one["outcome"] for one in found["verdicts"]] == ["undecided"] * 4
    assert len(found["points"]) == 2 * 3 * 4
    assert len(found["shifts"]) == 1
    page = (folder / "report.html").read_text("utf-8")
    assert page.count("<svg") >= 8
    for words in ("Claim: firing has a tipping point", "range", "static mask", "fixed beforehand"):
        assert words in page
    assert "<script" not in page
    HTMLParser().feed(page)
    text = command("tipping", "tipping", "--definition", "all")
    assert text.out.count(": undecided") == 4
    assert "crossing" in text.out

    run = pd.read_parquet(folder / "tipping" / "runs.parquet")["recording"][0]
    plotted = command("tipping", f"tipping/{run}", "--plot", "firing.svg")
    assert plotted.code == 0, plotted.err
    assert "Firing rate along the steps" in plotted.out
    assert (folder / "firing.svg").exists()
    (course,) = json.loads(command("tipping", f"tipping/{run}", "--json").out)
    assert course["steps"][-1] == 24

    for wrong, words in (
        (["tipping", "--plot", "a.svg"], "--plot"),
        (["tipping", "--definition", "feeling"], "--definition"),
        ([f"tipping/{run}", "-o", "a.html"], "-o"),
    ):
        refused = command("tipping", *wrong)
        assert refused.code == 2
        assert words in refused.err
        assert refused.err.count("\n") == 1


def test_other_folders_are_no_study_of_tipping_points(command, folder):
    pd.DataFrame({"run": ["a"], "recording": [""]}).to_parquet(folder / "runs.parquet")
    said = command("tipping", ".")
    assert said.code == 1
    assert "no study of tipping points" in said.err
    assert command("tipping", "nowhere").code == 1
