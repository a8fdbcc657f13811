"""Rarefaction against 50-digit arithmetic, brute force and a published program."""

import csv
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activstats.errors import DomainError, InputError
from activstats.laws.rarefaction import log_unseen, rarefy


def histogram(counts):
    return np.unique(np.asarray(counts), return_counts=True)


def test_log_unseen_agrees_with_fifty_digit_arithmetic(golden):
    rows = golden["rarefaction"]
    assert len(rows) == 7
    found = [log_unseen(r["D"], r["n"], r["m"]) for r in rows]
    np.testing.assert_allclose(found, [float(r["log"]) for r in rows], rtol=1e-13)


def test_what_cannot_be_missed_is_never_unseen():
    assert log_unseen(8, 10, 3) == -np.inf
    assert log_unseen(10, 10, 1) == -np.inf
    assert np.isfinite(log_unseen(7, 10, 3))
    assert log_unseen(0, 10, 10) == 0


def test_rarefied_curve_is_the_mean_over_all_parts_of_the_samples(rng):
    """Every one of the C(6, d) parts of six samples, by hand."""
    mask = rng.random((6, 9)) < rng.beta(0.5, 1, 9)
    values, multiplicities = histogram(mask.sum(axis=0))
    for size in range(7):
        parts = itertools.combinations(range(6), size)
        k = np.mean([mask[list(part)].any(axis=0).sum() for part in parts])
        assert rarefy(values, multiplicities, 6, [size])[0] == pytest.approx(k, abs=1e-12)


def test_rarefied_curve_runs_from_c_to_k(rng):
    counts = rng.binomial(400, rng.beta(0.2, 4, 500))
    found = rarefy(*histogram(counts), 400, [0, 1, 400])
    expected = [0, counts.sum() / 400, np.count_nonzero(counts)]
    np.testing.assert_allclose(found, expected, rtol=1e-13)


@given(
    counts=st.lists(st.integers(0, 60), min_size=1, max_size=30),
    n_samples=st.integers(60, 10**9),
)
@settings(deadline=None)
def test_rarefied_curve_rises_and_bends_down(counts, n_samples):
    grid = np.unique(np.linspace(0, min(n_samples, 10**4), 50).astype(int))
    k = rarefy(*histogram(counts), n_samples, grid)
    gain = np.diff(k) / np.diff(grid)
    assert np.all(gain >= -1e-9)
    assert np.all(np.diff(gain) <= 1e-9)
    assert k[-1] <= np.count_nonzero(counts) + 1e-9


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["Girdled", "Logged"])
def test_spiders_are_rarefied_as_inext_does(species, name):
    counts = np.loadtxt(species / f"spider_{name}.csv", skiprows=1, dtype=int)
    check_inext(species / "expected_spider_q0_sizebased.csv", name, "m", counts, counts.sum())


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["h50m", "h2000m"])
def test_ants_are_rarefied_as_inext_does(species, name):
    """Incidence data: the first row is the number of sampling units."""
    units, *counts = np.loadtxt(species / f"ant_{name}.csv", skiprows=1, dtype=int)
    check_inext(species / "expected_ant_q0_sizebased.csv", name, "t", counts, units)


def check_inext(table, name, size, counts, n_samples):
    with table.open(newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["Assemblage"] == name]
    rows = [r for r in rows if r["Method"] == "Rarefaction"]
    assert len(rows) > 5
    found = rarefy(*histogram(counts), int(n_samples), [int(r[size]) for r in rows])
    np.testing.assert_allclose(found, [float(r["qD"]) for r in rows], rtol=1e-9)


def test_sizes_beyond_the_samples_are_refused_with_a_hint():
    with pytest.raises(DomainError, match="predict"):
        rarefy([1, 2], [1, 1], 10, [11])


@pytest.mark.parametrize("size", [-1, 1.5, np.nan])
def test_sizes_that_count_nothing_are_refused(size):
    with pytest.raises(DomainError):
        rarefy([1, 2], [1, 1], 10, [size])


@pytest.mark.parametrize(("values", "multiplicities"), [([2, 1], [1, 1]), ([1, 2], [1])])
def test_a_histogram_out_of_order_is_refused(values, multiplicities):
    with pytest.raises(InputError):
        rarefy(values, multiplicities, 10, [1])
