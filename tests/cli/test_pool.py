"""`activstats pool` pools studies and tables, and says its mistakes in one line."""

import json

import numpy as np
import pandas as pd
import pytest

from activstats import pool
from activstats.recording.study import write_runs

FITS = {"b": [0.20, 0.22, 0.19, 0.35, 0.33], "bse": 0.06, "width": [64, 64, 64, 512, 512]}


@pytest.fixture
def fits(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    frame = pd.DataFrame(FITS | {"rule": ["top1%"] * 4 + ["argmax"], "seed": [0, 1, 2, 0, 1]})
    frame.to_csv("fits.csv", index=False)
    frame.to_csv("fits.tsv", index=False, sep="\t")
    frame.to_parquet("fits.parquet")
    return tmp_path


@pytest.fixture
def study(user, command):
    """Two runs of one network, each recorded under two rules."""
    for run in ("a", "b"):
        said = command("record", "nets.py:build", "--layers", "1", "--out", f"study/{run}",
                       "--data", "x.npy", "--rule", "top1%", "--rule", "argmax")  # fmt: skip
        assert said.code == 0, said.err
    runs = {"run": ["a", "b"], "recording": ["a", "b"], "kind": ["trained", "random"]}
    write_runs("study", pd.DataFrame(runs))
    return user


def read(said):
    assert said.code == 0, said.err
    return json.loads(said.out, parse_constant=pytest.fail)


@pytest.mark.parametrize("name", ["fits.csv", "fits.tsv", "fits.parquet"])
def test_tables_are_pooled_whatever_their_form(fits, command, name):
    (result,) = read(command("pool", name, "--by", "width", "--json"))
    assert result["group_names"] == ["width 64", "width 512"]
    same = pool(pd.read_parquet("fits.parquet"), by="width")
    assert np.exp(result["overall"]["mean"]) == pytest.approx(same.b)
    assert result["between"]["pvalue"] == pytest.approx(same.between.pvalue)


def test_tables_without_standard_errors_are_pooled_by_their_intervals(fits, command):
    pd.DataFrame({"b": [0.2, 0.3], "b_low": [0.1, 0.2], "b_high": [0.4, 0.45]}).to_csv("ends.csv")
    (result,) = read(command("pool", "ends.csv", "--json"))
    assert result["n_obs"] == 2


def test_groupings_are_combined_by_a_comma_and_repeated_by_the_option(fits, command):
    (combined,) = read(command("pool", "fits.csv", "--by", "width,seed", "--json"))
    assert len(combined["group_names"]) == 5
    several = read(command("pool", "fits.csv", "--by", "width", "--by", "seed", "--json"))
    assert [result["by"] for result in several] == [["width"], ["seed"]]


def test_rows_are_chosen_by_rule_and_by_value(fits, command):
    (result,) = read(command("pool", "fits.csv", "--rule", "top1%", "--where", "seed=0", "--json"))
    assert result["n_obs"] == 2


def test_a_study_is_pooled_under_the_default_rule(study, command):
    (result,) = read(command("pool", "study", "--by", "kind", "--json"))
    assert result["labels"] == ["a", "b"]
    assert result["warnings"]
    said = command("pool", "study")
    assert said.code == 0
    assert "Pooled constant b" in said.out
    assert "no evidence for the reinforcement process" in " ".join(said.out.split())


def test_rules_of_a_study_are_groups_when_asked_for(study, command):
    (result,) = read(command("pool", "study", "--by", "rule", "--json"))
    assert result["n_obs"] + len(result["left_out"]) == 4
    assert any("not independent" in line for line in result["warnings"])
    (one,) = read(command("pool", "study", "--rule", "argmax", "--where", "kind=trained", "--json"))
    assert one["n_obs"] + len(one["left_out"]) == 1


def test_every_step_is_a_result_when_asked_for(study, command):
    (result,) = read(command("pool", "study", "--step", "each", "--json"))
    assert result["n_obs"] + len(result["left_out"]) == 2  # one step in each of two runs


def test_the_forest_plot_is_written(fits, command):
    said = command("pool", "fits.csv", "--by", "width", "--plot", "forest.svg")
    assert said.code == 0, said.err
    assert (fits / "forest.svg").read_text().lstrip().startswith("<?xml")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nowhere"], 1, "no study"),
        (["nowhere.csv"], 1, "no such file"),
        (["fits.csv", "--by", "height"], 1, "height"),
        (["fits.csv", "--where", "height=3"], 1, "height"),
        (["fits.csv", "--where", "width=3"], 1, "no row"),
        (["fits.csv", "--where", "width"], 2, "column=value"),
        (["fits.csv", "--level", "95"], 2, "confidence level"),
        (["fits.csv", "--by", ""], 1, "by name"),
        (["fits.csv", "--by", "width", "--by", "seed", "--plot", "x.svg"], 2, "--by once"),
        (["fits.csv", "--plot", "x.doc"], 2, "suffix"),
        (["empty.csv"], 1, "cannot be read"),
        (["broken.parquet"], 1, "cannot be read"),
        (["zero.csv"], 1, "standard error"),
    ],
)
def test_mistakes_are_one_line(fits, command, arguments, code, words):
    (fits / "empty.csv").write_text("")
    (fits / "broken.parquet").write_bytes(b"no parquet")
    (fits / "zero.csv").write_text("b,bse\n0.2,0\n0.3,0.1\n")
    said = command("pool", *arguments)
    assert (said.code, said.err.count("\n"), said.out) == (code, 1, "")
    assert words in said.err


def test_mistakes_about_a_study_are_one_line(study, command):
    for arguments, code in ((["--step", "x"], 2), (["--rule", "top7%"], 1), (["--layer", "9"], 1)):
        said = command("pool", "study", *arguments)
        assert (said.code, said.err.count("\n")) == (code, 1)


def test_the_command_explains_itself(command):
    said = command("pool", "--help")
    assert said.code == 0
    assert "Examples" in said.out
