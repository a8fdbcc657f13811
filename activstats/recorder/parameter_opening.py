"""Where recorded parameters go: a recording of their own, or one that a recorder has open."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from torch import nn

from activstats.recorder.finishing import Finisher
from activstats.recorder.identity import identity, versions
from activstats.recorder.parameter_output import ParameterOutput
from activstats.recorder.recorder import Recorder
from activstats.recording.run_info import RunInfo
from activstats.recording.writer import RecordingWriter

_NO_CHUNKS = 64


@dataclass(frozen=True)
class Opening:
    """How a recording of parameters is opened; see `ParameterRecorder`."""

    overwrite: bool
    resume: bool
    memory_limit: int
    rotate_seconds: float
    notes: dict[str, Any]


def opened(
    path: str | os.PathLike[str] | Recorder, model: nn.Module, opening: Opening
) -> ParameterOutput:
    """Open a recording of parameters, or go along with a recorder that is open.

    Raises
    ------
    RecorderError
        If the recorder is not open.
    RecordingExistsError, RecordingError
        If the folder is taken or cannot be written.
    """
    limit = opening.memory_limit
    if isinstance(path, Recorder):
        return ParameterOutput(*path.shared(), limit, is_own=False)
    writer = _new_writer(path, model, opening)
    finisher = Finisher(writer, with_bits=False, most_bytes=limit // 4)
    return ParameterOutput(writer, finisher, limit, is_own=True)


def _new_writer(
    path: str | os.PathLike[str], model: nn.Module, opening: Opening
) -> RecordingWriter:
    info = RunInfo(
        mode="parameters",
        chunk_samples=_NO_CHUNKS,
        model=identity(model, None, hash_weights=True),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        versions=versions(),
        notes=opening.notes,
    )
    return RecordingWriter(
        path,
        info,
        rotate_bytes=opening.memory_limit // 4,
        rotate_seconds=opening.rotate_seconds,
        overwrite=opening.overwrite,
        resume=opening.resume,
    )
