"""Records a series of checkpoints: one model, one set of data, one step for each checkpoint."""

from __future__ import annotations

import copy
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from torch import nn

from activstats.errors import DuplicateCheckpointWarning, InputError
from activstats.recorder.checkpoints.finding import Checkpoints, find_checkpoints
from activstats.recorder.checkpoints.replay import Replay
from activstats.recorder.checkpoints.survey import (
    DUPLICATES,
    Duplicates,
    survey,
    told_of,
)
from activstats.recorder.checkpoints.taking_up import (
    check_free,
    rows_before,
    taken_up,
)
from activstats.recorder.probe_data import repeatable
from activstats.recorder.settings import Rules
from activstats.recorder.stepwise import StepRecorder
from activstats.recorder.taps import Layers
from activstats.recorder.undisturbed import random_state_kept
from activstats.recording.checkpoints import CheckpointRow, checkpoints_table


def record_checkpoints(  # noqa: PLR0913  (settings of one face, all but four by name)
    model: nn.Module | Callable[[], nn.Module],
    checkpoints: Checkpoints,
    out: str | os.PathLike[str],
    data: Any,
    *,
    layers: Layers,
    rule: Rules = "top1%",
    batch_size: int = 256,
    strict: bool = True,
    duplicates: Duplicates = "last",
    keep_downloads: bool = True,
    overwrite: bool = False,
    resume: bool = False,
    notes: Mapping[str, Any] | None = None,
    done: Callable[[], None] = lambda: None,
    **settings: Any,
) -> pd.DataFrame:
    """Replay the same data through every checkpoint of a training and record each as a step.

    All checkpoints are read once before anything is recorded: whether they fit the model, and which
    have the same weights under different steps, as published series do. Those are recorded once or not
    at all, so that no statistics over the series count them twice. Then they are loaded and run one
    after the other, never two at a time.

    Parameters
    ----------
    model : torch.nn.Module or callable
        A function that builds the model, or a model, which is copied and stays as it is.
    checkpoints : path-like, sequence of path-like, or mapping of int to path-like
        See `find_checkpoints`. Steps are parsed from names, unless they are given.
    out : path-like
        Folder of the recording.
    data
        What is run through each checkpoint: a tensor, an array or a mapping of them, cut into
        batches; an iterable of batches that can be read again, such as a DataLoader that does not
        shuffle; a function that returns batches; or what `activstats record --data` takes.
    layers, rule
        As for `Recorder`.
    batch_size : int
        Items a batch, where the data are not in batches.
    strict : bool
        Whether a checkpoint must have all of the model's tensors and no others. Otherwise missing
        ones are as the model was built. Other shapes are refused in any case.
    duplicates : {"last", "first", "skip", "error"}
        Which of several checkpoints of the same weights is recorded: the last, the first, none; or
        whether they are an error. The last by default: later weights under earlier names are what
        goes wrong most in published series.
    keep_downloads : bool
        Whether downloads from the hub stay in its cache. If not, each is removed after use, and is
        made twice.
    overwrite, resume : bool
        As for `Recorder`. A checkpoint that is recorded to its end is not run again, and later ones
        can be added.
    notes : mapping, optional
        As for `Recorder`.
    done : callable
        Called after each checkpoint; at once for those that are recorded or left out.
    **settings
        All other settings of `Recorder`.

    Returns
    -------
    DataFrame
        One row a checkpoint: step, path, sha256 (of the weights, not of the file), duplicate_of,
        missing, unexpected, prefix, commit, recorded. It is kept with the recording.

    Raises
    ------
    InputError
        If there are no checkpoints, the names say no steps, or a checkpoint cannot be read or does not
        fit; before anything is recorded.
    RecordingExistsError, RecordingError
        If the folder is taken, or holds other checkpoints under these steps.

    Warns
    -----
    DuplicateCheckpointWarning
        If several checkpoints have the same weights; before anything is recorded.

    Examples
    --------
    >>> import tempfile, torch
    >>> from activstats import open_recording
    >>> folder = tempfile.mkdtemp()
    >>> def build():
    ...     return torch.nn.Sequential(torch.nn.Linear(8, 32), torch.nn.ReLU())
    >>> for step in (10, 20):
    ...     torch.save({"0.weight": torch.eye(32, 8) * step, "0.bias": -torch.ones(32)},
    ...                f"{folder}/step{step}.pt")
    >>> table = record_checkpoints(
    ...     build, f"{folder}/*.pt", f"{folder}/run", torch.ones(64, 8), layers="1"
    ... )
    >>> open_recording(f"{folder}/run").steps()["step"].tolist()
    [10, 20]
    """
    if duplicates not in DUPLICATES:
        raise InputError(
            "there is no such choice among duplicates.",
            got=repr(duplicates),
            allowed=", ".join(DUPLICATES),
        )
    path = Path(out)
    check_free(path, overwrite=overwrite, resume=resume)
    batches = repeatable(data, batch_size)
    found = find_checkpoints(checkpoints)
    network = _built(model)
    recorder = partial(
        StepRecorder, network, out, layers=layers, rule=rule, overwrite=overwrite, resume=resume,
        hash_weights=False, **settings,
    )  # fmt: skip
    recorder(notes=notes)  # refuses what makes no sense before the checkpoints are read
    before = rows_before(path) if resume else ()
    rows = list(survey(network, found, before, strict=strict, keep_downloads=keep_downloads))
    rows = taken_up(path, rows, before, duplicates)
    _flag(rows)
    replay = Replay(network, batches, rows, {one.step: one for one in found}, keep_downloads)
    noted = {**(notes or {}), "checkpoints": _noted(rows)}
    return checkpoints_table(replay.run(recorder(notes=noted), done))


def _built(model: nn.Module | Callable[[], nn.Module]) -> nn.Module:
    with random_state_kept():
        built = copy.deepcopy(model) if isinstance(model, nn.Module) else model()
    if not isinstance(built, nn.Module):
        raise InputError(
            "checkpoints need a model to be loaded into.",
            got=type(built).__name__,
            allowed="a torch.nn.Module, or a function that builds one",
        )
    return built


def _flag(rows: Sequence[CheckpointRow]) -> None:
    told = told_of(rows)
    if told:
        warnings.warn(told, DuplicateCheckpointWarning, stacklevel=3)
    if all(row.duplicate_of is not None for row in rows):
        raise InputError("all checkpoints are duplicates, and none is to be recorded.", got=told)


def _noted(rows: Sequence[CheckpointRow]) -> dict[str, Any]:
    """Return what `_run.json` says of the series; the table beside it says more."""
    return {
        "n_checkpoints": len(rows),
        "duplicates": [row.step for row in rows if row.duplicate_of is not None],
        "prefixes": sorted({row.prefix for row in rows if row.prefix}),
    }
