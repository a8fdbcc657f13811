"""The study of learning rates: its pictures, its runs, and what it writes about them."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from activstats import open_recording, open_study
from activstats.dynamics.fluctuation import Fluctuation
from activstats.errors import DomainError, StudyError
from activstats.fluctuation_sources import fluctuation_of
from activstats.judging_learning_rates import judge_learning_rates
from activstats.participation_sources import activity_of
from activstats.studies.learning_rates_columns import COLUMNS
from activstats.studies.learning_rates_data import task_data
from activstats.studies.learning_rates_network import layered_network
from activstats.studies.learning_rates_run import perform_rate_run
from activstats.studies.learning_rates_settings import (
    LearningRateRun,
    LearningRatesSettings,
    plan_learning_rates,
)
from activstats.studies.learning_rates_study import run_learning_rates
from activstats.studies.learning_rates_training import train_at_rate
from activstats.studies.shapes import SHAPES, shape_pictures

TINY = LearningRatesSettings(
    tasks=("autoencoder",),
    adam_rates=(1e-3, 1e-2),
    sgd_rates=(0.1,),
    seeds=(0, 1),
    epochs=5,
    n_pictures=160,
    probe_samples=8,
    keep_checkpoints=True,
)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    return run_learning_rates(
        tmp_path_factory.mktemp("rates") / "study", TINY, n_jobs=1, progress=False
    )


def test_there_are_eight_shapes_of_which_no_two_are_alike():
    pictures, labels = shape_pictures(8 * 40, noise=0)
    assert len(SHAPES) == 8
    assert np.bincount(labels).tolist() == [40] * 8
    means = np.stack([pictures[labels == one].mean(axis=0) for one in range(8)])
    distances = np.linalg.norm(means[:, None] - means[None], axis=2)
    assert distances[~np.eye(8, dtype=bool)].min() > 0.4


def test_pictures_are_the_same_for_the_same_seed_and_within_their_brightness():
    one, again = shape_pictures(24, seed=3, noise=0)[0], shape_pictures(24, seed=3, noise=0)[0]
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, shape_pictures(24, seed=4, noise=0)[0])
    assert one.min() == 0
    assert 0.6 <= one.max() <= 1
    with pytest.raises(DomainError):
        shape_pictures(0)


def test_no_picture_is_in_two_splits():
    data = task_data("autoencoder", TINY)
    rows = [
        one.tobytes() for part in (data.train, data.validation, data.test) for one in part.features
    ]
    assert len(rows) == len(set(rows)) == TINY.n_pictures
    assert data.train.features.mean() == pytest.approx(0, abs=1e-5)
    assert data.train.features.std() == pytest.approx(1, abs=1e-5)


def test_runs_table_has_a_row_for_every_run_and_its_recording(finished):
    runs = open_study(finished).runs
    assert tuple(runs.columns) == COLUMNS
    assert runs["run"].tolist() == [run.name for run in plan_learning_rates(TINY)]
    assert not runs["diverged"].any()
    assert runs["test_accuracy"].isna().all()
    for name in runs["recording"]:
        assert set(open_recording(finished / name).layers["layer"]) == {"relu1", "relu2", "relu3"}


def test_firing_in_the_table_is_what_was_recorded(finished):
    row = open_study(finished).runs.iloc[0]
    recording = open_recording(finished / row["recording"])
    rates = [recording.counts(f"relu{n}", "above(0)") for n in (1, 2, 3)]
    recorded = np.concatenate([one.counts / one.n_samples for one in rates])
    np.testing.assert_allclose(row["neuron_firing"], recorded)
    assert row["dead_share"] == np.mean(recorded == 0)
    activity = activity_of(str(finished / row["recording"]))
    assert activity["layer"].tolist() == ["relu1", "relu2", "relu3"]


def test_fluctuation_in_the_table_is_that_of_the_checkpoints(finished):
    row = open_study(finished).runs.iloc[0]
    result = fluctuation_of(str(finished / f"{row['run']}-checkpoints"))
    layers = [one for one in result.layers if one.window == "late"]
    sizes = [one.n_neurons * one.n_inputs for one in layers]
    squares = [one.estimate("fluctuation").value ** 2 for one in layers]
    assert np.sqrt(np.average(squares, weights=sizes)) == pytest.approx(row["fluctuation_late"])
    np.testing.assert_allclose(result["fc2", "late"].neurons, row["neuron_fluctuation"][128:160])
    narrow = fluctuation_of(
        str(finished / f"{row['run']}-checkpoints" / "*.safetensors"), parameters=["fc2.*"]
    )
    assert {one.layer for one in narrow.layers} == {"fc2"}
    assert narrow["fc2", "whole"] == result["fc2", "whole"]


def test_equal_seeds_begin_alike_at_every_rate():
    data = task_data("autoencoder", TINY)
    slow, fast = (
        train_at_rate(LearningRateRun("autoencoder", "adam", rate, 0), data, TINY)
        for rate in (1e-4, 1e-2)
    )
    for name, weights in slow.weights.items():
        np.testing.assert_array_equal(weights[0], fast.weights[name][0])
    change = {
        label: np.abs(one.weights["fc1.weight"][-1] - one.weights["fc1.weight"][0]).mean()
        for label, one in (("slow", slow), ("fast", fast))
    }
    assert change["fast"] > change["slow"]
    assert slow.gradients["fc1.weight"].shape[0] == len(slow.steps) - 1


def test_every_run_is_the_same_again_and_leaves_torch_alone(tmp_path, finished):
    data, run = task_data("autoencoder", TINY), plan_learning_rates(TINY)[0]
    with torch.random.fork_rng():
        torch.manual_seed(12)
        row = perform_rate_run(run, data, TINY, tmp_path)
    known = open_study(finished).runs.iloc[0]
    for name, value in row.items():
        if isinstance(value, list):
            np.testing.assert_array_equal(np.array(value, float), np.array(known[name], float))
        elif value is not None:
            assert known[name] == value


def test_a_run_that_diverges_is_a_row_without_numbers(tmp_path):
    run = LearningRateRun("autoencoder", "sgd", 1e4, 0)
    row = perform_rate_run(run, task_data("autoencoder", TINY), TINY, tmp_path)
    assert row["diverged"] is True
    assert row["test_loss"] is None
    assert (tmp_path / run.name).is_dir()


def test_a_study_is_gone_on_with_and_another_refused(finished):
    rows = sorted((finished / "_rows").iterdir())
    before = rows[1].stat().st_mtime_ns
    table = open_study(finished).runs
    rows[0].unlink()
    run_learning_rates(finished, TINY, n_jobs=1, progress=False)
    assert rows[0].exists()
    assert rows[1].stat().st_mtime_ns == before
    pd.testing.assert_frame_equal(table, open_study(finished).runs)
    with pytest.raises(StudyError, match="other settings"):
        run_learning_rates(finished, replace(TINY, epochs=6), n_jobs=1, progress=False)


def test_the_classifier_is_a_network_on_digits(tmp_path):
    settings = replace(TINY, tasks=("classifier",), epochs=3, keep_checkpoints=False)
    run = LearningRateRun("classifier", "adam", 3e-3, 0)
    row = perform_rate_run(run, task_data("classifier", settings), settings, tmp_path)
    assert row["test_accuracy"] > 0.7
    assert len(row["neuron_firing"]) == 128 + 32
    assert [name for name, _ in layered_network("classifier", 0).named_children()][-1] == "fc3"


def test_weights_recorded_by_the_study_say_what_its_table_says(tmp_path):
    settings = replace(
        TINY, adam_rates=(1e-3,), sgd_rates=(), n_pictures=320, epochs=8, keep_checkpoints=False
    )
    path = run_learning_rates(tmp_path / "study", settings, n_jobs=1, progress=False)
    first, second = open_study(path).runs.to_dict("records")
    assert (first["parameters"], second["parameters"]) == (f"{first['run']}-parameters", "")
    found = fluctuation_of(str(path / first["parameters"]))
    for window in ("late", "whole"):
        assert found.of_network(window) == pytest.approx(first[f"fluctuation_{window}"], rel=1e-5)
        drift = found.of_network(window, "drift")
        assert drift == pytest.approx(first[f"drift_{window}"], rel=1e-4)
    judged = judge_learning_rates(path)
    (row,) = judged.recorded.to_dict("records")
    assert row["fluctuation_late"] == pytest.approx(row["table_late"], rel=1e-5)
    page = judged.to_html(tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Weights recorded along the training" in page


def test_moments_recorded_along_training_say_what_snapshots_say(tmp_path, rng):
    from activstats.recorder.parameters import ParameterRecorder

    with torch.random.fork_rng():
        model = torch.nn.Linear(5, 4)
    weights = []
    with ParameterRecorder(model, tmp_path / "run", window=10, gradients=False) as recorder:
        for step in range(40):
            with torch.no_grad():
                model.weight.copy_(torch.as_tensor(rng.normal(size=(4, 5))))
            recorder.step(step)
            weights.append(model.weight.detach().numpy().copy())
    found = fluctuation_of(str(tmp_path / "run"), parameters=["weight"])
    wanted = Fluctuation().fit({"weight": np.stack(weights)})
    for window in ("whole", "late"):
        value = found["weight", window].estimate("fluctuation").value
        assert value == pytest.approx(wanted["weight", window].estimate("fluctuation").value)


@pytest.mark.parametrize(
    "settings",
    [
        {"tasks": ("poetry",)}, {"tasks": ()}, {"adam_rates": (1e-2, 1e-3)}, {"seeds": (0, 0)},
        {"adam_rates": (0.0,)}, {"adam_rates": (), "sgd_rates": ()}, {"epochs": 0},
        {"late_share": 1.0}, {"test_share": 0.9}, {"seeds": (-1,)},
    ],
)  # fmt: skip
def test_settings_outside_their_domain_are_refused(settings):
    with pytest.raises(DomainError):
        LearningRatesSettings(**settings)


def test_names_of_runs_are_names_of_folders():
    names = [run.name for run in plan_learning_rates(LearningRatesSettings())]
    assert len(names) == len(set(names)) == 150
    assert all(re.fullmatch(r"learning_rates-[a-z0-9.+-]+", name) for name in names)
