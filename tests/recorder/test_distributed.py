"""Two processes record together: merged, their counts are those of one process on the same samples."""

import json
import os
import shutil
import socket
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler

from activstats import Recorder, open_recording
from activstats.errors import ActivstatsError, DamagedRecordingError, RecorderError

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not dist.is_gloo_available(), reason="torch was built without gloo"),
]

N, WORLD = 75, 2  # an odd number: the sampler repeats one item
RULES = ["top1%", "above(0)"]


def net() -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        return nn.Sequential(nn.Linear(5, 30), nn.ReLU(), nn.Linear(30, 2))


def data() -> torch.Tensor:
    return torch.randn(N, 5, generator=torch.Generator().manual_seed(2))


def batches(rank: int, size: int, n: int = N):
    """Ids and items of one process, as a padded sampler deals them out."""
    sampler = DistributedSampler(range(n), WORLD, rank, shuffle=True, seed=4)
    for ids in DataLoader(range(n), batch_size=size, sampler=sampler):
        yield ids, data()[ids]


# -- what each process does -------------------------------------------------------------------------


def plain(rank, folder):
    model = DistributedDataParallel(net())
    with Recorder(
        model, folder / "plain", layers="1", rule=RULES, mode="mask", chunk_samples=64,
        rotate_seconds=0.0,
    ) as recorder, torch.no_grad():  # fmt: skip
        for ids, x in batches(rank, 8):
            with recorder.batch(sample_ids=ids):
                model(x)


def named_by_strings(rank, folder):
    model = DistributedDataParallel(net())
    with Recorder(model, folder / "strings", layers="1") as recorder, torch.no_grad():
        for ids, x in batches(rank, 8):
            with recorder.batch(sample_ids=[f"item {i}" for i in ids.tolist()]):
                model(x)


def few(rank, folder):
    """One item for two processes: the second has it only because the sampler repeats it."""
    model = net()
    with Recorder(model, folder / "few", layers="1") as recorder, torch.no_grad():
        for ids, x in batches(rank, 8, n=1):
            with recorder.batch(sample_ids=ids):
                model(x)


def without_ids(rank, folder):
    model = net()
    with Recorder(model, folder / "no ids", layers="1") as recorder, torch.no_grad():
        for _, x in batches(rank, 8):
            with recorder.batch():
                model(x)


def training(rank, folder):
    """Weights after training are the same with and without a recorder, and so on both sides."""
    states = []
    for recorded in (False, True):
        model = DistributedDataParallel(net())
        optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
        recorder = Recorder(model, folder / "training", layers="1", hash_weights=False)
        if recorded:
            recorder.__enter__()
        for step, (ids, x) in enumerate(batches(rank, 10)):
            optimiser.zero_grad()
            if recorded:
                with recorder.batch(step=step, sample_ids=ids):
                    loss = model(x).square().mean()
            else:
                loss = model(x).square().mean()
            loss.backward()
            optimiser.step()
        if recorded:
            recorder.__exit__(None, None, None)
        states.append([value.clone() for value in model.module.state_dict().values()])
    assert all(torch.equal(a, b) for a, b in zip(*states, strict=True))


def resumed(rank, folder):
    model = net()
    for resume, stop in ((False, 3), (True, None)):
        try:
            with Recorder(
                model, folder / "resumed", layers="1", rule=RULES, resume=resume,
                rotate_seconds=0.0,
            ) as recorder, torch.no_grad():  # fmt: skip
                for place, (ids, x) in enumerate(batches(rank, 8)):
                    # The first process is broken off a batch later than the second.
                    if stop is not None and place == stop - rank:
                        raise KeyboardInterrupt  # noqa: TRY301  (what a user may do)
                    with recorder.batch(sample_ids=ids):
                        model(x)
        except (KeyboardInterrupt, RecorderError):
            assert stop is not None


def exists(rank, folder):
    """The same error in both, from the one that looks first."""
    with Recorder(net(), folder / "plain", layers="1"):
        pass


def other_weights(rank, folder):
    model = net()
    with torch.no_grad():
        model[0].weight += rank
    with Recorder(model, folder / "other", layers="1"):
        pass


def overwritten(rank, folder):
    for _ in range(2):
        with Recorder(
            net(), folder / "overwritten", layers="1:in", overwrite=True
        ) as recorder, torch.no_grad():  # fmt: skip
            for ids, x in batches(rank, 8):
                with recorder.batch(sample_ids=ids):
                    recorder._model(x)


def one_alone(rank, folder):
    if rank == 1:
        with (
            Recorder(net(), folder / "alone", layers="1", distributed=False) as recorder,
            recorder.batch(sample_ids=[1, 1]),
        ):
            recorder._model(data()[:2])


def one_fails(rank, folder):
    """The other does not wait for ever."""
    model = net()
    with Recorder(model, folder / "fails", layers="1") as recorder, torch.no_grad():
        for place, (ids, x) in enumerate(batches(rank, 8)):
            if rank == 1 and place == 2:
                raise ValueError("no more data")
            with recorder.batch(sample_ids=ids):
                model(x)


def other_steps(rank, folder):
    model = net()
    with (
        Recorder(model, folder / "steps", layers="1") as recorder,
        recorder.batch(step=rank, sample_ids=[rank]),
    ):
        model(data()[:1])


SCENARIOS = [
    plain, named_by_strings, few, without_ids, training, resumed, exists, other_weights,
    overwritten, one_alone, one_fails, other_steps,
]  # fmt: skip


def work(rank, folder, port):
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    torch.set_num_threads(1)
    dist.init_process_group("gloo", rank=rank, world_size=WORLD, timeout=timedelta(seconds=90))
    said = {}
    for scenario in SCENARIOS:
        try:
            scenario(rank, folder)
        except (ActivstatsError, ValueError) as error:
            said[scenario.__name__] = f"{type(error).__name__}: {error}"
        dist.barrier()
    (folder / f"said-{rank}.json").write_text(json.dumps(said))
    dist.destroy_process_group()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("together")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mp.spawn(work, args=(folder, port), nprocs=WORLD)
    return folder


@pytest.fixture(scope="module")
def said(folder):
    return [json.loads((folder / f"said-{rank}.json").read_text()) for rank in range(WORLD)]


# -- what has come of it ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Record every item once in one process, in the order in which two follow each other."""
    dealt = [torch.cat([ids for ids, _ in batches(rank, 8)]) for rank in range(WORLD)]
    order = torch.cat([dealt[0], dealt[1][:-1]])
    assert sorted(order.tolist()) == list(range(N))
    assert dealt[1][-1] in dealt[0]  # the item that was repeated
    path = tmp_path_factory.mktemp("alone") / "run"
    model = net()
    with Recorder(model, path, layers="1", rule=RULES, mode="mask") as recorder:
        for ids in order.split(16):
            with recorder.batch(sample_ids=ids), torch.no_grad():
                model(data()[ids])
    return open_recording(path)


def assert_same_counts(ours, theirs):
    np.testing.assert_array_equal(ours.counts, theirs.counts)
    np.testing.assert_array_equal(ours.first, theirs.first)
    np.testing.assert_array_equal(ours.moments.n_nonfinite, theirs.moments.n_nonfinite)
    np.testing.assert_allclose(ours.moments.total, theirs.moments.total, rtol=1e-12)
    assert ours.n_samples == theirs.n_samples


@pytest.mark.parametrize("name", ["plain", "resumed"])
@pytest.mark.parametrize("rule", RULES)
def test_ranks_together_give_the_counts_of_one_process(folder, alone, name, rule):
    assert_same_counts(open_recording(folder / name).counts(rule=rule), alone.counts(rule=rule))


def test_ranks_together_give_the_mask_of_one_process(folder, alone):
    for rule in RULES:
        ours, theirs = (r.mask(rule=rule) for r in (open_recording(folder / "plain"), alone))
        np.testing.assert_array_equal(ours.bits, theirs.bits)


def test_each_rank_has_its_place_in_the_folder(folder):
    recording = open_recording(folder / "plain")
    assert {shard.stream.rank for shard in recording.shards} == {0, 1}
    assert (recording.info.world, recording.info.status) == (WORLD, "complete")
    for rank, name in enumerate(["_run.json", "_run-00001.json"]):
        info = json.loads((folder / "plain" / name).read_text())
        assert (info["rank"], info["world"]) == (rank, WORLD)
    assert recording.verify() == []
    assert recording.layers["n_samples"].tolist() == [N, N]
    assert recording.layers["layer"].tolist() == ["1", "1"]  # as without the wrapper


def test_every_item_is_recorded_once(folder):
    for name, expected in (("plain", range(N)), ("strings", [f"item {i}" for i in range(N)])):
        samples = open_recording(folder / name).samples()
        assert sorted(samples["id"]) == sorted(expected)
    assert open_recording(folder / "few").counts().n_samples == 1


def test_without_ids_nothing_can_be_left_out(folder):
    assert open_recording(folder / "no ids").counts().n_samples == N + 1


def test_training_steps_count_what_each_step_saw(folder):
    steps = open_recording(folder / "training").steps()
    assert steps["step"].tolist() == [0, 1, 2, 3]
    assert steps["n_samples"].tolist() == [20, 20, 20, 16]  # the repeated item is new in its step


def test_a_recording_is_replaced_as_a_whole(folder):
    recording = open_recording(folder / "overwritten")
    assert recording.counts().n_samples == N
    assert recording.verify() == []


def test_processes_that_record_for_themselves_need_not_wait(folder):
    assert open_recording(folder / "alone").info.world == 1
    assert open_recording(folder / "alone").counts().n_samples == 2


def test_what_goes_wrong_in_one_is_said_in_all(said):
    succeed = {"plain", "named_by_strings", "few", "without_ids", "training", "resumed",
               "overwritten", "one_alone"}  # fmt: skip
    for rank in range(WORLD):
        assert not succeed & set(said[rank]), said[rank]
        assert said[rank]["exists"].startswith("RecordingExistsError")
        assert "differ in their models" in said[rank]["other_weights"]
        assert "the same steps" in said[rank]["other_steps"]
    assert said[1]["one_fails"].startswith("ValueError")
    assert "do not answer" in said[0]["one_fails"]


def test_one_that_fails_leaves_the_recording_interrupted(folder):
    recording = open_recording(folder / "fails")
    assert recording.info.status == "interrupted"
    assert recording.counts().n_samples == 2 * 2 * 8


def test_a_rank_that_is_missing_is_named(folder, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(folder / "plain", copy)
    (copy / "_run-00001.json").unlink()
    with pytest.raises(DamagedRecordingError, match="_run-00001\\.json is missing"):
        open_recording(copy).counts(rule="above(0)")
    (copy / "_run-00001.json").write_text((folder / "overwritten/_run-00001.json").read_text())
    info = json.loads((copy / "_run-00001.json").read_text())
    (copy / "_run-00001.json").write_text(json.dumps(info | {"created": "1970-01-01"}))
    assert any("another recording" in one for one in open_recording(copy).problems)


def test_shards_of_all_ranks_are_one_table_for_others(folder):
    table = pd.concat(map(pd.read_parquet, (folder / "plain" / "stats").rglob("*.parquet")))
    assert table.loc[table["neuron"] == 0, "n"].sum() == N * len(RULES)
