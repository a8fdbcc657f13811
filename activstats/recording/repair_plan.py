"""Decides what of a recording stays, what is set aside, and what its manifests are to say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from activstats.recording import coverage
from activstats.recording.coverage import Run
from activstats.recording.examining import Examined
from activstats.recording.layout import PARAMETERS, Stream, manifest_file, run_file
from activstats.recording.manifest import ShardEntry, renumbered
from activstats.recording.run_info import RunInfo, parse_essentials
from activstats.recording.setting_aside import Aside


@dataclass(frozen=True)
class Plan:
    """What a repair is going to do.

    Parameters
    ----------
    texts : mapping of str to str
        Descriptions and manifests to be replaced, by name; those that were there are copied first.
    moved : tuple of Aside
        Files to be set aside.
    noted : tuple of Aside
        Files that are lost or copied, of which the reasons are kept.
    """

    texts: dict[str, str]
    moved: tuple[Aside, ...]
    noted: tuple[Aside, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.texts or self.moved or self.noted)


def plan_repair(found: Examined) -> Plan:
    """Plan the repair of a recording.

    A shard stays if it is whole and none of its samples stands in an earlier one; orphans like that
    are taken in. A description that is lost is made anew from what the shards repeat of it.
    """
    kept, moved = _sorted_out(found)
    lost = [_lost(entry) for entry in found.entries if entry.path not in found.scans]
    moved += [Aside(path, "it never got its name") for path in found.temporary]
    texts: dict[str, str] = {}
    for rank in range(len(found.manifests)):
        mine = [entry for entry in kept if entry.stream.rank == rank]
        if _changed(found, rank, mine):
            lines = (entry.line() for entry in renumbered(mine, _unfinished(found, mine)))
            texts[manifest_file(rank)] = "".join(lines)
    less = {entry.path for entry in found.entries} - {entry.path for entry in kept}
    texts |= _descriptions(found, interrupted=bool(less))
    copies = [Aside(name, "another took its place", copied=True) for name in texts]
    return Plan(texts, tuple(moved), (*lost, *copies))


def _sorted_out(found: Examined) -> tuple[list[ShardEntry], list[Aside]]:
    """Return the entries that stay and the shards that do not."""
    kept: list[ShardEntry] = []
    moved: list[Aside] = []
    runs: dict[Stream, list[Run]] = defaultdict(list)
    listed = {entry.path: entry for entry in found.entries}
    for path in (*listed, *_by_samples(found, found.orphans)):
        if path not in found.scans:
            continue
        scan, before = found.scans[path], listed.get(path)
        stream = scan.entry.stream
        if scan.faults:
            moved.append(_aside(path, "; ".join(scan.faults), before))
        elif coverage.overlaps(coverage.covered(runs[stream]), scan.runs):
            moved.append(_aside(path, "its samples stand in another shard", before))
        elif stream.kind == PARAMETERS and before is None and not _is_torn(found, stream):
            moved.append(_aside(path, "no manifest lists it", None))
        else:
            runs[stream].extend(scan.runs)
            same = before if before is not None and not scan.runs else scan.entry
            kept.append(replace(scan.entry, first=same.first, last=same.last))
    return (_in_order(kept) if found.orphans else kept), moved


def _by_samples(found: Examined, paths: Iterable[str]) -> list[str]:
    return sorted(paths, key=lambda path: (found.scans[path].entry.first, path))


def _is_torn(found: Examined, stream: Stream) -> bool:
    """Return whether the manifest that would list a stream's shards lacks lines."""
    return bool(found.manifests[stream.rank].problems)


def _in_order(entries: Sequence[ShardEntry]) -> list[ShardEntry]:
    """Return entries in the order of their samples: those taken in stand at their place."""
    return sorted(entries, key=lambda entry: entry.first)


def _aside(path: str, reason: str, listed: ShardEntry | None) -> Aside:
    first, last = (None, None) if listed is None else (listed.first, listed.last)
    return Aside(path, reason, first=first, last=last)


def _lost(entry: ShardEntry) -> Aside:
    return Aside(entry.path, "it was not there", first=entry.first, last=entry.last)


def _changed(found: Examined, rank: int, kept: Sequence[ShardEntry]) -> bool:
    """Return whether a manifest has to say something else than it does."""
    manifest = found.manifests[rank]
    told = [replace(entry, flush=0, of=0) for entry in manifest.entries]
    return bool(manifest.problems) or told != [replace(entry, flush=0, of=0) for entry in kept]


def _unfinished(found: Examined, kept: Sequence[ShardEntry]) -> set[str]:
    """Return the shards that reach beyond the common end of their layer's streams.

    Whoever goes on with the recording has to do so from where all of them end; these are then set
    aside, and recorded again.
    """
    runs: dict[Stream, list[Run]] = defaultdict(list)
    for entry in kept:
        runs[entry.stream].extend(found.scans[entry.path].runs)
    ends: dict[str, tuple[int, int]] = {}
    for stream, some in runs.items():
        if stream.kind != PARAMETERS:
            reached = coverage.end(coverage.covered(some))
            ends[stream.layer] = min(reached, ends.get(stream.layer, reached))
    return {
        entry.path
        for entry in kept
        if entry.stream.kind != PARAMETERS and entry.last >= ends[entry.stream.layer]
    }


def _descriptions(found: Examined, *, interrupted: bool) -> dict[str, str]:
    """Return the descriptions that are to be replaced."""
    texts = {}
    for rank, info in enumerate(found.infos):
        new = info
        if info is None:
            new = _remade(found, rank)
        elif interrupted and info.status == "complete":
            new = info.with_(status="interrupted")
        if new is not None and new != info:
            texts[run_file(rank)] = new.to_json()
    return texts


def _remade(found: Examined, rank: int) -> RunInfo | None:
    """Return a description from what the shards of a rank repeat of it."""
    told = list(_told(found, rank))
    if not told:
        return None
    fullest = max(told, key=lambda info: len(info.layers))
    other = found.info
    if other is not None:  # parts of one recording were begun at the same time
        fullest = fullest.with_(created=other.created)
    return fullest.with_(status="interrupted")


def _told(found: Examined, rank: int) -> Iterator[RunInfo]:
    for scan in found.scans.values():
        if not scan.faults and scan.entry.stream.rank == rank:
            info = parse_essentials(scan.essentials)
            if info is not None:
                yield info
