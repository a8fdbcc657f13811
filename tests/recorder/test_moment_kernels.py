"""One pass for moments and bits: the same as the one and the other, wherever rows begin and end."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activstats.recorder import bit_kernels, moment_kernels


def moments(n):
    return np.zeros(n), np.zeros(n), np.full(n, np.inf), np.full(n, -np.inf)


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(1, 37),
    n_neurons=st.sampled_from([1, 7, 511, 512, 513, 1100]),
    offset=st.integers(0, 15),
    dtype=st.sampled_from([np.float32, np.float64]),
    level=st.sampled_from([0.0, -0.5, 1.0]),
)
def test_moments_and_bits_of_any_block_are_those_of_numpy(
    seed, rows, n_neurons, offset, dtype, level
):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(rows, n_neurons)).astype(dtype)
    planes = np.zeros((8, n_neurons), np.uint8)
    alone = planes.copy()
    both, sums = moments(n_neurons), moments(n_neurons)
    threshold = dtype(level)
    assert moment_kernels.add_moments_and_above(values, threshold, offset, planes, *both)
    assert moment_kernels.add_moments(values, *sums)
    bit_kernels.pack_above(values, threshold, offset, alone)
    bits = planes_to_rows(planes)
    np.testing.assert_array_equal(bits[offset : offset + rows], values > threshold)
    assert bits[:offset].sum() == bits[offset + rows :].sum() == 0
    np.testing.assert_array_equal(alone, planes)
    exact = values.astype(np.float64)
    for total, squares, lowest, highest in (both, sums):
        np.testing.assert_allclose(total, exact.sum(0), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(squares, (exact**2).sum(0), rtol=1e-12)
        np.testing.assert_array_equal(lowest, exact.min(0))
        np.testing.assert_array_equal(highest, exact.max(0))


def planes_to_rows(planes):
    """One row of bits a sample."""
    bits = np.unpackbits(planes[:, None], axis=1, bitorder="little")
    return bits.reshape(-1, planes.shape[1]).astype(bool)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("row", [0, 9, 18])
def test_a_block_with_a_value_that_is_not_finite_adds_nothing_and_still_sets_its_bits(
    rng, bad, row
):
    values = rng.normal(size=(19, 12)).astype(np.float32)
    values[row, 5] = bad
    planes, sums = np.zeros((8, 12), np.uint8), moments(12)
    level = np.float32(-0.25)
    assert not moment_kernels.add_moments_and_above(values, level, 3, planes, *sums)
    np.testing.assert_array_equal(
        planes_to_rows(planes)[3:22], (values > level) & np.isfinite(values)
    )
    for ours, before in zip(sums, moments(12), strict=True):
        np.testing.assert_array_equal(ours, before)
