"""What a verification found: problems, lost samples, and all of it as tables and text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

import pandas as pd

ProblemKind = Literal[
    "newer format",
    "description",
    "manifest",
    "missing",
    "damaged",
    "mismatch",
    "twice",
    "orphan",
    "temporary",
    "compaction",
    "layers",
    "lost",
    "study",
]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Parameters
    ----------
    kind : str
        ``"newer format"``, a later version wrote it; ``"description"``, `_run.json` or another
        description cannot be read; ``"manifest"``, likewise; ``"missing"``, a shard is not there;
        ``"damaged"``, a shard is not what was written, or not what the format asks for;
        ``"mismatch"``, the manifest says something else of a shard than the shard; ``"twice"``,
        samples stand twice; ``"orphan"``, a shard that no manifest lists; ``"temporary"``, a file
        that never got its name; ``"compaction"``, one that was broken off; ``"layers"``, the
        description and the shards differ; ``"lost"``, samples that are not there; ``"study"``, the
        table of runs and the recordings differ.
    where : str
        File or folder, relative to the recording.
    said : str
        What is wrong with it, in words.
    mendable : bool
        Whether `repair` does something about it.
    recording : str
        Where the recording is, relative to the study; empty for a recording by itself.
    """

    kind: ProblemKind
    where: str
    said: str
    mendable: bool = True
    recording: str = ""


@dataclass(frozen=True)
class Lost:
    """Samples that were recorded and are not there.

    Parameters
    ----------
    kind, layer, rule, rank
        The table that lacks them, see `Stream`.
    first_step, first_sample, last_step, last_sample : int
        The first and the last of them; everything between them is lost as well.
    recording : str
        Where the recording is, relative to the study; empty for a recording by itself.
    """

    kind: str
    layer: str
    rule: str
    rank: int
    first_step: int
    first_sample: int
    last_step: int
    last_sample: int
    recording: str = ""

    def said(self) -> str:
        """Return which samples these are, in words."""
        if self.first_step == self.last_step:
            return f"samples {self.first_sample} to {self.last_sample} of step {self.last_step}"
        return (
            f"everything from sample {self.first_sample} of step {self.first_step} "
            f"to sample {self.last_sample} of step {self.last_step}"
        )


@dataclass(frozen=True)
class VerifyReport:
    """What a verification found.

    Parameters
    ----------
    path : str
        What was verified.
    found : tuple of Problem
    lost_samples : tuple of Lost
        Each is named by a problem of the kind ``"lost"``, too.
    notes : tuple of str
        What is worth knowing and no problem, such as that a recording is being written.
    n_recordings, n_shards, n_bytes : int
        What was read.
    """

    path: str
    found: tuple[Problem, ...] = ()
    lost_samples: tuple[Lost, ...] = ()
    notes: tuple[str, ...] = ()
    n_recordings: int = 1
    n_shards: int = 0
    n_bytes: int = 0

    @property
    def ok(self) -> bool:
        """Whether everything is as it was written."""
        return not self.found

    @property
    def problems(self) -> pd.DataFrame:
        """What is wrong: columns kind, where, said, mendable, recording."""
        return _table(Problem, self.found)

    @property
    def lost(self) -> pd.DataFrame:
        """Which samples are lost: the fields of `Lost` as columns."""
        return _table(Lost, self.lost_samples)

    def summary(self) -> str:
        """Return the report as text."""
        size = f"{self.n_bytes / 2**20:,.1f} MB" if self.n_bytes >= 2**20 else f"{self.n_bytes:,} B"
        several = f"{self.n_recordings} recordings, " if self.n_recordings != 1 else ""
        count = f"{several}{self.n_shards} shards, {size}"
        n = len(self.found)
        head = "whole" if self.ok else f"{n} problem{'s' * (n != 1)}"
        lines = [f"{self.path}: {count}: {head}"]
        for problem in self.found:
            place = "/".join(part for part in (problem.recording, problem.where) if part)
            lines.append(f"  {problem.kind}: {place}: {problem.said}")
        lines.extend(f"  note: {note}" for note in self.notes)
        if any(problem.mendable for problem in self.found):
            lines.append("  activstats verify --repair sets aside what is broken, deleting nothing")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as what JSON can hold."""
        return {
            "path": self.path,
            "ok": self.ok,
            "n_recordings": self.n_recordings,
            "n_shards": self.n_shards,
            "n_bytes": self.n_bytes,
            "problems": [asdict(problem) for problem in self.found],
            "lost": [asdict(lost) for lost in self.lost_samples],
            "notes": list(self.notes),
        }


def joined(path: str, reports: Iterable[tuple[str, VerifyReport]]) -> VerifyReport:
    """Return one report of several recordings, each with its place in the study."""
    named = list(reports)
    return VerifyReport(
        path,
        tuple(replace(p, recording=name) for name, one in named for p in one.found),
        tuple(replace(lost, recording=name) for name, one in named for lost in one.lost_samples),
        tuple(f"{name}: {note}" for name, one in named for note in one.notes),
        sum(one.n_recordings for _, one in named),
        sum(one.n_shards for _, one in named),
        sum(one.n_bytes for _, one in named),
    )


def _table(kind: type[Problem | Lost], rows: Iterable[Problem | Lost]) -> pd.DataFrame:
    return pd.DataFrame([asdict(row) for row in rows], columns=[one.name for one in fields(kind)])
