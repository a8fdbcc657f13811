"""Items are told apart by their ids, step by step, and the earliest keeps its place."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from activstats import Recorder, open_recording
from activstats.errors import RecorderError
from activstats.recorder.distinct import DistinctItems, as_numbers
from activstats.recorder.distributed import Processes

IDS = st.lists(st.lists(st.integers(-30, 30), max_size=12), max_size=12)


@given(batches=IDS, words=st.booleans())
def test_every_id_is_new_once_a_step(batches, words):
    items, met = DistinctItems(Processes()), set()
    for batch in batches:
        ids = np.array([f"w{i}" for i in batch] if words else batch, dtype="U4" if words else int)
        new = items.of(0, ids)
        expected = []
        for one in batch:
            expected.append(one not in met)
            met.add(one)
        assert new.tolist() == expected
    if batches:
        ids = np.array(sorted(met), dtype=int)
        assert DistinctItems(Processes()).of(1, ids).all()


def test_a_new_step_begins_anew():
    items = DistinctItems(Processes())
    assert items.of(0, np.array([1, 2])).all()
    assert not items.of(0, np.array([1, 2])).any()
    assert items.of(1, np.array([1, 2])).all()


def test_what_is_kept_stays_in_few_runs(rng):
    items = DistinctItems(Processes())
    for part in np.array_split(rng.permutation(20_000), 500):
        assert items.of(0, part).all()
    assert len(items._met) <= 15
    assert sum(map(len, items._met)) == 20_000


def test_numbers_beyond_floats_stay_apart():
    large = np.array([2**62, 2**62 + 1])
    assert len(set(as_numbers(large).tolist())) == 2


def test_one_process_can_leave_out_repeated_items_too(tmp_path):
    model, x = nn.Sequential(nn.Identity()), torch.arange(1.0, 9.0).reshape(8, 1)
    with Recorder(
        model, tmp_path / "r", layers="0", rule="above(0)", distinct_items=True
    ) as recorder:
        for ids in ([0, 1, 2], [2, 3, 0], [0, 1]):
            with recorder.batch(sample_ids=ids):
                model(x[ids])
    recording = open_recording(tmp_path / "r")
    assert recording.samples()["id"].tolist() == [0, 1, 2, 3]
    assert recording.counts().moments.total[0] == 1 + 2 + 3 + 4


def test_items_are_left_out_whatever_the_mask_says(tmp_path):
    model, x = nn.Sequential(nn.Identity()), torch.randn(3, 4, 5)
    mask = torch.tensor([[1, 1, 0, 1], [1, 0, 0, 0], [1, 1, 1, 1]]).bool()
    with Recorder(
        model, tmp_path / "r", layers="0", rule="above(0)", distinct_items=True
    ) as recorder:
        with recorder.batch(sample_ids=[7, 8, 7], mask=mask):
            model(x)
        with recorder.batch(sample_ids=[8], mask=mask[:1]):
            model(x[:1])  # nothing new at all
    recording = open_recording(tmp_path / "r")
    assert recording.samples()["id"].tolist() == [7, 7, 7, 8]
    expected = (x[mask][:4] > 0).sum(0).numpy()
    np.testing.assert_array_equal(recording.counts().counts, expected)


def test_ids_are_given_always_or_never(tmp_path):
    model = nn.Sequential(nn.Identity())
    with Recorder(model, tmp_path / "r", layers="0", distinct_items=True) as recorder:
        with recorder.batch(sample_ids=[1]):
            model(torch.ones(1, 3))
        with pytest.raises(RecorderError, match="for some batches"), recorder.batch():
            pass
        with recorder.batch(sample_ids=[2]):  # refused before it began, it broke nothing
            model(torch.ones(1, 3))
    assert open_recording(tmp_path / "r").counts().n_samples == 2
