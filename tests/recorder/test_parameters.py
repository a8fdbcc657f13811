"""Parameters along training: what comes back against the raw series, in NumPy."""

import re

import duckdb
import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from activstats import ParameterRecorder, Recorder, open_recording
from activstats.counts.parameters import ParameterSnapshots, by_neuron
from activstats.errors import (
    ActivstatsWarning,
    DomainError,
    InputError,
    LayerNotFoundError,
    NothingRecordedError,
    RecorderError,
    RecordingExistsError,
)


def network():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(nn.Linear(5, 7), nn.ReLU(), nn.Linear(7, 2))


def train(model, n_steps, *, recorder=None, start=0, series=None, epochs=0, lr=0.05):
    """Train with SGD on noise of its own; note what every weight and gradient was at every step."""
    generator = torch.Generator().manual_seed(3)
    batches = [torch.randn(8, 5, generator=generator) for _ in range(n_steps)]
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for step, x in enumerate(batches):
        model(x).square().mean().backward()
        optimizer.step()
        if recorder is not None and step >= start:
            recorder.step(step)
        if series is not None:
            for name, parameter in model.named_parameters():
                series.setdefault(name, []).append(parameter.detach().numpy().copy())
                series.setdefault(name + ".grad", []).append(parameter.grad.numpy().copy())
        optimizer.zero_grad()
        if recorder is not None and epochs and step % epochs == epochs - 1:
            recorder.epoch()
    return {name: np.array(one, np.float64) for name, one in (series or {}).items()}


def detrended(series, steps=None):
    """Return the SD of what least squares on the steps leave, weight by weight."""
    t = np.arange(len(series)) if steps is None else np.asarray(steps)
    flat = series.reshape(len(series), -1)
    design = np.stack([np.ones(len(t)), t - t.mean()], axis=1)
    left = flat - design @ np.linalg.lstsq(design, flat, rcond=None)[0]
    return left.std(axis=0).reshape(series.shape[1:])


@pytest.fixture
def recorded(tmp_path):
    """A training run of 35 steps, its recording, and the raw series."""
    model = network()
    with ParameterRecorder(model, tmp_path / "r", window=10, snapshots=4) as recorder:
        series = train(model, 35, recorder=recorder, series={})
    return open_recording(tmp_path / "r"), series


# -- against the raw series -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["0.weight", "0.bias", "2.weight"])
@pytest.mark.parametrize("of", ["weight", "gradient"])
def test_moments_of_windows_are_those_of_the_raw_series(recorded, name, of):
    recording, series = recorded
    raw = series[name if of == "weight" else name + ".grad"]
    moments = recording.parameters(name, kind="moments", of=of)
    assert moments.n.tolist() == [10, 10, 10, 5]
    assert moments.first_step.tolist() == [0, 10, 20, 30]
    assert moments.last_step.tolist() == [9, 19, 29, 34]
    for at, window in enumerate(np.split(raw, [10, 20, 30])):
        t = np.arange(len(window)) + 10 * at
        close = {"rtol": 1e-9, "atol": 1e-14}
        np.testing.assert_allclose(moments.mean[at], window.mean(0), **close)
        np.testing.assert_allclose(moments.variance[at], window.var(0), **close)
        np.testing.assert_allclose(moments.sd(ddof=1)[at], window.std(0, ddof=1), **close)
        np.testing.assert_allclose(moments.total[at], window.sum(0), **close)
        np.testing.assert_allclose(moments.total_squares[at], (window**2).sum(0), **close)
        by_step = np.tensordot(t, window, axes=1)
        np.testing.assert_allclose(moments.total_by_step[at], by_step, **close)
        np.testing.assert_allclose(moments.sd(detrend=True)[at], detrended(window), **close)
        slope = np.polyfit(t, window.reshape(len(t), -1), 1)[0].reshape(window.shape[1:])
        np.testing.assert_allclose(moments.slope[at], slope, rtol=1e-7, atol=1e-14)


def test_windows_join_to_the_moments_of_the_whole_run(recorded):
    recording, series = recorded
    whole = recording.parameters("0.weight", kind="moments").joined()
    assert (whole.n, whole.first_step, whole.last_step) == ([35], [0], [34])
    np.testing.assert_allclose(whole.sd()[0], series["0.weight"].std(0), rtol=1e-10)
    found = whole.sd(detrend=True)[0]
    np.testing.assert_allclose(found, detrended(series["0.weight"]), rtol=1e-9)


def test_snapshots_are_the_weights_and_give_the_same_fluctuation(recorded):
    recording, series = recorded
    snapshots = recording.parameters("2.weight")
    assert snapshots.steps.tolist() == list(range(0, 35, 4))
    np.testing.assert_array_equal(snapshots.series, series["2.weight"][::4].astype(np.float32))
    found = snapshots.sd(detrend=True, ddof=0)
    np.testing.assert_allclose(found, detrended(series["2.weight"][::4]), rtol=1e-9)
    late = snapshots.between(10, 25)
    assert late.steps.tolist() == [12, 16, 20, 24]
    np.testing.assert_allclose(
        late.sd(detrend=True), detrended(series["2.weight"][12:25:4]), rtol=1e-9
    )
    gradients = recording.parameters("2.weight", of="gradient")
    np.testing.assert_array_equal(gradients.series, series["2.weight.grad"][::4])


def test_moments_of_every_step_equal_those_of_snapshots_at_every_step(tmp_path):
    model = network()
    with ParameterRecorder(model, tmp_path / "r", parameters="0.weight", snapshots=1) as recorder:
        train(model, 12, recorder=recorder)
    recording = open_recording(tmp_path / "r")
    running = recording.parameters("0.weight", kind="moments")
    afterwards = recording.parameters("0.weight").moments()
    for name in ("mean", "m2", "trend", "time_mean", "time_m2", "n", "first_step", "last_step"):
        np.testing.assert_allclose(getattr(running, name), getattr(afterwards, name), rtol=1e-9)


@settings(max_examples=30)
@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=20),
    st.integers(1, 9),
    st.integers(0, 2**31),
    st.sampled_from([0.0, 1.0, 1e6]),
)
def test_any_cut_into_windows_joins_exactly(gaps, n_windows, seed, level):
    steps = np.cumsum(gaps) + 10**6
    values = level + np.random.default_rng(seed).normal(size=(len(steps), 2, 3))
    whole = ParameterSnapshots("w", steps, values)
    parts = [
        whole.between(part[0], part[-1]).moments()
        for part in np.array_split(steps, min(n_windows, len(steps)))
    ]
    names = ("first_step", "last_step", "n", "time_mean", "time_m2", "mean", "m2", "trend")
    joined = type(parts[0])(
        "w", **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    ).joined()
    np.testing.assert_allclose(joined.sd()[0], values.std(0), atol=1e-8)
    if len(steps) > 2:
        np.testing.assert_allclose(joined.sd(detrend=True)[0], detrended(values, steps), atol=1e-7)


def test_large_weights_and_late_steps_do_not_cancel(tmp_path):
    model = nn.Linear(3, 2, bias=False).double()
    noise = torch.as_tensor(np.random.default_rng(0).normal(size=(50, 2, 3)))
    steps = np.arange(50) * 7 + 10**9
    series = []
    with ParameterRecorder(model, tmp_path / "r", gradients=False, snapshots=None) as recorder:
        for step, change in zip(steps, noise, strict=True):
            with torch.no_grad():
                model.weight.copy_(1e6 + 1e-3 * change + 1e-5 * (step - steps[0]))
            series.append(model.weight.detach().numpy().copy())
            before = model.weight.detach().clone()
            recorder.step(step)
            assert torch.equal(before, model.weight)
    found = open_recording(tmp_path / "r").parameters(kind="moments").sd(detrend=True)[0]
    np.testing.assert_allclose(found, detrended(np.array(series), steps), rtol=1e-5)


def test_weights_are_grouped_by_the_neuron_they_lead_to(tmp_path):
    model = nn.Conv2d(3, 4, 2)
    with ParameterRecorder(model, tmp_path / "r", snapshots=1, gradients=False) as recorder:
        recorder.step()
        recorder.step()
    snapshots = open_recording(tmp_path / "r").parameters("weight")
    grouped = by_neuron(snapshots.series, snapshots.shape)
    assert grouped.shape == (2, 4, 12)
    np.testing.assert_array_equal(grouped[1], model.weight.detach().numpy().reshape(4, -1))
    assert by_neuron(snapshots.sd(), snapshots.shape).shape == (4, 12)


@pytest.mark.parametrize("kind", [torch.bfloat16, torch.float16, torch.float64])
def test_parameters_of_any_floating_type_are_kept(tmp_path, kind):
    model = network().to(kind)
    with ParameterRecorder(model, tmp_path / "r", snapshots=1, gradients=False) as recorder:
        recorder.step(5)
    recording = open_recording(tmp_path / "r")
    expected = model[0].weight.detach().double().numpy()
    np.testing.assert_array_equal(recording.parameters("0.weight").series[0], expected)
    np.testing.assert_array_equal(
        recording.parameters("0.weight", kind="moments").mean[0], expected
    )
    assert recording.parameter_info("0.weight").dtype == str(kind).removeprefix("torch.")


def test_a_single_number_is_a_parameter_too(tmp_path):
    model = nn.Module()
    model.scale = nn.Parameter(torch.tensor(2.5))
    with ParameterRecorder(model, tmp_path / "r", snapshots=1, gradients=False) as recorder:
        recorder.step()
    recording = open_recording(tmp_path / "r")
    assert recording.parameters().series.tolist() == [2.5]
    assert recording.parameters(kind="moments").mean.shape == (1,)


def test_short_windows_have_no_fluctuation_rather_than_none_at_all():
    one = ParameterSnapshots("w", np.array([3]), np.ones((1, 2))).moments()
    assert one.sd().tolist() == [[0, 0]]
    assert np.isnan(one.sd(detrend=True)).all()
    assert np.isnan(one.sd(ddof=1)).all()
    assert np.isnan(one.slope).all()
    with pytest.raises(DomainError, match="not negative"):
        one.sd(ddof=-1)
    with pytest.raises(DomainError, match="without a snapshot"):
        ParameterSnapshots("w", np.array([], int), np.ones((0, 2))).moments()


# -- steps and epochs -----------------------------------------------------------------------------------


def test_windows_and_snapshots_end_with_epochs_by_default(tmp_path):
    model = network()
    with ParameterRecorder(
        model, tmp_path / "r", parameters="*.weight", gradients=False
    ) as recorder:
        series = train(model, 25, recorder=recorder, series={}, epochs=10)
    recording = open_recording(tmp_path / "r")
    moments = recording.parameters("0.weight", kind="moments")
    assert moments.last_step.tolist() == [9, 19, 24]
    assert recording.parameters("0.weight").steps.tolist() == [9, 19]
    np.testing.assert_allclose(moments.mean[1], series["0.weight"][10:20].mean(0))


def test_epochs_alone_are_steps(tmp_path):
    model = network()
    with ParameterRecorder(model, tmp_path / "r", gradients=False) as recorder:
        for _ in range(4):
            recorder.epoch()
    recording = open_recording(tmp_path / "r")
    assert recording.parameters("0.bias").steps.tolist() == [0, 1, 2, 3]
    assert recording.parameters("0.bias", kind="moments").n.tolist() == [4]


def test_one_step_can_be_asked_for(recorded):
    recording, series = recorded
    assert recording.parameters("0.weight", step=-1).steps.tolist() == [32]
    (found,) = recording.parameters("0.weight", step=8).series
    np.testing.assert_array_equal(found, series["0.weight"][8])
    assert recording.parameters("0.weight", kind="moments", step=19).first_step.tolist() == [10]
    with pytest.raises(LayerNotFoundError, match=r"(?s)no step '9'.*8, 12"):
        recording.parameters("0.weight", step=9)


def test_training_is_the_same_to_the_last_bit(tmp_path):
    bare, watched = network(), network()
    state = torch.get_rng_state()
    train(bare, 30)
    with ParameterRecorder(watched, tmp_path / "r", snapshots=1, window=3) as recorder:
        train(watched, 30, recorder=recorder)
    for a, b in zip(bare.parameters(), watched.parameters(), strict=True):
        assert torch.equal(a, b)
    assert torch.equal(state, torch.get_rng_state())


# -- selection --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        ("*.weight", ["0.weight", "2.weight"]),
        (["2.*", "0.bias"], ["0.bias", "2.weight", "2.bias"]),
        (re.compile("^2"), ["2.weight", "2.bias"]),
        (nn.Linear, ["0.weight", "0.bias", "2.weight", "2.bias"]),
        (lambda _, parameter: parameter.ndim == 1, ["0.bias", "2.bias"]),
    ],
)
def test_parameters_are_chosen_like_layers(tmp_path, patterns, names):
    model = network()
    with ParameterRecorder(model, tmp_path / "r", parameters=patterns, gradients=False) as recorder:
        recorder.step()
    assert [info.name for info in open_recording(tmp_path / "r").info.parameters] == names


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"parameters": "weights"}, LayerNotFoundError, "matches no parameter"),
        ({"parameters": []}, LayerNotFoundError, "no parameter was asked for"),
        ({"parameters": 3}, RecorderError, "cannot be chosen"),
        ({"window": 0}, RecorderError, "every so many steps"),
        ({"window": "epoch"}, RecorderError, "every so many steps"),
        ({"snapshots": "never"}, RecorderError, "every so many steps"),
        ({"snapshots": True}, RecorderError, "every so many steps"),
        ({"moments": False, "snapshots": None}, RecorderError, "neither"),
        ({"moments": False, "window": 5}, RecorderError, "one of moments"),
        ({"overwrite": True, "resume": True}, RecorderError, "either"),
        ({"memory_limit": 10}, RecorderError, "memory limit"),
    ],
)
def test_settings_that_make_no_sense_are_refused_before_anything_is_made(
    tmp_path, options, error, said
):
    with pytest.raises(error, match=said):
        ParameterRecorder(network(), tmp_path / "r", **options)
    assert not (tmp_path / "r").exists()


# -- files, and nothing lost ------------------------------------------------------------------------------


def test_other_readers_read_the_files_as_they_are(tmp_path, recorded):
    recording, series = recorded
    folder = f"{recording.path}/parameters/parameter=0.weight"
    frame = pd.read_parquet(f"{folder}/table=snapshot")
    assert len(frame) == 9 * 7
    ((total,),) = duckdb.sql(
        f"select sum(list_sum(mean)) from '{folder}/table=moments/**/*.parquet' where step = 9"
    ).fetchall()
    assert total == pytest.approx(series["0.weight"][:10].mean(0).sum())
    assert recording.verify() == []
    tables = recording.recorded_parameters
    assert tables["parameter"].unique().tolist() == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert set(tables["table"]) == {
        "moments", "snapshot", "gradient-moments", "gradient-snapshot",
    }  # fmt: skip


def test_large_parameters_are_written_in_pieces(tmp_path):
    model = nn.Linear(40_000, 5, bias=False)
    options = {"gradients": False, "snapshots": 1, "memory_limit": 2**20}
    with ParameterRecorder(model, tmp_path / "r", **options) as recorder:
        recorder.step()
        recorder.step()
    recording = open_recording(tmp_path / "r")
    assert len(list((tmp_path / "r").glob("**/table=snapshot/**/*.parquet"))) > 2
    found = recording.parameters()
    np.testing.assert_array_equal(found.series[1], model.weight.detach().numpy())
    assert recording.parameters(kind="moments").n.tolist() == [2]


def broken_off(folder, n_steps, **options):
    model = network()
    with pytest.raises(KeyboardInterrupt), ParameterRecorder(model, folder, **options) as recorder:  # noqa: PT012
        train(model, n_steps, recorder=recorder)
        raise KeyboardInterrupt


@pytest.mark.parametrize("n", [1, 10, 17, 30])
def test_an_interrupted_recording_resumes_exactly(tmp_path, recorded, n):
    uninterrupted, _ = recorded
    options = {"window": 10, "snapshots": 4}
    broken_off(tmp_path / "s", n, **options)
    model = network()
    with ParameterRecorder(model, tmp_path / "s", resume=True, **options) as recorder:
        train(model, 35, recorder=recorder)
    resumed = open_recording(tmp_path / "s")
    assert resumed.info.status == "complete"
    for name in ("0.weight", "2.bias"):
        for of in ("weight", "gradient"):
            a, b = (one.parameters(name, of=of) for one in (resumed, uninterrupted))
            np.testing.assert_array_equal(a.steps, b.steps)
            np.testing.assert_array_equal(a.series, b.series)
            a, b = (
                one.parameters(name, kind="moments", of=of).joined()
                for one in (resumed, uninterrupted)
            )
            assert a.n == b.n
            np.testing.assert_allclose(a.sd(detrend=True), b.sd(detrend=True), rtol=1e-9)


def test_a_parameter_of_which_a_kill_left_half_is_finished_on_resuming(tmp_path):
    model = nn.Linear(40_000, 5, bias=False)
    options = {"gradients": False, "snapshots": 1, "moments": False, "memory_limit": 2**20}
    with ParameterRecorder(model, tmp_path / "r", **options) as recorder:
        recorder.step(0)
        recorder.step(1)
    manifest = tmp_path / "r/_manifest.jsonl"
    lines = manifest.read_text().splitlines(keepends=True)
    manifest.write_text("".join(lines[:-2]))  # as if the last two flushes had never come
    left = open_recording(tmp_path / "r").parameters()
    assert left.steps.tolist() == [0]
    with ParameterRecorder(model, tmp_path / "r", resume=True, **options) as recorder:
        recorder.step(0)
        recorder.step(1)
    found = open_recording(tmp_path / "r").parameters()
    assert found.steps.tolist() == [0, 1]
    np.testing.assert_array_equal(found.series[1], model.weight.detach().numpy())


def test_other_parameters_do_not_go_on(tmp_path):
    broken_off(tmp_path / "r", 5, parameters="0.*")
    model = network()
    with pytest.raises(RecorderError, match="other parameters"):
        ParameterRecorder(model, tmp_path / "r", resume=True).__enter__()
    with pytest.raises(RecordingExistsError):
        ParameterRecorder(model, tmp_path / "r").__enter__()
    with ParameterRecorder(model, tmp_path / "r", overwrite=True, gradients=False) as recorder:
        recorder.epoch()
    assert len(open_recording(tmp_path / "r").info.parameters) == 4


def test_parameters_and_activations_share_a_recording(tmp_path):
    def run(n_steps, **options):
        model = network()
        with (
            Recorder(model, tmp_path / "r", layers="1", rule="above(0)", **options) as recorder,
            ParameterRecorder(model, recorder, window=4, snapshots=5, gradients=False) as weights,
        ):
            x = torch.ones(3, 5)
            for step in range(n_steps):
                with recorder.batch(step=step):
                    model(x)
                weights.step(step)

    run(6)
    run(12, resume=True)
    recording = open_recording(tmp_path / "r")
    assert recording.info.status == "complete"
    assert recording.verify() == []
    assert recording.counts(step=None).n_samples == 36
    assert recording.parameters("0.weight").steps.tolist() == [0, 5, 10]
    assert recording.parameters("0.weight", kind="moments").n.sum() == 12
    assert "0.weight" not in recording.layers["layer"].tolist()


# -- refusals -----------------------------------------------------------------------------------------------


def test_a_recorder_without_a_step_says_so_and_leaves_no_folder(tmp_path):
    with pytest.raises(NothingRecordedError, match="no step"), ParameterRecorder(
        network(), tmp_path / "r"
    ):  # fmt: skip
        pass
    assert not (tmp_path / "r").exists()


def test_steps_go_on_and_only_while_the_recorder_is_open(tmp_path):
    with ParameterRecorder(network(), tmp_path / "r", gradients=False) as recorder:
        recorder.step(5)
        for step in (5, 4, "a", -1):
            with pytest.raises(RecorderError, match="step"):
                recorder.step(step)
        recorder.step()
    with pytest.raises(RecorderError, match="not open"):
        recorder.step(9)
    moments = open_recording(tmp_path / "r").parameters("0.bias", kind="moments")
    assert (moments.first_step, moments.last_step, moments.n) == ([5], [6], [2])


def test_gradients_that_were_never_there_are_said_so(tmp_path):
    with pytest.warns(ActivstatsWarning, match="no gradient was there"), ParameterRecorder(
        network(), tmp_path / "r"
    ) as recorder:  # fmt: skip
        recorder.step()


def test_a_parameter_that_changes_its_shape_or_goes_is_refused(tmp_path):
    model = network()
    with ParameterRecorder(model, tmp_path / "r", gradients=False) as recorder:
        recorder.step()
        model[0].bias = nn.Parameter(torch.zeros(3))
        with pytest.raises(RecorderError, match="changed its shape"):
            recorder.step()
        del model[0].bias
        with pytest.raises(RecorderError, match="any more"):
            recorder.step()


def test_what_was_not_recorded_cannot_be_read(tmp_path, recorded):
    recording, _ = recorded
    with pytest.raises(LayerNotFoundError, match="no parameter 'weight'"):
        recording.parameters("weight")
    with pytest.raises(LayerNotFoundError, match="say which"):
        recording.parameters()
    with pytest.raises(InputError, match="not recorded so"):
        recording.parameters("0.weight", kind="mean")
    with pytest.raises(OSError, match="holds no activations"):
        recording.counts()
    model = network()
    with ParameterRecorder(model, tmp_path / "s", moments=False, snapshots=1) as recorder:
        train(model, 2, recorder=recorder)
    with pytest.raises(InputError, match="holds no moments"):
        open_recording(tmp_path / "s").parameters("0.weight", kind="moments")
    with Recorder(model, tmp_path / "t", layers="1") as recorder, recorder.batch():
        model(torch.ones(2, 5))
    with pytest.raises(InputError, match="holds no parameters"):
        open_recording(tmp_path / "t").parameters("0.weight")
