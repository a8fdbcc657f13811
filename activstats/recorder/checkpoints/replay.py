"""Takes the checkpoints of a series one after the other through a recorder."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from torch import nn

from activstats.recorder.checkpoints.files import read_states
from activstats.recorder.checkpoints.fitting import fit_names, load_state
from activstats.recorder.checkpoints.places import Checkpoint
from activstats.recorder.checkpoints.survey import on_disk
from activstats.recorder.checkpoints.taking_up import note_complete
from activstats.recorder.data import record_batches
from activstats.recorder.probe_data import Batches
from activstats.recorder.stepwise import StepRecorder
from activstats.recorder.undisturbed import undisturbed
from activstats.recording.checkpoints import CheckpointRow, write_checkpoints


class Replay:
    """The checkpoints of a series on their way through a recorder.

    Parameters
    ----------
    network : torch.nn.Module
        As it was built: what a checkpoint lacks is put back to what it is now.
    batches : callable
        Gives the data anew each time.
    rows : sequence of CheckpointRow
        Of the whole series.
    found : mapping of int to Checkpoint
        Those that are there, by step.
    keep_downloads : bool
        Whether what comes from a hub stays in its cache.
    """

    def __init__(
        self,
        network: nn.Module,
        batches: Batches,
        rows: Sequence[CheckpointRow],
        found: Mapping[int, Checkpoint],
        keep_downloads: bool,  # noqa: FBT001  (handed on)
    ) -> None:
        self._network = network
        self._batches = batches
        self._rows = list(rows)
        self._found = found
        self._keep_downloads = keep_downloads
        lacking = {name for row in rows for name in row.missing}
        state = network.state_dict()
        self._as_built = {name: copy.deepcopy(state[name]) for name in lacking}

    def run(self, recorder: StepRecorder, done: Callable[[], None]) -> list[CheckpointRow]:
        """Record what is not recorded yet, keeping the table beside it up to date."""
        folder = Path(recorder.path)
        for row in self._rows:
            if row.recorded or row.duplicate_of is not None:
                done()
        waiting = [
            place
            for place, row in enumerate(self._rows)
            if row.duplicate_of is None and not row.recorded
        ]
        if not waiting:
            write_checkpoints(folder, self._rows)
            note_complete(folder)
            return self._rows
        with recorder:
            write_checkpoints(folder, self._rows)
            for place in waiting:
                self._record(recorder, self._rows[place])
                self._rows[place] = self._rows[place].with_(recorded=True)
                write_checkpoints(folder, self._rows)
                done()
        return self._rows

    def _record(self, recorder: StepRecorder, row: CheckpointRow) -> None:
        with on_disk(self._found[row.step], keep_downloads=self._keep_downloads) as path:
            fit = fit_names(self._network, [name for state in read_states(path) for name in state])
            load_state(self._network, fit, read_states(path))
        built = {name: self._as_built[name] for name in fit.missing}
        self._network.load_state_dict(built, strict=False)
        with undisturbed(self._network), recorder.step():
            record_batches(self._network, recorder, self._batches(), step=row.step)
