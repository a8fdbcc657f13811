"""What a reader gives back, and what it says of questions and files that make no sense."""

import errno
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import fsspec
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import torch

from activstats import Counts, Recorder, open_recording, open_study
from activstats.counts import each_counts, recorded_layers
from activstats.errors import (
    DamagedRecordingError,
    DamagedRecordingWarning,
    InputError,
    LayerNotFoundError,
    RecordingError,
    RecordingNotFoundError,
    RuleError,
)
from activstats.rules import Above, Rule

from .conftest import Source, record

STEPS = (0, 3, 10)


def record_steps(folder, rng, **options):
    """Record three steps of different length; return what was active in each."""
    model, active = Source(), []
    options = {"layers": "act", "rule": "above(0)", "chunk_samples": 64} | options
    with Recorder(model, folder, **options) as recorder:
        for step, n in zip(STEPS, (150, 64, 90), strict=True):
            activations = torch.as_tensor(rng.normal(loc=-2, size=(n, 40)))
            with recorder.batch(step=step):
                model(activations)
            active.append((activations > 0).numpy())
    return active


def add_a_rank(folder):
    """Let a second process have recorded the same."""
    manifest = folder / "_manifest.jsonl"
    shutil.copytree(next(folder.glob("stats/*/*/rank=00000")), folder / "copy")
    target = next(folder.glob("stats/*/*")) / "rank=00001"
    (folder / "copy").rename(target)
    manifest.write_text(manifest.read_text() + manifest.read_text().replace("=00000/", "=00001/"))


def assert_same(counts, expected):
    np.testing.assert_array_equal(counts.counts, expected.counts)
    np.testing.assert_array_equal(counts.first, expected.first)
    np.testing.assert_array_equal(counts.spans, expected.spans)


# -- steps ------------------------------------------------------------------------------------------


def test_all_steps_at_once_are_the_sum_of_the_steps(tmp_path, rng):
    active = record_steps(tmp_path / "run", rng, rotate_seconds=0.0)
    recording = open_recording(tmp_path / "run")
    total = recording.counts(step=None)
    each = [recording.counts(step=step) for step in STEPS]
    assert_same(total, sum(each[1:], start=each[0]))
    assert_same(total, Counts.from_active(np.concatenate(active)))
    np.testing.assert_allclose(total.moments.total, sum(one.moments.total for one in each))
    assert total.moments.n_samples == total.n_samples == 304
    assert total.provenance["step"] == "all"


def test_ranks_follow_each_other_within_every_step(tmp_path, rng):
    active = record_steps(tmp_path / "run", rng)
    add_a_rank(tmp_path / "run")
    recording = open_recording(tmp_path / "run")
    in_order = np.concatenate([np.concatenate([one, one]) for one in active])
    assert_same(recording.counts(step=None), Counts.from_active(in_order))
    assert_same(recording.counts(step=3), Counts.from_active(np.concatenate([active[1]] * 2)))
    with pytest.raises(LayerNotFoundError, match="no step '4'"):
        recording.counts(step=4)
    assert recording.layers["n_samples"].tolist() == [608]
    assert recording.steps()["n_samples"].tolist() == [300, 128, 180]


def test_counting_all_steps_without_a_lost_shard_closes_the_gap(tmp_path, rng):
    active = record_steps(tmp_path / "run", rng, rotate_seconds=0.0)
    first, *_ = open_recording(tmp_path / "run").shards
    (tmp_path / "run" / first.path).unlink()
    with pytest.warns(DamagedRecordingWarning):
        counts = open_recording(tmp_path / "run").counts(step=None, on_damage="skip")
    assert (first.first, first.last) == ((0, 0), (0, 149))
    rest = Counts.from_active(np.concatenate(active)[150:])
    np.testing.assert_array_equal(counts.counts, rest.counts)
    np.testing.assert_array_equal(counts.first, rest.first)


def test_only_the_row_groups_of_the_wanted_step_are_read(tmp_path, rng, monkeypatch):
    model = Source()
    with Recorder(model, tmp_path / "run", layers="act", rule="above(0)", mode="mask") as recorder:
        for step in range(12):  # 12 steps of 4,096 neurons: two to a row group
            with recorder.batch(step=step):
                model(torch.as_tensor(rng.normal(size=(3, 4096))))
    read, ours = [], pq.ParquetFile.read_row_group

    def counting(self, group, **options):
        read.append(group)
        return ours(self, group, **options)

    monkeypatch.setattr(pq.ParquetFile, "read_row_group", counting)
    assert open_recording(tmp_path / "run").counts(step=7).n_samples == 3
    assert read == [3]


@pytest.mark.parametrize("step", ["a", 1.5, np.nan])
def test_a_step_that_is_no_whole_number_is_refused(folder, step):
    recording = open_recording(folder)
    with pytest.raises(InputError, match="whole number"):
        recording.counts(step=step)
    with pytest.raises(InputError, match="whole number"):
        list(recording.stats(step=step))


def test_numpys_integers_are_steps(folder):
    assert open_recording(folder).counts(step=np.int64(0)).n_samples == 400


# -- what is asked for ------------------------------------------------------------------------------


def test_bits_of_a_recording_without_them_are_refused_and_not_called_damage(tmp_path, activations):
    record(tmp_path / "run", activations)
    with pytest.raises(InputError, match="no column 'bits'") as caught:
        list(open_recording(tmp_path / "run").stats(columns=["bits"]))
    assert "n_nonfinite" in str(caught.value)


def test_bits_of_a_recording_with_them_are_read(folder):
    tables = list(open_recording(folder).stats(columns=["neuron", "bits"]))
    assert tables[0].column_names == ["neuron", "bits"]


def test_an_unknown_way_with_damage_is_refused(folder):
    with pytest.raises(InputError, match="'raise', 'skip'"):
        open_recording(folder).counts(on_damage="ignore")


def test_a_rule_that_no_layer_was_recorded_under_is_an_error(folder):
    with pytest.raises(LayerNotFoundError, match="holds no rule 'argmax'"):
        list(each_counts(open_recording(folder), rule="argmax"))
    with pytest.raises(LayerNotFoundError, match="holds no layer 'fc'"):
        list(each_counts(open_recording(folder), "fc"))
    with pytest.raises(RuleError, match="no activation rule"):
        list(each_counts(open_recording(folder), rule="argmaxx"))


@dataclass(frozen=True)
class Negative(Rule):
    """A rule of the user's own, which `parse_rule` does not know."""

    keyword: ClassVar[str] = "negative"

    def _active(self, activations):
        return activations < 0


def test_a_rule_of_the_users_own_is_found_by_its_recorded_name(tmp_path, activations):
    record(tmp_path / "run", activations, rule=[Negative(), "above(0)"])
    recording = open_recording(tmp_path / "run")
    for rule in ("negative()", Negative()):
        counts = recording.counts(rule=rule)
        np.testing.assert_array_equal(counts.counts, (activations < 0).sum(axis=0))
    assert [one.k for one in each_counts(recording, rule="negative()")] == [12]
    assert recorded_layers(recording)["k"].tolist() == [12, 12]


def test_layers_have_the_shares_of_their_activations(tmp_path, activations):
    activations[:, :2], activations[:, 2] = [5.0, -5.0], np.nan
    activations[:9, 3] = np.inf
    rules = {"above(0.5)": activations > 0.5, "abs_above(1)": np.abs(activations) > 1}
    record(tmp_path / "run", activations, rule=list(rules))
    table = recorded_layers(open_recording(tmp_path / "run")).set_index("rule")
    for rule, over in rules.items():
        active = over & np.isfinite(activations)
        fired = active.any(axis=0)
        expected = {
            "k": fired.sum(),
            "c": active.sum() / len(active),
            "dead_share": 1 - fired.mean(),
            "always_on_share": active.all(axis=0).mean(),
            "nonfinite_share": (~np.isfinite(activations)).mean(),
        }
        assert table.loc[rule, list(expected)].to_dict() == pytest.approx(expected)


def test_a_rule_with_a_numpy_number_is_found_by_the_number(tmp_path, activations):
    record(tmp_path / "run", activations, rule=Above(np.quantile(activations, 0.5)))
    recording = open_recording(tmp_path / "run")
    threshold = float(np.quantile(activations, 0.5))
    assert recording.layers["rule"].tolist() == [f"above({threshold})"]
    assert recording.counts(rule=f"above({threshold})").counts.sum() == 2400


def test_the_table_of_layers_says_the_shape_and_where_the_neurons_are(folder):
    (row,) = open_recording(folder).layers.to_dict("records")
    assert (row["shape"], row["neuron_axis"]) == ("50 × 12", 1)


# -- damage -----------------------------------------------------------------------------------------


def test_a_shard_that_is_damaged_in_the_middle_counts_not_at_all(tmp_path, rng):
    activations = rng.normal(size=(640, 5000)).astype(np.float32)
    record(tmp_path / "run", activations, mode="mask", batch=320, rotate_seconds=1e9)
    (shard,) = (tmp_path / "run").glob("stats/**/*.parquet")
    content = pq.ParquetFile(shard).metadata
    assert content.num_row_groups > 3
    broken = bytearray(shard.read_bytes())
    broken[content.row_group(2).column(5).data_page_offset + 60] ^= 1
    shard.write_bytes(broken)
    recording = open_recording(tmp_path / "run")
    with pytest.raises(DamagedRecordingError, match=re.escape(shard.name)):
        recording.counts()
    with pytest.warns(DamagedRecordingWarning, match=re.escape(shard.name)):
        assert sum(table.num_rows for table in recording.stats(on_damage="skip")) == 0
    with pytest.warns(DamagedRecordingWarning):
        counts = recording.counts(on_damage="skip")
    assert (counts.n_samples, counts.k) == (0, 0)


@pytest.mark.parametrize("damage", ["cut", "emptied", "no Parquet"])
def test_without_a_manifest_a_damaged_shard_is_named_and_the_rest_is_readable(
    folder, activations, damage
):
    whole = open_recording(folder).shards
    (folder / "_manifest.jsonl").unlink()
    broken = folder / whole[1].path
    content = {"cut": broken.read_bytes()[:-100], "emptied": b"", "no Parquet": b"x" * 5000}
    broken.write_bytes(content[damage])
    recording = open_recording(folder)
    assert [whole[1].path in problem for problem in recording.problems] == [False, True]
    with pytest.raises(DamagedRecordingError, match="is missing"):
        recording.counts()
    with pytest.warns(DamagedRecordingWarning) as warned:
        counts = recording.counts(on_damage="skip")
    assert [whole[1].path in str(one.message) for one in warned] == [False, True]
    rest = np.delete(activations > 0, slice(whole[1].first[1], whole[1].last[1] + 1), axis=0)
    np.testing.assert_array_equal(counts.counts, rest.sum(axis=0))
    np.testing.assert_array_equal(counts.first, Counts.from_active(rest).first)


@pytest.mark.parametrize(
    "change",
    [{"first": []}, {"first": [0]}, {"first": None}, {"rows": "many"}, {"path": 3}, {"more": 1}],
)
def test_a_manifest_line_that_makes_no_sense_is_a_problem(folder, change):
    manifest = folder / "_manifest.jsonl"
    first, *rest = manifest.read_text().splitlines(keepends=True)
    manifest.write_text(json.dumps(json.loads(first) | change) + "\n" + "".join(rest))
    recording = open_recording(folder)
    assert [problem[:22] for problem in recording.problems] == ["line 1 of the manifest"]
    with pytest.warns(DamagedRecordingWarning, match="line 1 of the manifest"):
        assert 0 < recording.counts(on_damage="skip").n_samples < 400


def test_bytes_that_are_no_text_are_damage(folder):
    manifest, run = folder / "_manifest.jsonl", folder / "_run.json"
    content = manifest.read_bytes()
    manifest.write_bytes(content[:30] + b"\xff" + content[31:])
    assert [problem[:22] for problem in open_recording(folder).problems] == [
        "line 1 of the manifest"
    ]
    content = run.read_bytes()
    place = content.index(b"complete")
    run.write_bytes(content[:place] + b"\xff" + content[place + 1 :])
    with pytest.raises(DamagedRecordingError, match="not UTF-8"):
        open_recording(folder)


def test_samples_whose_shards_are_all_lost_are_none(tmp_path, activations):
    model = Source()
    recorder = Recorder(model, tmp_path / "run", layers="act")
    with recorder, recorder.batch(sample_ids=range(400)):
        model(torch.as_tensor(activations))
    shutil.rmtree(tmp_path / "run" / "samples")
    with pytest.warns(DamagedRecordingWarning):
        assert open_recording(tmp_path / "run").samples(on_damage="skip").empty


# -- places -----------------------------------------------------------------------------------------


def test_a_uri_of_an_unknown_kind_is_one_clear_error():
    with pytest.raises(RecordingError, match="foo"):
        open_recording("foo://somewhere/run")


def test_a_file_system_that_fails_in_its_own_way_is_one_clear_error(folder, monkeypatch):
    class OwnError(Exception):
        pass

    def fail(*_args, **_options):
        raise OwnError("no route to host")

    monkeypatch.setattr("fsspec.implementations.memory.MemoryFileSystem.cat_file", fail)
    with pytest.raises(RecordingError, match="OwnError: no route to host"):
        open_recording("memory://somewhere/run")


def test_a_place_that_may_not_be_read_is_one_clear_error(folder, monkeypatch):
    def refuse(_self, path, *_args, **_options):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    monkeypatch.setattr("fsspec.implementations.local.LocalFileSystem._open", refuse)
    with pytest.raises(RecordingError, match=os.strerror(errno.EACCES)) as caught:
        open_recording(folder)
    assert not isinstance(caught.value, RecordingNotFoundError)


def test_an_empty_place_in_memory_holds_no_recording():
    fsspec.filesystem("memory")
    with pytest.raises(RecordingNotFoundError, match="no such folder"):
        open_recording("memory://nowhere/at/all")


@pytest.mark.parametrize("column", ["run", "recording"])
def test_a_table_that_is_no_table_of_runs_is_refused(tmp_path, column):
    pd.DataFrame({"run": ["a"], "recording": ["a"]}).drop(columns=column).to_parquet(
        tmp_path / "runs.parquet"
    )
    with pytest.raises(RecordingError, match=f"no column '{column}'"):
        open_study(tmp_path)


def test_a_runs_table_that_may_not_be_read_is_one_clear_error(tmp_path):
    Path(tmp_path / "runs.parquet").mkdir()
    with pytest.raises(RecordingError, match="runs"):
        open_study(tmp_path)
