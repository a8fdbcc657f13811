"""Reads every checkpoint of a series once before anything is recorded: what fits, and what is the same."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal

from torch import nn

from activstats.errors import InputError
from activstats.recorder.checkpoints.files import read_states
from activstats.recorder.checkpoints.fitting import Fit, check_shapes, content_sha256, fit_names
from activstats.recorder.checkpoints.hub import HubRevision
from activstats.recorder.checkpoints.places import Checkpoint
from activstats.recording.checkpoints import CheckpointRow

Duplicates = Literal["last", "first", "skip", "error"]
DUPLICATES: tuple[Duplicates, ...] = ("last", "first", "skip", "error")

_ALLOW = "strict=False, or --no-strict, leaves missing ones as the model is built"


def on_disk(checkpoint: Checkpoint, *, keep_downloads: bool) -> AbstractContextManager[Path]:
    """Have a checkpoint's weights on the disk for as long as the context lasts."""
    if isinstance(checkpoint.place, HubRevision):
        return checkpoint.place.fetched(keep=keep_downloads)
    return contextlib.nullcontext(checkpoint.place)


def survey(
    model: nn.Module,
    checkpoints: Iterable[Checkpoint],
    before: Iterable[CheckpointRow],
    *,
    strict: bool,
    keep_downloads: bool,
) -> Iterator[CheckpointRow]:
    """Yield what each checkpoint is, reading one at a time; the model stays as it is.

    A commit of a hub, which cannot change, is read once only: here, or for the rows of `before`.

    Raises
    ------
    InputError
        If one cannot be read or has tensors of other shapes than the model; if `strict`, also if it
        lacks tensors or has others.
    """
    known = {_commit(row): row for row in before if row.commit}
    for checkpoint in checkpoints:
        place = checkpoint.place
        commit = place.commit if isinstance(place, HubRevision) else ""
        row = CheckpointRow(checkpoint.step, str(place), "", commit=commit)
        seen = known.get(_commit(row)) if commit else None
        if seen is None:
            with on_disk(checkpoint, keep_downloads=keep_downloads) as path:
                seen = _read(model, path, row.path)
            known[_commit(row)] = seen
        if strict:
            Fit({}, seen.missing, seen.unexpected, seen.prefix).check(row.path, hint=_ALLOW)
        yield row.with_(
            sha256=seen.sha256, missing=seen.missing, unexpected=seen.unexpected, prefix=seen.prefix
        )


def _commit(row: CheckpointRow) -> tuple[str, str]:
    repository, _, _ = row.path.partition("@")
    return repository, row.commit


def _read(model: nn.Module, path: Path, where: str) -> CheckpointRow:
    fit = fit_names(model, [name for state in read_states(path) for name in state])
    if not fit.names:
        raise InputError(
            f"the checkpoint '{where}' has nothing in common with the model.",
            got=", ".join(fit.unexpected[:4]) or "no tensors",
            allowed=", ".join(fit.missing[:4]),
        )
    states = check_shapes(model, fit, read_states(path), where)
    return CheckpointRow(
        step=-1,
        path=where,
        sha256=content_sha256(fit, states),
        missing=fit.missing,
        unexpected=fit.unexpected,
        prefix=fit.prefix,
    )


def with_duplicates(
    rows: Sequence[CheckpointRow], duplicates: Duplicates, *, standing: Iterable[int] = ()
) -> list[CheckpointRow]:
    """Mark those checkpoints that have the weights of another one.

    Parameters
    ----------
    rows : sequence of CheckpointRow
        In the order of their steps.
    duplicates : {"last", "first", "skip", "error"}
        Which of equal ones stands for all: the last, the first, none, or an error instead.
    standing : iterable of int
        Steps that are recorded already, and stand for those that equal them in any case.

    Raises
    ------
    InputError
        If there are any and `duplicates` is ``"error"``.
    """
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        groups[row.sha256].append(row.step)
    stays = set(standing)
    standing_in: dict[int, int | None] = {}
    for steps in groups.values():
        if len(steps) > 1 and duplicates == "error":
            raise InputError(
                "checkpoints of different steps have the same weights.",
                got=f"steps {', '.join(map(str, steps))}",
                hint="duplicates='last' records the last of them, 'skip' none",
            )
        standing_in |= _standing_in(steps, duplicates, [step for step in steps if step in stays])
    return [row.with_(duplicate_of=standing_in[row.step]) for row in rows]


def _standing_in(
    steps: list[int], duplicates: Duplicates, stays: list[int]
) -> dict[int, int | None]:
    """Return, for each of the steps of equal weights, the one that stands for it, None for itself."""
    if len(steps) == 1:
        return {steps[0]: None}
    if duplicates == "skip" and not stays:
        return {step: steps[0] if step != steps[0] else steps[1] for step in steps}
    stays = stays or [steps[0] if duplicates == "first" else steps[-1]]
    return {step: None if step in stays else stays[0] for step in steps}


def told_of(rows: Iterable[CheckpointRow]) -> str:
    """Return one sentence on the duplicates among checkpoints, or nothing."""
    groups: defaultdict[str, list[CheckpointRow]] = defaultdict(list)
    for row in rows:
        groups[row.sha256].append(row)
    told = []
    for group in groups.values():
        if len(group) > 1:
            kept = [str(row.step) for row in group if row.duplicate_of is None]
            steps = ", ".join(str(row.step) for row in group)
            told.append(f"{steps} ({'recorded at ' + kept[0] if kept else 'not recorded'})")
    return (
        f"checkpoints of different steps have the same weights: {'; '.join(told)}." if told else ""
    )
