"""Recordings and studies behind URIs: fsspec's memory, and a real S3 server on this machine."""

import json

import fsspec
import numpy as np
import pandas as pd
import pytest

from activstats import count_many, open_recording, open_study
from activstats.cli.main import run as command
from activstats.errors import DamagedRecordingError, RecordingError
from activstats.recording import fetching
from activstats.recording.remote import RemotePath, place
from activstats.recording.study import write_runs
from tests.counts.test_engine import figures

from .conftest import record

BUCKET = "recordings"


@pytest.fixture
def study(tmp_path, rng):
    """Two runs: counts of several shards, and a mask."""
    for name, mode in (("a", "counts"), ("b", "mask")):
        activations = rng.normal(size=(400, 12)).astype(np.float32)
        record(tmp_path / name, activations, mode=mode, rule=["above(0)", "argmax"])
    runs = pd.DataFrame({"run": ["a", "b"], "recording": ["a", "b"], "n_train": [1, 2]})
    write_runs(tmp_path, runs)
    return tmp_path


@pytest.fixture
def in_memory(study):
    fs = fsspec.filesystem("memory")
    fs.put(str(study), "/scale", recursive=True)
    yield "memory://scale"
    fs.rm("/scale", recursive=True)


def test_a_recording_in_memory_is_read_like_one_on_disk(study, in_memory):
    here, there = open_recording(study / "b"), open_recording(f"{in_memory}/b")
    assert figures(there.counts(rule="argmax")) == figures(here.counts(rule="argmax"))
    np.testing.assert_array_equal(there.mask(rule="argmax").bits, here.mask(rule="argmax").bits)
    assert there.verify() == []
    assert there.path == f"{in_memory}/b"


def test_a_study_in_memory_opens_with_its_recordings(study, in_memory):
    there = open_study(in_memory)
    pd.testing.assert_frame_equal(there.runs, open_study(study).runs)
    found = count_many(there, rule="above(0)", n_jobs=2)
    here = count_many(open_study(study), rule="above(0)")
    assert {n: figures(c) for n, c in found.items()} == {n: figures(c) for n, c in here.items()}


@pytest.mark.parametrize(
    "words", [["inspect"], ["growth", "--rule", "argmax"], ["powerlaw", "--rule", "argmax"]]
)
def test_commands_that_read_take_uris(in_memory, words, capfd):
    name, *options = words
    assert command([name, f"{in_memory}/b", *options, "--json"]) == 0
    assert json.loads(capfd.readouterr().out)


def test_commands_that_read_studies_take_uris(in_memory, capfd):
    assert command(["pool", in_memory, "--rule", "argmax", "--json"]) == 0
    assert command(["inspect", "memory://scale/none"]) == 1
    assert "no recording at 'memory://scale/none'" in capfd.readouterr().err


class Counting:
    """A file system that counts what is asked of it."""

    def __init__(self, fs):
        self._fs = fs
        self.asked = []

    def cat_file(self, path, start=None, end=None):
        self.asked.append((path, start, end))
        return self._fs.cat_file(path, start=start, end=end)

    def cat_ranges(self, paths, starts, ends):
        return [self.cat_file(*one) for one in zip(paths, starts, ends, strict=True)]

    def __getattr__(self, name):
        raise AssertionError(f"{name} was not to be asked")


def watched(recording):
    fs = Counting(recording.store._fs)
    recording.store._fs = recording.store._remote._fs = fs
    return fs.asked


def test_a_small_shard_is_one_request(in_memory):
    recording = open_recording(f"{in_memory}/a")
    asked = watched(recording)
    recording.counts(rule="argmax")
    shards = [entry for entry in recording.shards if "argmax" in entry.path]
    assert len(shards) > 1
    assert len(asked) == len(shards)


def test_of_a_large_shard_footer_and_wanted_columns_are_fetched_once(in_memory, study, monkeypatch):
    monkeypatch.setattr(fetching, "_WHOLE", 0)
    monkeypatch.setattr(fetching, "_GAP", 0)
    monkeypatch.setattr(fetching, "_FOOTER", 64)  # smaller than any: a second request has it all
    recording = open_recording(f"{in_memory}/b")
    asked = watched(recording)
    counts = recording.counts(rule="argmax")
    assert figures(counts) == figures(open_recording(study / "b").counts(rule="argmax"))
    shards = [entry for entry in recording.shards if "argmax" in entry.path]
    # The last step is filtered by; `chunk` and `bits` lie apart, and are left where they are.
    assert len(asked) == (2 + 2) * len(shards)
    fetched = sum(end - start for _, start, end in asked)
    assert fetched < sum(entry.bytes for entry in shards)
    before = len(asked)
    recording.counts(rule="argmax")
    assert len(asked) - before == 2 * len(shards)


def test_a_large_shard_that_was_cut_short_is_damage(in_memory, monkeypatch):
    monkeypatch.setattr(fetching, "_WHOLE", 0)
    recording = open_recording(f"{in_memory}/a")
    path = recording.shards[0].path
    fs = fsspec.filesystem("memory")
    fs.pipe_file(f"/scale/a/{path}", fs.cat_file(f"/scale/a/{path}")[:-100])
    with pytest.raises(DamagedRecordingError, match="part-000000"):
        recording.counts(rule="above(0)")


def test_paths_join_and_options_stay_out_of_sight():
    path = place("s3://bucket/runs", {"key": "secret"})
    assert str(path / "a") == "s3://bucket/runs/a"
    assert "secret" not in repr(path)
    assert (path / "a").options == {"key": "secret"}
    assert place(path, {"anon": True}).options == {"key": "secret", "anon": True}
    with pytest.raises(RecordingError, match="takes no storage_options"):
        open_recording("runs/a", {"anon": True})
    with pytest.raises(RecordingError, match="cannot be reached"):
        open_recording("nonsense://bucket/run")


def test_text_of_a_remote_file_is_read_as_of_a_path():
    fsspec.filesystem("memory").pipe_file("/scale-text", b"words")
    assert RemotePath("memory://scale-text").read_text() == "words"
    with pytest.raises(FileNotFoundError):
        RemotePath("memory://scale-none").read_text()
