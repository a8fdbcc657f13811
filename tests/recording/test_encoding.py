"""Shards of values that were encoded as they came: the same as those made at once."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from activstats.recording.encoding import Encoder
from activstats.recording.layout import STATS, VALUES, Stream
from activstats.recording.run_info import RunInfo
from activstats.recording.schema import to_parquet, values_schema

INFO = RunInfo(mode="values", chunk_samples=64, model={}, created="", values_dtype="float32")
STREAM = Stream(VALUES, "act")


def tables(rng, *, n=3, rows=40, width=6):
    schema = values_schema("float32", width, sparse=False)
    for number in range(n):
        act = pa.array(rng.normal(size=rows * width).astype(np.float32))
        yield pa.RecordBatch.from_arrays(
            [
                pa.array(np.zeros(rows, np.int64)),
                pa.array(np.arange(number * rows, (number + 1) * rows, dtype=np.uint64)),
                pa.FixedSizeListArray.from_arrays(act, type=schema.field("act").type),
            ],
            schema=schema,
        )


def read(content):
    return pq.read_table(pa.BufferReader(content))


def test_what_was_encoded_ahead_reads_as_what_is_encoded_at_once(rng):
    batches, encoder = list(tables(rng)), Encoder()
    for batch in batches:
        encoder.take({STREAM: batch}, INFO)
    essentials = INFO.essentials()
    content = encoder.content(STREAM, batches, essentials)
    at_once = to_parquet(pa.Table.from_batches(batches), essentials)
    assert read(content).equals(read(at_once), check_metadata=True)
    assert pq.read_metadata(pa.BufferReader(content)).num_row_groups == len(batches)


@pytest.mark.parametrize("why", ["a table is missing", "the description has changed"])
def test_what_was_encoded_ahead_is_left_aside_where_it_is_not_what_is_asked_for(rng, why):
    batches, encoder = list(tables(rng)), Encoder()
    for batch in batches[: 2 if why == "a table is missing" else 3]:
        encoder.take({STREAM: batch}, INFO)
    essentials = INFO.with_(chunk_samples=128).essentials()
    found = read(encoder.content(STREAM, batches, essentials))
    assert found.equals(
        read(to_parquet(pa.Table.from_batches(batches), essentials)), check_metadata=True
    )


def test_statistics_are_not_encoded_ahead(rng):
    batches, encoder, stream = list(tables(rng)), Encoder(), Stream(STATS, "act", "argmax")
    for batch in batches:
        encoder.take({stream: batch}, INFO)
    content = encoder.content(stream, batches, INFO.essentials())
    assert pq.read_metadata(pa.BufferReader(content)).num_row_groups == 1
