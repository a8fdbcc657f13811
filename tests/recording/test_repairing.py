"""`repair` sets aside what is broken, deletes nothing, and leaves a recording that can be gone on with."""

import errno
import json
import shutil

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activstats import Counts, open_recording, repair, verify
from activstats.errors import NewerFormatError, RecordingError

from . import test_verifying as damages
from .conftest import record
from .test_verifying import shards

ALL = [
    getattr(damages, name)
    for name in (
        "cut_short", "flip_a_bit", "lose_a_shard", "lose_the_description", "garble_the_description",
        "lose_the_manifest", "garble_a_line", "lose_a_line", "repeat_a_line", "lie_about_samples",
        "leave_a_temporary_file", "break_off_a_compaction", "shuffle_rows", "leave_out_a_row",
        "leave_out_a_column", "count_the_impossible", "rename_the_layer", "garble_the_mode",
        "misstate_the_width",
    )
]  # fmt: skip


def contents(folder):
    return sorted(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def assert_all_kept(before, folder):
    left = contents(folder)
    for content in before:
        left.remove(content)  # fails where it is not there as often as it was


def assert_rest_is_right(folder, activations):
    """What is left reads without a warning, and counts the samples that are left."""
    recording = open_recording(folder)
    counts = recording.counts()
    left = np.zeros(len(activations), dtype=bool)
    for start, stop in counts.spans:
        left[start:stop] = True
    expected = Counts.from_active(activations[left] > 0)
    np.testing.assert_array_equal(counts.counts, expected.counts)
    found = duckdb.sql(
        f"select sum(n_act)::bigint from '{folder}/stats/**/*.parquet' group by neuron order by neuron"
    ).fetchall()
    np.testing.assert_array_equal([n for (n,) in found], expected.counts)
    return left


@pytest.mark.parametrize("damage", ALL, ids=lambda damage: damage.__name__)
def test_every_damage_is_mended_or_named(folder, activations, damage):
    damage(folder)
    before = contents(folder)
    report = repair(folder)
    assert not report.before.ok
    assert {problem.kind for problem in report.after.found} <= {"lost"}, report.summary()
    if damage is not damages.break_off_a_compaction:  # what it was about is not there any more
        assert_all_kept(before, folder)
    left = assert_rest_is_right(folder, activations)
    lost = [
        sample
        for one in report.after.lost_samples
        for sample in range(one.first_sample, one.last_sample + 1)
    ]
    assert sorted(lost) == np.flatnonzero(~left).tolist()
    assert repair(folder).files == ()
    assert len(list(folder.glob("_set_aside/*"))) <= 1


def test_a_lost_manifest_is_made_anew_and_nothing_is_lost(folder, activations):
    damages.lose_the_manifest(folder)
    report = repair(folder)
    assert report.ok, report.summary()
    assert open_recording(folder).counts().n_samples == 400
    record(folder, activations, mode="mask", resume=True)
    assert verify(folder).ok


def test_a_lost_description_is_made_anew_from_what_shards_repeat(folder, activations):
    before = open_recording(folder).info
    damages.lose_the_description(folder)
    assert repair(folder).ok
    after = open_recording(folder).info
    assert after.layers == before.layers
    assert after.model == before.model
    assert (after.mode, after.status) == ("mask", "interrupted")
    record(folder, activations, mode="mask", resume=True)
    assert open_recording(folder).counts().n_samples == 400


def test_reasons_are_kept_beside_what_was_set_aside(folder):
    broken = shards(folder)[2]
    name = broken.relative_to(folder).as_posix()
    damages.cut_short(folder)
    content = broken.read_bytes()
    report = repair(folder)
    kept = folder / "_set_aside/0001"
    assert (kept / f"{name}.aside").read_bytes() == content
    reasons = json.loads((kept / "reasons.json").read_text())["files"]
    assert "checksum differs" in {one["path"]: one["reason"] for one in reasons}[name]
    assert set(report.set_aside["file"]) == {name, "_manifest.jsonl", "_run.json"}
    assert "afterwards" in report.summary()
    assert json.dumps(report.to_dict())
    assert open_recording(folder).info.status == "interrupted"


def test_a_whole_recording_is_left_as_it_is(folder):
    before = {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.rglob("*.*")
              if file.is_file()}  # fmt: skip
    assert repair(folder).files == ()
    after = {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.rglob("*.*")
             if file.is_file()}  # fmt: skip
    assert after == before


def test_what_is_lost_at_the_end_stays_known_and_is_recorded_again(folder, activations):
    last = shards(folder)[-1]
    last.write_bytes(b"")
    report = repair(folder)
    assert report.after.lost_samples[0].last_sample == 399
    record(folder, activations, mode="mask", resume=True)
    assert verify(folder).ok
    np.testing.assert_array_equal(
        open_recording(folder).counts().counts, (activations > 0).sum(axis=0)
    )


def test_a_layer_that_lost_the_end_of_one_stream_goes_on_with_all_of_them(tmp_path, activations):
    rules = ["above(0)", "top_k(2)"]
    record(tmp_path / "run", activations[:300], rule=rules)
    shards(tmp_path / "run")[-1].write_bytes(b"")
    report = repair(tmp_path / "run")
    assert {one.rule for one in report.after.lost_samples} == {"top_k(2)"}
    record(tmp_path / "run", activations, rule=rules, resume=True)
    assert verify(tmp_path / "run").ok
    counts = open_recording(tmp_path / "run").counts(rule="above(0)")
    assert counts.spans.tolist() == [[0, 400]]
    np.testing.assert_array_equal(counts.counts, (activations > 0).sum(axis=0))


def test_resuming_after_a_lost_shard_is_refused_until_it_is_repaired(folder, activations):
    from activstats.errors import DamagedRecordingError

    damages.lose_a_shard(folder)
    with pytest.raises(DamagedRecordingError, match="a shard is damaged") as caught:
        record(folder, activations, mode="mask", resume=True)
    assert "verify --repair" in str(caught.value)
    repair(folder)
    record(folder, activations, mode="mask", resume=True, step=1)


def test_a_loss_over_several_steps_is_named_from_end_to_end(tmp_path, activations):
    import torch

    from activstats import Recorder

    from .conftest import Source

    model = Source()
    with Recorder(model, tmp_path / "run", layers="act", rotate_seconds=1e9) as recorder:
        for step in range(5):
            with recorder.batch(step=step):
                model(torch.as_tensor(activations[:70]))
    record(tmp_path / "run", activations, rule="top1%", step=9, resume=True, chunk_samples=8192)
    shards(tmp_path / "run")[0].unlink()
    (lost,) = repair(tmp_path / "run").after.lost_samples
    assert (lost.first_step, lost.first_sample) == (0, 0)
    assert (lost.last_step, lost.last_sample) == (4, 69)
    assert verify(tmp_path / "run").lost_samples == (lost,)


def test_a_study_is_repaired_recording_by_recording(tmp_path, activations):
    for name in "ab":
        record(tmp_path / "study" / name, activations[:200])
    damages.lose_the_manifest(tmp_path / "study/b")
    report = repair(tmp_path / "study")
    assert report.ok
    assert set(report.set_aside["recording"]) == {"b"}
    assert not (tmp_path / "study/a/_set_aside").exists()


def test_what_a_later_version_wrote_is_not_touched(folder):
    content = json.loads((folder / "_run.json").read_text()) | {"format": 99}
    (folder / "_run.json").write_text(json.dumps(content))
    before = contents(folder)
    assert not repair(folder).ok
    assert contents(folder) == before
    with pytest.raises(NewerFormatError):
        open_recording(folder)


def test_a_full_disk_breaks_a_repair_off_and_loses_nothing(folder, activations, monkeypatch):
    damages.cut_short(folder)
    before = contents(folder)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("activstats.recording.repairing.replace_text", full)
    with pytest.raises(RecordingError, match="cannot be repaired") as caught:
        repair(folder)
    assert "No space left" in str(caught.value)
    monkeypatch.undo()
    assert_all_kept(before, folder)
    assert {p.kind for p in repair(folder).after.found} == {"lost"}
    assert_rest_is_right(folder, activations)


def test_uris_are_not_repaired():
    with pytest.raises(RecordingError, match="no local folder"):
        repair("memory://somewhere/run")


def test_overwriting_removes_what_was_set_aside(folder, activations):
    damages.cut_short(folder)
    repair(folder)
    record(folder, activations[:70], overwrite=True)
    assert verify(folder).ok
    assert not (folder / "_set_aside").exists()


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    activations = np.random.default_rng(5).normal(size=(300, 6)).astype(np.float32)
    record(tmp_path_factory.mktemp("pristine") / "run", activations, mode="mask")
    return tmp_path_factory.getbasetemp() / "pristine0/run", activations


@settings(max_examples=20)
@given(data=st.data())
def test_several_damages_at_once_are_mended_or_named(pristine, tmp_path_factory, data):
    source, activations = pristine
    folder = tmp_path_factory.mktemp("several") / "run"
    shutil.copytree(source, folder)
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    for number in data.draw(st.sets(st.integers(0, len(files) - 1), min_size=1, max_size=4)):
        content = files[number].read_bytes()
        end = data.draw(st.integers(0, len(content) - 1))
        if data.draw(st.booleans()):
            files[number].write_bytes(content[:end])
        else:
            files[number].write_bytes(
                content[:end] + bytes([content[end] ^ 1]) + content[end + 1 :]
            )
    before = contents(folder)
    report = repair(folder)
    assert_all_kept(before, folder)
    assert repair(folder).files == ()
    assert verify(folder).found == report.after.found
    if {problem.kind for problem in report.after.found} <= {"lost"} and open_recording(
        folder
    ).shards:
        assert_rest_is_right(folder, activations)
