"""A mask holds every activation of a recording, however the recording was cut."""

import shutil

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from activstats import Recorder, open_recording
from activstats.counts import ActivationMask, Counts
from activstats.errors import (
    DamagedRecordingError,
    DamagedRecordingWarning,
    InputError,
    LayerNotFoundError,
)

ACTIVE = hnp.arrays(np.bool_, st.tuples(st.integers(0, 40), st.integers(1, 8)))


@pytest.fixture(autouse=True)
def _own_random_state(seed):
    """Models draw their weights from torch's global random state."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield


def record(folder, steps, *, batch=37, chunk_samples=64, mode="mask", **options):
    """Record arrays of zeros and ones, one a step, in batches of odd size; steps are 0, 10, 20."""
    model = torch.nn.Sequential(torch.nn.Identity())
    settings_ = {"layers": "0", "rule": "above(0)", "rotate_seconds": 0.0} | options
    with Recorder(model, folder, chunk_samples=chunk_samples, mode=mode, **settings_) as recorder:
        for number, active in enumerate(steps):
            for part in torch.as_tensor(active, dtype=torch.float32).split(batch):
                with recorder.batch(step=10 * number):
                    model(part)
    return open_recording(folder)


def random_steps(rng, *lengths, n_neurons=21):
    return [rng.random((n, n_neurons)) < rng.beta(0.5, 1, n_neurons) for n in lengths]


@given(ACTIVE)
def test_packing_loses_nothing(active):
    mask = ActivationMask.from_active(active)
    np.testing.assert_array_equal(mask.active, active)
    by_hand = np.packbits(active.T, axis=1, bitorder="little")
    np.testing.assert_array_equal(mask.bits, by_hand)


@given(ACTIVE, st.integers(0, 50))
def test_the_first_samples_are_those_of_the_activations(active, n):
    np.testing.assert_array_equal(ActivationMask.from_active(active).head(n).active, active[:n])


@given(ACTIVE)
def test_counts_of_a_mask_are_those_of_the_activations(active):
    found, expected = (
        ActivationMask.from_active(active, layer="a").counts,
        Counts.from_active(active),
    )
    np.testing.assert_array_equal(found.counts, expected.counts)
    np.testing.assert_array_equal(found.first, expected.first)
    assert (found.n_samples, found.provenance) == (expected.n_samples, {"layer": "a"})


@pytest.mark.parametrize("length", [1, 7, 64, 100, 333])
def test_a_recording_gives_back_every_bit(tmp_path, rng, length):
    (active,) = random_steps(rng, length)
    mask = record(tmp_path / "run", [active]).mask()
    np.testing.assert_array_equal(mask.active, active)
    assert (mask.steps, mask.step_starts) == ((0,), (0,))
    assert mask.provenance["rule"] == "above(0)"


def test_steps_follow_each_other_and_the_mask_knows_where(tmp_path, rng):
    active = random_steps(rng, 150, 61, 90)
    recording = record(tmp_path / "run", active)
    mask = recording.mask(step=None)
    np.testing.assert_array_equal(mask.active, np.concatenate(active))
    assert (mask.steps, mask.step_starts) == ((0, 10, 20), (0, 150, 211))
    np.testing.assert_array_equal(recording.mask(step=10).active, active[1])
    np.testing.assert_array_equal(recording.mask().active, active[2])


@pytest.mark.parametrize("most", [0, 5, 64, 150, 160, 10**6])
def test_a_mask_can_be_cut_while_it_is_read(tmp_path, rng, most):
    active = random_steps(rng, 150, 61)
    mask = record(tmp_path / "run", active).mask(step=None, max_samples=most)
    np.testing.assert_array_equal(mask.active, np.concatenate(active)[:most])
    assert mask.step_starts == tuple(start for start in (0, 150) if start < most)


def add_a_rank(folder):
    """Let a second process have recorded the same."""
    manifest = folder / "_manifest.jsonl"
    shutil.copytree(next(folder.glob("stats/*/*/rank=00000")), folder / "copy")
    (folder / "copy").rename(next(folder.glob("stats/*/*")) / "rank=00001")
    manifest.write_text(manifest.read_text() + manifest.read_text().replace("=00000/", "=00001/"))


def test_ranks_follow_each_other_within_every_step(tmp_path, rng):
    active = random_steps(rng, 77, 61)
    record(tmp_path / "run", active)
    add_a_rank(tmp_path / "run")
    mask = open_recording(tmp_path / "run").mask(step=None)
    in_order = np.concatenate([part for one in active for part in (one, one)])
    np.testing.assert_array_equal(mask.active, in_order)
    assert mask.step_starts == (0, 154)


@settings(max_examples=15)
@given(data=st.data())
def test_however_it_was_cut_the_mask_is_the_same(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("cut")
    lengths = data.draw(st.lists(st.integers(1, 200), min_size=1, max_size=3))
    batch, chunk = data.draw(st.integers(1, 90)), data.draw(st.sampled_from([64, 128]))
    active = random_steps(np.random.default_rng(len(lengths)), *lengths, n_neurons=5)
    recording = record(folder / "run", active, batch=batch, chunk_samples=chunk)
    mask, counts = recording.mask(step=None), recording.counts(step=None)
    np.testing.assert_array_equal(mask.active, np.concatenate(active))
    np.testing.assert_array_equal(mask.counts.counts, counts.counts)
    np.testing.assert_array_equal(mask.counts.first, counts.first)


def test_a_lost_shard_leaves_no_gap(tmp_path, rng):
    (active,) = random_steps(rng, 200)
    record(tmp_path / "run", [active], batch=64)
    parts = sorted((tmp_path / "run").glob("stats/*/*/rank=00000/part-*.parquet"))
    assert len(parts) == 4
    parts[1].unlink()
    recording = open_recording(tmp_path / "run")
    with pytest.raises(DamagedRecordingError):
        recording.mask()
    with pytest.warns(DamagedRecordingWarning, match="part-000001"):
        mask = recording.mask(on_damage="skip")
    np.testing.assert_array_equal(mask.active, np.delete(active, np.s_[64:128], axis=0))


def test_a_recording_of_counts_alone_says_how_to_get_a_mask(tmp_path, rng):
    recording = record(tmp_path / "run", random_steps(rng, 20), mode="counts")
    with pytest.raises(InputError, match='mode="mask"'):
        recording.mask()


def test_questions_that_make_no_sense_are_refused(tmp_path, rng):
    recording = record(tmp_path / "run", random_steps(rng, 20))
    with pytest.raises(LayerNotFoundError, match="no step '4'"):
        recording.mask(step=4)
    with pytest.raises(LayerNotFoundError):
        recording.mask("conv")
    for wrong in ({"step": "last"}, {"max_samples": -1}, {"max_samples": 2.5}, {"on_damage": "?"}):
        with pytest.raises(InputError):
            recording.mask(**wrong)


@pytest.mark.parametrize(
    ("bits", "n_samples"),
    [
        (np.zeros((2, 1), np.uint8), 9),
        (np.zeros((2, 1), np.int64), 8),
        (np.zeros(2, np.uint8), 8),
        (np.full((2, 1), 255, np.uint8), 7),
    ],
)
def test_bits_that_do_not_fit_the_samples_are_refused(bits, n_samples):
    with pytest.raises(InputError, match="do not fit"):
        ActivationMask(bits, n_samples)


@pytest.mark.parametrize("active", [np.ones((2, 3)), np.ones(3, bool), np.ones((3, 0), bool)])
def test_what_is_not_boolean_samples_by_neurons_is_refused(active):
    with pytest.raises(InputError, match="apply a rule first"):
        ActivationMask.from_active(active)


def test_a_mask_cannot_be_changed_and_leaves_the_callers_array_alone():
    bits = np.zeros((2, 1), np.uint8)
    mask = ActivationMask(bits, 8)
    with pytest.raises(ValueError, match="read-only"):
        mask.bits[0, 0] = 1
    assert bits.flags.writeable
    assert repr(mask) == "<ActivationMask: 2 neurons, 8 samples>"
