"""Looks through one recording: its files, and the samples of each of its streams."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from activstats.errors import NewerFormatError, RecordingError
from activstats.recording.coverage import Run, twice
from activstats.recording.examining import Examined, examine
from activstats.recording.layout import PARAMETERS, RUN_FILE, STATS, VALUES, Stream, parse_shard
from activstats.recording.locking import is_locked
from activstats.recording.losses import Extent, lost_samples
from activstats.recording.remote import RemotePath
from activstats.recording.store import Store, said
from activstats.recording.verify_report import Lost, Problem, VerifyReport


def verify_recording(root: Path | RemotePath) -> VerifyReport:
    """Look through one recording; see `verify`."""
    store = Store(root)
    writing = isinstance(root, Path) and is_locked(root)
    try:
        found = examine(store, writing=writing)
    except NewerFormatError as error:
        words = f"{error.what} {error.got}"
        return VerifyReport(str(root), (Problem("newer format", RUN_FILE, words, mendable=False),))
    except OSError as error:
        raise RecordingError(f"'{root}' cannot be read.", got=said(error)) from error
    return report_of(str(root), found, writing=writing)


def report_of(path: str, found: Examined, *, writing: bool) -> VerifyReport:
    """Return the report on what was found in a recording."""
    runs = runs_by_stream(found)
    lost = lost_samples(runs, _gone(found))
    problems = [*found.problems, *_repeats(runs), *map(_loss, lost)]
    return VerifyReport(
        path, tuple(problems), tuple(lost), tuple(_notes(found, writing=writing)),
        n_shards=len(found.entries), n_bytes=sum(entry.bytes for entry in found.entries),
    )  # fmt: skip


def runs_by_stream(found: Examined) -> dict[Stream, list[Run]]:
    """Return the samples of each stream in the shards that are listed and whole.

    Streams that must be there and are not have none.
    """
    runs: dict[Stream, list[Run]] = defaultdict(list)
    for entry in found.entries:
        scan = found.scans.get(entry.path)
        if scan is None or scan.faults:
            continue
        of_steps = [(0, entry.first[0], entry.last[0] + 1)]
        runs[entry.stream].extend(of_steps if entry.stream.kind == PARAMETERS else scan.runs)
    recorded = {(one.layer, one.rank) for one in runs if one.kind == STATS}
    for info in filter(None, found.infos):
        for layer in info.layers:
            awaited = [Stream(STATS, layer.layer, rule, info.rank) for rule in layer.rules]
            awaited += [Stream(VALUES, layer.layer, "", info.rank)] * (info.mode == VALUES)
            for stream in awaited if (layer.layer, info.rank) in recorded else ():
                runs.setdefault(stream, [])
    return dict(runs)


def _gone(found: Examined) -> list[Extent]:
    """Return what broken and missing shards were to hold, and those that were set aside."""
    extents = [
        Extent(entry.stream, entry.first, entry.last)
        for entry in found.entries
        if entry.path not in found.scans or found.scans[entry.path].faults
    ]
    for aside in found.asides:
        parsed = parse_shard(aside.path)
        if parsed is not None and aside.first is not None and aside.last is not None:
            extents.append(Extent(parsed[0], aside.first, aside.last))
    return extents


def _repeats(runs: Mapping[Stream, list[Run]]) -> list[Problem]:
    return [
        Problem("twice", stream.folder, f"samples {start} to {stop - 1} of step {step} stand twice")
        for stream, some in sorted(runs.items())
        if stream.kind != PARAMETERS
        for step, start, stop in twice(some)
    ]


def _loss(lost: Lost) -> Problem:
    folder = Stream(lost.kind, lost.layer, lost.rule, lost.rank).folder
    words = (
        f"steps {lost.first_step} to {lost.last_step}" if lost.kind == PARAMETERS else lost.said()
    )
    return Problem("lost", folder, f"{words} are not there", mendable=False)


def _notes(found: Examined, *, writing: bool) -> list[str]:
    if writing:
        return ["somebody is writing to it; what has no line in the manifest yet was passed over"]
    status = {info.status for info in found.infos if info is not None}
    if "recording" in status:
        return ["its recorder was killed; recording again with resume goes on after the last shard"]
    if "interrupted" in status:
        return ["it was interrupted; recording again with resume goes on after the last shard"]
    return []
