"""What a repair sets aside, and why: `RUN/_set_aside/0001/` and so on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from activstats.recording.atomic import replace_text
from activstats.recording.layout import SET_ASIDE
from activstats.recording.store import Store

REASONS = "reasons.json"
ENDING = ".aside"  # so that no reader takes it for a Parquet file


@dataclass(frozen=True)
class Aside:
    """One file that is set aside, or that was lost before it could be.

    Parameters
    ----------
    path : str
        Where it was, relative to the recording.
    reason : str
        What was wrong with it.
    copied : bool
        Whether it was copied because another took its place, and not moved.
    first, last : tuple of int, optional
        (step, sample) of the first and the last sample that it was to hold, where it is a shard and
        they are known.
    """

    path: str
    reason: str
    copied: bool = False
    first: tuple[int, int] | None = None
    last: tuple[int, int] | None = None


def note(folder: Path, files: Iterable[Aside]) -> Path:
    """Make the next folder for what is set aside, with the reasons in it.

    Returns
    -------
    Path
        The new folder; the reasons are written, nothing is moved yet.
    """
    parent = folder / SET_ASIDE
    numbers = [int(there.name) for there in parent.glob("[0-9]*") if there.name.isdigit()]
    mine = parent / f"{max(numbers, default=0) + 1:04d}"
    mine.mkdir(parents=True)
    content = {
        "set_aside": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": [asdict(file) for file in files],
    }
    replace_text(mine / REASONS, json.dumps(content, indent=1) + "\n")
    return mine


def keep_copy(folder: Path, mine: Path, path: str) -> None:
    """Copy a file that another is about to take the place of."""
    source = folder / path
    if source.is_file():
        (mine / (path + ENDING)).write_bytes(source.read_bytes())


def move(folder: Path, mine: Path, path: str) -> None:
    """Move a file out of the recording's way; one that is not there is passed over."""
    target = mine / (path + ENDING)
    target.parent.mkdir(parents=True, exist_ok=True)
    if (folder / path).exists():
        (folder / path).rename(target)


def read_reasons(store: Store, names: Iterable[str]) -> list[Aside]:
    """Return what was set aside at any time; reasons that cannot be read are passed over.

    Parameters
    ----------
    store : Store
    names : iterable of str
        All files of the recording.
    """
    found: list[Aside] = []
    for name in names:
        if name.startswith(f"{SET_ASIDE}/") and name.endswith(f"/{REASONS}"):
            try:
                found.extend(map(_parse, json.loads(store.text(name))["files"]))
            except (OSError, ValueError, KeyError, TypeError, IndexError):
                continue
    return found


def _parse(content: dict[str, object]) -> Aside:
    ends = {key: _place(content[key]) for key in ("first", "last")}
    return Aside(str(content["path"]), str(content["reason"]), bool(content["copied"]), **ends)


def _place(content: object) -> tuple[int, int] | None:
    if not isinstance(content, list):
        return None
    step, sample = content
    return int(step), int(sample)
