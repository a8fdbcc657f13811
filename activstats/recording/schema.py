"""Tables of format 1: their columns, their types, and how they are written."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
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
ACT = "act"  # the values of a dense row
INDICES, VALUES_AT = "indices", "values"  # and of a sparse one
TOKEN = "token"  # noqa: S105  (of a text)

# Bits make wide rows, so their row groups hold fewer of them; both kinds come to about 8 MB.
_ROWS_PER_GROUP = 131_072
_ROWS_PER_GROUP_WITH_BITS = 8_192
# Rows of values: a row group is read as a whole, so wide layers have fewer of them in one.
_MOST_ROWS_OF_VALUES = 8_192
_BYTES_OF_VALUES = 2**25


def stats_schema(*, with_bits: bool) -> pa.Schema:
    """Return the schema of a `stats` table: one row a chunk and neuron, nothing null.

    With bits there is one more column, `bits`: 8·ceil(n/64) bytes, sample i of the chunk in bit
    i mod 8 (the lowest first) of byte i div 8.
    """
    fields = [pa.field(name, kind, nullable=False) for name, kind in _SCALARS]
    if with_bits:
        fields.append(pa.field(BITS, pa.binary(), nullable=False))
    return pa.schema(fields)


def samples_schema(id_type: pa.DataType, token_type: pa.DataType | None = None) -> pa.Schema:
    """Return the schema of a `samples` table: which item and position each sample came from."""
    fields = [
        pa.field("step", pa.int64(), nullable=False),
        pa.field("sample", pa.uint64(), nullable=False),  # number within the step
        pa.field("id", id_type, nullable=False),  # as given to the recorder: of the document
        pa.field("position", pa.uint32(), nullable=False),  # token or place within the item
    ]
    if token_type is not None:
        fields.append(pa.field(TOKEN, token_type, nullable=False))  # as given to the recorder
    return pa.schema(fields)


def values_schema(dtype: str, n_neurons: int, *, sparse: bool) -> pa.Schema:
    """Return the schema of a `values` table: one row a sample, nothing null.

    Its columns say which form a shard has: `act`, all values of the layer, or `indices` and
    `values`, those that are not 0 and the neurons they belong to, in ascending order.

    Parameters
    ----------
    dtype : str
        ``"float16"`` or ``"float32"``.
    n_neurons : int
        Neurons of the layer.
    sparse : bool
    """
    item = pa.field("element", pa.from_numpy_dtype(dtype), nullable=False)
    keys = [
        pa.field("step", pa.int64(), nullable=False),
        pa.field("sample", pa.uint64(), nullable=False),  # number within the step
    ]
    if not sparse:
        return pa.schema([*keys, pa.field(ACT, pa.list_(item, n_neurons), nullable=False)])
    index = pa.field("element", pa.from_numpy_dtype(index_type(n_neurons)), nullable=False)
    lists = {INDICES: pa.list_(index), VALUES_AT: pa.list_(item)}
    return pa.schema([*keys, *(pa.field(n, kind, nullable=False) for n, kind in lists.items())])


def index_type(n_neurons: int) -> np.dtype[np.unsignedinteger[Any]]:
    """Return the type of the indices of sparse rows."""
    return np.dtype(np.uint16 if n_neurons <= np.iinfo(np.uint16).max + 1 else np.uint32)


def to_parquet(table: pa.Table, essentials: dict[str, Any]) -> pa.Buffer:
    """Return a table as the bytes of a Parquet file, with the recording's essentials in its footer."""
    sink = pa.BufferOutputStream()
    pq.write_table(
        table.replace_schema_metadata(essentials_as_metadata(essentials)),
        sink,
        row_group_size=rows_per_group(table),
        **parquet_options(table.schema),
    )
    return sink.getvalue()


def essentials_as_metadata(essentials: dict[str, Any]) -> dict[bytes, bytes]:
    """Return a recording's essentials as they stand in the footer of a file."""
    return {METADATA_KEY: json.dumps(essentials, sort_keys=True).encode()}


def parquet_options(schema: pa.Schema) -> dict[str, Any]:
    """Return how tables of a schema are written, as Arrow's writers take it."""
    return {
        "compression": "zstd",
        "compression_level": 1,
        "use_dictionary": False,
        "write_statistics": [field.name for field in schema if not _is_wide(field)],
        "write_page_checksum": True,
        **_encodings(schema),
    }


def _is_wide(field: pa.Field) -> bool:
    return bool(field.name == BITS or pa.types.is_nested(field.type))


def rows_per_group(table: pa.Table) -> int:
    """Return how many rows like those of a table stand in one row group."""
    wide = [field for field in table.schema if _is_wide(field)]
    if not wide:
        return _ROWS_PER_GROUP
    if BITS in table.schema.names:
        return _ROWS_PER_GROUP_WITH_BITS
    row_bytes: int = max(1, table.nbytes // max(1, table.num_rows))
    return min(_MOST_ROWS_OF_VALUES, max(1, _BYTES_OF_VALUES // row_bytes))


def _encodings(schema: pa.Schema) -> dict[str, Any]:
    """Return how lists of numbers are written.

    Ascending indices by their differences, and floating-point numbers with their bytes apart where
    it serves: not half precision, which DuckDB cannot read so.
    """
    lists = {
        field.name: field.type.value_type for field in schema if pa.types.is_nested(field.type)
    }
    apart = [
        f"{name}.list.element"
        for name, kind in lists.items()
        if pa.types.is_float32(kind) or pa.types.is_float64(kind)
    ]
    by_difference = {
        f"{name}.list.element": "DELTA_BINARY_PACKED" for name in lists if name == INDICES
    }
    return {"use_byte_stream_split": apart or False, "column_encoding": by_difference or None}
