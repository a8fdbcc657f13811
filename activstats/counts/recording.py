"""Recordings and studies that can count: the labelled face above the files and the sums."""

from __future__ import annotations

import os
from functools import reduce
from operator import add
from typing import Any

from activstats.counts.counts import Counts
from activstats.counts.engine import COLUMNS, count_rows
from activstats.recording.layout import Stream
from activstats.recording.reader import OnDamage, RecordingFiles
from activstats.recording.study import StudyFiles


class Recording(RecordingFiles):
    """A recording that is opened for analysis; see `open_recording`."""

    def counts(
        self,
        layer: str | None = None,
        rule: str | None = None,
        *,
        step: int | None = -1,
        on_damage: OnDamage = "raise",
    ) -> Counts:
        """Count the activations of one layer under one rule.

        Parameters
        ----------
        layer, rule : str, optional
            May be left out where there is only one.
        step : int or None
            A recorded step; -1, the default, is the last one. None adds up all steps in their order,
            which mixes different weights where the recording was made along training.
        on_damage : {"raise", "skip"}
            What to do about shards that cannot be read: name the first in an error, or leave them
            out with a warning that names them.

        Returns
        -------
        Counts
            Samples of several ranks follow each other in the order of the ranks.

        Raises
        ------
        LayerNotFoundError
            If there is no such layer, rule or step, or if one must be named.
        DamagedRecordingError
            If a shard cannot be read and `on_damage` is ``"raise"``.
        """
        streams = self.streams(layer, rule)
        if step is None:
            steps = [int(s) for s in self.steps(streams[0].layer, streams[0].rule)["step"]]
        else:
            steps = [self._last_step(streams) if step == -1 else step]
        parts = [self._count(stream, s, on_damage) for s in steps for stream in streams]
        parts = [part for part in parts if part.n_samples] or parts
        total = reduce(add, parts)
        origin = {
            "recording": self.path,
            "layer": streams[0].layer,
            "rule": streams[0].rule,
            "step": "all" if step is None else steps[0],
        }
        return Counts(total.counts, total.first_sample, total.spans, total.moments, origin)

    def _last_step(self, streams: list[Stream]) -> int:
        return max(entry.last[0] for entry in self.shards if entry.stream in streams)

    def _count(self, stream: Stream, step: int, on_damage: OnDamage) -> Counts:
        rows = self.rows(stream, step=step, columns=COLUMNS, on_damage=on_damage)
        return count_rows(rows, self.layer_info(stream.layer).n_neurons)


class Study(StudyFiles):
    """A study that is opened for analysis; see `open_study`."""

    def recording(self, run: str) -> Recording:
        """Open the recording of a run."""
        return Recording(self.recording_path(run))


def open_recording(path: Any) -> Recording:
    """Open a recording.

    Parameters
    ----------
    path : str or path-like
        Folder, or a URI that fsspec understands.

    Returns
    -------
    Recording
        With `layers` and `steps()` as tables, `counts()` and `stats()`.

    Raises
    ------
    RecordingNotFoundError, NewerFormatError, DamagedRecordingError
        If there is no recording that this version can read.
    """
    return Recording(path)


def open_study(path: str | os.PathLike[str]) -> Study:
    """Open a study: a folder of recordings with one table of runs.

    Parameters
    ----------
    path : str or path-like
        Folder that holds `runs.parquet`.

    Returns
    -------
    Study
        With `runs`, a DataFrame, and `recording(run)`.
    """
    return Study(path)
