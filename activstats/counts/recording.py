"""Recordings and studies that can count: the labelled face above the files and the sums."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import chain
from typing import Any

import pandas as pd

from activstats.counts.counts import Counts
from activstats.counts.engine import COLUMNS, count_rows
from activstats.counts.in_order import moved, offsets
from activstats.recording.asked import LAST_STEP, OnDamage, check_step
from activstats.recording.layout import Stream
from activstats.recording.reader import RecordingFiles
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
        InputError
            If `step` is no whole number or `on_damage` is not one of the two.
        DamagedRecordingError
            If a shard cannot be read and `on_damage` is ``"raise"``.
        """
        step = check_step(step)
        streams = self.streams(layer, rule)
        if step == LAST_STEP:
            step = max(entry.last[0] for stream in streams for entry in self.entries(stream))
        ranks = [
            self.rows(stream, step=step, columns=(*COLUMNS, "step"), on_damage=on_damage)
            for stream in streams
        ]
        if step is None or len(streams) > 1:
            before = offsets([self._chunks(stream, step) for stream in streams])
            ranks = [moved(rows, before[rank]) for rank, rows in enumerate(ranks)]
        total = count_rows(chain.from_iterable(ranks), self.layer_info(streams[0].layer).n_neurons)
        origin = {
            "recording": self.path,
            "layer": streams[0].layer,
            "rule": streams[0].rule,
            "step": "all" if step is None else step,
        }
        return replace(total, provenance=origin)

    def _chunks(self, stream: Stream, step: int | None) -> pd.DataFrame:
        chunks = self.chunks(stream)
        return chunks if step is None else chunks[chunks["step"] == step]


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
