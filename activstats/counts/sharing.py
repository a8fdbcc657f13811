"""Shares out the counting of a recording: parts that can be counted anywhere, then put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from activstats.counts.counts import Counts
from activstats.counts.engine import COLUMNS, Sums
from activstats.counts.from_values import rule_of_values
from activstats.counts.in_order import moved
from activstats.counts.recording import Recording
from activstats.errors import DamagedRecordingError
from activstats.recording.asked import LAST_STEP, OnDamage
from activstats.recording.layout import Stream
from activstats.recording.manifest import ShardEntry
from activstats.recording.names import not_there
from activstats.recording.store import Store

# A part should take longer to count than to hand over, and there should be enough parts to share.
_LEAST_ROWS = 2**17
_MOST_PARTS = 256


@dataclass(frozen=True, eq=False)
class Part:
    """Some shards of one stream, and all that is needed to count them.

    Parameters
    ----------
    store : Store
    stream : Stream
    entries : tuple of ShardEntry
    n_neurons : int
    step : int or None
    before : Series of int, optional
        By step, how many places come before its first sample in this rank.
    """

    store: Store
    stream: Stream
    entries: tuple[ShardEntry, ...]
    n_neurons: int
    step: int | None
    before: pd.Series[int] | None = None


@dataclass(eq=False)
class Counted:
    """Sums of a part, the shards that could not be read, and whether there was any row."""

    sums: Sums
    faults: list[DamagedRecordingError] = field(default_factory=list)
    has_rows: bool = False


@dataclass(frozen=True, eq=False)
class Shared:
    """A recording whose counting is shared out.

    Parameters
    ----------
    recording : Recording
    streams : list of Stream
        One a rank.
    step : int or None
        A recorded step, None for all.
    parts : list of Part
    counts : Counts, optional
        Where they are known already.
    """

    recording: Recording
    streams: list[Stream]
    step: int | None
    parts: list[Part]
    counts: Counts | None = None


def share(
    source: Any, layer: str | None, rule: str | None, step: int | None, on_damage: OnDamage
) -> Shared:
    """Open a recording and share out the counting of one layer and rule.

    Raises
    ------
    LayerNotFoundError, RecordingError
        As `Recording.counts`.
    """
    recording = source if isinstance(source, Recording) else Recording(source)
    if rule_of_values(recording, layer, rule) is not None:
        counts = recording.counts(layer, rule, step=step, on_damage=on_damage)
        return Shared(recording, [], step, [], counts)
    streams = recording.streams(layer, rule)
    at = recording.last_step(streams) if step == LAST_STEP else step
    several = at is None or len(streams) > 1
    before = recording.places_before(streams, at) if several else None
    n_neurons = recording.layer_info(streams[0].layer).n_neurons
    parts = [
        Part(
            recording.store,
            stream,
            entries,
            n_neurons,
            at,
            None if before is None else before[rank],
        )
        for rank, stream in enumerate(streams)
        for entries in _cut(_of_step(recording.entries(stream), at))
    ]
    return Shared(recording, streams, at, parts)


def count_part(part: Part, on_damage: OnDamage) -> Counted:
    """Count some shards; the first that cannot be read ends it unless damage is to be passed over."""
    counted = Counted(Sums(part.n_neurons))
    for entry in part.entries:
        try:
            tables = part.store.rows(entry, (*COLUMNS, "step"), step=part.step)
        except DamagedRecordingError as error:
            counted.faults.append(error)
            if on_damage == "raise":
                break
            continue
        for table in tables if part.before is None else moved(tables, part.before):
            counted.has_rows |= table.num_rows > 0
            counted.sums.add(table)
    return counted


def finish(shared: Shared, counted: Sequence[Counted], on_damage: OnDamage) -> Counts:
    """Put the parts of a recording together.

    Raises
    ------
    DamagedRecordingError
        If a shard could not be read, unless damage is to be passed over: then a warning names it.
    LayerNotFoundError
        If there is no such step.
    """
    recording = shared.recording
    if shared.counts is not None:
        return shared.counts
    for stream in shared.streams:
        pairs = zip(shared.parts, counted, strict=True)
        mine = [one for part, one in pairs if part.stream == stream]
        for one in mine:
            for fault in one.faults:
                recording.report(fault, on_damage)
        if shared.step is not None and not any(one.has_rows or one.faults for one in mine):
            steps = list(recording.steps_of([stream])["step"])
            raise not_there("step", shared.step, steps, recording.path)
    total = Sums(recording.layer_info(shared.streams[0].layer).n_neurons)
    for one in counted:
        total.merge(one.sums)
    return replace(total.counts(), provenance=recording.origin(shared.streams[0], shared.step))


def _of_step(entries: Iterable[ShardEntry], step: int | None) -> list[ShardEntry]:
    return [e for e in entries if step is None or e.first[0] <= step <= e.last[0]]


def _cut(entries: Sequence[ShardEntry]) -> list[tuple[ShardEntry, ...]]:
    """Cut shards that follow each other into parts of about as many rows each."""
    enough = max(_LEAST_ROWS, sum(entry.rows for entry in entries) // _MOST_PARTS)
    parts: list[list[ShardEntry]] = []
    rows = enough
    for entry in entries:
        if rows >= enough:
            parts.append([])
            rows = 0
        parts[-1].append(entry)
        rows += entry.rows
    return [tuple(part) for part in parts]
