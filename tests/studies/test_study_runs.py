"""Whole studies: the same whoever does the work, whole after an interruption, never mixed up."""

import json
import shutil
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from activstats.errors import (
    DomainError,
    InputError,
    LayerNotFoundError,
    NewerFormatError,
    StudyError,
)
from activstats.recording.reader import RecordingFiles
from activstats.recording.study import StudyFiles
from activstats.studies import StudySettings, run_study
from activstats.studies.columns import COLUMNS, PRUNING
from activstats.studies.folder import DESCRIPTION, ROWS
from activstats.studies.kinds import LEARNERS, Kind
from activstats.studies.plan import plan_runs

TINY = StudySettings(
    widths=(8, 12),
    sizes=(2, 40),
    seeds=(0, 1),
    depths=(1,),
    steps=12,
    validation_every=4,
    along_widths=(8,),
    along_every=5,
    along_samples=20,
    replicates=2,
    rules=("top1%", "above(0)"),
)


@pytest.fixture(scope="session")
def table_file(tmp_path_factory):
    rng = np.random.default_rng(11)
    centres = rng.normal(0, 2, size=(3, 4))
    labels = rng.integers(0, 3, size=120)
    frame = pd.DataFrame(centres[labels] + rng.normal(size=(120, 4)), columns=list("abcd"))
    path = tmp_path_factory.mktemp("table") / "blobs.csv"
    frame.assign(kind=np.array(["x", "y", "z"])[labels]).to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def make(table_file):
    def make_study(out, settings=TINY, **options):
        options = {"data": table_file, "target": "kind", "n_jobs": 1, "progress": False} | options
        return run_study(out, settings, **options)

    return make_study


@pytest.fixture(scope="session")
def finished(make, tmp_path_factory):
    return make(tmp_path_factory.mktemp("finished") / "study")


@pytest.fixture
def study(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "study")


def recorded(folder):
    """Everything that the recordings say of the neurons, by run, layer, rule, step and chunk."""
    tables = {}
    for path in sorted(folder.glob("*/_run.json")):
        recording = RecordingFiles(str(path.parent))
        for rule in recording.layers["rule"]:
            for layer in set(recording.layers["layer"]):
                parts = [part.to_pandas() for part in recording.stats(layer, rule)]
                tables[path.parent.name, layer, rule] = pd.concat(parts, ignore_index=True)
    return tables


def assert_same(one, other):
    pd.testing.assert_frame_equal(StudyFiles(one).runs, StudyFiles(other).runs, check_exact=True)
    left, right = recorded(one), recorded(other)
    assert left.keys() == right.keys()
    for key, table in left.items():
        pd.testing.assert_frame_equal(table, right[key], check_exact=True)


def test_runs_table_has_a_row_for_every_run(finished):
    runs = StudyFiles(finished).runs
    assert tuple(runs.columns) == COLUMNS
    plan = plan_runs(TINY, pool=72, n_features=4, n_classes=3)
    assert runs["run"].tolist() == [run.name for run in plan]
    counts = runs["kind"].value_counts().to_dict()
    networks = {"trained": 8, "untrained": 4, "random labels": 4, "same start": 2}
    learners = {"linear softmax": 4, "nearest neighbours": 4, "random forest": 4}
    assert counts == networks | learners
    assert set(runs["dataset"]) == {"blobs.csv"}
    assert (runs["n_features"].unique(), runs["n_classes"].unique()) == ([4], [3])
    networks = runs[runs["width"] > 0]
    assert networks.drop(columns=list(PRUNING)).notna().all(axis=None)
    pruned = networks[list(PRUNING)].notna()
    assert (pruned.all(axis=1) == pruned.any(axis=1)).all()
    assert pruned.all(axis=1).sum() == 4 + 4 + 4 + 2  # on the whole pool, the controls, same start


def test_learners_without_hidden_neurons_are_scored_and_not_recorded(finished):
    runs = StudyFiles(finished).runs
    learners = runs[runs["width"] == 0]
    assert set(learners["kind"]) == set(LEARNERS)
    missing = ["learning_rate", "final_test_loss", *PRUNING]
    assert learners.columns[learners.isna().any()].tolist() == missing
    assert set(learners["recording"]) == set(learners["along_recording"]) == {""}
    assert not learners[["depth", "steps", "best_step"]].any(axis=None)
    assert learners["chosen"].all()
    assert (runs["probability_floor"] < 1 / 3).all()
    with pytest.raises(LayerNotFoundError, match="no recording of a run"):
        StudyFiles(finished).recording(learners["run"].iloc[0])


def test_loss_of_every_learner_falls_from_guessing(finished):
    runs = StudyFiles(finished).runs
    curve = runs[runs["n_train"] > 0].pivot_table(
        index="kind", columns="n_train", values="test_loss", aggfunc="mean"
    )
    curve = curve.drop(index="random labels")
    assert (curve[2].dropna() < np.log(3) + 0.15).all()
    assert (curve[40] < curve[2].fillna(np.inf)).all()


def test_deeper_networks_have_the_parameters_of_flat_ones_and_all_layers_recorded(make, tmp_path):
    settings = replace(TINY, depths=(1, 2), sizes=(40,), seeds=(0,), replicates=0, learners=())
    study = make(tmp_path / "deep", settings)
    runs = StudyFiles(study).runs
    deep = runs[runs["kind"] == "deep"]
    assert set(deep["depth"]) == {2}
    assert sorted(set(deep["parameter_budget"])) == [67, 99]  # 8 (4 + 1) + (8 + 1) 3, likewise 12
    assert sorted(set(deep["n_parameters"])) == [73, 93]  # w² + 9w + 3 at w = 5 and 6
    recording = StudyFiles(study).recording(deep["run"].iloc[0])
    assert sorted(set(recording.layers["layer"])) == ["relu1", "relu2"]
    assert recording.info.mode == "mask"
    for layer in ("relu1", "relu2"):
        assert recording.steps(layer, "top1%")["n_samples"].tolist() == [120]
    flat = runs[runs["kind"] == "trained"]
    np.testing.assert_array_equal(flat["n_parameters"], flat["parameter_budget"])


@pytest.mark.parametrize("widths", [(2,), (40, 41)])
def test_depths_without_a_network_of_their_own_are_refused(widths, make, tmp_path):
    with pytest.raises(DomainError, match=r"neurons a layer at depth 9|fewer than two neurons"):
        make(tmp_path / "deep", replace(TINY, widths=widths, depths=(1, 9)))
    assert not (tmp_path / "deep").exists()


def test_same_settings_give_the_same_study_whatever_the_number_of_processes(
    finished, make, tmp_path
):
    assert_same(make(tmp_path / "two", n_jobs=2), finished)


def test_controls_share_their_first_weights_with_the_trained_networks(finished):
    runs = StudyFiles(finished).runs
    along = runs[runs["along_training"]].iloc[0]
    untrained = runs[(runs["kind"] == "untrained") & (runs["width"] == along["width"])]
    untrained = untrained[untrained["seed"] == along["seed"]].iloc[0]
    assert (untrained["n_train"], untrained["steps"], untrained["best_step"]) == (0, 0, 0)
    probe = RecordingFiles(str(finished / along["along_recording"]))
    first = next(probe.stats("relu", "above(0)", step=0)).to_pandas()
    # The probe along training is the first part of the probe: no neuron can have fired more often.
    whole = next(StudyFiles(finished).recording(untrained["run"]).stats("relu", "above(0)"))
    assert (first["n_act"].to_numpy() <= whole.to_pandas()["n_act"].to_numpy()).all()


def test_untrained_networks_guess_and_random_labels_are_not_learnt(finished):
    runs = StudyFiles(finished).runs.set_index("kind")
    assert (runs.loc["untrained", "test_loss"] > 0.8).all()
    trained = runs.loc["trained"]
    largest = trained[trained["n_train"] == 40]
    assert largest["test_loss"].mean() < runs.loc["random labels", "test_loss"].mean()
    np.testing.assert_array_equal(runs.loc["random labels", "best_step"], TINY.steps)


def test_networks_of_the_same_start_differ_in_the_order_alone(finished, make, tmp_path):
    """With steps of the whole training set there is no order, and the runs are the same."""
    runs = StudyFiles(finished).runs
    same = runs[(runs["kind"] == "same start") | (runs["along_training"] & (runs["seed"] == 0))]
    assert len(same) == same["test_loss"].nunique() == 3
    whole = replace(TINY, batch_size=10_000, widths=(8,), seeds=(0,), sizes=(72,))
    runs = StudyFiles(make(tmp_path / "whole", whole)).runs.set_index("kind")
    losses = runs.loc[["trained", "same start"], "test_loss"].to_numpy()
    np.testing.assert_allclose(losses, losses[0], rtol=1e-5)


def test_recordings_hold_the_whole_table_and_the_steps_along_training(finished):
    runs = StudyFiles(finished).runs
    for run in runs[runs["recording"] != ""].itertuples():
        recording = StudyFiles(finished).recording(run.run)
        assert recording.steps("relu", "top1%").to_numpy().tolist() == [[run.best_step, 120]]
        assert recording.info.mode == ("counts" if run.n_train == 2 else "mask")
    along = runs[runs["along_training"]]
    assert (along["width"].unique(), along["n_train"].unique()) == ([8], [40])
    for name in along["along_recording"]:
        steps = RecordingFiles(str(finished / name)).steps("relu", "above(0)")
        assert steps["step"].tolist() == [0, 5, 10, 12]
        assert set(steps["n_samples"]) == {20}


def test_a_finished_study_is_not_done_again(study, make, monkeypatch):
    monkeypatch.setattr("activstats.studies.onerun.perform_run", pytest.fail)
    before = (study / "runs.parquet").read_bytes()
    assert make(study) == study
    assert (study / "runs.parquet").read_bytes() == before


def test_a_study_with_parts_missing_is_made_whole_again(study, finished, make):
    names = StudyFiles(study).runs["run"].tolist()
    (study / ROWS / f"{names[0]}.json").unlink()
    (study / ROWS / f"{names[1]}.json").write_text('{"run": "tr')
    shutil.rmtree(study / names[2])
    next((study / names[3]).rglob("*.parquet")).write_bytes(b"PAR1")
    info = json.loads((study / names[4] / "_run.json").read_text())
    (study / names[4] / "_run.json").write_text(json.dumps(info | {"status": "interrupted"}))
    shutil.rmtree(next(study.glob("*-along")))
    (study / "runs.parquet").unlink()
    assert_same(make(study), finished)


def test_a_study_interrupted_between_runs_goes_on(tmp_path, finished, make, monkeypatch):
    from activstats.studies import onerun

    whole, left = onerun.perform_run, [5]

    def interrupted(*arguments):
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return whole(*arguments)

    monkeypatch.setattr(onerun, "perform_run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make(tmp_path / "study")
    assert len(list((tmp_path / "study" / ROWS).glob("*.json"))) == 5
    assert not (tmp_path / "study" / "runs.parquet").exists()
    monkeypatch.undo()
    assert_same(make(tmp_path / "study"), finished)


def test_other_settings_or_data_are_refused_and_named(study, make, tmp_path):
    with pytest.raises(StudyError) as error:
        make(study, replace(TINY, steps=13))
    assert "steps was 12, is now 13" in str(error.value)
    other = tmp_path / "blobs.csv"
    other.write_text("a,kind\n" + "1,x\n2,y\n" * 60)
    with pytest.raises(StudyError, match="other settings or other data") as error:
        make(study, data=other)
    assert "the data was" in str(error.value)
    with pytest.raises(StudyError, match="already holds a study"):
        make(study, resume=False)


def test_overwriting_removes_the_old_study_and_nothing_else(study, make):
    (study / "notes.txt").write_text("mine")
    (study / "plots").mkdir()
    small = replace(TINY, widths=(8,), seeds=(0,), learners=("nearest neighbours",))
    runs = StudyFiles(make(study, small, overwrite=True)).runs
    assert len(runs) == 8
    expected = {*runs["recording"], *runs["along_recording"], ROWS, DESCRIPTION, "runs.parquet", ""}
    found = {entry.name for entry in study.iterdir()}
    assert found == (expected - {""}) | {"notes.txt", "plots"}


def test_a_folder_that_holds_no_study_is_refused(tmp_path, make):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(StudyError, match="holds files and no study"):
        make(tmp_path, overwrite=True)
    with pytest.raises(StudyError, match="this is a file"):
        make(tmp_path / "thesis.tex")
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_damaged_or_newer_description_is_refused(study, make):
    description = json.loads((study / DESCRIPTION).read_text())
    (study / DESCRIPTION).write_text(json.dumps(description | {"format": 99}))
    with pytest.raises(NewerFormatError):
        make(study)
    (study / DESCRIPTION).write_text("{")
    with pytest.raises(StudyError, match="damaged"):
        make(study)


def test_requests_that_make_no_sense_are_refused(tmp_path, make):
    with pytest.raises(DomainError, match="somebody has to do the work"):
        make(tmp_path / "s", n_jobs=0)
    with pytest.raises(DomainError, match="smaller than the training-set sizes"):
        make(tmp_path / "s", replace(TINY, sizes=(16, 73)))
    with pytest.raises(InputError, match="has no column"):
        make(tmp_path / "s", target="species")
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_goes_to_stderr_only_and_to_terminals_only(
    study, make, capsys, monkeypatch, terminal
):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    monkeypatch.setenv("TERM", "xterm")
    make(study, progress=True)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert ("30/30" in shown.err) == terminal


def test_plan_holds_every_combination_once():
    runs = plan_runs(StudySettings(), pool=1079, n_features=64, n_classes=10)
    assert len({run.name for run in runs}) == len(runs) == 360
    assert sum(run.kind is Kind.TRAINED for run in runs) == 195
    assert sum(run.kind in LEARNERS for run in runs) == 117
    deep = [run for run in runs if run.kind is Kind.DEEP]
    assert {(run.depth, run.n_train) for run in deep} == {(2, 1079)}
    assert len(deep) == 15
    along = [run for run in runs if run.along]
    assert {(run.width, run.n_train) for run in along} == {(256, 1079)}
    assert {run.n_train for run in runs if run.mask} == {0, 1079}
