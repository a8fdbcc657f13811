"""One row a layer, rule and step, with the numbers that the laws give by themselves."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize, minimize_scalar
from scipy.special import zeta
from scipy.stats import betabinom

from activstats import GrowthLaw, PowerLawTail, open_recording, open_study, summary_table
from activstats.errors import ActivstatsError, InputError, LayerNotFoundError
from activstats.recording.study import write_runs
from activstats.summarising import COLUMNS
from tests.cli.conftest import command, user  # noqa: F401  (fixtures)
from tests.recording.conftest import record

RECORD = ("record", "nets.py:build", "--layers", "1", "--data", "x.npy")


@pytest.fixture
def recorded(user, command):  # noqa: F811
    for name in ("a", "b"):
        said = command(*RECORD, "--out", f"study/{name}", "--rule", "top1%", "--rule", "above(0)")
        assert said.code == 0, said.err
    write_runs("study", pd.DataFrame({"run": ["a", "b", "c"], "recording": ["a", "b", ""]}))
    return user / "study"


def test_numbers_are_those_of_the_laws(recorded):
    table = summary_table(recorded / "a", rule="above(0)", n_boot=19)
    counts = open_recording(recorded / "a").counts(rule="above(0)")
    fit, tail = (
        GrowthLaw().fit(counts),
        PowerLawTail(n_boot=19).fit(counts, rng=np.random.default_rng(0)),
    )
    (row,) = table.to_dict("records")
    assert list(row) == list(COLUMNS)
    assert (row["b"], row["b_low"], row["b_high"]) == (fit.b, fit.b_low, fit.b_high)
    assert row["misfit"] == fit.misfit
    assert row["c_share"] == pytest.approx(counts.c / 64)
    assert (row["dead_share"], row["always_on_share"]) == (
        counts.dead_share,
        counts.always_on_share,
    )
    assert (row["n_tail"], row["p"]) == (tail.n_tail, tail.pvalue)
    assert row["alpha"] == pytest.approx(tail.alpha)


def test_numbers_are_those_of_other_programs_on_the_raw_activations(tmp_path, rng):
    rates = rng.beta(0.4, 6, 300)
    rates[:5] = 1.0
    active = rng.random((400, 300)) < rates
    record(tmp_path / "run", active.astype(np.float32))
    (row,) = summary_table(tmp_path / "run", n_boot=0).to_dict("records")
    counts = active.sum(axis=0)
    assert (row["n_samples"], row["n_neurons"]) == active.shape
    assert row["c_share"] == pytest.approx(active.mean())
    assert row["dead_share"] == pytest.approx((counts == 0).mean())
    assert row["always_on_share"] == pytest.approx((counts == 400).mean())
    best = minimize(
        lambda p: -betabinom(400, *np.exp(p)).logpmf(counts).sum(), [-1, 2], method="Nelder-Mead"
    )
    assert row["b"] == pytest.approx(np.exp(best.x[0]), rel=1e-3)
    tail = counts[counts >= row["xmin"]]
    score = minimize_scalar(
        lambda s: s * np.log(tail).mean() + np.log(zeta(s, row["xmin"])),
        bounds=(1.01, 30), method="bounded",
    )  # fmt: skip
    assert row["alpha"] == pytest.approx(score.x, rel=1e-4)
    assert row["n_tail"] == tail.size
    assert row["tail_share"] == pytest.approx(tail.size / (counts > 0).sum())


def test_a_study_stands_for_its_recordings(recorded):
    table = summary_table(open_study(recorded), n_boot=0)
    assert table[["recording", "rule"]].to_numpy().tolist() == [
        ["a", "top_fraction(0.01)"], ["a", "above(0)"], ["b", "top_fraction(0.01)"], ["b", "above(0)"]
    ]  # fmt: skip
    same = summary_table([recorded / "a", open_recording(recorded / "b")], n_boot=0)
    pd.testing.assert_frame_equal(table, same)
    assert table["p"].isna().all()


def test_every_step_has_a_row_when_asked_for(recorded):
    assert len(summary_table(recorded, step="each", n_boot=0)) == 4
    with pytest.raises(InputError, match="no such step"):
        summary_table(recorded, step="all", n_boot=0)


def test_verdict_and_warning_say_what_the_row_is_worth(recorded):
    table = summary_table(recorded / "a", n_boot=0).set_index("rule")
    assert set(table["verdict"]) <= {"within 5 %", "beyond 5 %", "saturated", "no b"}
    dense = table.loc["above(0)"]
    assert dense["verdict"] in {"saturated", "no b", "within 5 %"}
    assert dense["verdict"] != "saturated" or dense["warning"]


def test_what_is_not_there_is_said(recorded, tmp_path):
    with pytest.raises(ActivstatsError, match="nowhere"):
        summary_table(tmp_path / "nowhere")
    with pytest.raises(LayerNotFoundError):
        summary_table(recorded, layer="9")
    with pytest.raises(InputError, match="no recording"):
        summary_table([])


@pytest.mark.parametrize("suffix", ["csv", "parquet", "tex"])
def test_command_writes_what_the_function_gives(recorded, command, suffix):  # noqa: F811
    said = command("table", "study", "--n-boot", "9", "-o", f"out/table.{suffix}", "--json")
    assert said.code == 0, said.err
    rows = json.loads(said.out, parse_constant=pytest.fail)
    expected = summary_table(recorded, n_boot=9)
    assert [row["verdict"] for row in rows] == expected["verdict"].tolist()
    path = recorded.parent / "out" / f"table.{suffix}"
    if suffix == "tex":
        text = path.read_text()
        assert text.count(r"\\") == len(expected) + 1
        assert "top\\_fraction(0.01)" in text
        assert "inf" not in text.replace("infty", "")
    else:
        read = pd.read_csv(path, keep_default_na=True) if suffix == "csv" else pd.read_parquet(path)
        assert list(read.columns) == list(COLUMNS)
        assert read["b"].tolist() == pytest.approx(expected["b"].tolist(), nan_ok=True)


def test_command_shows_a_table_and_its_warnings(recorded, command):  # noqa: F811
    said = command(
        "table", "study/a", "study/b", "--rule", "top1%", "--step", "each", "--n-boot", "0"
    )
    assert said.code == 0, said.err
    assert said.out.count("top_fraction(0.01)") >= 2


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nowhere"], 1, "nowhere"),
        (["study", "-o", "table.doc"], 2, ".csv, .parquet, .tex"),
        (["study", "--step", "last"], 2, "--step"),
        (["study", "--n-boot", "-1"], 2, "--n-boot"),
        (["study", "--layer", "9"], 1, "9"),
        (["study", "-o", "study/a/_run.json/x.csv", "--n-boot", "0"], 1, "cannot be written"),
    ],
)
def test_mistakes_are_one_line(recorded, command, arguments, code, words):  # noqa: F811
    said = command("table", *arguments)
    assert (said.code, said.err.count("\n"), said.out) == (code, 1, "")
    assert words in said.err


def test_command_explains_itself(command):  # noqa: F811
    assert "Examples" in command("table", "--help").out
