"""Reads one shard whole and says what it holds and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from activstats.recording.coverage import Run
from activstats.recording.layout import PARAMETERS, SAMPLES, STATS, Stream, parse_shard
from activstats.recording.manifest import ShardEntry, digest
from activstats.recording.run_info import RunInfo, parse_essentials
from activstats.recording.schema import (
    BITS,
    METADATA_KEY,
    TOKEN,
    samples_schema,
    stats_schema,
    values_schema,
)
from activstats.recording.store import said

_CHUNK_COLUMNS = ("step", "chunk", "sample0", "n", "neuron", "n_act", "first")
_UNREADABLE = (OSError, pa.ArrowException, KeyError, ValueError)

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ShardScan:
    """What one shard holds, as it is on the disk.

    Parameters
    ----------
    entry : ShardEntry
        What a manifest should say of it; no samples are named where they could not be read.
    runs : tuple of (step, start, stop)
        Samples that it holds, in the order of its rows; empty for parameters.
    faults : tuple of str
        What is wrong with it.
    essentials : mapping
        What its footer says of the recording.
    """

    entry: ShardEntry
    runs: tuple[Run, ...] = ()
    faults: tuple[str, ...] = ()
    essentials: dict[str, Any] = field(default_factory=dict)


def scan(path: str, content: bytes, info: RunInfo | None) -> ShardScan:
    """Read a shard.

    Parameters
    ----------
    path : str
        Its path, relative to the recording.
    content : bytes
        Of the file.
    info : RunInfo, optional
        What was recorded, for shards that do not say it themselves.
    """
    parsed = parse_shard(path)
    assert parsed is not None  # only shards are scanned
    stream = parsed[0]
    empty = ShardEntry(path, 0, len(content), (0, 0), (0, 0), digest([content]), 0, 0)
    try:
        parquet = pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True)
        essentials = _essentials(parquet)
        entry = replace(empty, rows=parquet.metadata.num_rows)
        info = parse_essentials(essentials) or info  # a shard explains itself
        faults = tuple(_misfits(stream, parquet.schema_arrow, info))
        if faults:
            return ShardScan(entry, (), faults, essentials)
        if stream.kind == PARAMETERS:
            return ShardScan(_with_steps(entry, parquet), (), (), essentials)
        runs, faults = _read(stream, parquet, info)
    except _UNREADABLE as error:
        return ShardScan(empty, (), (f"cannot be read: {said(error)}",))
    if runs and not faults:
        entry = replace(entry, first=runs[0][:2], last=(runs[-1][0], runs[-1][2] - 1))
    return ShardScan(entry, tuple(runs), faults, essentials)


def _essentials(parquet: pq.ParquetFile) -> dict[str, Any]:
    footer = parquet.schema_arrow.metadata or {}
    found = json.loads(footer.get(METADATA_KEY, b"{}"))
    return found if isinstance(found, dict) else {}


def _misfits(stream: Stream, schema: pa.Schema, info: RunInfo | None) -> Iterator[str]:
    if info is None or stream.kind == PARAMETERS:
        return
    if not any(schema.equals(one) for one in _schemas(stream, schema, info)):
        yield f"has not the columns of a `{stream.kind}` table"


def _schemas(stream: Stream, schema: pa.Schema, info: RunInfo) -> list[pa.Schema]:
    """Return the schemas that a shard may have."""
    if stream.kind == STATS:
        return [stats_schema(with_bits=info.mode == "mask")]
    if stream.kind == SAMPLES:
        kinds = {field.name: field.type for field in schema}
        return [samples_schema(kinds["id"], kinds.get(TOKEN))] if "id" in kinds else []
    widths = [one.n_neurons for one in info.layers if one.layer == stream.layer]
    dtype = info.values_dtype
    forms = (True, False)
    return [values_schema(dtype, width, sparse=form) for width in widths for form in forms if dtype]


def _with_steps(entry: ShardEntry, parquet: pq.ParquetFile) -> ShardEntry:
    """Read a shard of parameters, whose rows know their steps and no samples."""
    found = [table["step"].to_numpy() for table in _groups(parquet, None) if table.num_rows]
    first, last = (int(found[0].min()), int(found[-1].max())) if found else (0, 0)
    return replace(entry, first=(first, 0), last=(last, 0))


def _read(
    stream: Stream, parquet: pq.ParquetFile, info: RunInfo | None
) -> tuple[list[Run], tuple[str, ...]]:
    if stream.kind == STATS:
        widths = [one.n_neurons for one in info.layers if one.layer == stream.layer] if info else []
        return _read_chunks(parquet, widths[0] if widths else None)
    return _read_samples(parquet)


def _groups(parquet: pq.ParquetFile, columns: list[str] | None) -> Iterator[pa.Table]:
    for number in range(parquet.metadata.num_row_groups):
        yield parquet.read_row_group(number, columns=columns, use_threads=False)


def _read_chunks(
    parquet: pq.ParquetFile, n_neurons: int | None
) -> tuple[list[Run], tuple[str, ...]]:
    """Read `stats` rows: whole chunks one after the other, each with all neurons in their order."""
    parts, bits_fit = [], True
    for table in _groups(parquet, None):
        columns = [table[name].to_numpy().astype(np.int64) for name in _CHUNK_COLUMNS]
        parts.append(np.stack(columns))
        if BITS in table.schema.names:
            lengths = pc.binary_length(table[BITS]).to_numpy()
            bits_fit &= bool(np.array_equal(lengths, -(-columns[3] // 64) * 8))
    rows = np.concatenate(parts, axis=1) if parts else np.zeros((len(_CHUNK_COLUMNS), 0), np.int64)
    width = n_neurons or int(rows[4].max(initial=0)) + 1
    if rows.shape[1] % width or not rows.shape[1]:
        return [], (f"does not hold whole chunks of {width} neurons",)
    chunks = rows.reshape(len(_CHUNK_COLUMNS), -1, width)
    faults = tuple(_chunk_faults(chunks, bits_fit=bits_fit))
    step, _, sample0, n = (column.tolist() for column in chunks[:4, :, 0])
    return [(s, a, a + m) for s, a, m in zip(step, sample0, n, strict=True)], faults


def _chunk_faults(chunks: IntArray, *, bits_fit: bool) -> Iterator[str]:
    """Say what is wrong with chunks, shape (columns, chunks, neurons)."""
    step, chunk, _, n, neuron, n_act, first = chunks
    alike = bool((chunks[:4] == chunks[:4, :, :1]).all())
    if not alike or not (neuron == np.arange(neuron.shape[1])).all():
        yield "its rows are not sorted by step, chunk and neuron, or a chunk lacks neurons"
    elif not _rises(step[:, 0], chunk[:, 0]):
        yield "its chunks are not in order"
    impossible = (n_act > n) | (first >= n) | ((first < 0) != (n_act == 0)) | (n < 1)
    if impossible.any():
        yield "its counts are impossible: more activations than samples, or a first one without any"
    if not bits_fit:
        yield "the bits of a chunk are not as long as its samples ask for"


def _read_samples(parquet: pq.ParquetFile) -> tuple[list[Run], tuple[str, ...]]:
    """Read a table with one row a sample; every column is read, so that all pages are checked."""
    runs: list[Run] = []
    sorted_ = True
    for table in _groups(parquet, None):
        step, sample = (table[name].to_numpy().astype(np.int64) for name in ("step", "sample"))
        if not len(step):
            continue
        breaks = np.flatnonzero((np.diff(step) != 0) | (np.diff(sample) != 1)) + 1
        starts, stops = np.r_[0, breaks], np.r_[breaks, len(step)] - 1
        found = zip(
            step[starts].tolist(), sample[starts].tolist(), sample[stops].tolist(), strict=True
        )
        runs.extend((at, a, b + 1) for at, a, b in found)
        sorted_ &= _rises(step, sample)
    sorted_ &= all(a[:1] < b[:1] or a[2] <= b[1] for a, b in pairwise(runs))
    return runs, () if sorted_ else ("its rows are not sorted by step and sample",)


def _rises(major: IntArray, minor: IntArray) -> bool:
    """Return whether pairs of numbers rise strictly."""
    up = np.diff(major)
    return bool(((up > 0) | ((up == 0) & (np.diff(minor) > 0))).all())
