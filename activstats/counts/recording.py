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
from activstats.counts.mask import ActivationMask, check_max_samples
from activstats.counts.mask_reading import read_mask
from activstats.errors import InputError
from activstats.recording.asked import LAST_STEP, OnDamage, check_on_damage, check_step
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
            step = self._last_step(streams)
        ranks = [
            self.rows(stream, step=step, columns=(*COLUMNS, "step"), on_damage=on_damage)
            for stream in streams
        ]
        if step is None or len(streams) > 1:
            before = offsets([self._chunks(stream, step) for stream in streams])
            ranks = [moved(rows, before[rank]) for rank, rows in enumerate(ranks)]
        total = count_rows(chain.from_iterable(ranks), self.layer_info(streams[0].layer).n_neurons)
        return replace(total, provenance=self._origin(streams[0], step))

    def mask(
        self,
        layer: str | None = None,
        rule: str | None = None,
        *,
        step: int | None = -1,
        max_samples: int | None = None,
        on_damage: OnDamage = "raise",
    ) -> ActivationMask:
        """Return the single activations of one layer under one rule, packed eight to a byte.

        Parameters
        ----------
        layer, rule : str, optional
            May be left out where there is only one.
        step : int or None
            A recorded step; -1, the default, is the last one. None puts all steps one after the
            other; the mask knows where each begins.
        max_samples : int, optional
            Samples to read at most, from the first on. The mask takes n_neurons · samples / 8 bytes.
        on_damage : {"raise", "skip"}
            What to do about shards that cannot be read: name the first in an error, or leave them
            out with a warning that names them.

        Returns
        -------
        ActivationMask
            Samples of several ranks follow each other in the order of the ranks, step by step.

        Raises
        ------
        InputError
            If the recording holds counts but no single activations, or an argument makes no sense.
        LayerNotFoundError
            If there is no such layer, rule or step, or if one must be named.
        DamagedRecordingError
            If a shard cannot be read and `on_damage` is ``"raise"``.
        """
        step = check_step(step)
        if max_samples is not None:
            check_max_samples(max_samples)
        check_on_damage(on_damage)
        streams = self.streams(layer, rule)
        if self.info.mode != "mask":
            raise InputError(
                f"'{self.path}' holds counts, not single activations.",
                got=f"mode '{self.info.mode}'",
                allowed="mode 'mask'",
                hint='Recorder(model, path, mode="mask")',
            )
        step = self._last_step(streams) if step == LAST_STEP else step
        found = read_mask(self, streams, step, max_samples, on_damage)
        return replace(found, provenance=self._origin(streams[0], step))

    def _last_step(self, streams: list[Stream]) -> int:
        return max(entry.last[0] for stream in streams for entry in self.entries(stream))

    def _origin(self, stream: Stream, step: int | None) -> dict[str, Any]:
        return {
            "recording": self.path,
            "layer": stream.layer,
            "rule": stream.rule,
            "step": "all" if step is None else step,
        }

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
