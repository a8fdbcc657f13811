"""Format 1 on disk: the layout, the columns, and other people's readers."""

import json
from itertools import pairwise

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from activstats import open_recording
from activstats.recording.layout import Stream, parse_shard

from .conftest import record

COLUMNS = {
    "step": pa.int64(), "chunk": pa.uint32(), "sample0": pa.uint64(), "n": pa.uint32(),
    "neuron": pa.uint32(), "n_act": pa.uint32(), "first": pa.int32(), "sum": pa.float64(),
    "sumsq": pa.float64(), "min": pa.float32(), "max": pa.float32(), "n_nonfinite": pa.uint32(),
}  # fmt: skip


@given(
    layer=st.text(min_size=1, max_size=20), rule=st.text(max_size=20), rank=st.integers(0, 99_999),
    part=st.integers(0, 999_999), kind=st.sampled_from(["stats", "samples"]),
)  # fmt: skip
def test_every_name_survives_the_way_through_a_path(kind, layer, rule, rank, part):
    stream = Stream(kind, layer, rule, rank)
    assert parse_shard(stream.shard(part)) == (stream, part)
    assert stream.shard(part).count("/") == (4 if rule else 3)


def test_paths_are_those_of_the_format():
    stream = Stream("stats", "blocks/3.act:in", "top_fraction(0.01)")
    assert stream.shard(7) == (
        "stats/layer=blocks%2F3.act%3Ain/rule=top_fraction(0.01)/rank=00000/part-000007.parquet"
    )


@pytest.mark.parametrize("mode", ["counts", "mask"])
def test_shards_have_the_columns_of_the_format_and_nothing_null(tmp_path, activations, mode):
    record(tmp_path / "run", activations, mode=mode)
    shards = sorted((tmp_path / "run").glob("stats/**/*.parquet"))
    assert len(shards) > 3
    for shard in shards:
        schema = pq.read_schema(shard)
        wanted = COLUMNS | ({"bits": pa.binary()} if mode == "mask" else {})
        assert {field.name: field.type for field in schema} == wanted
        assert not any(field.nullable for field in schema)
        column = pq.ParquetFile(shard).metadata.row_group(0).column(0)
        assert column.compression == "ZSTD"
        assert "RLE_DICTIONARY" not in column.encodings


def test_rows_are_sorted_and_chunks_whole(folder):
    frame = pd.concat(
        table.to_pandas() for table in open_recording(folder).stats(columns=list(COLUMNS))
    )
    keys = list(frame[["step", "chunk", "neuron"]].itertuples(index=False, name=None))
    assert all(a < b for a, b in pairwise(keys))
    chunks = frame.groupby("chunk")[["sample0", "n", "neuron"]].agg(["min", "max", "size"])
    assert (chunks[("neuron", "size")] == 12).all()
    ends = chunks[("sample0", "min")] + chunks[("n", "min")]
    assert (ends.to_numpy()[:-1] == chunks[("sample0", "min")].to_numpy()[1:]).all()
    assert ends.iloc[-1] == 400


def test_every_shard_explains_itself(folder):
    info = json.loads((folder / "_run.json").read_text())
    for shard in folder.glob("stats/**/*.parquet"):
        essentials = json.loads(pq.read_schema(shard).metadata[b"activstats"])
        assert essentials["format"] == 1
        assert essentials["layers"] == info["layers"] != []
        assert essentials["model"] == info["model"]


def test_the_manifest_vouches_for_every_shard_and_no_temporary_file_is_left(folder):
    lines = [json.loads(line) for line in (folder / "_manifest.jsonl").read_text().splitlines()]
    shards = {file.relative_to(folder).as_posix() for file in folder.glob("stats/**/*.parquet")}
    assert {line["path"] for line in lines} == shards
    assert {file.name for file in folder.rglob("*") if file.is_file()} == {
        "_run.json", "_manifest.jsonl", *(path.rsplit("/", 1)[1] for path in shards),
    }  # fmt: skip
    assert open_recording(folder).verify() == []
    assert lines[0]["first"] == [0, 0]
    assert lines[-1]["last"] == [0, 399]


def test_pandas_polars_and_duckdb_read_the_files_as_they_are(folder, activations):
    expected = (activations > 0).sum(axis=0)
    files = str(folder / "stats/**/*.parquet")
    by_pandas = pd.read_parquet(folder / "stats").groupby("neuron")["n_act"].sum()
    by_polars = pl.read_parquet(files).group_by("neuron").agg(pl.col("n_act").sum()).sort("neuron")
    by_duckdb = duckdb.sql(
        f"select neuron, sum(n_act)::bigint from '{files}' group by neuron order by neuron"
    ).fetchall()
    np.testing.assert_array_equal(by_pandas.to_numpy(), expected)
    np.testing.assert_array_equal(by_polars["n_act"].to_numpy(), expected)
    np.testing.assert_array_equal([n for _, n in by_duckdb], expected)
    np.testing.assert_array_equal(open_recording(folder).counts().counts, expected)


def test_layer_and_rule_are_columns_for_readers_that_know_hive_folders(tmp_path, activations):
    record(tmp_path / "run", activations, rule=["above(0)", "top_k(2)"])
    files = str(tmp_path / "run/stats/**/*.parquet")
    found = duckdb.sql(
        f"select distinct layer, rule from read_parquet('{files}', hive_partitioning=true)"
    ).fetchall()
    assert sorted(found) == [("act", "above(0)"), ("act", "top_k(2)")]


def test_layers_and_rules_are_listed_in_the_order_in_which_they_were_given(tmp_path, activations):
    rules = ["top_k(2)", "above(0)", "argmax"]
    record(tmp_path / "run", activations, rule=rules)
    table = open_recording(tmp_path / "run").layers
    assert table["rule"].tolist() == rules
    assert set(table["n_neurons"]) == {12}
    assert set(table["n_samples"]) == {400}


def test_a_recording_opens_at_a_uri(folder, activations):
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.put(str(folder), "/somewhere/run", recursive=True)
    try:
        recording = open_recording("memory://somewhere/run")
        assert recording.verify() == []
        np.testing.assert_array_equal(recording.counts().counts, (activations > 0).sum(axis=0))
    finally:
        memory.rm("/somewhere", recursive=True)


def test_a_float64_recording_keeps_the_comparison_in_float64(tmp_path):
    tiny = torch.tensor([[1e-300], [0.0]], dtype=torch.float64)  # would be 0 in float32
    record(tmp_path / "run", tiny)
    np.testing.assert_array_equal(open_recording(tmp_path / "run").counts().counts, [1])
