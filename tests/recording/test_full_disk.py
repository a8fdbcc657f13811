"""Disks that are really full, and files that may really grow no further."""

import contextlib
import os
import resource
import subprocess

import numpy as np
import pytest

from activstats import Counts, compact, open_recording, repair, verify
from activstats.errors import RecordingError

from .conftest import record


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 64 kB, where one may be made."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk needs root, and to be allowed to")
    yield place
    subprocess.run(["umount", place], check=True)


@contextlib.contextmanager
def largest_file(n_bytes):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def assert_first_samples(folder, activations):
    counts = open_recording(folder).counts()
    expected = Counts.from_active(activations[: counts.n_samples] > 0)
    np.testing.assert_array_equal(counts.counts, expected.counts)
    assert counts.spans.tolist() == [[0, counts.n_samples]]
    return counts.n_samples


def test_a_full_disk_keeps_what_was_written_and_the_rest_follows_when_there_is_room(
    small_disk, activations
):
    folder = small_disk / "run"
    many = np.concatenate([activations] * 4)
    with pytest.raises(RecordingError, match="No space left on device") as caught:
        record(folder, many, mode="mask")
    assert "finished shards are whole" in str(caught.value)
    left = assert_first_samples(folder, many)
    assert 0 < left < len(many)
    with pytest.raises(RecordingError, match="No space left on device"):
        record(folder, many, mode="mask", resume=True)
    assert assert_first_samples(folder, many) >= left
    subprocess.run(["mount", "-o", "remount,size=4m", small_disk], check=True)
    record(folder, many, mode="mask", resume=True)
    assert assert_first_samples(folder, many) == len(many)
    assert verify(folder).ok


def test_a_compaction_without_room_changes_nothing(small_disk, activations):
    folder = small_disk / "run"
    record(folder, activations[:200], mode="mask")
    filling = small_disk / "filling"
    with contextlib.suppress(OSError), filling.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    before = {file: file.read_bytes() for file in folder.rglob("*.*") if file.is_file()}
    with pytest.raises(RecordingError, match="cannot be compacted"):
        compact(folder)
    with contextlib.suppress(RecordingError):
        repair(folder)  # nothing to do, and nothing done
    assert {file: file.read_bytes() for file in folder.rglob("*.*") if file.is_file()} == before
    filling.unlink()
    assert compact(folder).shards_after == 1
    assert assert_first_samples(folder, activations) == 200


@pytest.mark.parametrize("limit", [600, 3000])
def test_files_that_may_not_grow_are_one_clear_error(tmp_path, activations, limit):
    with largest_file(limit), pytest.raises(RecordingError, match="File too large"):
        record(tmp_path / "run", activations, mode="mask")
    assert not list((tmp_path / "run").rglob("*.parquet"))
    record(tmp_path / "run", activations, mode="mask", resume=True)
    assert assert_first_samples(tmp_path / "run", activations) == 400
    assert verify(tmp_path / "run").ok
