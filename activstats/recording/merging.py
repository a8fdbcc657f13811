"""Writes the rows of several shards into one, in their order, with little memory, and checks them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from activstats.errors import DamagedRecordingError
from activstats.recording.manifest import digest
from activstats.recording.schema import parquet_options, rows_per_group
from activstats.recording.store import said

_READ_BLOCK = 2**24
_UNREADABLE = (OSError, pa.ArrowException)


@dataclass(frozen=True)
class Merged:
    """A file that holds the rows of several: how many, its size, its SHA-256."""

    rows: int
    bytes: int
    sha256: str


def merge(sources: Sequence[Path], target: Path) -> Merged:
    """Write the rows of Parquet files of one schema to another file, and read them back.

    Parameters
    ----------
    sources : sequence of Path
        In the order of their rows; the footer of the last becomes that of the target.
    target : Path
        Put on the disk under this name; removed again if anything fails.

    Raises
    ------
    DamagedRecordingError
        If a source cannot be read, or what was written does not read back as the same rows.
    OSError
        If the disk refuses.
    """
    try:
        rows, written = _write(sources, target)
        per_group = pq.read_metadata(target).row_group(0).num_rows
        again = hashlib.sha256()
        for block in _blocks([target], per_group):
            _add(again, block)
        _check_same(again.digest(), written, sources)
        return Merged(rows, target.stat().st_size, sha256_of(target))
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _check_same(read: bytes, written: bytes, sources: Sequence[Path]) -> None:
    if read != written:
        raise DamagedRecordingError(
            "shards were put together, and do not read back as the same rows.",
            got=", ".join(source.name for source in sources),
            hint="the disk or the memory may be faulty; the shards are as they were",
        )


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as opened:
        return digest(iter(lambda: opened.read(_READ_BLOCK), b""))


def _write(sources: Sequence[Path], target: Path) -> tuple[int, bytes]:
    """Write the rows; return how many, and the digest of the blocks in which they were written."""
    schema = pq.read_schema(sources[-1])
    per_group = rows_per_group(pq.ParquetFile(sources[0]).read_row_group(0))
    hashed, rows = hashlib.sha256(), 0
    with target.open("wb") as file:
        with pq.ParquetWriter(file, schema, **parquet_options(schema)) as writer:
            for block in _blocks(sources, per_group):
                _add(hashed, block)
                writer.write_table(
                    block.replace_schema_metadata(schema.metadata), row_group_size=per_group
                )
                rows += block.num_rows
        file.flush()
        os.fsync(file.fileno())
    return rows, hashed.digest()


def _blocks(files: Sequence[Path], rows: int) -> Iterator[pa.Table]:
    """Yield the rows of files, one file after the other, in tables of a fixed number of rows."""
    waiting: list[pa.Table] = []
    for table in _row_groups(files):
        waiting.append(table)
        if sum(one.num_rows for one in waiting) < rows:
            continue
        together = pa.concat_tables(waiting)
        whole = together.num_rows // rows * rows
        for start in range(0, whole, rows):
            yield together.slice(start, rows).combine_chunks()
        waiting = [together.slice(whole)] if whole < together.num_rows else []
    if waiting:
        yield pa.concat_tables(waiting).combine_chunks()


def _row_groups(files: Sequence[Path]) -> Iterator[pa.Table]:
    for file in files:
        try:
            with pq.ParquetFile(file, page_checksum_verification=True) as parquet:
                for number in range(parquet.metadata.num_row_groups):
                    table = parquet.read_row_group(number, use_threads=False)
                    yield table.replace_schema_metadata(None)
        except _UNREADABLE as error:
            raise DamagedRecordingError(
                "a shard cannot be read.",
                got=f"{file.name}: {said(error)}",
                hint="activstats verify --repair sets aside what is broken",
            ) from error


def _add(hashed: hashlib._Hash, block: pa.Table) -> None:
    """Add rows to a digest, bit for bit: unlike a comparison this knows NaN to be itself."""
    for batch in block.to_batches():
        hashed.update(batch.serialize())
