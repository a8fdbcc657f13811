"""Opens a recording, lists what is in it, and streams its tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd
import pyarrow as pa

from activstats.recording.asked import OnDamage, check_columns
from activstats.recording.checkpoints import checkpoints_table, read_checkpoints
from activstats.recording.layout import SAMPLES
from activstats.recording.names import choose
from activstats.recording.parameter_streaming import RecordedParameters
from activstats.recording.schema import BITS, SCALAR_COLUMNS, samples_schema
from activstats.recording.tables import LAYER_COLUMNS, layer_row
from activstats.recording.value_streaming import RecordedValues

__all__ = ["OnDamage", "RecordingFiles"]


class RecordingFiles(RecordedValues, RecordedParameters):
    """A recording, read-only.

    Parameters
    ----------
    path : str or path-like
        Folder, or a URI that fsspec understands (``s3://…``, ``memory://…``).

    Attributes
    ----------
    path : str
        Where it is.
    info : RunInfo
        What was recorded.
    shards : tuple of ShardEntry
        What the manifest lists, in the order of writing.
    problems : tuple of str
        What is wrong with the manifest; see `verify` for the shards it lists.

    Raises
    ------
    RecordingNotFoundError
        If there is nothing at the path, or no recording.
    NewerFormatError
        If a later version wrote it.
    DamagedRecordingError
        If `_run.json` cannot be read.
    RecordingError
        If the place cannot be reached or may not be read.
    """

    def __repr__(self) -> str:
        parameters = [info.name for info in self.info.parameters]
        names = ", ".join(dict.fromkeys([*(layer for layer, _ in self.pairs), *parameters]))
        return f"<{type(self).__name__} '{self.path}': {names or 'nothing recorded yet'}>"

    @property
    def layers(self) -> pd.DataFrame:
        """Table of what was recorded: one row a layer and rule.

        Returns
        -------
        DataFrame
            Columns layer, rule, n_neurons, n_steps, n_samples (of all steps), sample_unit,
            neuron_axis and shape (of the first batch), dtype, shards, bytes.
        """
        rows = [self._layer_row(layer, rule) for layer, rule in self.pairs]
        return pd.DataFrame(rows, columns=LAYER_COLUMNS)

    @property
    def checkpoints(self) -> pd.DataFrame:
        """Table of the checkpoints that the steps are of, where it was recorded from some.

        Returns
        -------
        DataFrame
            One row a checkpoint, those of equal weights that were left out too: the fields of
            `CheckpointRow`. Empty where a live model was recorded.

        Raises
        ------
        DamagedRecordingError
            If it is there but cannot be read.
        """
        return checkpoints_table(read_checkpoints(self._store, self.path))

    def steps(self, layer: str | None = None, rule: str | None = None) -> pd.DataFrame:
        """Table of the recorded steps of one layer and rule.

        Parameters
        ----------
        layer, rule : str, optional
            May be left out where there is only one.

        Returns
        -------
        DataFrame
            Columns step, n_samples; one row a step, in order.
        """
        return self.steps_of(self.streams(layer, rule))

    def stats(
        self,
        layer: str | None = None,
        rule: str | None = None,
        *,
        step: int | None = None,
        columns: Sequence[str] = SCALAR_COLUMNS,
        on_damage: OnDamage = "raise",
    ) -> Iterator[pa.Table]:
        """Stream the `stats` rows of a layer and rule, a row group at a time.

        A shard that cannot be read whole gives no row at all.

        Parameters
        ----------
        layer, rule : str, optional
            May be left out where there is only one.
        step : int, optional
            One step; -1 is the last one recorded. All steps by default.
        columns : sequence of str
            Of format 1; ``"bits"`` among them where the mode was ``"mask"``.
        on_damage : {"raise", "skip"}
            What to do about shards that cannot be read: name the first in an error, or leave them
            out with a warning that names them.

        Yields
        ------
        pyarrow.Table

        Raises
        ------
        InputError
            If there is no such column, or `step` or `on_damage` makes no sense.
        """
        there = (*SCALAR_COLUMNS, BITS) if self.info.mode == "mask" else SCALAR_COLUMNS
        check_columns(columns, there)
        for stream in self.streams(layer, rule):
            yield from self.rows(stream, step=step, columns=columns, on_damage=on_damage)

    def samples(self, layer: str | None = None, *, on_damage: OnDamage = "raise") -> pd.DataFrame:
        """Return which item and position each sample of a layer came from.

        Returns
        -------
        DataFrame
            Columns step, sample, id (of the document, as given), position and, where tokens were
            given, token. Empty where no sample ids were given.
        """
        columns = samples_schema(pa.int64()).names  # and tokens, where they were given
        streams = self.streams_of_kind(SAMPLES)
        if streams:
            layer = choose("layer", layer, [stream.layer for stream in streams], self.path)
        tables = [
            table
            for stream in streams
            if stream.layer == layer
            for table in self.rows(stream, columns=None, on_damage=on_damage)
        ]
        if not tables:
            return pd.DataFrame(columns=columns)
        frame: pd.DataFrame = pa.concat_tables(tables).to_pandas()
        return frame

    def _layer_row(self, layer: str, rule: str) -> dict[str, object]:
        streams = self.streams(layer, rule)
        shards = [entry for stream in streams for entry in self.entries(stream)]
        return layer_row(self.layer_info(layer), rule, self.steps_of(streams), shards)
