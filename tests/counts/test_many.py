"""Many recordings, and many shards of one, counted by several workers: as one worker would."""

import numpy as np
import pandas as pd
import pytest
import torch

from activstats import Recorder, open_recording, open_study
from activstats.counts import count_many, merged, sharing
from activstats.errors import (
    DamagedRecordingError,
    DamagedRecordingWarning,
    InputError,
    LayerNotFoundError,
    RecordingNotFoundError,
)
from activstats.recording.study import write_runs
from tests.counts.test_engine import figures
from tests.recording.conftest import Source, record


@pytest.fixture
def one_shard_a_part(monkeypatch):
    """Share out small recordings like large ones."""
    monkeypatch.setattr(sharing, "_LEAST_ROWS", 1)


@pytest.fixture
def steps(tmp_path, rng):
    """Three steps in four shards that end in the middle of steps."""
    options = {"layers": "act", "rule": "above(0)", "chunk_samples": 64, "rotate_seconds": 3600}
    model = Source()
    batches = [torch.as_tensor(rng.normal(size=(64, 12)).astype(np.float32)) for _ in range(7)]
    for far in (2, 4, 6, 7):  # each goes on where the one before ended
        with Recorder(model, tmp_path / "run", resume=True, **options) as recorder:
            for step, batch in list(zip((0, 0, 0, 5, 5, 9, 9), batches, strict=True))[:far]:
                with recorder.batch(step=step):
                    model(batch)
    return tmp_path / "run"


@pytest.fixture
def folders(tmp_path, rng):
    for name in "ab":
        record(tmp_path / name, rng.gamma(0.5, size=(300, 12)).astype(np.float32) - 0.3)
    return [tmp_path / name for name in "ab"]


@pytest.mark.usefixtures("one_shard_a_part")
@pytest.mark.parametrize("step", [-1, 5, None])
def test_any_number_of_workers_gives_the_digits_of_one_pass(steps, step):
    expected = open_recording(steps).counts(step=step)
    parts = sharing.share(steps, None, None, step, "raise").parts
    assert len(parts) > 1
    for n_jobs in (1, 2, 3):
        (found,) = count_many(steps, step=step, n_jobs=n_jobs).values()
        assert figures(found) == figures(expected)
        assert found.provenance == expected.provenance


def test_recordings_come_by_path_name_or_run_of_a_study(folders):
    a, b = folders
    opened = open_recording(a)
    assert list(count_many(a)) == list(count_many(opened)) == [str(a)]
    assert list(count_many([b, opened])) == [str(b), str(a)]
    assert list(count_many({"first": b, "second": opened})) == ["first", "second"]
    runs = pd.DataFrame({"run": ["x", "y", "z"], "recording": ["b", "", "a"]})
    write_runs(a.parent, runs)
    found = count_many(open_study(a.parent), n_jobs=2)
    assert list(found) == ["x", "z"]
    assert figures(found["z"]) == figures(opened.counts())


def test_counts_of_several_recordings_add_up_in_the_order_given(folders):
    counts = list(count_many(folders).values())
    assert figures(merged(counts)) == figures(counts[0] + counts[1])
    assert merged(counts).n_samples == 600
    with pytest.raises(InputError, match="no counts"):
        merged([])


def test_merged_counts_are_those_of_the_activations_one_below_the_other(tmp_path, rng):
    parts = [rng.normal(size=(n, 12)).astype(np.float32) - 2 for n in (150, 90, 40)]
    for name, part in zip("abc", parts, strict=True):
        record(tmp_path / name, part)
    found = merged(count_many([tmp_path / name for name in "abc"], n_jobs=2).values())
    active = np.concatenate(parts) > 0
    np.testing.assert_array_equal(found.counts, active.sum(axis=0))
    k = np.logical_or.accumulate(active).sum(axis=1)
    np.testing.assert_array_equal(found.growth_curve(np.arange(1, 281)), k)
    total = np.concatenate(parts).astype(float)
    np.testing.assert_allclose(found.moments.mean, total.mean(axis=0), rtol=1e-9)
    np.testing.assert_allclose(found.moments.variance, total.var(axis=0), rtol=1e-9)


def test_what_cannot_be_counted_is_said_of_the_first_recording_that_has_it(folders, tmp_path):
    with pytest.raises(RecordingNotFoundError, match="none"):
        count_many([folders[0], tmp_path / "none", tmp_path / "nil"], n_jobs=2)
    with pytest.raises(LayerNotFoundError, match="no rule"):
        count_many(folders, rule="argmax", n_jobs=2)
    with pytest.raises(LayerNotFoundError, match="no step '7'"):
        count_many(folders, step=7)
    with pytest.raises(InputError, match="stands twice"):
        count_many([folders[0], folders[0]])
    with pytest.raises(InputError, match="no recording to count"):
        count_many([])
    with pytest.raises(InputError, match="no such way"):
        count_many(folders, on_damage="ignore")


@pytest.mark.usefixtures("one_shard_a_part")
def test_damage_is_named_or_left_out_as_in_one_pass(folders):
    shards = sorted(folders[0].rglob("*.parquet"))
    shards[2].unlink()
    shards[1].write_bytes(b"PAR1")
    with pytest.raises(DamagedRecordingError, match=shards[1].name):
        count_many(folders, n_jobs=2)
    with pytest.warns(DamagedRecordingWarning) as met:
        found = count_many(folders, on_damage="skip", n_jobs=2)[str(folders[0])]
    said = [str(warning.message) for warning in met]
    assert len(said) == 2
    assert shards[1].name in said[0]
    assert shards[2].name in said[1]
    with pytest.warns(DamagedRecordingWarning):
        assert figures(found) == figures(open_recording(folders[0]).counts(on_damage="skip"))


def test_a_study_without_recordings_is_refused(tmp_path):
    write_runs(tmp_path, pd.DataFrame({"run": ["x"], "recording": [""]}))
    with pytest.raises(InputError, match="no run"):
        count_many(open_study(tmp_path))
