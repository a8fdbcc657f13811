"""Which samples a recording lacks: gaps in its streams, and what is known to have been there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from activstats.recording import coverage
from activstats.recording.coverage import Ranges, Run
from activstats.recording.layout import PARAMETERS, Stream
from activstats.recording.verify_report import Lost


@dataclass(frozen=True)
class Extent:
    """Samples that a shard held that is not there any more.

    Parameters
    ----------
    stream : Stream
    first, last : tuple of int
        (step, sample) of the first and the last of them.
    """

    stream: Stream
    first: tuple[int, int]
    last: tuple[int, int]


def lost_samples(runs: Mapping[Stream, Sequence[Run]], gone: Sequence[Extent]) -> list[Lost]:
    """Return the samples that each stream lacks.

    The streams of one layer and rank stand for the same samples: what any of them has, and what is
    known to have been there, is awaited of all; and each step begins with its sample 0.

    Parameters
    ----------
    runs : mapping of Stream to sequence of (step, start, stop)
        What is there; empty for a stream that is awaited and has nothing. Of parameters, the steps.
    gone : sequence of Extent
        What is known to have been there.
    """
    streams = {*runs, *(extent.stream for extent in gone)}
    awaited: dict[tuple[object, ...], list[Run]] = defaultdict(list)
    for stream in streams:
        if stream.kind != PARAMETERS:
            there = coverage.covered(runs.get(stream, ()))
            awaited[_group(stream)].extend(coverage.from_zero(there))
    for extent in gone:
        awaited[_group(extent.stream)].extend(_ends(extent))
    return [
        lost
        for stream in sorted(streams)
        for lost in _lost_of(stream, runs.get(stream, ()), awaited[_group(stream)], gone)
    ]


def _group(stream: Stream) -> tuple[object, ...]:
    """Return what streams have in common that stand for the same samples."""
    if stream.kind == PARAMETERS:
        return stream.kind, stream.layer, stream.rule, stream.rank
    return "activations", stream.layer, "", stream.rank


def _ends(extent: Extent) -> list[Run]:
    """Return the samples that an extent surely had; of steps between its ends nothing is known."""
    (step, sample), (last_step, last_sample) = extent.first, extent.last
    if extent.stream.kind == PARAMETERS:
        return [(0, step, last_step + 1)]
    if step == last_step:
        return [(step, sample, last_sample + 1)]
    return [(step, sample, sample + 1), (last_step, 0, last_sample + 1)]


def _lost_of(
    stream: Stream, runs: Iterable[Run], awaited: Iterable[Run], gone: Iterable[Extent]
) -> Iterator[Lost]:
    there = coverage.covered(runs)
    wide = sorted(
        {(one.first, one.last) for one in gone if one.stream == stream and _is_gone(one, there)}
    )
    for first, last in wide:
        yield Lost(stream.kind, stream.layer, stream.rule, stream.rank, *first, *last)
    for step, start, stop in coverage.missing(awaited, there):
        ends = ((start, 0), (stop - 1, 0)) if stream.kind == PARAMETERS else (
            (step, start), (step, stop - 1),
        )  # fmt: skip
        if not any(first <= ends[0] and ends[1] <= last for first, last in wide):
            yield Lost(stream.kind, stream.layer, stream.rule, stream.rank, *ends[0], *ends[1])


def _is_gone(extent: Extent, there: Ranges) -> bool:
    """Return whether an extent over several steps is lost: what it had between them, nobody knows."""
    several = extent.stream.kind != PARAMETERS and extent.first[0] < extent.last[0]
    return several and bool(coverage.missing(_ends(extent), there))
