"""Copies of datasets: whole or not at all, and never over anything."""

import json

import pytest

from activstats import datasets, open_recording, open_study, verify
from activstats.datasets import copying
from activstats.errors import DomainError, RecordingError, RecordingExistsError


def test_a_copy_is_whole_says_where_it_is_from_and_can_be_written_to(tmp_path):
    target = datasets.copy("checkpoints", tmp_path / "new" / "series")
    assert not verify(target).found
    assert open_recording(target).checkpoints.shape[0] == 9
    told = json.loads((target / "provenance.json").read_text("utf-8"))
    assert told["name"] == "checkpoints"
    assert told["sha256"] == dict(datasets.describe("checkpoints").sha256)
    assert "CC BY 4.0" in told["source"]
    (target / "_run.json").write_text("mine now")
    assert datasets.load("checkpoints").info.status == "complete"


def test_an_empty_folder_is_filled(tmp_path):
    copied = open_study(datasets.copy("tipping", tmp_path))
    assert copied.runs.equals(datasets.load("tipping").runs)


@pytest.mark.parametrize("what", ["file", "folder"])
def test_nothing_is_written_over(tmp_path, what):
    target = tmp_path / "there"
    if what == "file":
        target.write_text("mine")
    else:
        target.mkdir()
        (target / "mine").write_text("mine")
    with pytest.raises(RecordingExistsError):
        datasets.copy("tipping", target)
    assert (target if what == "file" else target / "mine").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_a_copy_that_breaks_off_leaves_nothing(tmp_path, monkeypatch):
    copied = []

    def full(source, target):
        if len(copied) == 2:
            raise OSError(28, "No space left on device", str(target))
        copied.append(target)
        target.write_bytes(source.read_bytes())

    monkeypatch.setattr(copying.shutil, "copyfile", full)
    with pytest.raises(RecordingError, match="cannot be copied") as told:
        datasets.copy("checkpoints", tmp_path / "series")
    assert "No space left" in str(told.value.got)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordingError, match="cannot be copied"):
        datasets.copy("tipping", tmp_path / "file" / "below")


def test_an_unknown_name_makes_no_folder(tmp_path):
    with pytest.raises(DomainError):
        datasets.copy("nothing", tmp_path / "new")
    assert list(tmp_path.iterdir()) == []
