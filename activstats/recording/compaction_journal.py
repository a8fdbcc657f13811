"""What a compaction is about to do, so that one that was killed can be finished or undone."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from activstats.recording.atomic import replace_text
from activstats.recording.layout import COMPACTING_FILE, manifest_file, parse_shard
from activstats.recording.manifest import ShardEntry, digest, parse_manifest

_READ_BLOCK = 2**24


@dataclass(frozen=True)
class Replacement:
    """One shard that is to stand for several.

    Parameters
    ----------
    new : str
        Its path, relative to the recording.
    old : tuple of str
        Paths of those that it holds the rows of.
    """

    new: str
    old: tuple[str, ...]

    def note(self, folder: Path) -> None:
        """Write down what is about to be done, before the new shard gets its name."""
        replace_text(folder / COMPACTING_FILE, json.dumps(asdict(self)) + "\n")


def finish_compacting(folder: Path) -> None:
    """Do the rest of a compaction that was broken off, or undo it; nothing where there was none.

    The manifest decides: where it lists the new shard, the old ones are removed, and otherwise the
    new one is. What the manifest lists is never removed.
    """
    found = _noted(folder)
    if found is not None:
        _remove_what_is_not_listed(folder, found)
    (folder / COMPACTING_FILE).unlink(missing_ok=True)


def _noted(folder: Path) -> Replacement | None:
    try:
        content = json.loads((folder / COMPACTING_FILE).read_text(encoding="utf-8"))
        found = Replacement(str(content["new"]), tuple(map(str, content["old"])))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if all(map(parse_shard, (found.new, *found.old))) else None


def _remove_what_is_not_listed(folder: Path, found: Replacement) -> None:
    parsed = parse_shard(found.new)
    assert parsed is not None  # checked where it was read
    try:
        text = (folder / manifest_file(parsed[0].rank)).read_text(
            encoding="utf-8", errors="replace"
        )
    except FileNotFoundError:
        return  # nothing can be told of either: both stay
    manifest = parse_manifest(text)
    listed = {entry.path: entry for entry in manifest.entries}
    old = set(found.old)
    if manifest.problems:
        return
    if found.new in listed and not old & listed.keys():
        if _is_whole(folder, listed[found.new]):
            for path in sorted(old):
                (folder / path).unlink(missing_ok=True)
    elif found.new not in listed and old <= listed.keys():
        (folder / found.new).unlink(missing_ok=True)


def _is_whole(folder: Path, entry: ShardEntry) -> bool:
    """Return whether a shard is what was written: otherwise those that it stands for must stay."""
    try:
        with (folder / entry.path).open("rb") as file:
            return digest(iter(lambda: file.read(_READ_BLOCK), b"")) == entry.sha256
    except OSError:
        return False
