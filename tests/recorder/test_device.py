"""Reductions by torch, as on an accelerator, give what the processor's loops give."""

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
from activstats.recorder.device import is_reduced_there

RULES = (
    "top1%", "top_k(3)", "above(0)", "above(0.4)", "argmax", "abs_above(1)", "fraction_of_max(0.5)",
    "quantile(0.9, 0.8)",
)  # fmt: skip


def record(folder, activations, cuts, reduce_on, **options):
    model = nn.Sequential(nn.Identity())
    with Recorder(model, folder, layers="0", reduce_on=reduce_on, **options) as recorder:
        for batch in torch.tensor_split(activations, sorted(cuts)):
            with recorder.batch():
                model(batch)
    return open_recording(folder)


def rows(recording, rule):
    columns = ["step", "chunk", "sample0", "n", "neuron", "n_act", "first", "bits", "n_nonfinite",
               "min", "max", "sum", "sumsq"]  # fmt: skip
    return pa.concat_tables(recording.stats(rule=rule, columns=columns)).to_pandas()


@settings(max_examples=25)
@given(
    rules=st.lists(st.sampled_from(RULES), min_size=1, max_size=3, unique=True),
    seed=st.integers(0, 10**6),
    shape=st.tuples(st.integers(1, 300), st.integers(1, 40)),
    dtype=st.sampled_from([torch.float16, torch.bfloat16, torch.float32, torch.float64]),
    cuts=st.lists(st.integers(0, 300), max_size=6),
    chunk=st.sampled_from([64, 8192]),
)
def test_rows_are_the_same_wherever_they_are_reduced(rules, seed, shape, dtype, cuts, chunk):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=shape)
    values[rng.random(shape) < 0.2] = 0.0
    values[rng.random(shape) < 0.02] = rng.choice([np.nan, np.inf, -np.inf])
    activations = torch.as_tensor(values).to(dtype)
    options = {"rule": rules, "mode": "mask", "chunk_samples": chunk}
    with tempfile.TemporaryDirectory() as folder:
        there = record(Path(folder) / "a", activations, cuts, "device", **options)
        here = record(Path(folder) / "b", activations, cuts, "host", **options)
        assert there.verify() == []
        for rule in rules:
            a, b = rows(there, rule), rows(here, rule)
            for column in ("sum", "sumsq"):
                np.testing.assert_allclose(a.pop(column), b.pop(column), rtol=1e-12, atol=1e-12)
            assert a.equals(b), rule


@pytest.mark.parametrize("sample_unit", ["item", "position"])
def test_images_with_a_mask_are_the_same_wherever_they_are_reduced(tmp_path, sample_unit):
    x, mask = torch.randn(30, 6, 4, 5), torch.rand(30, 4, 5) < 0.4
    model, found = nn.Sequential(nn.Identity()), []
    for reduce_on in ("device", "host"):
        with Recorder(
            model, tmp_path / reduce_on, layers="0", rule="above(0.2)", reduce_on=reduce_on,
            sample_unit=sample_unit,
        ) as recorder:  # fmt: skip
            for start in (0, 10, 20):
                part = slice(start, start + 10)
                with recorder.batch(mask=mask[part], sample_ids=list(range(start, start + 10))):
                    model(x[part])
        found.append(open_recording(tmp_path / reduce_on))
    there, here = (recording.counts() for recording in found)
    np.testing.assert_array_equal(there.counts, here.counts)
    np.testing.assert_array_equal(there.first, here.first)
    assert there.n_samples == here.n_samples
    assert found[0].samples().equals(found[1].samples())


def test_what_is_recorded_may_be_overwritten_at_once(tmp_path):
    model = nn.Sequential(nn.Linear(5, 9), nn.ReLU(inplace=True))
    x = torch.randn(30, 5)
    with torch.no_grad():
        with Recorder(
            model, tmp_path / "r", layers="1:in", rule="above(0.3)", reduce_on="device"
        ) as recorder:
            for batch in x.split(7):
                with recorder.batch():
                    model(batch).zero_()
        expected = (model[0](x) > 0.3).sum(0).numpy()
    np.testing.assert_array_equal(open_recording(tmp_path / "r").counts().counts, expected)


@pytest.mark.parametrize(
    ("device", "reduce_on", "there"),
    [
        ("cpu", "auto", False),
        ("cuda", "auto", True),
        ("mps", "auto", False),  # has no double precision
        ("cuda", "host", False),
        ("cpu", "device", True),
    ],
)
def test_an_accelerator_reduces_what_is_on_it(device, reduce_on, there):
    assert is_reduced_there(torch.device(device), reduce_on) is there
