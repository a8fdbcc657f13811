"""Tables of format 1: their columns, their types, and how they are written."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

FORMAT_VERSION = 1
METADATA_KEY = b"activstats"

_SCALARS: tuple[tuple[str, pa.DataType], ...] = (
    ("step", pa.int64()),
    ("chunk", pa.uint32()),  # number of the chunk within its step
    ("sample0", pa.uint64()),  # number of the chunk's first sample within its step
    ("n", pa.uint32()),  # samples in the chunk
    ("neuron", pa.uint32()),
    ("n_act", pa.uint32()),  # samples of the chunk that activated the neuron
    ("first", pa.int32()),  # place of the first of them in the chunk; -1 for never
    ("sum", pa.float64()),  # of the finite activations, and so on below
    ("sumsq", pa.float64()),
    ("min", pa.float32()),  # NaN where no activation was finite
    ("max", pa.float32()),
    ("n_nonfinite", pa.uint32()),
)
SCALAR_COLUMNS = tuple(name for name, _ in _SCALARS)
BITS = "bits"

# Bits make wide rows, so their row groups hold fewer of them; both kinds come to about 8 MB.
_ROWS_PER_GROUP = 131_072
_ROWS_PER_GROUP_WITH_BITS = 8_192


def stats_schema(*, with_bits: bool) -> pa.Schema:
    """Return the schema of a `stats` table: one row a chunk and neuron, nothing null.

    With bits there is one more column, `bits`: 8·ceil(n/64) bytes, sample i of the chunk in bit
    i mod 8 (the lowest first) of byte i div 8.
    """
    fields = [pa.field(name, kind, nullable=False) for name, kind in _SCALARS]
    if with_bits:
        fields.append(pa.field(BITS, pa.binary(), nullable=False))
    return pa.schema(fields)


def samples_schema(id_type: pa.DataType) -> pa.Schema:
    """Return the schema of a `samples` table: which item and position each sample came from."""
    return pa.schema(
        [
            pa.field("step", pa.int64(), nullable=False),
            pa.field("sample", pa.uint64(), nullable=False),  # number within the step
            pa.field("id", id_type, nullable=False),  # as given to the recorder
            pa.field("position", pa.uint32(), nullable=False),  # token or place within the item
        ]
    )


def to_parquet(table: pa.Table, essentials: dict[str, Any]) -> pa.Buffer:
    """Return a table as the bytes of a Parquet file, with the recording's essentials in its footer."""
    footer = {METADATA_KEY: json.dumps(essentials, sort_keys=True).encode()}
    sink = pa.BufferOutputStream()
    with_bits = BITS in table.schema.names
    pq.write_table(
        table.replace_schema_metadata(footer),
        sink,
        compression="zstd",
        compression_level=1,
        use_dictionary=False,
        write_statistics=[name for name in table.schema.names if name != BITS],
        write_page_checksum=True,
        row_group_size=_ROWS_PER_GROUP_WITH_BITS if with_bits else _ROWS_PER_GROUP,
    )
    return sink.getvalue()
