"""Revisions of a hub, through its real client over a cache made by hand; nothing leaves the machine."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from activstats import open_recording
from activstats.errors import DuplicateCheckpointWarning, InputError
from activstats.recorder.checkpoints import find_checkpoints, record_checkpoints

huggingface_hub = pytest.importorskip("huggingface_hub", reason="needs the extra hub")

REPO = "owner/tiny"
COMMITS = {"step0": "a" * 40, "step1": "a" * 40, "step8": "b" * 40, "main": "c" * 40}


def build():
    return nn.Sequential(nn.Linear(6, 20), nn.ReLU())


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A hub of four references to three commits, and an empty cache; what is asked is noted."""
    remote, asked = tmp_path / "remote", []
    for commit in set(COMMITS.values()):
        (remote / commit).mkdir(parents=True)
        save_file(build().state_dict(), remote / commit / "model.safetensors")
        (remote / commit / "pytorch_model.bin").write_bytes(b"the other format")
    real = huggingface_hub.snapshot_download

    class Api:
        def list_repo_refs(self, repository):
            assert repository == REPO
            refs = [SimpleNamespace(name=n, target_commit=c) for n, c in COMMITS.items()]
            return SimpleNamespace(branches=refs, tags=[])

        def list_repo_files(self, repository, revision):
            return [path.name for path in (remote / COMMITS.get(revision, revision)).iterdir()]

    def download(repo_id, revision, *, local_files_only=False, local_dir=None, allow_patterns=None):
        if local_files_only:
            return real(repo_id, revision=revision, local_files_only=True)
        commit = COMMITS.get(revision, revision)
        asked.append((commit[0], tuple(allow_patterns), local_dir))
        cached = tmp_path / "cache" / "models--owner--tiny" / "snapshots" / commit
        folder = Path(local_dir or cached)
        folder.mkdir(parents=True, exist_ok=True)
        for name in allow_patterns:
            shutil.copy(remote / commit / name, folder / name)
        return str(folder)

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(huggingface_hub, "HfApi", Api)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    return asked


def record(folder, source, **options):
    return record_checkpoints(
        build, source, folder / "run", torch.ones(10, 6), layers="1", **options
    )


def test_revisions_that_say_a_step_are_found_and_downloaded_once_a_commit(hub, tmp_path):
    with pytest.warns(DuplicateCheckpointWarning, match="0, 1"):
        table = record(tmp_path, f"hf://{REPO}")
    assert open_recording(tmp_path / "run").steps()["step"].tolist() == [1, 8]
    assert table["path"].tolist() == [f"hf://{REPO}@step{step}" for step in (0, 1, 8)]
    assert table["commit"].tolist() == ["a" * 40, "a" * 40, "b" * 40]
    assert hub == [(commit, ("model.safetensors",), None) for commit in "ab"]


def test_downloads_are_removed_after_use_where_that_is_asked(hub, tmp_path):
    table = record(tmp_path, f"hf://{REPO}@step[18]", keep_downloads=False)
    assert table["recorded"].all()
    assert [commit for commit, *_ in hub] == ["a", "b", "a", "b"]
    assert not any(Path(folder).exists() for *_, folder in hub)
    assert not list((tmp_path / "cache").rglob("*.safetensors"))
    hub.clear()
    record(tmp_path, f"hf://{REPO}@step[18]", keep_downloads=False, resume=True)
    assert hub == []  # a commit cannot change


def test_what_is_in_the_cache_is_used_and_stays(hub, tmp_path):
    record(tmp_path, f"hf://{REPO}@step8")
    hub.clear()
    record(tmp_path, {3: f"hf://{REPO}@{'b' * 40}"}, keep_downloads=False, overwrite=True)
    assert hub == []
    assert len(list((tmp_path / "cache").rglob("*.safetensors"))) == 1


def test_revisions_can_be_given_by_their_steps(hub, tmp_path):
    found = find_checkpoints([f"0=hf://{REPO}@step0", f"143000=hf://{REPO}@main"])
    assert [(one.step, one.place.revision) for one in found] == [(0, "step0"), (143_000, "main")]
    record(tmp_path, found)
    assert open_recording(tmp_path / "run").steps()["step"].tolist() == [0, 143_000]


def test_no_revision_and_no_way_are_errors_of_one_kind(hub, monkeypatch):
    with pytest.raises(InputError, match="matches 'epoch\\*'"):
        find_checkpoints(f"hf://{REPO}@epoch*")
    with pytest.raises(InputError, match="do not say their steps"):
        find_checkpoints(f"hf://{REPO}@*")

    def unreachable(*_):
        raise ConnectionError("no route")

    monkeypatch.setattr(huggingface_hub.HfApi, "list_repo_refs", unreachable)
    with pytest.raises(InputError, match="cannot be reached"):
        find_checkpoints(f"hf://{REPO}")
