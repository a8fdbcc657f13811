"""Looks through one recording: descriptions, manifests, every shard, and what should not be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from activstats.recording.descriptions import (
    MISSING,
    checkpoint_problems,
    read_infos,
    read_manifests,
    repeated,
    strangers,
)
from activstats.recording.foreign import judge_foreign
from activstats.recording.layout import COMPACTING_FILE, SET_ASIDE, parse_shard
from activstats.recording.manifest import Manifest, ShardEntry
from activstats.recording.run_info import RunInfo
from activstats.recording.setting_aside import Aside, read_reasons
from activstats.recording.shard_scan import ShardScan, scan
from activstats.recording.store import Store, said
from activstats.recording.verify_report import Problem


@dataclass(frozen=True)
class Examined:
    """What is in the folder of a recording.

    Parameters
    ----------
    infos : tuple of RunInfo or None
        Descriptions by rank, None for those that cannot be read.
    manifests : tuple of Manifest
        By rank; empty ones for those that are missing.
    scans : mapping of str to ShardScan
        Of every shard that is there, by its path.
    orphans, temporary : tuple of str
        Shards that no manifest lists, and files that never got their names.
    asides : tuple of Aside
        What was set aside before.
    problems : tuple of Problem
        All but those of samples.
    """

    infos: tuple[RunInfo | None, ...]
    manifests: tuple[Manifest, ...]
    scans: Mapping[str, ShardScan]
    orphans: tuple[str, ...]
    temporary: tuple[str, ...]
    asides: tuple[Aside, ...]
    problems: tuple[Problem, ...]

    @property
    def entries(self) -> list[ShardEntry]:
        """What all manifests list."""
        return [entry for manifest in self.manifests for entry in manifest.entries]

    @property
    def info(self) -> RunInfo | None:
        """The description of the first rank that has one."""
        return next((info for info in self.infos if info is not None), None)


def examine(store: Store, *, writing: bool) -> Examined:
    """Look through a recording.

    Parameters
    ----------
    store : Store
    writing : bool
        Whether somebody is writing to it: what has no line in a manifest yet is then no problem.

    Raises
    ------
    NewerFormatError
        If a later version wrote it: this one cannot say what is right.
    OSError
        If the place cannot be listed.
    """
    problems: list[Problem] = []
    infos = read_infos(store, problems)
    manifests = read_manifests(store, len(infos), problems)
    names = store.files()  # after the manifests, so that all that they list is there
    listed = {entry.path: entry for manifest in manifests for entry in manifest.entries}
    problems.extend(repeated(manifests))
    inside = [name for name in names if not name.startswith(f"{SET_ASIDE}/")]
    shards = [name for name in inside if parse_shard(name)]
    orphans = () if writing else tuple(name for name in shards if name not in listed)
    temporary = () if writing else tuple(n for n in inside if _base(n).startswith(".tmp-"))
    there, info = set(shards), next((one for one in infos if one), None)
    scans: dict[str, ShardScan] = {}
    for path in (*listed, *orphans):
        if path in there:
            scans[path] = _scan(store, path, info, problems, listed.get(path))
        else:
            problems.append(Problem("missing", path, "the manifest lists it, and it is not there"))
    unlisted = {rank for rank, one in enumerate(manifests) if MISSING in one.problems}
    problems.extend(
        Problem("orphan", path, "no manifest lists it")
        for path in orphans
        if not scans[path].faults and scans[path].entry.stream.rank not in unlisted
    )
    problems.extend(Problem("temporary", path, "it never got its name") for path in temporary)
    if COMPACTING_FILE in inside and not writing:
        problems.append(Problem("compaction", COMPACTING_FILE, "a compaction was broken off"))
    infos = judge_foreign(infos, scans, problems)
    problems.extend(checkpoint_problems(store, inside))
    problems.extend(strangers(listed.values(), infos))
    return Examined(
        infos, manifests, scans, orphans, temporary, tuple(read_reasons(store, names)),
        tuple(problems),
    )  # fmt: skip


def _base(name: str) -> str:
    return name.rpartition("/")[2]


def _scan(
    store: Store,
    path: str,
    info: RunInfo | None,
    problems: list[Problem],
    listed: ShardEntry | None,
) -> ShardScan:
    try:
        found = scan(path, store.content(path), info)
    except OSError as error:
        entry = ShardEntry(path, 0, 0, (0, 0), (0, 0), "", 0, 0)
        found = ShardScan(entry, (), (f"cannot be read: {said(error)}",))
    if listed is not None and listed.sha256 != found.entry.sha256:
        words = "is not what was written: its checksum differs"
        found = replace(found, faults=(words, *found.faults))
    problems.extend(Problem("damaged", path, fault) for fault in found.faults)
    if listed is not None and not found.faults:
        problems.extend(Problem("mismatch", path, words) for words in _mismatches(listed, found))
    return found


def _mismatches(listed: ShardEntry, found: ShardScan) -> Iterator[str]:
    names = ("rows", "bytes", "first", "last") if found.runs else ("rows", "bytes")
    for name in names:
        told, true = getattr(listed, name), getattr(found.entry, name)
        if told != true:
            yield f"the manifest says {name} {told}, and it is {true}"
