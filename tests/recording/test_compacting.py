"""Compaction makes few shards of many: the same rows, whatever happens meanwhile."""

import errno
import json

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from activstats import Recorder, compact, open_recording, verify
from activstats.errors import (
    DamagedRecordingError,
    InputError,
    RecordingError,
    RecordingNotFoundError,
)
from activstats.recording.layout import KINDS

from .conftest import Source, record


def every_row(folder):
    """The bytes of every row of every stream, in the order of the manifest."""
    recording = open_recording(folder)
    found = {}
    for kind in KINDS:
        for stream in recording.streams_of_kind(kind):
            tables = [pq.read_table(folder / e.path) for e in recording.entries(stream)]
            found[stream] = [repr(row) for table in tables for row in table.to_pylist()]
    return found


def shards(folder):
    return sorted(folder.rglob("*.parquet"))


def assert_same_counts(folder, before):
    after = open_recording(folder)
    for pair in before:
        counts = after.counts(*pair, step=None)
        for name in ("counts", "first"):
            np.testing.assert_array_equal(getattr(counts, name), getattr(before[pair], name))
        for name in ("total", "total_squares", "lowest", "highest", "n_nonfinite"):
            ours, theirs = (getattr(one.moments, name) for one in (counts, before[pair]))
            np.testing.assert_array_equal(ours, theirs)


def counts_of(folder):
    recording = open_recording(folder)
    return {pair: recording.counts(*pair, step=None) for pair in recording.pairs}


@settings(max_examples=10)
@given(data=st.data())
def test_any_split_into_shards_gives_the_same_rows_and_counts(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("split") / "run"
    mode = data.draw(st.sampled_from(["counts", "mask", "values"]))
    sizes = data.draw(st.lists(st.integers(1, 150), min_size=2, max_size=6))
    with_ids = data.draw(st.booleans())
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    model = Source()
    with Recorder(
        model, folder, layers="act", rule=["above(0)", "top_k(2)"], mode=mode, chunk_samples=64,
        rotate_seconds=0.0,
    ) as recorder:  # fmt: skip
        for number, size in enumerate(sizes):
            ids = range(size) if with_ids else None
            x = torch.as_tensor(
                rng.normal(size=(size, 5)) * (rng.random((size, 5)) < 0.3 * (number % 3))
            )
            with recorder.batch(step=number // 2, sample_ids=ids):
                model(x / x if number == 3 else x)  # NaN among them
    rows, counts = every_row(folder), counts_of(folder)
    report = compact(folder, target_bytes=data.draw(st.sampled_from([1, 9_000, 20_000, 2**27])))
    assert every_row(folder) == rows
    assert_same_counts(folder, counts)
    assert verify(folder).ok, verify(folder).summary()
    assert report.shards_after == len(shards(folder)) <= report.shards_before
    before = [(file, file.read_bytes()) for file in shards(folder)]
    compact(folder, target_bytes=2**27)
    compact(folder, target_bytes=2**27)
    assert before == [(file, file.read_bytes()) for file in shards(folder)] or len(before) > len(
        shards(folder)
    )


def test_shards_become_one_a_stream_and_look_as_the_format_asks(folder):
    essentials = pq.read_schema(shards(folder)[-1]).metadata
    report = compact(folder)
    (shard,) = shards(folder)
    assert (report.shards_before, report.shards_after) == (8, 1)
    assert report.bytes_after < report.bytes_before
    assert "8 shards" in report.summary()
    assert pq.read_schema(shard).metadata[b"activstats"] == essentials[b"activstats"]
    parquet = pq.ParquetFile(shard)
    assert parquet.metadata.num_row_groups == 1
    assert parquet.metadata.row_group(0).column(0).compression == "ZSTD"
    assert {file.name for file in folder.iterdir()} == {"_run.json", "_manifest.jsonl", "stats"}


def test_shards_stay_below_the_size_that_is_asked_for(folder):
    sizes = [file.stat().st_size for file in shards(folder)]
    compact(folder, target_bytes=3 * max(sizes))
    assert len(shards(folder)) == 3
    assert all(file.stat().st_size <= 3 * max(sizes) for file in shards(folder))


def test_rows_keep_to_groups_of_the_usual_size(tmp_path):
    activations = np.random.default_rng(0).normal(size=(1500, 640)).astype(np.float32)
    record(tmp_path / "run", activations, mode="mask", batch=100)
    compact(tmp_path / "run")
    (shard,) = shards(tmp_path / "run")
    groups = pq.ParquetFile(shard).metadata
    rows = [groups.row_group(number).num_rows for number in range(groups.num_row_groups)]
    assert rows[:-1] == [8192] * (len(rows) - 1)
    assert len(rows) > 1


def test_a_compacted_recording_is_gone_on_with(folder, activations):
    record(folder, activations[:130], mode="mask", overwrite=True)
    compact(folder)
    record(folder, activations, mode="mask", resume=True)
    compact(folder)
    assert verify(folder).ok
    counts = open_recording(folder).counts()
    np.testing.assert_array_equal(counts.counts, (activations > 0).sum(axis=0))
    found = duckdb.sql(f"select sum(n_act) from '{folder}/stats/**/*.parquet'").fetchall()
    assert found == [((activations > 0).sum(),)]


def test_an_unfinished_flush_stays_unfinished(tmp_path, activations):
    rules = ["above(0)", "top_k(2)"]
    record(tmp_path / "run", activations, rule=rules)
    manifest = tmp_path / "run/_manifest.jsonl"
    manifest.write_text("".join(manifest.read_text().splitlines(keepends=True)[:-1]))
    before = open_recording(tmp_path / "run").counts(rule="above(0)").n_samples
    compact(tmp_path / "run")
    assert open_recording(tmp_path / "run").counts(rule="above(0)").n_samples == before
    record(tmp_path / "run", activations, rule=rules, resume=True)
    for rule in rules:
        assert open_recording(tmp_path / "run").counts(rule=rule).spans.tolist() == [[0, 400]]
    assert verify(tmp_path / "run").ok


@pytest.mark.parametrize("place", ["write", "manifest"])
def test_a_full_disk_breaks_a_compaction_off_and_loses_nothing(folder, monkeypatch, place):
    rows = every_row(folder)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    target = {"write": "merging.pq.ParquetWriter.write_table", "manifest": "replacing.replace_text"}
    monkeypatch.setattr(f"activstats.recording.{target[place]}", full)
    with pytest.raises(RecordingError, match="cannot be compacted") as caught:
        compact(folder)
    assert "No space left" in str(caught.value)
    monkeypatch.undo()
    assert every_row(folder) == rows
    assert verify(folder).ok, verify(folder).summary()


def test_what_does_not_read_back_as_written_replaces_nothing(folder, monkeypatch):
    from activstats.recording import merging

    rows = every_row(folder)
    blocks = merging._blocks

    def forgetful(files, per_group):
        for block in blocks(files, per_group):
            yield block.slice(1) if len(files) == 1 else block

    monkeypatch.setattr(merging, "_blocks", forgetful)
    with pytest.raises(DamagedRecordingError, match="do not read back"):
        compact(folder)
    monkeypatch.undo()
    assert every_row(folder) == rows
    assert verify(folder).ok


def test_damage_is_not_compacted_away(folder):
    broken = shards(folder)[3]
    content = bytearray(broken.read_bytes())
    content[200] ^= 1
    broken.write_bytes(content)
    with pytest.raises(DamagedRecordingError, match="a shard is damaged") as caught:
        compact(folder)
    assert broken.name in str(caught.value)
    assert broken.read_bytes() == content
    (folder / "_manifest.jsonl").unlink()
    with pytest.raises(DamagedRecordingError, match="manifest is damaged"):
        compact(folder)


def test_a_large_shard_that_broke_does_not_cost_the_small_ones(folder, monkeypatch):
    """A compaction is killed before it removes anything, and then its one new file breaks."""
    from activstats import repair
    from activstats.recording import replacing

    monkeypatch.setattr(replacing, "finish_compacting", lambda _: None)
    compact(folder)
    monkeypatch.undo()
    entry = json.loads((folder / "_manifest.jsonl").read_text())
    (folder / entry["path"]).write_bytes(b"broken")
    assert repair(folder).ok
    assert open_recording(folder).counts().n_samples == 400


def test_memory_does_not_grow_with_the_shard_that_is_made(folder, monkeypatch):
    from activstats.recording import merging

    most = []
    concat = merging.pa.concat_tables

    def watched(tables):
        most.append(sum(table.num_rows for table in tables))
        return concat(tables)

    monkeypatch.setattr(merging.pa, "concat_tables", watched)
    monkeypatch.setattr(merging, "rows_per_group", lambda _: 12)
    compact(folder)
    assert max(most) <= 2 * 12  # a group, and what came in with its last rows


def test_places_and_sizes_that_make_no_sense_are_refused(tmp_path, folder):
    with pytest.raises(RecordingNotFoundError):
        compact(tmp_path / "nowhere")
    with pytest.raises(RecordingError, match="no local folder"):
        compact("s3://bucket/run")
    for size in (0, -1, 1.5, True):
        with pytest.raises(InputError, match="number of bytes"):
            compact(folder, target_bytes=size)
