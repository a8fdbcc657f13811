"""`activstats datasets`: lists, says where, copies."""

import json

import pytest

from activstats import datasets
from activstats.datasets.shipped import shipped


def test_it_lists_every_dataset_with_size_and_command(command):
    said = command("datasets")
    assert said.code == 0
    for one in shipped():
        (line,) = [line for line in said.out.splitlines() if line.startswith(f"{one.name} ")]
        assert one.kind in line
        assert one.made_by in line
        assert " kB" in line


def test_the_list_as_json_has_bytes(command):
    rows = json.loads(command("datasets", "--json").out)
    assert [row["name"] for row in rows] == [one.name for one in shipped()]
    assert [row["bytes"] for row in rows] == [one.n_bytes for one in shipped()]


def test_a_copy_is_read_by_the_command_that_is_named(command, tmp_path):
    said = command("datasets", "copy", "digits-trained", tmp_path / "mine", "--json")
    told = json.loads(said.out)
    assert told["folder"] == str(tmp_path / "mine")
    words = told["read_with"].split()
    assert words[:2] == ["activstats", "growth"]
    assert command(*words[1:], "--rule", "top1%").code == 0


def test_a_copy_has_the_name_of_the_dataset_by_default(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "activstats tipping tipping" in command("datasets", "copy", "tipping").out
    assert (tmp_path / "tipping" / "runs.parquet").exists()


def test_the_path_is_where_it_is(command):
    assert command("datasets", "path", "weights").out.strip() == str(datasets.path("weights"))


def test_a_folder_that_is_taken_is_left_alone(command, tmp_path):
    (tmp_path / "mine").write_text("")
    said = command("datasets", "copy", "tipping", tmp_path)
    assert said.code == 1
    assert "new or empty" in said.err
    assert len(said.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["show"], "'copy' or 'path'"),
        (["copy"], "say which"),
        (["copy", "digit"], "'digits'"),
        (["path", "digits", "folder"], "'copy' takes a folder"),
    ],
)
def test_mistakes_are_told_in_a_line(command, words, told):
    said = command("datasets", *words)
    assert said.code == 2
    assert told in said.err
    assert len(said.err.splitlines()) == 1
