"""The series of shards of one recording, and their rows: whole, or left out with a word."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from activstats.errors import DamagedRecordingError, DamagedRecordingWarning, RecordingError
from activstats.recording.asked import LAST_STEP, OnDamage, check_on_damage, check_step
from activstats.recording.layout import STATS, Stream
from activstats.recording.manifest import ShardEntry
from activstats.recording.names import choose, choose_rule, not_there
from activstats.recording.opening import read_further_ranks, read_manifest, read_run_info
from activstats.recording.run_info import LayerInfo
from activstats.recording.store import Store
from activstats.recording.tables import CHUNK_COLUMNS, chunks_of, steps_table


class RecordedStreams:
    """The streams of a recording, read-only; see `RecordingFiles` for parameters and attributes."""

    def __init__(self, path: Any) -> None:
        self.path = str(path)
        self._store = Store(path)
        first = read_run_info(self._store, self.path)
        self.info, lost = read_further_ranks(self._store, self.path, first)
        manifest = read_manifest(self._store, self.path, first.world)
        self.shards: tuple[ShardEntry, ...] = manifest.entries
        self.problems: tuple[str, ...] = (*lost, *manifest.problems)

    @property
    def store(self) -> Store:
        """The files of the recording."""
        return self._store

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The layers and rules that were recorded, in the order of the model and as given."""
        return list(dict.fromkeys((stream.layer, stream.rule) for stream in self.streams_of_kind()))

    def streams(self, layer: str | None = None, rule: str | None = None) -> list[Stream]:
        """Return the streams of one layer and rule, one a rank.

        Raises
        ------
        LayerNotFoundError
            If there is no such layer or rule, or if one must be named because there are several.
        RuleError
            If the rule is no rule.
        """
        streams = self.streams_of_kind()
        if not streams and self.shards:
            raise RecordingError(
                f"'{self.path}' holds no activations.",
                got=", ".join(sorted({entry.stream.kind for entry in self.shards})),
                hint="recording.parameters(…) reads weights",
            )
        if not streams:
            raise RecordingError(
                f"'{self.path}' holds no finished shard: nothing can be read yet.",
                got=f"status '{self.info.status}'",
            )
        layer = choose("layer", layer, [stream.layer for stream in streams], self.path)
        rules = [stream.rule for stream in streams if stream.layer == layer]
        rule = choose_rule(rule, rules, self.path)
        return [stream for stream in streams if (stream.layer, stream.rule) == (layer, rule)]

    def rows(
        self,
        stream: Stream,
        *,
        step: int | None = None,
        columns: Sequence[str] | None,
        on_damage: OnDamage = "raise",
    ) -> Iterator[pa.Table]:
        """Stream the rows of one stream, all columns where none are named; see `stats`."""
        check_on_damage(on_damage)
        step = check_step(step)
        self.report_problems(on_damage)
        entries = self.entries(stream)
        step = max(entry.last[0] for entry in entries) if step == LAST_STEP else step
        found = False
        for entry in entries:
            if step is not None and not entry.first[0] <= step <= entry.last[0]:
                continue
            try:
                tables = self._store.rows(entry, columns, step=step)
            except DamagedRecordingError as error:
                self.report(error, on_damage)
                found = True
                continue
            for table in tables:
                found = found or table.num_rows > 0
                yield table
        if step is not None and not found:
            raise not_there("step", step, self._steps_in(stream), self.path)

    def chunks(self, stream: Stream) -> pd.DataFrame:
        """Return the chunks of one stream; shards that cannot be read are passed over.

        Returns
        -------
        DataFrame
            Columns step, sample0, n; one row a chunk.
        """
        return chunks_of(self._readable_rows(stream, CHUNK_COLUMNS))

    def verify(self) -> list[str]:
        """Compare every shard with the manifest and return what is wrong, empty if nothing is.

        Each shard's bytes are read once; a shard is named when it is missing or when its checksum is
        not the one the manifest has.
        """
        return [*self.problems, *(p for entry in self.shards if (p := self._store.fault(entry)))]

    def streams_of_kind(self, kind: str = STATS) -> list[Stream]:
        """Return the streams of a kind, in the order of the model and of the rules as given."""
        order = [(info.layer, rule) for info in self.info.layers for rule in ("", *info.rules)]
        place = {pair: number for number, pair in enumerate(order)}
        found = {entry.stream for entry in self.shards if entry.stream.kind == kind}
        return sorted(found, key=lambda s: (place.get((s.layer, s.rule), len(place)), s))

    def layer_info(self, layer: str) -> LayerInfo:
        """Return what `_run.json` says of a layer."""
        known = {info.layer: info for info in self.info.layers}
        if layer not in known:
            raise not_there("layer", layer, list(known), self.path)
        return known[layer]

    def entries(self, stream: Stream) -> list[ShardEntry]:
        """Return the shards of a stream, in the order of writing."""
        return [entry for entry in self.shards if entry.stream == stream]

    def steps_of(self, streams: Sequence[Stream]) -> pd.DataFrame:
        """Return the steps of several streams and their samples, all streams together."""
        return steps_table(pd.concat([self.chunks(stream) for stream in streams]))

    def _steps_in(self, stream: Stream) -> list[int]:
        steps = (table["step"].to_numpy() for table in self._readable_rows(stream, ["step"]))
        every = np.unique(np.concatenate([np.zeros(0, np.int64), *steps]))
        return [int(step) for step in every]

    def _readable_rows(self, stream: Stream, columns: Sequence[str]) -> Iterator[pa.Table]:
        for entry in self.entries(stream):
            try:
                yield from self._store.rows(entry, columns)
            except DamagedRecordingError:
                continue

    def report_problems(self, on_damage: OnDamage) -> None:
        """Raise what is wrong with the manifest, or warn of it."""
        for problem in self.problems:
            error = DamagedRecordingError(
                f"the manifest of '{self.path}' is damaged.",
                got=problem,
                hint="`activstats verify` says what is wrong; on_damage='skip', or --skip-damaged, reads what it "
                "lists",
            )
            self.report(error, on_damage)

    def report(self, error: DamagedRecordingError, on_damage: OnDamage) -> None:
        """Raise what cannot be read, or warn that it is left out."""
        if on_damage == "raise":
            raise error
        message = f"left out of '{self.path}': {error.got}"
        warnings.warn(message, DamagedRecordingWarning, stacklevel=4)
