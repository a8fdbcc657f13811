"""Which samples of which step are there: ranges that meet, overlap, or leave gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

Run = tuple[int, int, int]
"""Samples start … stop − 1 of a step, as (step, start, stop)."""

Ranges = Mapping[int, Sequence[tuple[int, int]]]
"""By step, the ranges (start, stop) that are there: sorted, none touching another."""


def covered(runs: Iterable[Run]) -> Ranges:
    """Return what runs cover together, in whatever order they come.

    Examples
    --------
    >>> covered([(0, 64, 100), (0, 0, 64), (7, 5, 9)])
    {0: [(0, 100)], 7: [(5, 9)]}
    """
    by_step: dict[int, list[tuple[int, int]]] = {}
    for step, start, stop in sorted(runs):
        ranges = by_step.setdefault(step, [])
        if ranges and start <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(stop, ranges[-1][1]))
        else:
            ranges.append((start, stop))
    return by_step


def overlaps(there: Ranges, runs: Iterable[Run]) -> bool:
    """Return whether any sample of the runs is there already."""
    return any(
        begin < stop and start < end
        for step, start, stop in runs
        for begin, end in there.get(step, ())
    )


def twice(runs: Iterable[Run]) -> list[Run]:
    """Return the samples that come more than once.

    Examples
    --------
    >>> twice([(0, 0, 64), (0, 32, 96), (1, 0, 64)])
    [(0, 32, 64)]
    """
    found, ends = [], defaultdict[int, int](int)
    for step, start, stop in sorted(runs):
        if start < ends[step]:
            found.append((step, start, min(stop, ends[step])))
        ends[step] = max(stop, ends[step])
    return found


def missing(awaited: Iterable[Run], there: Ranges) -> list[Run]:
    """Return the samples that are awaited and not there.

    Examples
    --------
    >>> missing([(0, 0, 100)], {0: [(10, 20), (90, 100)]})
    [(0, 0, 10), (0, 20, 90)]
    """
    found = []
    for step, ranges in covered(awaited).items():
        for begin, end in ranges:
            place = begin
            for start, stop in there.get(step, ()):
                if stop <= place or start >= end:
                    continue
                if place < start:
                    found.append((step, place, start))
                place = stop
            if place < end:
                found.append((step, place, end))
    return found


def from_zero(there: Ranges) -> list[Run]:
    """Return each step from its first sample, number 0, to the last one that is there."""
    return [(step, 0, ranges[-1][1]) for step, ranges in there.items()]


def end(there: Ranges) -> tuple[int, int]:
    """Return the step and the sample after the last one that is there; (−1, 0) if there is none."""
    step = max(there, default=-1)
    return (step, there[step][-1][1]) if step >= 0 else (-1, 0)
