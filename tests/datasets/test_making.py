"""Datasets are made anew by their command: the same files, the same runs, and nothing left out."""

import json

import pytest

pytest.importorskip("torch", reason="making data trains networks")
pytest.importorskip("sklearn", reason="the digits come with scikit-learn")

import pandas as pd

from activstats import datasets, open_recording, open_study
from activstats.datasets.make import main, ship
from activstats.datasets.makers import no_recording, with_controls
from activstats.datasets.recipes import RECIPES, Part, Recipe
from activstats.recording.study import write_runs


@pytest.mark.slow
def test_the_series_made_anew_has_the_same_files_and_steps(tmp_path, capsys):
    main(["checkpoints", "--out", str(tmp_path)])
    assert capsys.readouterr().out.strip() == str(tmp_path / "checkpoints")
    made = json.loads((tmp_path / "checkpoints.json").read_text("utf-8"))
    assert {name.removeprefix("series/") for name in made["files"] if "series" in name} == set(
        datasets.describe("checkpoints").sha256
    )
    new = open_recording(tmp_path / "checkpoints" / "series")
    old = datasets.load("checkpoints")
    assert new.checkpoints["duplicate_of"].equals(old.checkpoints["duplicate_of"])
    for rule in ("top_fraction(0.03)", "above(0)"):
        assert new.counts(rule=rule).n_samples == old.counts(rule=rule).n_samples
        # Weights differ in their last digits from one processor to another, counts hardly.
        assert abs(new.counts(rule=rule).counts - old.counts(rule=rule).counts).max() <= 6


def test_recordings_that_do_not_ship_are_dropped_from_the_table_too(tmp_path):
    made = tmp_path / "made"
    for name in ("_rows", "a"):
        (made / name).mkdir(parents=True)
        (made / name / "file").write_text("content")
    write_runs(made, pd.DataFrame({"run": ["a"], "recording": ["a"], "seed": [0]}))
    recipe = Recipe("tiny", None, (Part("tiny", "study", ".", "table", "A test."),), "us", no_recording)  # fmt: skip
    target = ship(recipe, made, tmp_path)
    assert open_study(target).runs["recording"].tolist() == [""]
    assert [path.name for path in target.iterdir()] == ["runs.parquet"]
    assert list(json.loads((tmp_path / "tiny.json").read_text())["files"]) == ["runs.parquet"]


def test_of_the_digits_ship_the_networks_trained_on_everything_and_controls_of_a_width():
    runs = datasets.load("digits").runs
    shipped = runs["recording"] != ""
    assert shipped.equals(with_controls(runs))
    assert runs.loc[shipped, "kind"].value_counts().to_dict() == {
        "trained": 9, "untrained": 3, "random labels": 3, "same start": 3,
    }  # fmt: skip
    assert (runs["along_recording"] != "").sum() == 1


def test_an_unknown_name_is_a_mistake(tmp_path, capsys):
    with pytest.raises(SystemExit) as left:
        main(["nothing", "--out", str(tmp_path)])
    assert left.value.code == 2
    assert ", ".join(RECIPES) in capsys.readouterr().err
