"""Recorders, compactions and repairs that are killed: what is left reads right, and is gone on with."""

import itertools
import shutil

import numpy as np
import pytest

from activstats import open_recording, repair, verify
from benchmarks.killing.left import assert_same, samples_left
from benchmarks.killing.scenario import Scenario
from benchmarks.killing.trial import run_trial
from benchmarks.killing.zygote import Zygote

TINY = Scenario(
    seed=3, mode="mask", n_layers=1, n_rules=1, n_steps=1, with_ids=True, by_size=False, n_batches=2
)


@pytest.fixture(scope="module")
def zygote():
    with Zygote() as running:
        yield running


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny") / "run"
    TINY.record(folder)
    return folder


def stats(folder):
    """Every row of a recording, bit for bit, in the order of reading."""
    recording = open_recording(folder)
    return {
        pair: [row for table in recording.stats(*pair, columns=COLUMNS) for row in rows(table)]
        for pair in recording.pairs
    }


COLUMNS = ["step", "chunk", "sample0", "n", "neuron", "n_act", "first", "sum", "sumsq", "bits"]


def rows(table):
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("trial", range(20))
def test_killed_at_a_random_moment_nothing_finished_is_lost_and_the_rest_is_recorded_exactly(
    zygote, tmp_path, rng, trial
):
    scenario = Scenario.drawn(rng, n_batches=8)
    moment = (int(rng.integers(scenario.n_batches)), float(rng.uniform(0, 0.05)))
    found = run_trial(zygote, scenario, tmp_path, kill_at=moment)
    # A shard ends with every batch here: only the batch under way may be missing.
    assert found.left >= found.fed


@pytest.mark.slow
@pytest.mark.parametrize("trial", range(4))
def test_killed_at_a_random_moment_less_than_a_shard_is_lost(zygote, tmp_path, rng, trial):
    scenario = Scenario.drawn(rng, by_size=True, n_batches=8)
    moment = (int(rng.integers(1, scenario.n_batches)), float(rng.uniform(0, 0.05)))
    found = run_trial(zygote, scenario, tmp_path, kill_at=moment)
    assert found.lost < found.shard


@pytest.mark.slow
def test_killed_before_a_change_of_a_file_a_recording_resumes_exactly(zygote, tmp_path, recorded):
    for operation in itertools.count(step=2):
        folder = tmp_path / f"killed{operation}"
        if zygote.record(TINY, folder, at_operation=operation) == TINY.n_batches:
            break
        if (folder / "_run.json").exists():
            samples_left(TINY, folder)
        if operation % 6 == 0:  # the others in a process of their own, killed once more
            zygote.record(TINY, folder, resume=True, at_operation=operation // 2)
        TINY.record(folder, resume=True)
        assert_same(TINY, folder, recorded)
    assert operation > 15


@pytest.mark.slow
def test_killed_while_replacing_another_a_recording_never_counts_what_is_gone(
    zygote, tmp_path, recorded
):
    """What `overwrite` removes must not be taken for recorded by whoever resumes."""
    for operation in itertools.count(step=2):
        folder = tmp_path / f"replaced{operation}"
        shutil.copytree(recorded, folder)
        if zygote.maintain("remove", folder, at_operation=operation):
            break
        if (folder / "_run.json").exists():
            TINY.record(folder, resume=True)
            assert_same(TINY, folder, recorded)
    assert operation > 4


@pytest.mark.slow
def test_killed_before_any_change_of_a_file_a_compaction_changes_no_row(zygote, tmp_path, recorded):
    expected = stats(recorded)
    for trial, operation in enumerate(itertools.count(step=2)):
        folder = tmp_path / f"killed{operation}"
        shutil.copytree(recorded, folder)
        if zygote.maintain("compact", folder, at_operation=operation):
            break
        assert stats(folder) == expected
        if trial % 2:
            assert zygote.maintain("compact", folder)
            assert {len(open_recording(folder).entries(s)) for s in streams(folder)} == {1}
            assert verify(folder).ok
        elif trial % 4 == 0:
            TINY.record(folder, resume=True)
            assert_same(TINY, folder, recorded)
        assert stats(folder) == expected
    assert operation > 15


def streams(folder):
    return open_recording(folder).streams_of_kind()


@pytest.mark.slow
def test_killed_before_a_change_of_a_file_a_repair_can_be_run_again(zygote, tmp_path, recorded):
    broken = tmp_path / "broken"
    shutil.copytree(recorded, broken)
    shards = sorted(broken.glob("stats/**/*.parquet"))
    shards[1].write_bytes(shards[1].read_bytes()[:-50])
    (shards[0].parent / ".tmp-000009.parquet.1").write_bytes(b"half")
    manifest = broken / "_manifest.jsonl"
    lines = manifest.read_text().splitlines(keepends=True)
    manifest.write_text("".join([*lines[:-1], "{garbage\n"]))
    everything = contents(broken)
    for operation in itertools.count(step=2):
        folder = tmp_path / f"killed{operation}"
        shutil.copytree(broken, folder)
        if zygote.maintain("repair", folder, at_operation=operation):
            break
        report = repair(folder)
        assert {problem.kind for problem in report.after.found} == {"lost"}
        assert operation % 4 or repair(folder).files == ()
        kept = contents(folder)
        assert all(kept[content] >= n for content, n in everything.items())
    assert operation > 8


def contents(folder):
    """How often each content stands in a folder, whatever the names of the files."""
    found = [file.read_bytes() for file in folder.rglob("*") if file.is_file()]
    return {content: found.count(content) for content in found}


def test_what_is_drawn_is_the_same_every_time():
    a, b = (Scenario.drawn(np.random.default_rng(1)) for _ in range(2))
    assert a == b
    assert all((x == y).all() for (_, x), (_, y) in zip(a.batches(), b.batches(), strict=True))
