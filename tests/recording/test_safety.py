"""Nothing already recorded is lost: kills, full and read-only disks, damage, resuming."""

import contextlib
import errno
import itertools
import json
import os
import pkgutil
import re
import shutil
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import torch

from activstats import Counts, Recorder, open_recording, parse_rule
from activstats.errors import (
    DamagedRecordingError,
    DamagedRecordingWarning,
    NewerFormatError,
    RecorderError,
    RecordingError,
    RecordingExistsError,
    RecordingNotFoundError,
)
from activstats.recording import atomic

from .conftest import Source, record


def shards(folder):
    return sorted(folder.glob("stats/**/*.parquet"))


def files(folder):
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def assert_whole(folder, activations):
    recording = open_recording(folder)
    counts, naive = recording.counts(), Counts.from_active(np.asarray(activations) > 0)
    assert recording.verify() == []
    assert counts.n_samples == len(activations)
    np.testing.assert_array_equal(counts.counts, naive.counts)
    np.testing.assert_array_equal(counts.first, naive.first)


# -- folders that are taken -------------------------------------------------------------------------


def test_a_recording_that_is_there_is_refused_and_left_alone(folder, activations):
    before = files(folder)
    with pytest.raises(RecordingExistsError, match="already holds a recording"):
        record(folder, activations)
    assert files(folder) == before


def test_a_folder_with_something_else_is_never_touched(tmp_path, activations):
    (tmp_path / "thesis.tex").write_text("ten years of work")
    for options in ({}, {"overwrite": True}, {"resume": True}):
        with pytest.raises(RecordingExistsError, match="no recording"):
            record(tmp_path, activations, **options)
    assert (tmp_path / "thesis.tex").read_text() == "ten years of work"


def test_overwrite_replaces_the_recording(folder, activations):
    record(folder, activations[:70], overwrite=True)
    assert_whole(folder, activations[:70])


def test_an_empty_folder_is_free(tmp_path, activations):
    (tmp_path / "run").mkdir()
    record(tmp_path / "run", activations)
    assert_whole(tmp_path / "run", activations)


# -- kills and resuming -----------------------------------------------------------------------------

RECORD_FOREVER = textwrap.dedent(
    """
    import sys, numpy as np, torch
    from activstats import Recorder
    activations = torch.as_tensor(np.load(sys.argv[1]))
    model = torch.nn.Sequential(torch.nn.Identity())
    with Recorder(model, sys.argv[2], layers="0", rule="above(0)", mode="mask", chunk_samples=64,
                  rotate_seconds=0.0) as recorder:
        for number, batch in enumerate(activations.split(50)):
            with recorder.batch():
                model(batch)
            print(number, flush=True)
    """
)


@pytest.mark.slow
@pytest.mark.parametrize("kill_after", [3, 17, 40])
def test_a_killed_recording_loses_less_than_a_shard_and_resumes_exactly(tmp_path, rng, kill_after):
    activations = rng.normal(size=(20_000, 12)).astype(np.float32)
    np.save(tmp_path / "x.npy", activations)
    with subprocess.Popen(
        [sys.executable, "-c", RECORD_FOREVER, tmp_path / "x.npy", tmp_path / "run"],
        stdout=subprocess.PIPE,
    ) as process:
        for _ in range(kill_after):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    left = open_recording(tmp_path / "run")
    assert left.info.status == "recording"
    assert left.verify() == []
    counts = left.counts()
    # Batches of 50 with a flush after each: what was flushed ends with the last whole chunk of 64.
    assert counts.n_samples >= 50 * kill_after - 64
    expected = Counts.from_active(activations[: counts.n_samples] > 0)
    np.testing.assert_array_equal(counts.counts, expected.counts)

    model = torch.nn.Sequential(torch.nn.Identity())
    options = {"layers": "0", "rule": "above(0)", "mode": "mask", "resume": True}
    with Recorder(model, tmp_path / "run", **options) as recorder:
        for batch in torch.as_tensor(activations).split(50):
            with recorder.batch():
                model(batch)
    assert_whole(tmp_path / "run", activations)


def stop_after(folder, activations, n, **options):
    """Record until a failure after n samples."""
    model = Source()
    options = {"layers": "act", "rule": "above(0)", "chunk_samples": 64} | options
    with pytest.raises(KeyboardInterrupt), Recorder(model, folder, **options) as recorder:  # noqa: PT012
        for part in torch.as_tensor(activations[:n]).split(50):
            with recorder.batch():
                model(part)
        raise KeyboardInterrupt


@pytest.mark.parametrize("n", [1, 64, 65, 250, 400])
def test_an_interrupted_recording_resumes_exactly(tmp_path, activations, n):
    stop_after(tmp_path / "run", activations, n, mode="mask")
    assert open_recording(tmp_path / "run").counts().n_samples == n
    record(tmp_path / "run", activations, mode="mask", resume=True, batch=33)
    assert_whole(tmp_path / "run", activations)
    assert open_recording(tmp_path / "run").info.status == "complete"


def test_what_a_half_finished_flush_left_is_set_aside_and_recorded_again(folder, activations):
    manifest = folder / "_manifest.jsonl"
    lines = manifest.read_text().splitlines(keepends=True)
    # The last shard has its name but its line was cut short by the kill.
    manifest.write_text("".join(lines[:-1]) + lines[-1][:20])
    before = open_recording(folder).counts().n_samples
    assert before < 400
    record(folder, activations, mode="mask", resume=True)
    assert_whole(folder, activations)
    assert len(list(folder.rglob(".aside-part-*"))) == 1


def test_resuming_with_other_layers_or_modes_is_refused(folder, activations):
    before = files(folder)
    with pytest.raises(RecorderError, match="other layers or rules"):
        record(folder, activations, mode="mask", resume=True, rule="argmax")
    with pytest.raises(RecordingError, match="another mode"):
        record(folder, activations, mode="counts", resume=True)
    kept = {name: content for name, content in files(folder).items() if name.suffix == ".parquet"}
    assert kept == {name: c for name, c in before.items() if name.suffix == ".parquet"}


def test_sample_ids_resume_with_their_samples(tmp_path, activations):
    def run(n, **options):
        model = Source()
        with Recorder(model, tmp_path / "run", layers="act", chunk_samples=64, **options) as r:
            for start in range(0, n, 50):
                with r.batch(sample_ids=range(start, min(start + 50, n))):
                    model(torch.as_tensor(activations[start : min(start + 50, n)]))

    run(230)
    run(400, resume=True)
    samples = open_recording(tmp_path / "run").samples()
    assert samples["id"].tolist() == samples["sample"].tolist() == list(range(400))


def test_later_steps_are_added_to_a_recording_that_is_resumed(folder, activations):
    record(folder, activations[:30], mode="mask", resume=True, step=7)
    table = open_recording(folder).steps()
    assert table.to_dict("list") == {"step": [0, 7], "n_samples": [400, 30]}


@pytest.mark.parametrize("n", [30, 70, 130, 390])
@pytest.mark.parametrize("place", ["flush", "reduction", "hand-over"])
def test_an_interrupt_at_a_bad_moment_leaves_no_gap_and_nothing_twice(
    tmp_path, activations, monkeypatch, place, n
):
    """Break off in the middle of a flush, of reducing a batch, or of handing a chunk over."""
    target = {
        "flush": "activstats.recording.shards.write_then_rename",
        "reduction": "activstats.recorder.bit_planes.BitPlanes.set",
        "hand-over": "activstats.recording.writer.RecordingWriter.add",
    }[place]
    left = {"flush": 2, "reduction": n // 25, "hand-over": n // 64}[place]
    original = pkgutil.resolve_name(target)
    calls = itertools.count()

    def breaking(*arguments, **options):
        if next(calls) == left:
            raise KeyboardInterrupt
        return original(*arguments, **options)

    rules = ["above(0)", "top_k(2)"]
    monkeypatch.setattr(target, breaking)
    with contextlib.suppress(KeyboardInterrupt):
        record(tmp_path / "run", activations[:n], rule=rules, mode="mask", batch=25)
    monkeypatch.undo()
    if (tmp_path / "run" / "_run.json").exists() and open_recording(tmp_path / "run").shards:
        for rule in rules:
            part = open_recording(tmp_path / "run").counts(rule=rule)
            assert part.spans.tolist() == [[0, part.n_samples]]
    record(tmp_path / "run", activations, rule=rules, mode="mask", resume=True)
    for rule in rules:
        counts = open_recording(tmp_path / "run").counts(rule=rule)
        naive = Counts.from_active(parse_rule(rule)(activations))
        np.testing.assert_array_equal(counts.counts, naive.counts)
        np.testing.assert_array_equal(counts.first, naive.first)
        assert counts.n_samples == 400


def test_after_a_failed_batch_no_other_is_taken_and_resuming_is_exact(tmp_path, activations):
    x = torch.as_tensor(activations)
    model = torch.nn.Sequential(torch.nn.Identity(), torch.nn.Linear(12, 12))
    bad = []

    def fail_on_bad(_module, _args):
        if bad:
            raise RuntimeError("a bad batch")

    model[1].register_forward_pre_hook(fail_on_bad)
    options = {"layers": ["0", "1"], "rule": "above(0)", "chunk_samples": 64}

    def run(**more):
        with torch.no_grad(), Recorder(model, tmp_path / "run", **options, **more) as recorder:
            for number, part in enumerate(x.split(50)):
                bad[:] = [] if more or number < 3 else [number]
                with recorder.batch():
                    model(part)

    with pytest.raises(RuntimeError, match="a bad batch"):  # met by the first layer alone
        run()
    assert open_recording(tmp_path / "run").counts("0").n_samples == 200
    assert open_recording(tmp_path / "run").counts("1").n_samples == 150
    run(resume=True)
    with torch.no_grad():
        expected = {"0": activations > 0, "1": model(x).numpy() > 0}
    for layer, active in expected.items():
        counts, naive = open_recording(tmp_path / "run").counts(layer), Counts.from_active(active)
        np.testing.assert_array_equal(counts.counts, naive.counts)
        np.testing.assert_array_equal(counts.first, naive.first)


def test_a_failed_batch_that_is_caught_is_not_counted_twice(tmp_path, activations):
    model = Source()
    with Recorder(model, tmp_path / "run", layers="act") as recorder:
        with pytest.raises(RuntimeError, match="oops"), recorder.batch():  # noqa: PT012  (a whole pass comes first)
            model(torch.as_tensor(activations))
            raise RuntimeError("oops")
        with pytest.raises(RecorderError, match="broken off"), recorder.batch():
            pass


def test_what_a_failed_first_batch_left_can_be_read(tmp_path, activations):
    model = Source()
    with pytest.raises(RuntimeError), Recorder(model, tmp_path / "run", layers="act") as recorder:  # noqa: SIM117, PT012
        with recorder.batch():
            model(torch.as_tensor(activations))
            raise RuntimeError
    assert open_recording(tmp_path / "run").counts().n_samples == 400


def test_errors_of_the_users_own_lose_nothing(tmp_path, activations):
    model = Source()
    recorder = Recorder(model, tmp_path / "run", layers="act")
    with pytest.raises(RecordingError), recorder:  # noqa: PT012  (the error comes between batches)
        with recorder.batch():
            model(torch.as_tensor(activations))
        open_recording(tmp_path / "nowhere")
    assert open_recording(tmp_path / "run").counts().n_samples == 400


def test_open_chunks_are_written_when_a_flush_is_due(tmp_path, activations):
    """A slow model must not keep thousands of samples in memory for hours."""
    model = Source()
    options = {"layers": "act", "rule": "above(0)", "rotate_seconds": 0.0}
    with Recorder(model, tmp_path / "run", **options) as recorder:
        with recorder.batch():
            model(torch.as_tensor(activations[:30]))
        assert open_recording(tmp_path / "run").counts().n_samples == 30


def test_one_step_is_not_filled_up_from_another_model(tmp_path, activations):
    def run(weight, step=0, **options):
        model = torch.nn.Sequential(torch.nn.Linear(12, 3))
        with torch.no_grad():
            model[0].weight.fill_(weight)
            recorder = Recorder(model, tmp_path / "run", layers="0", **options)
            with recorder, recorder.batch(step=step):
                model(torch.as_tensor(activations))

    run(1.0)
    with pytest.raises(RecorderError, match="other weights"):
        run(2.0, resume=True)
    run(2.0, step=1, resume=True)
    assert open_recording(tmp_path / "run").steps()["step"].tolist() == [0, 1]


def test_overwriting_removes_the_recording_and_nothing_else(folder, activations):
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(RecorderError):
        record(folder, activations, overwrite=True, notes={"a": {1, 2}})
    assert_whole(folder, activations)
    record(folder, activations[:70], overwrite=True)
    assert_whole(folder, activations[:70])
    assert (folder / "notes.txt").read_text() == "mine"


def test_resuming_without_a_manifest_is_refused_and_hides_nothing(folder, activations):
    (folder / "_manifest.jsonl").unlink()
    before = files(folder)
    with pytest.raises(DamagedRecordingError, match="is missing"):
        record(folder, activations, mode="mask", resume=True)
    assert files(folder) == before


def test_what_is_refused_is_left_as_it_was(folder, activations):
    before = files(folder)
    with pytest.raises(RecordingError, match="another mode"):
        record(folder, activations, mode="counts", resume=True)
    assert files(folder) == before


def test_recordings_are_written_to_local_folders(activations):
    with pytest.raises(RecordingError, match="no local folder"):
        record("s3://bucket/run", activations)


# -- disks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_full_disk_is_one_clear_error_and_keeps_what_was_written(
    tmp_path, activations, monkeypatch, code
):
    calls, write = [], atomic.write_then_rename

    def failing(temporary, target, content):
        calls.append(target)
        if target.suffix == ".parquet" and sum(c.suffix == ".parquet" for c in calls) > 3:
            raise OSError(code, os.strerror(code))
        write(temporary, target, content)

    monkeypatch.setattr("activstats.recording.shards.write_then_rename", failing)
    with pytest.raises(RecordingError) as caught:
        record(tmp_path / "run", activations)
    assert os.strerror(code) in str(caught.value)
    assert "free space" in str(caught.value)
    monkeypatch.undo()
    left = open_recording(tmp_path / "run").counts()
    assert 0 < left.n_samples < 400
    record(tmp_path / "run", activations, resume=True)
    assert_whole(tmp_path / "run", activations)


def test_a_write_that_fails_half_way_leaves_no_partial_file(tmp_path):
    target = tmp_path / "part.parquet"
    with pytest.raises(TypeError):
        atomic.write_then_rename(tmp_path / ".tmp", target, "no bytes")
    assert list(tmp_path.iterdir()) == []


@contextlib.contextmanager
def as_nobody():
    """Root may write anywhere: be somebody who may not for a while."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_read_only_folder_is_one_clear_error(tmp_path, activations):
    tmp_path.chmod(0o555)
    with as_nobody(), pytest.raises(RecordingError, match="cannot prepare") as caught:
        record(tmp_path / "run", activations)
    assert os.strerror(errno.EACCES) in str(caught.value)


def test_a_disk_that_refuses_to_make_the_folder_is_one_clear_error(
    tmp_path, activations, monkeypatch
):
    def refuse(*_args, **_options):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    with pytest.raises(RecordingError, match="cannot prepare") as caught:
        record(tmp_path / "run", activations)
    assert os.strerror(errno.EROFS) in str(caught.value)


# -- damage -----------------------------------------------------------------------------------------


def cut_short(shard):
    shard.write_bytes(shard.read_bytes()[:-100])


def flip_a_bit(shard):
    content = bytearray(shard.read_bytes())
    content[200] ^= 1
    shard.write_bytes(content)


@pytest.mark.parametrize("damage", [cut_short, flip_a_bit, lambda shard: shard.unlink()])
def test_a_damaged_shard_is_named_and_the_rest_is_readable(folder, activations, damage):
    broken = shards(folder)[2]
    damage(broken)
    name = broken.relative_to(folder).as_posix()
    recording = open_recording(folder)
    assert [name in problem for problem in recording.verify()] == [True]
    with pytest.raises(DamagedRecordingError) as caught:
        recording.counts()
    assert name in str(caught.value)
    with pytest.warns(DamagedRecordingWarning, match=re.escape(name)):
        rest = recording.counts(on_damage="skip")
    entry = next(entry for entry in recording.shards if entry.path == name)
    lost = slice(entry.first[1], entry.last[1] + 1)
    expected = np.delete(activations > 0, lost, axis=0)
    assert rest.n_samples == len(expected)
    np.testing.assert_array_equal(rest.counts, expected.sum(axis=0))
    np.testing.assert_array_equal(rest.first, Counts.from_active(expected).first)


def test_a_damaged_manifest_is_named_and_the_rest_is_readable(folder):
    manifest = folder / "_manifest.jsonl"
    lines = manifest.read_text().splitlines(keepends=True)
    manifest.write_text(lines[0] + "{garbage\n" + "".join(lines[2:]))
    recording = open_recording(folder)
    with pytest.raises(DamagedRecordingError, match="line 2 of the manifest"):
        recording.counts()
    with pytest.warns(DamagedRecordingWarning, match="line 2 of the manifest"):
        rest = recording.counts(on_damage="skip")
    assert 0 < rest.n_samples < 400
    with pytest.raises(DamagedRecordingError, match="cannot be resumed"):
        Recorder(
            Source(), folder, layers="act", rule="above(0)", mode="mask", resume=True
        ).__enter__()


def test_without_its_manifest_a_recording_can_still_be_read(folder, activations):
    (folder / "_manifest.jsonl").unlink()
    recording = open_recording(folder)
    with pytest.raises(DamagedRecordingError, match="is missing"):
        recording.counts()
    with pytest.warns(DamagedRecordingWarning, match="is missing"):
        counts = recording.counts(on_damage="skip")
    np.testing.assert_array_equal(counts.counts, (activations > 0).sum(axis=0))


def test_every_shard_is_readable_by_itself_when_all_else_is_lost(folder, activations):
    import pyarrow.parquet as pq

    for name in ("_manifest.jsonl", "_run.json"):
        (folder / name).unlink()
    frame = pq.read_table(folder / "stats").to_pandas()
    np.testing.assert_array_equal(
        frame.groupby("neuron")["n_act"].sum(), (activations > 0).sum(axis=0)
    )


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"format": 2}, NewerFormatError, "later version"),
        ({"layers": 3}, DamagedRecordingError, "cannot be read"),
        ({"surprise": 1}, DamagedRecordingError, "cannot be read"),
    ],
)
def test_descriptions_that_cannot_be_understood_are_refused(folder, change, error, said):
    file = folder / "_run.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(error, match=said):
        open_recording(folder)
    with pytest.raises(error, match=said):
        Recorder(Source(), folder, layers="act", resume=True).__enter__()


@pytest.mark.parametrize("content", ["", "[]", "not json", "{}"])
def test_descriptions_that_are_no_descriptions_are_refused(folder, content):
    (folder / "_run.json").write_text(content)
    with pytest.raises(DamagedRecordingError, match="description"):
        open_recording(folder)


def test_places_without_a_recording_say_so(tmp_path):
    with pytest.raises(RecordingNotFoundError, match="no such folder"):
        open_recording(tmp_path / "nowhere")
    with pytest.raises(RecordingNotFoundError, match=r"no _run\.json"):
        open_recording(tmp_path)


def test_a_recording_that_was_killed_before_its_first_shard_says_so(folder):
    shutil.rmtree(folder / "stats")
    (folder / "_manifest.jsonl").write_text("")
    recording = open_recording(folder)
    assert recording.layers.empty
    with pytest.raises(RecordingError, match="nothing can be read yet"):
        recording.counts()
