"""Rows of a recording add up to the same sums in whatever order and however cut."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activstats.counts.engine import Sums, count_rows
from activstats.errors import DamagedRecordingError
from activstats.recording.schema import stats_schema

CHUNK = 100


def table(n_chunks, n_neurons, seed=0):
    rng = np.random.default_rng(seed)
    rows = n_chunks * n_neurons
    n_act = rng.integers(0, CHUNK, rows)
    columns = {
        "step": np.zeros(rows),
        "chunk": np.repeat(np.arange(n_chunks), n_neurons),
        "sample0": np.repeat(np.arange(n_chunks) * CHUNK, n_neurons),
        "n": np.full(rows, CHUNK),
        "neuron": np.tile(np.arange(n_neurons), n_chunks),
        "n_act": n_act,
        "first": np.where(n_act > 0, rng.integers(0, CHUNK, rows), -1),
        "sum": rng.normal(size=rows) * 10.0 ** rng.integers(-9, 9, rows),
        "sumsq": rng.gamma(1.0, size=rows),
        "min": np.where(rng.random(rows) < 0.1, np.nan, rng.normal(size=rows)),
        "max": rng.normal(size=rows),
        "n_nonfinite": rng.integers(0, 3, rows),
    }
    schema = stats_schema(with_bits=False)
    types = {field.name: field.type.to_pandas_dtype() for field in schema}
    return pa.table(
        {name: np.asarray(c, types[name]) for name, c in columns.items()}, schema=schema
    )


def figures(counts):
    moments = counts.moments
    arrays = (
        counts.counts, counts.first_sample, counts.spans, moments.total, moments.total_squares,
        moments.lowest, moments.highest, moments.n_nonfinite,
    )  # fmt: skip
    return [array.tobytes() for array in arrays]


def test_sums_are_those_of_a_table_grouped_by_neuron():
    rows = table(7, 5)
    counts = count_rows([rows], 5)
    by = rows.to_pandas().groupby("neuron")
    assert counts.counts.tolist() == by["n_act"].sum().tolist()
    assert counts.moments.total.tolist() == [math.fsum(sums) for _, sums in by["sum"]]
    assert counts.moments.n_nonfinite.tolist() == by["n_nonfinite"].sum().tolist()
    np.testing.assert_array_equal(counts.moments.lowest, by["min"].min())
    np.testing.assert_array_equal(counts.moments.highest, by["max"].max())
    fired = rows.to_pandas().query("first >= 0")
    arrival = (fired["sample0"] + fired["first"]).groupby(fired["neuron"]).min()
    assert counts.first_sample.tolist() == arrival.reindex(range(5), fill_value=-1).tolist()
    assert counts.spans.tolist() == [[0, 700]]


@settings(max_examples=40)
@given(st.integers(1, 6), st.integers(1, 5), st.booleans(), st.data())
def test_neither_the_cut_nor_the_order_of_rows_changes_a_digit(n_chunks, n_neurons, shuffled, data):
    rows = table(n_chunks, n_neurons)
    expected = figures(count_rows([rows], n_neurons))
    if shuffled:
        rows = rows.take(data.draw(st.permutations(range(len(rows)))))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=4)))
    parts = [rows[a:b] for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    assert figures(count_rows(parts, n_neurons)) == expected
    several = [Sums(n_neurons) for _ in parts]
    for sums, part in zip(several, parts, strict=True):
        sums.add(part)
    total = Sums(n_neurons)
    for sums in reversed(several):
        total.merge(sums)
    assert figures(total.counts()) == expected


def test_a_wide_layer_needs_no_whole_chunk_in_a_row_group():
    rows = table(3, 40_000)
    expected = figures(count_rows([rows], 40_000))
    assert figures(count_rows([rows[:50_001], rows[50_001:]], 40_000)) == expected


def test_a_neuron_that_the_layer_has_not_is_named():
    with pytest.raises(DamagedRecordingError, match="does not have"):
        count_rows([table(2, 5)], 4)
