"""Recordings and studies that can count: the labelled face above the files and the sums."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from typing import Any, Literal, overload

import pandas as pd

from activstats.counts.counts import Counts
from activstats.counts.engine import COLUMNS, count_rows
from activstats.counts.from_values import count_values, rule_of_values
from activstats.counts.in_order import moved, offsets
from activstats.counts.mask import ActivationMask, check_max_samples
from activstats.counts.mask_reading import read_mask
from activstats.counts.parameters import (
    ParameterKind,
    ParameterMoments,
    ParameterOf,
    ParameterSnapshots,
    check_parameter_kind,
)
from activstats.errors import InputError
from activstats.recording.asked import LAST_STEP, OnDamage, check_on_damage, check_step
from activstats.recording.layout import Stream
from activstats.recording.reader import RecordingFiles
from activstats.recording.remote import place
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
            Samples of several ranks follow each other in the order of the ranks. A rule that was not
            recorded is applied to the values, where they were; the provenance then says so.

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
        late = rule_of_values(self, layer, rule)
        if late is not None:
            return count_values(self, layer, [late], step=step, on_damage=on_damage)[late.name]
        streams = self.streams(layer, rule)
        if step == LAST_STEP:
            step = self.last_step(streams)
        ranks = [
            self.rows(stream, step=step, columns=(*COLUMNS, "step"), on_damage=on_damage)
            for stream in streams
        ]
        if step is None or len(streams) > 1:
            before = self.places_before(streams, step)
            ranks = [moved(rows, before[rank]) for rank, rows in enumerate(ranks)]
        total = count_rows(chain.from_iterable(ranks), self.layer_info(streams[0].layer).n_neurons)
        return replace(total, provenance=self.origin(streams[0], step))

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
        step = self.last_step(streams) if step == LAST_STEP else step
        found = read_mask(self, streams, step, max_samples, on_damage)
        return replace(found, provenance=self.origin(streams[0], step))

    @overload
    def parameters(
        self,
        name: str | None = None,
        *,
        kind: Literal["snapshot"] = "snapshot",
        of: ParameterOf = "weight",
        step: int | None = None,
        on_damage: OnDamage = "raise",
    ) -> ParameterSnapshots: ...

    @overload
    def parameters(
        self,
        name: str | None = None,
        *,
        kind: Literal["moments"],
        of: ParameterOf = "weight",
        step: int | None = None,
        on_damage: OnDamage = "raise",
    ) -> ParameterMoments: ...

    def parameters(
        self,
        name: str | None = None,
        *,
        kind: ParameterKind = "snapshot",
        of: ParameterOf = "weight",
        step: int | None = None,
        on_damage: OnDamage = "raise",
    ) -> ParameterSnapshots | ParameterMoments:
        """Return a parameter along training.

        Parameters
        ----------
        name : str, optional
            As `named_parameters` has it; may be left out where there is only one.
        kind : {"snapshot", "moments"}
            The weights themselves at some steps, or their moments over windows of steps.
        of : {"weight", "gradient"}
        step : int, optional
            One snapshot, or the window that ends there; -1 is the last one. All by default.
        on_damage : {"raise", "skip"}
            As for `counts`.

        Returns
        -------
        ParameterSnapshots or ParameterMoments

        Raises
        ------
        InputError
            If no parameters were recorded, or not of this kind.
        LayerNotFoundError
            If there is no such parameter or step, or if the parameter must be named.
        """
        check_parameter_kind(kind, of)
        info = self.parameter_info(name)
        found = self.parameter_arrays(info.name, kind=kind, of=of, step=step, on_damage=on_damage)
        origin = {"recording": self.path, "parameter": info.name, "of": of}
        if kind == "snapshot":
            return ParameterSnapshots(info.name, found["step"], found["values"], origin)
        known = {key: found[key] for key in ("n", "time_mean", "time_m2", "mean", "m2", "trend")}
        return ParameterMoments(
            info.name, found["step0"], found["step"], **known, provenance=origin
        )

    def places_before(self, streams: list[Stream], step: int | None) -> pd.DataFrame:
        """Return how many places come before each step of each rank; see `in_order.offsets`."""
        return offsets([self._chunks(stream, step) for stream in streams])

    def last_step(self, streams: list[Stream]) -> int:
        """Return the last step of some streams."""
        return max(entry.last[0] for stream in streams for entry in self.entries(stream))

    def origin(self, stream: Stream, step: int | None) -> dict[str, Any]:
        """Return where counts of a stream are from."""
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


def open_recording(path: Any, storage_options: Mapping[str, Any] | None = None) -> Recording:
    """Open a recording.

    Parameters
    ----------
    path : str or path-like
        Folder, or a URI that fsspec understands, such as ``s3://bucket/run``.
    storage_options : mapping, optional
        What the file system of a URI is to be told, such as ``{"endpoint_url": …}``. What it takes
        from the environment need not be said.

    Returns
    -------
    Recording
        With `layers` and `steps()` as tables, `counts()` and `stats()`.

    Raises
    ------
    RecordingNotFoundError, NewerFormatError, DamagedRecordingError
        If there is no recording that this version can read.
    """
    return Recording(path if storage_options is None else place(path, storage_options))


def open_study(
    path: str | os.PathLike[str], storage_options: Mapping[str, Any] | None = None
) -> Study:
    """Open a study: a folder of recordings with one table of runs.

    Parameters
    ----------
    path : str or path-like
        Folder that holds `runs.parquet`, or a URI that fsspec understands.
    storage_options : mapping, optional
        As for `open_recording`; the study's recordings are opened with them, too.

    Returns
    -------
    Study
        With `runs`, a DataFrame, and `recording(run)`.
    """
    return Study(path, storage_options)
