"""The recorder's second thread: order, bounded memory, and what happens after a failure."""

import threading

import numpy as np
import pytest
import torch

from activstats import Recorder, open_recording
from activstats.recorder.finishing import Finisher
from activstats.recorder.layer_buffer import LayerBuffer
from activstats.recording.manifest import parse_manifest
from activstats.rules import parse_rule


class Writer:
    """Notes what it is given, and can be held up or made to fail."""

    is_full = False
    rotate_bytes = 2**30

    def may_be_full_with(self, nbytes):
        return nbytes >= self.rotate_bytes

    def __init__(self):
        self.firsts, self.may_go, self.fails = [], threading.Event(), False
        self.may_go.set()

    def add(self, tables, *, first, last):
        self.may_go.wait()
        if self.fails:
            raise OSError("no space")
        self.firsts.append((next(iter(tables)).layer, first, last))

    def flush(self):
        self.firsts.append("flush")


def chunks(n):
    buffer = LayerBuffer(8, [parse_rule("above(0)")], capacity=64)
    return list(buffer.add(np.ones((64 * n, 8), np.float32)))


@pytest.fixture
def writer():
    return Writer()


def finisher_of(writer, most_bytes=2**20):
    return Finisher(writer, with_bits=True, most_bytes=most_bytes)


def test_chunks_are_written_in_the_order_they_filled(writer):
    finisher = finisher_of(writer)
    for chunk in chunks(5):
        finisher.add("act", chunk, None)
    finisher.flush()
    finisher.close()
    expected = [("act", (0, 64 * i), (0, 64 * i + 63)) for i in range(5)]
    assert writer.firsts == [*expected, "flush"]


def test_work_that_is_not_done_yet_has_not_failed(writer):
    """Whoever took it for a failure would end the recording without what is still on its way."""
    finisher = finisher_of(writer)
    writer.may_go.clear()
    finisher.add("act", *chunks(1), None)
    assert not finisher.failed
    writer.may_go.set()
    finisher.flush()
    finisher.close()
    assert not finisher.failed
    assert len(writer.firsts) == 2


def test_waiting_chunks_hold_up_whoever_brings_more_than_the_limit(writer):
    one, two, three = chunks(3)
    finisher = finisher_of(writer, most_bytes=2 * one.nbytes)
    writer.may_go.clear()
    for chunk in (one, two):
        finisher.add("act", chunk, None)
    third = threading.Thread(target=finisher.add, args=("act", three, None))
    third.start()
    third.join(timeout=0.2)
    assert third.is_alive()
    writer.may_go.set()
    third.join()
    finisher.wait()
    finisher.close()
    assert len(writer.firsts) == 3


def test_nothing_is_written_after_a_failure_and_the_error_comes_up(writer):
    finisher = finisher_of(writer)
    writer.fails = True
    first, *others = chunks(3)
    finisher.add("act", first, None)
    with pytest.raises(OSError, match="no space"):
        finisher.wait()
    writer.fails = False
    for chunk in others:
        finisher.add("act", chunk, None)
    finisher.wait()
    finisher.close()
    assert finisher.failed
    assert writer.firsts == []


def test_memory_of_full_chunks_is_filled_again(rng):
    buffer = LayerBuffer(8, [parse_rule("above(0)")], capacity=64)
    x = rng.normal(size=(640, 8)).astype(np.float32)
    tables = [chunk.tables(with_bits=True)["above(0)"] for chunk in buffer.add(x)]
    bits = np.stack([
        np.unpackbits(
            np.frombuffer(b"".join(t["bits"][j].as_py() for t in tables), np.uint8),
            bitorder="little",
        )
        for j in range(8)
    ])  # fmt: skip
    np.testing.assert_array_equal(bits, (x > 0).T)


def test_a_thread_ends_with_its_recorder(tmp_path):
    model = torch.nn.Sequential(torch.nn.ReLU())
    with Recorder(model, tmp_path / "run", layers="0") as recorder, recorder.batch():
        model(torch.ones(5, 8))
    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if name.startswith("activstats")]
    assert open_recording(tmp_path / "run").counts().n_samples == 5


def test_whether_a_shard_is_full_does_not_depend_on_how_fast_the_thread_is(writer):
    """What still waits to become tables counts as well, and its tables exactly."""
    finisher = finisher_of(writer)
    one, two = chunks(2)
    writer.rotate_bytes = 2 * one.nbytes
    writer.may_go.clear()
    finisher.add("act", one, None)
    assert not finisher.is_full()
    finisher.add("act", two, None)
    writer.is_full = True
    writer.may_go.set()
    assert finisher.is_full()
    assert len(writer.firsts) == 2  # it was waited for
    finisher.close()


@pytest.mark.parametrize("mode", ["counts", "mask", "values"])
@pytest.mark.parametrize("rows", [77, 700])
def test_less_than_a_shard_is_ever_missing_on_the_disk(tmp_path, rng, mode, rows):
    """Two layers whose chunks differ in length: neither may lag behind what its shard brings."""
    folder = tmp_path / "run"
    model = torch.nn.Sequential(torch.nn.ReLU(), torch.nn.Linear(128, 400), torch.nn.ReLU())
    fed, missing = 0, {"0": [], "2": []}
    with Recorder(
        model, folder, layers=["0", "2"], rule=["above(0)", "top1%"], mode=mode, memory_limit=2**20,
        chunk_samples=512, rotate_seconds=1e9,
    ) as recorder, torch.no_grad():  # fmt: skip
        for _ in range(2800 // rows):
            with recorder.batch():
                model(torch.as_tensor(rng.normal(size=(rows, 128))).float())
            fed += rows
            for layer, some in missing.items():
                some.append(fed - sum(shard_samples(folder, layer)))
    for layer, some in missing.items():
        assert 0 <= max(some) < max(shard_samples(folder, layer))


def shard_samples(folder, layer):
    """Samples of each shard of a layer that the manifest lists, under one rule."""
    entries = parse_manifest((folder / "_manifest.jsonl").read_text()).entries
    of_layer = [e for e in entries if e.stream.layer == layer and e.stream.rule == "above(0)"]
    return [entry.last[1] - entry.first[1] + 1 for entry in of_layer]
