"""Selected layers that recorded nothing, and what may be the reason."""

from __future__ import annotations

from activstats.errors import NothingRecordedError
from activstats.recorder.compiled_models import has_compiled
from activstats.recorder.hooks import Hooks
from activstats.recorder.selection import Selection
from activstats.recorder.taps import Tap


def check_all_recorded(
    hooks: Hooks, selection: Selection, fired: set[Tap], *, any_batch: bool
) -> None:
    """Refuse to end in silence where a selected layer recorded nothing.

    Parameters
    ----------
    hooks : Hooks
    selection : Selection
    fired : set of Tap
        Those that met a sample.
    any_batch : bool
        Whether there was a batch at all.

    Raises
    ------
    NothingRecordedError
    """
    silent = [tap.layer(0) for tap in hooks.chosen if tap not in fired]
    silent += hooks.unmatched()
    if not silent or (selection.automatic and fired):
        return
    if not any_batch:
        hint = "run the model inside `with recorder.batch():`"
    elif hooks.unmatched():
        hint = (
            "calls inside of fused or scripted functions and in other threads are not seen; "
            "`activstats trace` lists those that are"
        )
    elif fired:
        hint = "they ran on no sample, or not at all; leave them out of `layers`"
    else:
        hint = (
            "feed at least one sample that the mask does not leave out; a copy of the model has "
            "no hooks, and a model compiled before recording passes them over"
        )
    raise NothingRecordedError(
        "selected layers recorded nothing.", got=", ".join(silent), hint=hint
    )


def check_seen() -> None:
    """Say at once that a first batch has passed by: a model may be compiled where none looks.

    Raises
    ------
    NothingRecordedError
        If anything was compiled in this process.
    """
    if has_compiled():
        raise NothingRecordedError(
            "no selected layer was seen in the first batch, and something was compiled.",
            hint="a copy of the model has no hooks, and a function compiled around it passes over "
            "hooks that come later: begin to record before it runs for the first time, call "
            "torch.compiler.reset() and begin then, or run the model as it is",
        )
