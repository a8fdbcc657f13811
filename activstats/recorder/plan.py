"""What a recorder is to do, checked as far as it can be before it is entered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from activstats.errors import RecorderError
from activstats.recorder.settings import Settings


@dataclass(frozen=True)
class Plan:
    """Where to record to, and how.

    Parameters
    ----------
    path : str
        Folder of the recording.
    settings : Settings
    overwrite, resume : bool
        What to do about a recording that is there.
    rotate_seconds : float
        A shard is finished at least this often.
    distinct_items : bool, optional
        Whether repeated items are left out; None where it depends on how many processes record.
    identity : dict
        Which model it is.
    notes : dict
        To be kept with the recording.
    """

    path: str
    settings: Settings
    overwrite: bool
    resume: bool
    rotate_seconds: float
    distinct_items: bool | None
    identity: dict[str, Any]
    notes: dict[str, Any]

    def __post_init__(self) -> None:
        if self.overwrite and self.resume:
            raise RecorderError("a recording is either overwritten or resumed.", got="both")


def as_json(notes: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return notes as JSON gives them back.

    Raises
    ------
    RecorderError
        If JSON cannot hold them.
    """
    try:
        kept: dict[str, Any] = json.loads(json.dumps(dict(notes or {}), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise RecorderError("notes must be what JSON can hold.", got=str(error)) from error
    return kept
