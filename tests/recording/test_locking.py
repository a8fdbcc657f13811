"""One writer at a time: the second one is refused, and a dead one stands in nobody's way."""

import gc
import os
import signal
import subprocess
import sys

import pytest
import torch

from activstats import Recorder, compact, open_recording, repair, verify
from activstats.errors import NothingRecordedError, RecordingError
from activstats.recording.locking import FolderLock, is_locked

from .conftest import RULE, Source, record

HOLD = (
    "import sys; from pathlib import Path; from activstats.recording.locking import FolderLock\n"
    "lock = FolderLock(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
)


def recorder(folder, **options):
    return Recorder(Source(), folder, layers="act", rule=RULE, mode="mask", **options)


@pytest.fixture
def holder(folder):
    """Another process that holds the recording."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


@pytest.mark.parametrize("options", [{"resume": True}, {"overwrite": True}])
def test_a_second_recorder_is_refused_and_changes_nothing(folder, holder, options):
    before = {file: file.read_bytes() for file in folder.rglob("*.*") if file.is_file()}
    with pytest.raises(RecordingError, match="somebody else is writing") as caught:
        recorder(folder, **options).__enter__()
    assert f"process {holder.pid} on " in str(caught.value)
    assert {file: file.read_bytes() for file in before} == before
    assert is_locked(folder)


@pytest.mark.parametrize("work", [compact, repair])
def test_a_recording_that_is_being_written_is_neither_compacted_nor_repaired(folder, holder, work):
    with pytest.raises(RecordingError, match="somebody else is writing"):
        work(folder)
    report = verify(folder)
    assert report.ok
    assert "somebody is writing" in report.notes[0]


def test_the_lock_of_a_killed_process_is_gone(folder, holder, activations):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (folder / ".lock").exists()
    assert not is_locked(folder)
    record(folder, activations[:70], mode="mask", overwrite=True)
    assert not (folder / ".lock").exists()


def test_a_recorder_of_the_same_process_is_refused_as_well(folder):
    with pytest.raises(NothingRecordedError), recorder(folder, resume=True):  # noqa: SIM117
        with pytest.raises(RecordingError, match="somebody else"):
            recorder(folder, resume=True).__enter__()
    assert not is_locked(folder)


@pytest.mark.parametrize("how", ["leave", "fail", "drop"])
def test_a_recorder_gives_the_folder_free_however_it_ends(tmp_path, activations, how):
    one = recorder(tmp_path / "run").__enter__()
    with one.batch():
        one._model(torch.as_tensor(activations))
    if how == "drop":
        one._hooks.detach()
        one.shared()[1].close()
        del one
        gc.collect()
    else:
        one.__exit__(
            *((None,) * 3 if how == "leave" else (KeyboardInterrupt, KeyboardInterrupt(), None))
        )
    assert not is_locked(tmp_path / "run")
    record(
        tmp_path / "run", activations, mode="mask", resume=how != "drop", overwrite=how == "drop"
    )
    assert verify(tmp_path / "run").ok


def test_a_recorder_that_recorded_nothing_leaves_no_folder(tmp_path):
    with pytest.raises(KeyboardInterrupt), recorder(tmp_path / "run"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_which_somebody_died_before_he_began_is_free(tmp_path, activations):
    (tmp_path / "run").mkdir()
    for name in (".lock", ".tmp-_run.json.17"):
        (tmp_path / "run" / name).write_text("")
    record(tmp_path / "run", activations)
    assert verify(tmp_path / "run").ok


def test_a_forked_copy_neither_holds_the_lock_nor_removes_it(tmp_path):
    lock = FolderLock(tmp_path)
    child = os.fork()
    if child == 0:
        lock.release()
        os._exit(0 if (tmp_path / ".lock").exists() else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert is_locked(tmp_path)
    lock.release()
    lock.release()
    assert not is_locked(tmp_path)


def test_ranks_lock_their_own_parts(tmp_path):
    with FolderLock(tmp_path, 0), FolderLock(tmp_path, 1):
        assert is_locked(tmp_path, but_for=0)
        with pytest.raises(RecordingError):
            FolderLock(tmp_path, 1)
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_locked_an_unfinished_recording_is_not_compacted(
    folder, activations, monkeypatch
):
    def cannot(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("fcntl.flock", cannot)
    assert compact(folder).shards_after == 1
    info = open_recording(folder).info
    (folder / "_run.json").write_text(info.with_(status="recording").to_json())
    with pytest.raises(RecordingError, match="no locks to tell"):
        compact(folder)
    record(folder, activations, mode="mask", resume=True)  # recorders do without
