"""Recorded counts equal a naive computation on the raw activations, however the stream is cut."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from activstats import Counts, Recorder, open_recording, parse_rule

RULES = (
    "top1%", "top_k(3)", "top_fraction(0.3)", "above(0)", "above(0.4)", "argmax", "abs_above(1)",
    "fraction_of_max(0.5)", "quantile(0.9, 0.8)",
)  # fmt: skip


class Source(torch.nn.Module):
    """Passes on what it is given, so that a test knows the activations to the bit."""

    def __init__(self) -> None:
        super().__init__()
        self.act = torch.nn.Identity()

    def forward(self, x):
        return self.act(x)


def record(folder, activations, cuts, **options):
    model = Source()
    with Recorder(model, folder, layers="act", **options) as recorder:
        for batch in torch.tensor_split(activations, sorted(cuts)):
            with recorder.batch():
                model(batch)
    return open_recording(folder)


def activations_of(seed: int, shape: tuple[int, int], dtype: torch.dtype) -> torch.Tensor:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=shape)
    values[rng.random(shape) < 0.2] = 0.0
    values[rng.random(shape) < 0.02] = rng.choice([np.nan, np.inf, -np.inf])
    return torch.as_tensor(values).to(dtype)


@settings(max_examples=30)
@given(
    rules=st.lists(st.sampled_from(RULES), min_size=1, max_size=3, unique=True),
    seed=st.integers(0, 10**6),
    shape=st.tuples(st.integers(1, 300), st.integers(1, 40)),
    dtype=st.sampled_from([torch.float16, torch.bfloat16, torch.float32, torch.float64]),
    cuts=st.lists(st.integers(0, 300), max_size=6),
    chunk=st.sampled_from([64, 128, 8192]),
    shards=st.booleans(),
)
def test_counts_equal_those_of_the_raw_activations(rules, seed, shape, dtype, cuts, chunk, shards):
    activations = activations_of(seed, shape, dtype)
    exact = activations.double() if dtype == torch.float64 else activations.float()
    with tempfile.TemporaryDirectory() as folder:
        recording = record(
            Path(folder) / "run", activations, cuts, rule=rules, mode="mask", chunk_samples=chunk,
            rotate_seconds=0.0 if shards else 30.0,
        )  # fmt: skip
        assert recording.verify() == []
        for rule in rules:
            active = parse_rule(rule)(exact).numpy()
            counts, naive = recording.counts(rule=rule), Counts.from_active(active)
            np.testing.assert_array_equal(counts.counts, naive.counts, err_msg=rule)
            np.testing.assert_array_equal(counts.first, naive.first, err_msg=rule)
            assert counts.n_samples == len(active)
            np.testing.assert_array_equal(bits_of(recording, rule), active, err_msg=rule)


def bits_of(recording, rule: str) -> np.ndarray:
    """Unpack the bits of a recording: samples by neurons."""
    chunks = []
    for table in recording.stats(rule=rule, columns=["chunk", "n", "bits"]):
        frame = table.to_pandas()
        for _, chunk in frame.groupby("chunk"):
            n = int(chunk["n"].iloc[0])
            rows = np.stack([np.frombuffer(row, np.uint8) for row in chunk["bits"]])
            assert rows.shape[1] == 8 * -(-n // 64)
            chunks.append(np.unpackbits(rows, axis=1, bitorder="little")[:, :n].T)
    return np.concatenate(chunks).astype(bool)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_moments_leave_out_what_is_not_finite(tmp_path, dtype):
    activations = activations_of(1, (500, 9), dtype)
    moments = record(tmp_path / "run", activations, [100, 130]).counts().moments
    exact = activations.double().numpy()
    finite = np.isfinite(exact)
    kept = np.where(finite, exact, 0)
    np.testing.assert_array_equal(moments.n_nonfinite, (~finite).sum(axis=0))
    np.testing.assert_allclose(moments.total, kept.sum(axis=0), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(moments.total_squares, (kept**2).sum(axis=0), rtol=1e-12)
    np.testing.assert_allclose(moments.lowest, np.where(finite, exact, np.inf).min(0), rtol=1e-7)
    np.testing.assert_allclose(moments.highest, np.where(finite, exact, -np.inf).max(0), rtol=1e-7)
    expected = np.array([exact[f, j].var() for j, f in enumerate(finite.T)])
    np.testing.assert_allclose(moments.variance, expected, rtol=1e-9)


def test_a_neuron_that_is_never_finite_has_no_extremes(tmp_path):
    activations = torch.full((10, 2), torch.nan)
    activations[:, 1] = 1.0
    counts = record(tmp_path / "run", activations, [], rule="above(0)").counts()
    np.testing.assert_array_equal(counts.counts, [0, 10])
    assert np.isnan(counts.moments.lowest[0])
    assert np.isnan(counts.moments.mean[0])
    assert counts.moments.n_nonfinite[0] == 10


def test_one_neuron_is_a_layer_too(tmp_path):
    counts = record(tmp_path / "run", torch.tensor([[1.0], [0.0], [2.0]]), []).counts()
    assert (counts.n_neurons, counts.n_samples, counts.k) == (1, 3, 1)
    np.testing.assert_array_equal(counts.counts, [2])


def test_top_is_exact_when_the_level_jumps_from_sample_to_sample(tmp_path, rng):
    """The floor learned from the rows before must never leave out a neuron."""
    scale = 10.0 ** rng.integers(-6, 7, size=(400, 1))
    activations = torch.as_tensor(np.abs(rng.normal(size=(400, 200))) * scale).float()
    for rule in ("top1%", "top_k(10)", "top_k(150)", "top_k(1000)"):
        counts = record(tmp_path / rule, activations, [33], rule=rule).counts()
        expected = parse_rule(rule)(activations).sum(0).numpy()
        np.testing.assert_array_equal(counts.counts, expected, err_msg=rule)


def test_the_memory_limit_shortens_chunks_and_changes_nothing_else(tmp_path, rng):
    activations = torch.as_tensor(rng.normal(size=(700, 6000))).float()
    small = record(tmp_path / "a", activations, [50], mode="mask", memory_limit=2**20)
    large = record(tmp_path / "b", activations, [50], mode="mask")
    lengths = {n for table in small.stats(columns=["n"]) for n in table["n"].to_pylist()}
    assert (
        max(lengths) == 192
    )  # 2^20 / 6 bytes hold the bits of 233 samples: three whole words of 64
    np.testing.assert_array_equal(small.counts().counts, large.counts().counts)
    np.testing.assert_array_equal(small.counts().first, large.counts().first)
