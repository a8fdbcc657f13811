"""Opens a recording, lists what is in it, and streams its tables."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from activstats.errors import (
    DamagedRecordingError,
    DamagedRecordingWarning,
    RecordingError,
    RecordingNotFoundError,
)
from activstats.recording.layout import MANIFEST_FILE, RUN_FILE, SAMPLES, STATS, Stream
from activstats.recording.manifest import ShardEntry, parse_manifest
from activstats.recording.names import choose, not_there
from activstats.recording.run_info import LayerInfo, RunInfo, parse_run_info
from activstats.recording.schema import SCALAR_COLUMNS, samples_schema
from activstats.recording.store import Store
from activstats.rules import parse_rule

OnDamage = Literal["raise", "skip"]


class RecordingFiles:
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
        What is wrong with the manifest; see `verify` for the shards.

    Raises
    ------
    RecordingNotFoundError
        If there is nothing at the path, or no recording.
    NewerFormatError
        If a later version wrote it.
    DamagedRecordingError
        If `_run.json` cannot be read.
    """

    def __init__(self, path: Any) -> None:
        self.path = str(path)
        self._store = Store(path)
        self.info: RunInfo = parse_run_info(self._run_text(), where=f"'{self.path}'")
        self.shards: tuple[ShardEntry, ...]
        self.problems: tuple[str, ...]
        try:
            manifest = parse_manifest(self._store.text(MANIFEST_FILE))
            self.shards, self.problems = manifest.entries, manifest.problems
        except FileNotFoundError:
            self.shards = self._store.entries_by_listing()
            self.problems = (f"{MANIFEST_FILE} is missing",)

    def __repr__(self) -> str:
        names = ", ".join(dict.fromkeys(stream.layer for stream in self._streams()))
        return f"<{type(self).__name__} '{self.path}': {names or 'nothing recorded yet'}>"

    @property
    def layers(self) -> pd.DataFrame:
        """Table of what was recorded: one row a layer and rule.

        Returns
        -------
        DataFrame
            Columns layer, rule, n_neurons, n_steps, n_samples (of all steps), sample_unit, dtype,
            shards, bytes.
        """
        rows = []
        for stream in self._streams():
            steps, shards = self._steps_of(stream), self._entries(stream)
            layer = self.layer_info(stream.layer)
            rows.append(
                {
                    "layer": stream.layer,
                    "rule": stream.rule,
                    "n_neurons": layer.n_neurons,
                    "n_steps": len(steps),
                    "n_samples": int(steps["n_samples"].sum()),
                    "sample_unit": layer.sample_unit,
                    "dtype": layer.dtype,
                    "shards": len(shards),
                    "bytes": sum(shard.bytes for shard in shards),
                }
            )
        return pd.DataFrame(rows)

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
        frames = [self._steps_of(stream) for stream in self.streams(layer, rule)]
        summed: pd.DataFrame = pd.concat(frames).groupby("step", as_index=False).sum()
        return summed

    def layer_info(self, layer: str) -> LayerInfo:
        """Return what `_run.json` says of a layer."""
        known = {info.layer: info for info in self.info.layers}
        if layer not in known:
            raise not_there("layer", layer, list(known), self.path)
        return known[layer]

    def streams(self, layer: str | None = None, rule: str | None = None) -> list[Stream]:
        """Return the streams of one layer and rule, one a rank.

        Raises
        ------
        LayerNotFoundError
            If there is no such layer or rule, or if one must be named because there are several.
        """
        streams = self._streams()
        if not streams:
            raise RecordingError(
                f"'{self.path}' holds no finished shard: nothing can be read yet.",
                got=f"status '{self.info.status}'",
            )
        layer = choose("layer", layer, [stream.layer for stream in streams], self.path)
        wanted = None if rule is None else parse_rule(rule).name
        rules = [stream.rule for stream in streams if stream.layer == layer]
        wanted = choose("rule", wanted, rules, self.path)
        return [stream for stream in streams if (stream.layer, stream.rule) == (layer, wanted)]

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
        """
        for stream in self.streams(layer, rule):
            yield from self.rows(stream, step=step, columns=columns, on_damage=on_damage)

    def samples(self, layer: str | None = None, *, on_damage: OnDamage = "raise") -> pd.DataFrame:
        """Return which item and position each sample of a layer came from.

        Returns
        -------
        DataFrame
            Columns step, sample, id, position. Empty where no sample ids were given.
        """
        columns = samples_schema(pa.int64()).names
        streams = self._streams(SAMPLES)
        if not streams:
            return pd.DataFrame(columns=columns)
        layer = choose("layer", layer, [stream.layer for stream in streams], self.path)
        tables = [
            table
            for stream in streams
            if stream.layer == layer
            for table in self.rows(stream, columns=columns, on_damage=on_damage)
        ]
        frame: pd.DataFrame = pa.concat_tables(tables).to_pandas()
        return frame

    def rows(
        self,
        stream: Stream,
        *,
        step: int | None = None,
        columns: Sequence[str],
        on_damage: OnDamage = "raise",
    ) -> Iterator[pa.Table]:
        """Stream the rows of one stream; see `stats`."""
        for problem in self.problems:
            self._report(
                DamagedRecordingError(
                    f"the manifest of '{self.path}' is damaged.",
                    got=problem,
                    hint='on_damage="skip" reads what it lists; verify() lists what is wrong',
                ),
                on_damage,
            )
        entries = self._entries(stream)
        step = max(entry.last[0] for entry in entries) if step == -1 else step
        found = False
        for entry in entries:
            if step is not None and not entry.first[0] <= step <= entry.last[0]:
                continue
            try:
                for table in self._store.rows(entry, columns, step=step):
                    found = found or table.num_rows > 0
                    yield table
            except DamagedRecordingError as error:
                self._report(error, on_damage)
                found = True
        if step is not None and not found:
            raise not_there("step", step, list(self._steps_of(stream)["step"]), self.path)

    def verify(self) -> list[str]:
        """Compare every shard with the manifest and return what is wrong, empty if nothing is.

        Each shard's bytes are read once; a shard is named when it is missing or when its checksum is
        not the one the manifest has.
        """
        return [*self.problems, *(p for entry in self.shards if (p := self._store.fault(entry)))]

    # -- parts -----------------------------------------------------------------------------------

    def _streams(self, kind: str = STATS) -> list[Stream]:
        """Return the streams of a kind, in the order of the model and of the rules as given."""
        order = [(info.layer, rule) for info in self.info.layers for rule in ("", *info.rules)]
        place = {pair: number for number, pair in enumerate(order)}
        found = {entry.stream for entry in self.shards if entry.stream.kind == kind}
        return sorted(found, key=lambda s: (place.get((s.layer, s.rule), len(place)), s))

    def _entries(self, stream: Stream) -> list[ShardEntry]:
        return [entry for entry in self.shards if entry.stream == stream]

    def _steps_of(self, stream: Stream) -> pd.DataFrame:
        """Return the samples by step; shards that cannot be read are passed over."""
        tables = []
        for entry in self._entries(stream):
            try:
                for table in self._store.rows(entry, ("step", "n", "neuron")):
                    tables.append(table.filter(pc.equal(table["neuron"], 0)))  # noqa: PERF401
            except DamagedRecordingError:
                continue
        if not tables:
            return pd.DataFrame({"step": [], "n_samples": []}, dtype="int64")
        summed = pa.concat_tables(tables).group_by("step").aggregate([("n", "sum")])
        frame: pd.DataFrame = summed.to_pandas().rename(columns={"n_sum": "n_samples"})
        return frame[["step", "n_samples"]].astype("int64").sort_values("step", ignore_index=True)

    def _report(self, error: DamagedRecordingError, on_damage: OnDamage) -> None:
        if on_damage == "raise":
            raise error
        message = f"left out of '{self.path}': {error.got}"
        warnings.warn(message, DamagedRecordingWarning, stacklevel=4)

    def _run_text(self) -> str:
        try:
            return self._store.text(RUN_FILE)
        except FileNotFoundError as error:
            raise RecordingNotFoundError(
                f"there is no recording at '{self.path}'.",
                got=f"no {RUN_FILE} in it" if self._store.exists() else "no such folder",
                hint="the folder given to Recorder; a study holds one folder a recording",
            ) from error
