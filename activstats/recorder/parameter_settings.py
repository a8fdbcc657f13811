"""What a user may say to the parameter recorder, checked before anything is recorded."""

from __future__ import annotations

from typing import Any, Literal

from activstats.errors import RecorderError
from activstats.recorder.settings import MEBIBYTE

EPOCH: Literal["epoch"] = "epoch"


def check_settings(*, moments: bool, window: Any, snapshots: Any) -> None:
    """Refuse moments, windows and snapshots that make no sense.

    Raises
    ------
    RecorderError
    """
    for what, value in (("window", window), ("snapshots", snapshots)):
        is_word = what == "snapshots" and value == EPOCH
        is_whole = isinstance(value, int) and not isinstance(value, bool) and value > 0
        if value is not None and not is_word and not is_whole:
            raise RecorderError(
                f"{what} come every so many steps.",
                got=repr(value),
                allowed="1, 2, 3, …, or None" + (", or 'epoch'" if what == "snapshots" else ""),
            )
    if not moments and snapshots is None:
        raise RecorderError("neither moments nor snapshots were asked for.")
    if not moments and window is not None:
        raise RecorderError("a window is one of moments.", got=f"window={window}, moments=False")


def check_opening(*, is_shared: bool, overwrite: bool, resume: bool, memory_limit: Any) -> None:
    """Refuse ways to open a recording that make no sense.

    Raises
    ------
    RecorderError
    """
    if overwrite and resume:
        raise RecorderError("a recording is either overwritten or resumed.", got="both")
    if is_shared and (overwrite or resume):
        raise RecorderError(
            "a recorder that is open says itself whether its recording is overwritten or resumed.",
            hint="say it to Recorder",
        )
    if not isinstance(memory_limit, int) or memory_limit < MEBIBYTE:
        raise RecorderError(
            "the memory limit is too small to record anything.",
            got=repr(memory_limit),
            allowed=f"at least {MEBIBYTE} bytes",
        )
