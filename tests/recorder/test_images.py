"""Images are reduced as they lie in memory, with the same outcome as from a permuted copy."""

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from activstats import Recorder, open_recording
from activstats.recorder.images import images_of
from activstats.recorder.matrix import Reading, to_rows


def record(folder, x, cuts, **options):
    model = nn.Sequential(nn.Identity())
    with Recorder(model, folder, layers="0", sample_unit="position", **options) as recorder:
        for batch in torch.tensor_split(x, sorted(cuts)):
            with recorder.batch():
                model(batch)
    return open_recording(folder)


def rows(recording, rule):
    columns = ["sample0", "n", "neuron", "n_act", "first", "bits", "n_nonfinite", "min", "max",
               "sum", "sumsq"]  # fmt: skip
    return pa.concat_tables(recording.stats(rule=rule, columns=columns)).to_pandas()


@settings(max_examples=40)
@given(
    rules=st.lists(
        st.sampled_from(["above(0)", "above(0.4)", "quantile(0.9, 0.8)", "top_k(2)"]),
        min_size=1,
        max_size=2,
        unique=True,
    ),
    seed=st.integers(0, 10**6),
    shape=st.tuples(st.integers(1, 9), st.integers(1, 20), st.integers(1, 13), st.integers(1, 13)),
    dtype=st.sampled_from([torch.bfloat16, torch.float32, torch.float64]),
    cuts=st.lists(st.integers(0, 9), max_size=3),
    chunk=st.sampled_from([64, 8192]),
    finite=st.booleans(),
)
def test_images_give_the_rows_of_their_permuted_copy(
    rules, seed, shape, dtype, cuts, chunk, finite
):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=shape)
    if not finite:
        values[rng.random(shape) < 0.02] = rng.choice([np.nan, np.inf, -np.inf])
    x = torch.as_tensor(values).to(dtype)
    last = x.movedim(1, -1).contiguous()
    options = {"rule": rules, "mode": "mask", "chunk_samples": chunk}
    with tempfile.TemporaryDirectory() as folder:
        images = record(Path(folder) / "a", x, cuts, neuron_axis=1, **options)
        copied = record(Path(folder) / "b", last, cuts, neuron_axis=3, **options)
        for rule in rules:
            a, b = rows(images, rule), rows(copied, rule)
            for column in ("sum", "sumsq"):
                np.testing.assert_allclose(a.pop(column), b.pop(column), rtol=1e-12, atol=1e-12)
            assert a.equals(b), rule


def test_resuming_half_way_through_an_image_changes_nothing(tmp_path):
    x = torch.randn(6, 5, 7, 3)
    options = {"rule": "above(0)", "mode": "mask", "neuron_axis": 1, "chunk_samples": 64}
    whole = record(tmp_path / "a", x, [2, 4], **options)
    record(tmp_path / "b", x[:4], [2], rotate_seconds=0.0, **options)
    again = record(tmp_path / "b", x, [3], resume=True, **options)
    np.testing.assert_array_equal(again.counts().counts, whole.counts().counts)
    np.testing.assert_array_equal(again.mask().bits, whole.mask().bits)


def test_images_are_read_in_place(tmp_path):
    x = torch.randn(3, 4, 5, 6)
    images = images_of(x, 1)
    assert np.shares_memory(images.values, x.numpy())
    expected, _ = to_rows(x, Reading(1, "position"), None, "0")
    np.testing.assert_array_equal(images[7:50][3:].rows, expected[10:50].numpy())


@pytest.mark.parametrize(
    ("x", "axis"),
    [
        (torch.ones(3, 4), 1),
        (torch.ones(3, 4, 5, 6), 3),
        (torch.ones(3, 4, 5, 6).to(memory_format=torch.channels_last), 1),
        (torch.ones(3, 5, 4).transpose(1, 2), 1),
    ],
)
def test_what_lies_otherwise_is_read_otherwise(x, axis):
    assert images_of(x, axis) is None


@pytest.mark.parametrize("bad", [None, torch.nan, torch.inf, -torch.inf])
def test_the_largest_of_an_image_is_found_with_and_without_bad_pixels(tmp_path, bad):
    x = torch.randn(8, 5, 4, 3)
    if bad is not None:
        x[1, 2, 0, 1] = x[3] = x[4, 4] = bad
    model = nn.Sequential(nn.Identity())
    with (
        Recorder(model, tmp_path / "r", layers="0", rule="above(0.9)") as recorder,
        recorder.batch(),
    ):
        model(x)
    finite = x.isfinite()
    largest = x.masked_fill(~finite, -torch.inf).amax((2, 3))
    counts = open_recording(tmp_path / "r").counts()
    np.testing.assert_array_equal(counts.counts, (largest > 0.9).sum(0).numpy())
    lost = (~finite.any(3).any(2)).sum(0).numpy()
    np.testing.assert_array_equal(counts.moments.n_nonfinite, lost)
