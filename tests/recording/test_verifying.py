"""`verify` finds what is broken, names it, and finds nothing where nothing is."""

import json
import shutil

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from activstats import Recorder, verify
from activstats.errors import RecordingError, RecordingNotFoundError
from activstats.recording import coverage
from activstats.recording.manifest import digest
from activstats.recording.study import write_runs

from .conftest import RULE, Source, record


def kinds(path):
    return sorted({problem.kind for problem in verify(path).found})


def shards(folder, kind="stats"):
    return sorted(folder.glob(f"{kind}/**/*.parquet"))


def rewrite(folder, change):
    """Change the table of the third shard and let the manifest agree."""
    file = shards(folder)[2]
    table = pq.read_table(file)
    changed = change(table)
    pq.write_table(changed.replace_schema_metadata(table.schema.metadata), file)
    content = file.read_bytes()
    manifest = folder / "_manifest.jsonl"
    entries = [json.loads(line) for line in manifest.read_text().splitlines()]
    for entry in entries:
        if entry["path"] == file.relative_to(folder).as_posix():
            entry |= {"bytes": len(content), "sha256": digest([content]), "rows": len(changed)}
    manifest.write_text("".join(json.dumps(entry) + "\n" for entry in entries))


# -- nothing is wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["counts", "mask", "values"])
def test_a_recording_of_many_kinds_is_whole(tmp_path, activations, mode):
    import torch

    model = torch.nn.Sequential(torch.nn.Identity(), torch.nn.Linear(12, 5))
    with Recorder(
        model, tmp_path / "run", layers=["0", "1"], rule=["above(0)", "top_k(2)"], mode=mode,
        rotate_seconds=0.0, chunk_samples=64,
    ) as recorder:  # fmt: skip
        for number, x in enumerate(torch.as_tensor(activations).split(90)):
            with recorder.batch(step=number // 2, sample_ids=range(len(x))), torch.no_grad():
                model(x)
    report = verify(tmp_path / "run")
    assert report.ok, report.summary()
    assert report.problems.empty
    assert report.lost.empty
    assert report.n_shards == len(list((tmp_path / "run").rglob("*.parquet")))
    assert "whole" in report.summary()


def test_verifying_changes_nothing(folder):
    (folder / "stats" / ".tmp-000001.parquet.3").write_bytes(b"half")
    shards(folder)[1].unlink()
    before = {f: (f.read_bytes(), f.stat().st_mtime_ns) for f in folder.rglob("*") if f.is_file()}
    assert not verify(folder).ok
    assert {
        f: (f.read_bytes(), f.stat().st_mtime_ns) for f in folder.rglob("*") if f.is_file()
    } == before


def test_an_interrupted_recording_is_whole_and_the_report_says_how_it_ended(tmp_path, activations):
    with pytest.raises(KeyboardInterrupt), Recorder(Source(), tmp_path / "run", layers="act") as r:  # noqa: PT012
        with r.batch():
            r._model(__import__("torch").as_tensor(activations))
        raise KeyboardInterrupt
    report = verify(tmp_path / "run")
    assert report.ok
    assert "interrupted" in report.notes[0]


def test_a_recording_at_a_uri_is_verified_there(folder):
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.put(str(folder), "/verified/run", recursive=True)
    try:
        assert verify("memory://verified/run").ok
        memory.rm(f"/verified/run/{shards(folder)[2].relative_to(folder).as_posix()}")
        assert kinds("memory://verified/run") == ["lost", "missing"]
    finally:
        memory.rm("/verified", recursive=True)


# -- something is wrong ----------------------------------------------------------------------------


def cut_short(folder):
    file = shards(folder)[2]
    file.write_bytes(file.read_bytes()[:-30])


def flip_a_bit(folder):
    file = shards(folder)[2]
    content = bytearray(file.read_bytes())
    content[300] ^= 4
    file.write_bytes(content)


def lose_a_shard(folder):
    shards(folder)[2].unlink()


def lose_the_description(folder):
    (folder / "_run.json").unlink()


def garble_the_description(folder):
    (folder / "_run.json").write_text("{")


def lose_the_manifest(folder):
    (folder / "_manifest.jsonl").unlink()


def garble_a_line(folder):
    lines = (folder / "_manifest.jsonl").read_text().splitlines(keepends=True)
    (folder / "_manifest.jsonl").write_text("".join([*lines[:2], "{nonsense\n", *lines[3:]]))


def lose_a_line(folder):
    lines = (folder / "_manifest.jsonl").read_text().splitlines(keepends=True)
    (folder / "_manifest.jsonl").write_text("".join(lines[:2] + lines[3:]))


def repeat_a_line(folder):
    lines = (folder / "_manifest.jsonl").read_text().splitlines(keepends=True)
    (folder / "_manifest.jsonl").write_text("".join([*lines, lines[2]]))


def lie_about_samples(folder):
    text = (folder / "_manifest.jsonl").read_text()
    (folder / "_manifest.jsonl").write_text(text.replace('"last":[0,399]', '"last":[0,400]'))


def leave_a_temporary_file(folder):
    (shards(folder)[0].parent / ".tmp-000077.parquet.123").write_bytes(b"half a shard")


def break_off_a_compaction(folder):
    (folder / "_compacting.json").write_text("{}")


def shuffle_rows(folder):
    rewrite(folder, lambda table: table.take(np.arange(len(table))[::-1]))


def leave_out_a_row(folder):
    rewrite(folder, lambda table: table.slice(1))


def leave_out_a_column(folder):
    rewrite(folder, lambda table: table.drop_columns(["sumsq"]))


def count_the_impossible(folder):
    def change(table):
        more = pd.Series(table["n"].to_numpy() + 1, dtype="uint32")
        at = table.schema.get_field_index("n_act")
        import pyarrow as pa

        return table.set_column(at, table.schema.field("n_act"), pa.array(more, pa.uint32()))

    rewrite(folder, change)


def rename_the_layer(folder):
    text = (folder / "_run.json").read_text()
    (folder / "_run.json").write_text(text.replace('"layer": "act"', '"layer": "relu"'))


def garble_the_mode(folder):
    text = (folder / "_run.json").read_text()
    (folder / "_run.json").write_text(text.replace('"mode": "mask"', '"mode": "task"'))


def misstate_the_width(folder):
    text = (folder / "_run.json").read_text()
    (folder / "_run.json").write_text(text.replace('"n_neurons": 12', '"n_neurons": 13'))


def garble_the_checkpoints(folder):
    (folder / "_checkpoints.json").write_text("[]")


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (cut_short, ["damaged", "lost"]),
        (flip_a_bit, ["damaged", "lost"]),
        (lose_a_shard, ["lost", "missing"]),
        (lose_the_description, ["description"]),
        (garble_the_description, ["description"]),
        (lose_the_manifest, ["manifest"]),
        (garble_a_line, ["lost", "manifest", "orphan"]),
        (lose_a_line, ["lost", "orphan"]),
        (repeat_a_line, ["manifest", "twice"]),
        (lie_about_samples, ["mismatch"]),
        (leave_a_temporary_file, ["temporary"]),
        (break_off_a_compaction, ["compaction"]),
        (shuffle_rows, ["damaged", "lost"]),
        (leave_out_a_row, ["damaged", "lost"]),
        (leave_out_a_column, ["damaged", "lost"]),
        (count_the_impossible, ["damaged", "lost"]),
        (rename_the_layer, ["description"]),
        (garble_the_mode, ["description"]),
        (misstate_the_width, ["description"]),
        (garble_the_checkpoints, ["description"]),
    ],
)
def test_each_kind_of_damage_is_named(folder, damage, found):
    damage(folder)
    assert kinds(folder) == found


def test_lost_samples_are_named_to_the_sample(folder):
    entry = json.loads((folder / "_manifest.jsonl").read_text().splitlines()[2])
    (folder / entry["path"]).unlink()
    (lost,) = verify(folder).lost_samples
    assert [lost.first_step, lost.first_sample] == entry["first"]
    assert [lost.last_step, lost.last_sample] == entry["last"]
    assert (lost.kind, lost.layer, lost.rule, lost.rank) == ("stats", "act", RULE, 0)


def test_a_stream_that_ends_before_its_brothers_lacks_what_they_have(tmp_path, activations):
    record(tmp_path / "run", activations, rule=["above(0)", "top_k(2)"])
    lines = (tmp_path / "run/_manifest.jsonl").read_text().splitlines(keepends=True)
    assert "top_k" in lines[-1]
    (tmp_path / "run/_manifest.jsonl").write_text("".join(lines[:-1]))
    (lost,) = verify(tmp_path / "run").lost_samples
    assert lost.rule == "top_k(2)"
    assert lost.last_sample == 399


def test_samples_that_stand_twice_are_named(folder):
    first, second = shards(folder)[:2]
    shutil.copy(first, second)
    manifest = folder / "_manifest.jsonl"
    lines = [json.loads(line) for line in manifest.read_text().splitlines()]
    lines[1] = lines[0] | {"path": lines[1]["path"], "flush": lines[1]["flush"]}
    manifest.write_text("".join(json.dumps(line) + "\n" for line in lines))
    report = verify(folder)
    assert {"twice", "lost"} == {problem.kind for problem in report.found}
    assert "stand twice" in report.summary()


def test_a_shard_of_another_recording_is_no_shard_of_this(folder, tmp_path, activations):
    record(tmp_path / "other", activations, mode="counts")
    other = [file.relative_to(tmp_path / "other") for file in shards(tmp_path / "other")]
    shutil.copy(tmp_path / "other" / other[2], folder / other[2])
    theirs, ours = (
        (place / "_manifest.jsonl").read_text().splitlines(keepends=True)
        for place in (tmp_path / "other", folder)
    )
    (folder / "_manifest.jsonl").write_text("".join([*ours[:2], theirs[2], *ours[3:]]))
    said = [problem.said for problem in verify(folder).found if problem.kind == "damaged"]
    assert said == ["is of another recording: mode 'counts', not 'mask'"]


def test_what_a_later_version_wrote_is_not_judged(folder):
    content = json.loads((folder / "_run.json").read_text()) | {"format": 99}
    (folder / "_run.json").write_text(json.dumps(content))
    (problem,) = verify(folder).found
    assert (problem.kind, problem.mendable) == ("newer format", False)
    assert "format 99" in problem.said


# -- studies and other places ----------------------------------------------------------------------


@pytest.fixture
def study(tmp_path, activations):
    for name in ("a", "deep/b"):
        record(tmp_path / "study" / name, activations[:100])
    runs = pd.DataFrame({"run": ["a", "b", "c"], "recording": ["a", "deep/b", ""]})
    write_runs(tmp_path / "study", runs)
    return tmp_path / "study"


def test_all_recordings_of_a_study_are_verified(study):
    report = verify(study)
    assert report.ok, report.summary()
    assert report.n_recordings == 2
    shards(study / "deep/b")[1].unlink()
    assert set(verify(study).problems["recording"]) == {"deep/b"}
    assert set(verify(study).lost["recording"]) == {"deep/b"}


def test_recordings_that_a_study_names_must_be_there(study):
    shutil.rmtree(study / "a")
    (problem,) = verify(study).found
    assert problem.kind == "study"
    assert "'a' is not there" in problem.said
    (study / "runs.parquet").write_bytes(b"no table")
    assert kinds(study) == ["study"]


def test_places_without_a_recording_say_so(tmp_path):
    (tmp_path / "thesis.tex").write_text("ten years of work")
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(RecordingNotFoundError, match="no recording and no study"):
            verify(place)
    with pytest.raises(RecordingError, match="cannot be reached"):
        verify("nonsense://x")


def test_a_report_says_the_same_as_json(folder):
    lose_a_shard(folder)
    report = verify(folder)
    again = json.loads(json.dumps(report.to_dict()))
    assert again["ok"] is False
    assert [p["kind"] for p in again["problems"]] == report.problems["kind"].tolist()
    assert [lost["last_sample"] for lost in again["lost"]] == report.lost["last_sample"].tolist()


# -- ranges of samples -----------------------------------------------------------------------------

RUNS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 30), st.integers(1, 12)).map(
        lambda run: (run[0], run[1], run[1] + run[2])
    ),
    max_size=8,
)


def points(runs):
    return [(step, at) for step, start, stop in runs for at in range(start, stop)]


@given(there=RUNS, awaited=RUNS)
def test_ranges_say_what_sets_of_samples_say(there, awaited):
    covered = coverage.covered(there)
    joined = [(step, a, b) for step, ranges in covered.items() for a, b in ranges]
    assert sorted(points(joined)) == sorted(set(points(there)))
    lacking = coverage.missing(awaited, covered)
    assert points(lacking) == sorted(set(points(awaited)) - set(points(there)))
    meet = set(points(awaited)) & set(points(there))
    assert coverage.overlaps(covered, awaited) == bool(meet)
    repeated = {one for one in points(there) if points(there).count(one) > 1}
    assert set(points(coverage.twice(there))) == repeated
