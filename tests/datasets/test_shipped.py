"""What ships is whole, can be read, says where it is from, and is only read."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from activstats import GrowthLaw, LossCurve, LossTransition, datasets, open_recording, verify
from activstats.datasets.recipes import RECIPES
from activstats.datasets.shipped import FILES, shipped
from activstats.errors import DomainError
from activstats.fluctuation_sources import fluctuation_of
from activstats.recording.study import StudyFiles

ROOT = Path(datasets.__file__).parent / FILES
NAMES = [one.name for one in shipped()]


def state_of(folder):
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.stat().st_size)
        for path in folder.rglob("*")
    }


def test_every_recipe_has_its_files_and_no_file_is_without_a_recipe():
    assert {part.name for one in RECIPES.values() for part in one.parts} == set(NAMES)
    listed = {
        f"{path.stem}/{name}"
        for path in ROOT.glob("*.json")
        for name in json.loads(path.read_text("utf-8"))["files"]
    }
    there = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("*/**/*") if path.is_file()}
    assert there == listed


@pytest.mark.parametrize("recipe", RECIPES)
def test_what_is_said_of_a_dataset_is_what_its_recipe_says(recipe):
    said = json.loads((ROOT / f"{recipe}.json").read_text("utf-8"))
    assert said["parts"] == [vars(part) for part in RECIPES[recipe].parts]
    assert said["source"] == RECIPES[recipe].source
    assert said["made_by"] == f"python -m activstats.datasets.make {recipe}"
    assert {"python", "activstats", "numpy", "torch"} <= set(said["versions"])


@pytest.mark.parametrize("name", NAMES)
def test_every_file_has_its_checksum(name):
    found = datasets.describe(name)
    assert found.sha256
    for file, expected in found.sha256.items():
        assert hashlib.sha256((datasets.path(name) / file).read_bytes()).hexdigest() == expected
    assert found.n_bytes == sum(
        (datasets.path(name) / file).stat().st_size for file in found.sha256
    )


def test_all_together_they_are_a_few_megabytes():
    assert sum(path.stat().st_size for path in ROOT.rglob("*") if path.is_file()) < 5e6


@pytest.mark.parametrize("name", [one.name for one in shipped() if one.kind == "recording"])
def test_recordings_are_whole_and_reading_changes_nothing(name):
    before = state_of(ROOT)
    recording = datasets.load(name)
    assert recording.info.status == "complete"
    assert not verify(recording.path).found
    for layer, rule in recording.pairs:
        counts = recording.counts(layer, rule)
        mask = recording.mask(layer, rule)
        assert np.array_equal(counts.counts, mask.counts.counts)
    assert state_of(ROOT) == before


@pytest.mark.parametrize("name", [one.name for one in shipped() if one.kind == "study"])
def test_studies_have_the_recordings_that_their_tables_name(name):
    before = state_of(ROOT)
    study = datasets.load(name)
    for run in study.runs.loc[study.runs["recording"] != "", "run"]:
        assert study.recording(run).info.status == "complete"
    if "along_recording" in study.runs:
        for along in filter(None, study.runs["along_recording"]):
            assert open_recording(datasets.path(name) / along).info.status == "complete"
    assert state_of(ROOT) == before


def test_no_file_names_a_folder_of_the_machine_that_made_it():
    for path in ROOT.rglob("*.json*"):
        text = path.read_text("utf-8")
        assert '"/' not in text
        assert ":\\\\" not in text
    assert all(
        not Path(row).is_absolute() for row in datasets.load("checkpoints").checkpoints["path"]
    )


def test_trained_network_and_controls_follow_the_law():
    fits = [
        GrowthLaw().fit(datasets.load(f"digits-{kind}").counts(rule="top1%"))
        for kind in ("trained", "untrained", "random-labels")
    ]
    assert all(fit.status.value == "converged" for fit in fits)
    assert all(fit.misfit < 0.05 for fit in fits)
    assert fits[0].b < fits[1].b < fits[2].b


def test_losses_of_networks_and_of_the_control_have_a_transition():
    runs = datasets.load("digits").runs
    for kind, width in (("trained", 256), ("linear softmax", 0)):
        curve = LossCurve.from_frame(runs[(runs["kind"] == kind) & (runs["width"] == width)])
        assert (curve.n_sizes, curve.n_runs) == (13, 39)
        assert LossTransition(n_boot=99).fit(curve, rng=0).answer == "transition"


def test_the_series_has_one_duplicate_and_does_not_record_it():
    recording = datasets.load("checkpoints")
    table = recording.checkpoints.set_index("step")
    twice = table[table["duplicate_of"].notna()]
    assert twice["duplicate_of"].to_dict() == {240: 480}
    assert table.loc[240, "sha256"] == table.loc[480, "sha256"]
    assert not table.loc[240, "recorded"]
    steps = recording.steps("relu", "above(0)")["step"].tolist()
    assert steps == [step for step in table.index if step != 240]


def test_moments_of_weights_give_fluctuations():
    found = fluctuation_of(str(datasets.path("weights")))
    assert {one.layer for one in found.layers} == {"fc1", "fc2"}
    assert all(one.estimate("fluctuation").value > 0 for one in found.layers)


def test_reading_takes_no_torch():
    code = (
        "import sys, activstats\n"
        "activstats.datasets.load('digits-trained').counts(rule='argmax')\n"
        "activstats.datasets.load('tipping').runs\n"
        "print('torch' in sys.modules or 'sklearn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["False"]


def test_a_name_that_is_nearly_right_is_told():
    with pytest.raises(DomainError, match="no such dataset") as told:
        datasets.load("digit-trained")
    assert told.value.hint == "'digits-trained'"
    assert "tipping" in str(told.value.allowed)


def test_the_table_lists_every_dataset():
    table = datasets.list_datasets()
    assert table["name"].tolist() == sorted(NAMES)
    assert table.columns.tolist() == ["name", "kind", "what", "bytes", "made_by"]
    assert (table["bytes"] > 0).all()


def test_a_study_reads_as_studies_do():
    assert "learning_rate" in StudyFiles(datasets.path("learning-rates")).runs
