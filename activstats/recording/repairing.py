"""Sets aside what is broken in a recording, so that the rest can be read and gone on with."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from activstats.errors import RecordingError
from activstats.recording.atomic import replace_text
from activstats.recording.compaction_journal import finish_compacting
from activstats.recording.descriptions import read_infos
from activstats.recording.examining import examine
from activstats.recording.local import local_path
from activstats.recording.locking import all_locked
from activstats.recording.repair_plan import Plan, plan_repair
from activstats.recording.setting_aside import ENDING, Aside, keep_copy, move, note
from activstats.recording.store import Store, said
from activstats.recording.verify_report import VerifyReport
from activstats.recording.verifying import recordings_in, verify


@dataclass(frozen=True)
class SetAside:
    """One file that was set aside.

    Parameters
    ----------
    recording : str
        Folder of the recording, relative to the study; empty for a recording by itself.
    file : str
        Where it was.
    now : str
        Where it is; empty for one that was lost.
    reason : str
        What was wrong with it.
    """

    recording: str
    file: str
    now: str
    reason: str


@dataclass(frozen=True)
class RepairReport:
    """What a repair found, did, and left.

    Parameters
    ----------
    before, after : VerifyReport
        What was wrong, and what still is: samples that are lost stay lost.
    files : tuple of SetAside
        What was set aside.
    """

    before: VerifyReport
    after: VerifyReport
    files: tuple[SetAside, ...]

    @property
    def ok(self) -> bool:
        """Whether everything is whole now."""
        return self.after.ok

    @property
    def set_aside(self) -> pd.DataFrame:
        """What was set aside: columns recording, file, now, reason."""
        rows = [asdict(one) for one in self.files]
        return pd.DataFrame(rows, columns=["recording", "file", "now", "reason"])

    def summary(self) -> str:
        """Return the report as text."""
        lines = [f"{self.before.path}: {_found(len(self.before.found))}"]
        for one in self.files:
            place = "/".join(part for part in (one.recording, one.file) if part)
            lines.append(f"  {place}: {one.reason}" + (f"; now {one.now}" if one.now else ""))
        return "\n".join([*lines, "afterwards:", self.after.summary()])

    def to_dict(self) -> dict[str, Any]:
        """Return the report as what JSON can hold."""
        return {
            "before": self.before.to_dict(),
            "set_aside": [asdict(one) for one in self.files],
            "after": self.after.to_dict(),
        }


def repair(path: str | os.PathLike[str]) -> RepairReport:
    """Set aside what is broken in a recording or a study; nothing is deleted.

    Broken shards, and files that nobody vouches for, are moved to `_set_aside/0001/` (and so on) of
    their recording, with the reasons in `reasons.json`. Whole shards that a lost or damaged manifest
    does not name are taken in again; manifests and descriptions are replaced in one move, and what
    they were is kept as well. A repair that is killed leaves the recording readable, and can be run
    again; where nothing is broken it changes nothing.

    Parameters
    ----------
    path : path-like
        Folder of a recording or of a study.

    Returns
    -------
    RepairReport
        What was wrong, what was set aside, and what remains lost.

    Raises
    ------
    RecordingNotFoundError
        If there is neither a recording nor a study.
    RecordingError
        If somebody is writing to it, or the disk refuses.
    """
    root = local_path(path)
    before = verify(root)
    files: list[SetAside] = []
    newer = {problem.recording for problem in before.found if problem.kind == "newer format"}
    for name in recordings_in(root):
        if name not in newer:  # what a later version wrote is not ours to judge
            files += [replace(one, recording=name) for one in _repair_one(root / name)]
    return RepairReport(before, verify(root), tuple(files))


def _repair_one(folder: Path) -> list[SetAside]:
    try:
        world = len(read_infos(Store(folder), []))
        with all_locked(folder, world):
            finish_compacting(folder)
            return _carry_out(folder, plan_repair(examine(Store(folder), writing=False)))
    except RecordingError:
        raise
    except OSError as error:
        raise RecordingError(
            f"'{folder}' cannot be repaired.",
            got=said(error),
            hint="check free space and permissions, then repair it again; nothing is lost",
        ) from error


def _carry_out(folder: Path, plan: Plan) -> list[SetAside]:
    """Do what was planned, in an order in which a kill at any point loses nothing.

    First the reasons, then the manifests: from there on nobody reads what is broken. What a kill then
    leaves in its place is an orphan to the next repair.
    """
    if plan.is_empty:
        return []
    mine = note(folder, (*plan.moved, *plan.noted))
    for name in plan.texts:
        keep_copy(folder, mine, name)
    for name, text in plan.texts.items():
        replace_text(folder / name, text)
    for aside in plan.moved:
        move(folder, mine, aside.path)
    return [_said(folder, mine, aside) for aside in (*plan.moved, *plan.noted)]


def _said(folder: Path, mine: Path, aside: Aside) -> SetAside:
    now = mine / (aside.path + ENDING)
    place = now.relative_to(folder).as_posix() if now.exists() else ""
    return SetAside("", aside.path, place, aside.reason)


def _found(number: int) -> str:
    return "1 problem was found" if number == 1 else f"{number} problems were found"
