"""The parameters of a recording: snapshots and moments, read back whole."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from activstats.errors import InputError, RecordingError
from activstats.recording.asked import LAST_STEP, OnDamage, check_step
from activstats.recording.layout import PARAMETERS, Stream
from activstats.recording.names import choose
from activstats.recording.parameter_info import ParameterInfo
from activstats.recording.parameter_tables import lists_of, rows_and_columns, table_name
from activstats.recording.streaming import RecordedStreams

WEIGHT, GRADIENT = "weight", "gradient"


class RecordedParameters(RecordedStreams):
    """The part of a recording that knows parameters; see `RecordingFiles`."""

    @property
    def recorded_parameters(self) -> pd.DataFrame:
        """Table of the parameters that were recorded.

        Returns
        -------
        DataFrame
            Columns parameter, table (``"snapshot"``, ``"moments"``, and the same of gradients), shape,
            dtype, shards, bytes; one row a parameter and table.
        """
        infos = {info.name: info for info in self.info.parameters}
        rows = []
        for stream in sorted(self.streams_of_kind(PARAMETERS), key=_in_order(list(infos))):
            shards = self.entries(stream)
            rows.append(
                {
                    "parameter": stream.layer,
                    "table": stream.rule,
                    "shape": " × ".join(map(str, infos[stream.layer].shape)),
                    "dtype": infos[stream.layer].dtype,
                    "shards": len(shards),
                    "bytes": sum(shard.bytes for shard in shards),
                }
            )
        return pd.DataFrame(
            rows, columns=["parameter", "table", "shape", "dtype", "shards", "bytes"]
        )

    def parameter_info(self, name: str | None = None) -> ParameterInfo:
        """Return what `_run.json` says of a parameter, or of the only one.

        Raises
        ------
        InputError
            If no parameters were recorded.
        LayerNotFoundError
            If there is no such parameter, or if one must be named.
        """
        known = {info.name: info for info in self.info.parameters}
        if not known:
            raise InputError(
                f"'{self.path}' holds no parameters.", hint="ParameterRecorder(model, path)"
            )
        return known[choose("parameter", name, list(known), self.path)]

    def parameter_arrays(
        self,
        name: str | None = None,
        *,
        kind: str,
        of: str = WEIGHT,
        step: int | None = None,
        on_damage: OnDamage = "raise",
    ) -> dict[str, Any]:
        """Return a table of one parameter as arrays, one entry a snapshot or window.

        Parameters
        ----------
        name : str, optional
            May be left out where there is only one.
        kind : {"snapshot", "moments"}
        of : {"weight", "gradient"}
        step : int, optional
            One snapshot, or the window that ends there; -1 is the last one. All by default.
        on_damage : {"raise", "skip"}
            As for `RecordingFiles.stats`. What lost some of its rows is left out as a whole.

        Returns
        -------
        dict of str to ndarray
            By column; columns of lists have shape (m, *shape of the parameter), others (m,).

        Raises
        ------
        InputError
            If no parameters were recorded, or not so.
        LayerNotFoundError
            If there is no such parameter or step.
        """
        info = self.parameter_info(name)
        stream = self._parameter_stream(info, table_name(kind, of))
        step = check_step(step)
        if step == LAST_STEP:
            step = self._last_whole(stream, info)
        found = self.rows(stream, step=step, columns=None, on_damage=on_damage)
        parts = list(_whole(found, rows_and_columns(info.shape)[0]))
        if not parts:
            raise RecordingError(
                f"'{self.path}' holds no whole {kind} of '{info.name}'.",
                got=f"status '{self.info.status}'",
            )
        return {column: _stacked(parts, column, info.shape) for column in parts[0].schema.names}

    def _parameter_stream(self, info: ParameterInfo, table: str) -> Stream:
        streams = [s for s in self.streams_of_kind(PARAMETERS) if s.layer == info.name]
        for stream in streams:
            if stream.rule == table:
                return stream
        raise InputError(
            f"'{self.path}' holds no {table.replace('-', ' ')} of '{info.name}'.",
            allowed=", ".join(stream.rule for stream in streams) or "nothing yet",
            hint="ParameterRecorder(…, moments=True, snapshots=…, gradients=True)",
        )

    def _last_whole(self, stream: Stream, info: ParameterInfo) -> int:
        """Return the last step all rows of which were written."""
        last_row = rows_and_columns(info.shape)[0] - 1
        steps = [entry.last[0] for entry in self.entries(stream)]
        whole = [e.last[0] for e in self.entries(stream) if e.last[1] >= last_row]
        return max(whole or steps)


def _in_order(names: Sequence[str]) -> Any:
    place = {name: number for number, name in enumerate(names)}
    return lambda stream: (place.get(stream.layer, len(place)), stream)


def _whole(tables: Iterator[pa.Table], n_rows: int) -> Iterator[pa.Table]:
    """Yield the rows of each step together, those of steps that are not whole left out."""
    held: list[pa.Table] = []
    for table in tables:
        step = table["step"].to_numpy()
        edges = [0, *(np.flatnonzero(np.diff(step)) + 1).tolist(), len(step)]
        for a, b in itertools.pairwise(edges):
            piece = table.slice(a, b - a)
            if held and held[0]["step"][0] != piece["step"][0]:
                held = []
            held.append(piece)
            if sum(one.num_rows for one in held) == n_rows:
                yield pa.concat_tables(held)
                held = []


def _stacked(parts: Sequence[pa.Table], column: str, shape: tuple[int, ...]) -> Any:
    if pa.types.is_nested(parts[0].schema.field(column).type):
        return np.stack([lists_of(part, column).reshape(shape) for part in parts])
    return np.asarray([part[column][0].as_py() for part in parts])
