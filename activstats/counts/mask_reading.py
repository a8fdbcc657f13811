"""Puts the bits of a recording's chunks side by side: one row of bits a neuron."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, compress
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from activstats.counts import spans as spans_
from activstats.counts.in_order import moved, offsets
from activstats.counts.mask import ActivationMask
from activstats.errors import DamagedRecordingError, DamagedRecordingWarning
from activstats.recording.asked import OnDamage
from activstats.recording.layout import Stream
from activstats.recording.reader import RecordingFiles
from activstats.recording.schema import BITS
from activstats.recording.tables import CHUNK_COLUMNS, chunks_of

COLUMNS = ("step", "sample0", "n", "neuron", BITS)

IntArray = npt.NDArray[np.int64]
ByteArray = npt.NDArray[np.uint8]


def read_mask(
    files: RecordingFiles,
    streams: Sequence[Stream],
    step: int | None,
    max_samples: int | None,
    on_damage: OnDamage,
) -> ActivationMask:
    """Return the mask of one layer and rule, see `Recording.mask`.

    The chunks are listed first, the bits read afterwards into their places. Where damage is to be
    passed over, the listing reads the bits too: a chunk whose bits are lost must have no place.
    """
    listed = CHUNK_COLUMNS if on_damage == "raise" else (*CHUNK_COLUMNS, BITS)
    chunks = [
        chunks_of(files.rows(stream, step=step, columns=listed, on_damage=on_damage))
        for stream in streams
    ]
    before = offsets(chunks)
    places = places_of(chunks, before)
    n = places.n_samples if max_samples is None else min(max_samples, places.n_samples)
    rows = chain.from_iterable(
        moved(files.rows(stream, step=step, columns=COLUMNS, on_damage=on_damage), before[rank])
        for rank, stream in enumerate(streams)
    )
    with warnings.catch_warnings():
        # What is damaged has been named by the listing.
        warnings.simplefilter("ignore", DamagedRecordingWarning)
        bits = read_bits(rows, places, files.layer_info(streams[0].layer).n_neurons, n)
    begun = [start < n for start in places.step_starts]
    steps, starts = (compress(of, begun) for of in (places.steps, places.step_starts))
    return ActivationMask(bits, n, tuple(steps), tuple(starts))


@dataclass(frozen=True)
class Places:
    """Where the chunks of several steps and ranks stand when all samples follow each other.

    Parameters
    ----------
    spans : ndarray of int, shape (m, 2)
        Ranges of sample numbers that can be read, numbered through all steps and ranks; what is
        missing between them leaves no gap in the mask.
    starts : ndarray of int, shape (chunks,)
        Number of the first sample of each chunk.
    steps, step_starts : tuple of int
        Steps, and the place of the first sample of each.
    """

    spans: IntArray
    starts: IntArray
    steps: tuple[int, ...]
    step_starts: tuple[int, ...]

    @property
    def n_samples(self) -> int:
        """Samples of all chunks."""
        return spans_.length(self.spans)

    def of(self, starts: IntArray) -> IntArray:
        """Return how many samples of the mask come before each chunk."""
        return spans_.rank(self.spans, starts)


def places_of(chunks: Sequence[pd.DataFrame], before: pd.DataFrame) -> Places:
    """Return where the chunks of each rank stand.

    Parameters
    ----------
    chunks : sequence of DataFrame
        One a rank: columns step, sample0 and n.
    before : DataFrame of int
        Samples before each step (row) of each rank (column), see `in_order.offsets`.
    """
    tables = [
        rank.assign(start=rank["sample0"] + before[number].loc[rank["step"]].to_numpy())
        for number, rank in enumerate(chunks)
    ]
    every = pd.concat(tables)
    starts = every["start"].to_numpy(dtype=np.int64)
    spans = spans_.join(np.stack([starts, starts + every["n"].to_numpy(dtype=np.int64)], axis=1))
    first = every.groupby("step")["start"].min()
    steps = tuple(int(step) for step in first.index)
    return Places(spans, starts, steps, tuple(spans_.rank(spans, first.to_numpy()).tolist()))


def read_bits(
    tables: Iterable[pa.Table], places: Places, n_neurons: int, n_samples: int
) -> ByteArray:
    """Return the bits of the first `n_samples` samples, one row a neuron.

    Parameters
    ----------
    tables : iterable of pyarrow.Table
        With the columns `COLUMNS`, their samples numbered through all steps and ranks. No more of
        them are read than are needed.
    places : Places
        Where the chunks stand.
    n_neurons, n_samples : int
        Size of the mask.

    Raises
    ------
    DamagedRecordingError
        If a chunk's bits are not as long as its samples ask for.
    """
    bits = np.zeros((n_neurons, -(-n_samples // 8)), dtype=np.uint8)
    awaited = n_neurons * int(np.count_nonzero(places.of(places.starts) < n_samples))
    for chunk in _chunk_rows(tables) if awaited else ():
        at = int(places.of(np.asarray([chunk.start]))[0])
        if at < n_samples:
            _set(bits, chunk, at, min(chunk.n, n_samples - at))
            awaited -= len(chunk.neurons)
        if awaited <= 0:
            break
    return bits


@dataclass(frozen=True)
class _ChunkRows:
    """Rows of one chunk that follow each other."""

    start: int
    n: int
    neurons: npt.NDArray[np.intp]
    rows: ByteArray


def _chunk_rows(tables: Iterable[pa.Table]) -> Iterator[_ChunkRows]:
    for table in tables:
        for batch in table.to_batches():
            start = batch["sample0"].to_numpy().astype(np.int64)
            edges = np.flatnonzero(np.diff(start, prepend=-1, append=-1))
            for a, b in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
                n = int(batch["n"][a].as_py())
                neurons = batch["neuron"].slice(a, b - a).to_numpy().astype(np.intp)
                yield _ChunkRows(int(start[a]), n, neurons, _bytes_of(batch[BITS], a, b, n))


def _bytes_of(column: pa.Array, a: int, b: int, n: int) -> ByteArray:
    """Return the rows a … b of a binary column, whose bytes lie one after the other."""
    width = 8 * -(-n // 64)
    _, offsets, content = column.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)[column.offset :][a : b + 1].astype(np.int64)
    if content is None or np.any(np.diff(ends) != width):
        raise DamagedRecordingError(
            "the bits of a chunk are not as long as its samples ask for.",
            got=f"{np.unique(np.diff(ends)).tolist()} bytes a neuron",
            allowed=f"{width} bytes for {n} samples",
        )
    data: npt.NDArray[Any] = np.frombuffer(content, dtype=np.uint8)
    return data[ends[0] : ends[-1]].reshape(b - a, width)


def _set(bits: ByteArray, chunk: _ChunkRows, at: int, n: int) -> None:
    """Write the first n samples of a chunk so that they begin at sample `at`."""
    rows = chunk.rows[:, : -(-n // 8)]
    if n % 8:
        rows = rows.copy()
        rows[:, -1] &= (1 << n % 8) - 1
    first, shift = divmod(at, 8)
    width = rows.shape[1]
    if shift == 0:
        bits[chunk.neurons, first : first + width] |= rows
        return
    bits[chunk.neurons, first : first + width] |= rows << shift
    # What does not fit into a byte goes into the next one; the last one has room for its own.
    stop = min(first + 1 + width, bits.shape[1])
    bits[chunk.neurons, first + 1 : stop] |= (rows >> (8 - shift))[:, : stop - first - 1]
