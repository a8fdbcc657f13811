"""Values encoded while they wait for their shard, so that little is left to do when it is finished."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from activstats.recording.layout import VALUES, Stream
from activstats.recording.run_info import RunInfo
from activstats.recording.schema import (
    essentials_as_metadata,
    parquet_options,
    rows_per_group,
    to_parquet,
)


class _Growing:
    """A Parquet file in memory that grows by row groups."""

    def __init__(self, table: pa.Table, essentials: dict[str, Any]) -> None:
        self.schema, self.essentials = table.schema, essentials
        self.n_tables = 0
        self._rows_per_group = rows_per_group(table)
        self._sink = pa.BufferOutputStream()
        schema = table.schema.with_metadata(essentials_as_metadata(essentials))
        self._writer = pq.ParquetWriter(self._sink, schema, **parquet_options(schema))

    def add(self, table: pa.Table) -> None:
        self._writer.write_table(table, row_group_size=self._rows_per_group)
        self.n_tables += 1

    def content(self) -> pa.Buffer:
        self._writer.close()
        return self._sink.getvalue()


class Encoder:
    """Makes the contents of shards from tables, those of values table by table as they come.

    Tables of statistics are small, and better compressed together: they are encoded at the end.
    """

    def __init__(self) -> None:
        self._growing: dict[Stream, list[_Growing]] = defaultdict(list)

    def take(self, tables: Mapping[Stream, pa.RecordBatch], info: RunInfo) -> None:
        """Encode what can be encoded ahead, of tables that will be asked for in this order."""
        for stream, batch in tables.items():
            if stream.kind != VALUES:
                continue
            table, growing = pa.Table.from_batches([batch]), self._growing[stream]
            if not growing or growing[-1].schema != table.schema:
                growing.append(_Growing(table, info.essentials()))
            growing[-1].add(table)

    def content(
        self, stream: Stream, tables: list[pa.RecordBatch], essentials: dict[str, Any]
    ) -> pa.Buffer:
        """Return the content of the next shard of a stream, which has these tables; to be called once."""
        growing = self._growing[stream]
        ahead = growing.pop(0) if growing else None
        if ahead and (ahead.n_tables, ahead.essentials) == (len(tables), essentials):
            return ahead.content()
        # Nothing was encoded ahead, or it was broken off, or layers have come up since it began.
        return to_parquet(pa.Table.from_batches(tables), essentials)

    def clear(self) -> None:
        """Forget what was encoded."""
        self._growing.clear()
