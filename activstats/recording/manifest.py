"""The manifest: one line of JSON for every finished shard, written after the shard has its name."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, replace

from activstats.recording.layout import Stream, parse_shard


@dataclass(frozen=True)
class ShardEntry:
    """What the manifest says of one finished shard.

    Parameters
    ----------
    path : str
        Relative to the recording, with forward slashes.
    rows, bytes : int
        Rows of the table and size of the file.
    first, last : tuple of int
        (step, sample) of the first and of the last sample; samples are numbered within a step.
    sha256 : str
        Of the file.
    flush, of : int
        Number of the flush that wrote the shard, and how many shards that flush wrote: the shards of
        one flush stand for the same samples, and only all of them together are a place to go on from.
    """

    path: str
    rows: int
    bytes: int
    first: tuple[int, int]
    last: tuple[int, int]
    sha256: str
    flush: int
    of: int

    @property
    def stream(self) -> Stream:
        """The stream that the shard belongs to."""
        return self._parsed()[0]

    @property
    def part(self) -> int:
        """The shard's number within its stream."""
        return self._parsed()[1]

    def _parsed(self) -> tuple[Stream, int]:
        parsed = parse_shard(self.path)
        if parsed is None:
            raise ValueError(f"{self.path} is not the path of a shard")
        return parsed

    def line(self) -> str:
        """Return the entry as a line of the manifest."""
        return json.dumps(asdict(self), separators=(",", ":")) + "\n"


@dataclass(frozen=True)
class Manifest:
    """The entries of a manifest, and what is wrong with its text."""

    entries: tuple[ShardEntry, ...]
    problems: tuple[str, ...]

    def whole_flushes(self) -> list[ShardEntry]:
        """Return the entries of those flushes whose every shard is listed."""
        listed = Counter(entry.flush for entry in self.entries)
        return [entry for entry in self.entries if listed[entry.flush] == entry.of]


def renumbered(entries: Iterable[ShardEntry], unfinished: AbstractSet[str]) -> list[ShardEntry]:
    """Return entries whose flushes are numbered anew, as they are after shards were replaced.

    Parameters
    ----------
    entries : iterable of ShardEntry
    unfinished : set of str
        Paths of shards that are no place to go on from; all others become one whole flush.
    """
    given = list(entries)
    n_whole = sum(entry.path not in unfinished for entry in given)
    n_unfinished = len(given) - n_whole
    return [
        replace(entry, flush=1, of=n_unfinished + 1)
        if entry.path in unfinished
        else replace(entry, flush=0, of=n_whole)
        for entry in given
    ]


def parse_manifest(text: str) -> Manifest:
    """Read a manifest; a last line without its end is what a killed recorder leaves, and no fault."""
    whole, _, _ = text.rpartition("\n")
    entries: list[ShardEntry] = []
    problems: list[str] = []
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            entries.append(_parse_line(line))
        except (ValueError, TypeError, LookupError):
            problems.append(f"line {number} of the manifest cannot be read: {line[:60]!r}")
    return Manifest(tuple(entries), tuple(problems))


def _parse_line(line: str) -> ShardEntry:
    if not line.isascii():
        raise ValueError("manifests are written in ASCII")
    fields = json.loads(line)
    first, last = ((int(fields[key][0]), int(fields[key][1])) for key in ("first", "last"))
    whole = {key: int(fields[key]) for key in ("rows", "bytes", "flush", "of")}
    entry = ShardEntry(**(fields | whole | {"first": first, "last": last}))
    if parse_shard(entry.path) is None:
        raise ValueError(entry.path)
    return entry


def digest(parts: Iterable[bytes | memoryview]) -> str:
    """Return the SHA-256 of bytes handed over in parts."""
    sha = hashlib.sha256()
    for part in parts:
        sha.update(part)
    return sha.hexdigest()
