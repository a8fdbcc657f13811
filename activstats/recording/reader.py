"""Opens a recording in a folder or at a URI, lists what is in it, and streams its tables."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

import fsspec
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from activstats.errors import (
    DamagedRecordingError,
    DamagedRecordingWarning,
    LayerNotFoundError,
    RecordingError,
    RecordingNotFoundError,
)
from activstats.recording.layout import MANIFEST_FILE, RUN_FILE, SAMPLES, STATS, Stream, parse_shard
from activstats.recording.manifest import ShardEntry, digest, parse_manifest
from activstats.recording.run_info import LayerInfo, RunInfo, parse_run_info
from activstats.recording.schema import SCALAR_COLUMNS
from activstats.rules import parse_rule

OnDamage = Literal["raise", "skip"]
_READ_BLOCK = 2**24


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
        self._fs, self._root = fsspec.core.url_to_fs(self.path)
        self._root = str(self._root).rstrip("/")
        self.info: RunInfo = parse_run_info(self._text(RUN_FILE), where=f"'{self.path}'")
        manifest = parse_manifest(self._text(MANIFEST_FILE, missing=""))
        self.shards: tuple[ShardEntry, ...] = manifest.entries
        self.problems: tuple[str, ...] = (*manifest.problems, *self._missing_manifest())

    def __repr__(self) -> str:
        names = ", ".join(dict.fromkeys(stream.layer for stream in self._streams()))
        return f"<{type(self).__name__} '{self.path}': {names or 'nothing recorded yet'}>"

    # -- what is there ---------------------------------------------------------------------------

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
            steps = self._steps_of(stream)
            layer = self.layer_info(stream.layer)
            shards = self._entries(stream)
            rows.append(
                {
                    "layer": stream.layer,
                    "rule": stream.rule,
                    "n_neurons": layer.n_neurons,
                    "n_steps": steps["step"].nunique(),
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
        return pd.concat(frames).groupby("step", as_index=False)["n_samples"].sum()

    def layer_info(self, layer: str) -> LayerInfo:
        """Return what `_run.json` says of a layer."""
        for info in self.info.layers:
            if info.layer == layer:
                return info
        names = [info.layer for info in self.info.layers]
        raise _no_such("layer", layer, names, self.path)

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
                got=f"status {self.info.status}",
            )
        layer = _choose("layer", layer, [stream.layer for stream in streams], self.path)
        wanted = None if rule is None else parse_rule(rule).name
        rules = [stream.rule for stream in streams if stream.layer == layer]
        wanted = _choose("rule", wanted, rules, self.path)
        return [stream for stream in streams if (stream.layer, stream.rule) == (layer, wanted)]

    def _streams(self, kind: str = STATS) -> list[Stream]:
        found = dict.fromkeys(entry.stream for entry in self.shards)
        return [stream for stream in found if stream.kind == kind]

    # -- reading ---------------------------------------------------------------------------------

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
        streams = self._streams(SAMPLES)
        if not streams:
            return pd.DataFrame(columns=["step", "sample", "id", "position"])
        layer = _choose("layer", layer, [stream.layer for stream in streams], self.path)
        columns = ("step", "sample", "id", "position")
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
        entries = self._entries(stream)
        self._report(self.problems, on_damage)
        if step == -1:
            step = max(entry.last[0] for entry in entries)
        elif step is not None and step not in set(self._steps_of(stream)["step"]):
            raise _no_such("step", step, sorted(set(self._steps_of(stream)["step"])), self.path)
        for entry in entries:
            if step is None or entry.first[0] <= step <= entry.last[0]:
                yield from self._shard_rows(entry, step, columns, on_damage)

    def _shard_rows(
        self, entry: ShardEntry, step: int | None, columns: Sequence[str], on_damage: OnDamage
    ) -> Iterator[pa.Table]:
        read = columns if step is None else [*dict.fromkeys([*columns, "step"])]
        try:
            with self._open(entry.path) as file:
                parquet = pq.ParquetFile(file, page_checksum_verification=True)
                for group in range(parquet.metadata.num_row_groups):
                    table = parquet.read_row_group(group, columns=list(read), use_threads=False)
                    if step is not None:
                        table = table.filter(pc.equal(table["step"], step)).select(list(columns))
                    if table.num_rows:
                        yield table
        except (OSError, pa.ArrowException) as error:
            reason = str(error).splitlines()[0][:160]
            self._report([f"{entry.path} cannot be read: {reason}"], on_damage)

    def verify(self) -> list[str]:
        """Compare every shard with the manifest and return what is wrong, empty if nothing is.

        Each shard's bytes are read once; a shard is named when it is missing or when its checksum is
        not the one the manifest has.
        """
        return [*self.problems, *(p for entry in self.shards if (p := self._wrong(entry)))]

    def _wrong(self, entry: ShardEntry) -> str:
        try:
            with self._open(entry.path) as file:
                same = digest(iter(lambda: file.read(_READ_BLOCK), b"")) == entry.sha256
        except OSError:
            return f"{entry.path} is missing"
        return "" if same else f"{entry.path} is not what was written: its checksum differs"

    # -- parts -----------------------------------------------------------------------------------

    def _entries(self, stream: Stream) -> list[ShardEntry]:
        return [entry for entry in self.shards if entry.stream == stream]

    def _steps_of(self, stream: Stream) -> pd.DataFrame:
        """Samples by step, from one neuron's rows."""
        tables = []
        for entry in self._entries(stream):
            for table in self._shard_rows(entry, None, ("step", "n", "neuron"), "skip"):
                tables.append(table.filter(pc.equal(table["neuron"], 0)).select(["step", "n"]))
        if not tables:
            return pd.DataFrame({"step": [], "n_samples": []}, dtype="int64")
        frame = pa.concat_tables(tables).to_pandas().rename(columns={"n": "n_samples"})
        frame["n_samples"] = frame["n_samples"].astype("int64")
        summed: pd.DataFrame = frame.groupby("step", as_index=False).sum()
        return summed

    def _report(self, problems: Iterable[str], on_damage: OnDamage) -> None:
        for problem in problems:
            if on_damage == "raise":
                raise DamagedRecordingError(
                    f"the recording '{self.path}' is damaged.",
                    got=problem,
                    hint='on_damage="skip" reads the rest; verify() lists everything that is wrong',
                )
            warnings.warn(
                f"left out of '{self.path}': {problem}", DamagedRecordingWarning, stacklevel=4
            )

    def _missing_manifest(self) -> list[str]:
        if self._fs.exists(f"{self._root}/{MANIFEST_FILE}"):
            return []
        self.shards = self._shards_by_listing()
        return [f"{MANIFEST_FILE} is missing"]

    def _shards_by_listing(self) -> tuple[ShardEntry, ...]:
        """Stand in for a lost manifest: shards only have their names once they are whole."""
        found = sorted(str(name) for name in self._fs.find(self._root))
        relative = [name[len(self._root) :].lstrip("/") for name in found]
        return tuple(self._entry_from_file(name) for name in relative if parse_shard(name))

    def _entry_from_file(self, path: str) -> ShardEntry:
        with self._open(path) as file:
            parquet = pq.ParquetFile(file)
            steps = parquet.read(columns=["step"])["step"]
            size = int(self._fs.size(f"{self._root}/{path}"))
        first, last = (int(value.as_py()) for value in (steps[0], steps[-1]))
        rows = parquet.metadata.num_rows
        return ShardEntry(path, rows, size, (first, 0), (last, 0), "", flush=0, of=0)

    def _open(self, path: str) -> Any:
        return self._fs.open(f"{self._root}/{path}", "rb")

    def _text(self, name: str, missing: str | None = None) -> str:
        try:
            with self._open(name) as file:
                return str(file.read().decode("utf-8", errors="replace"))
        except (FileNotFoundError, NotADirectoryError) as error:
            if missing is not None:
                return missing
            raise RecordingNotFoundError(
                f"there is no recording at '{self.path}'.",
                got="no such folder" if not self._fs.exists(self._root) else f"no {name} in it",
                hint="the folder given to Recorder; a study holds one folder a recording",
            ) from error


def _choose(what: str, wanted: str | None, names: Sequence[str], path: str) -> str:
    known = list(dict.fromkeys(names))
    if wanted is None and len(known) == 1:
        return known[0]
    if wanted is None:
        raise LayerNotFoundError(
            f"'{path}' holds {len(known)} {what}s; say which.", allowed=", ".join(known)
        )
    if wanted not in known:
        raise _no_such(what, wanted, known, path)
    return wanted


def _no_such(what: str, wanted: object, known: Sequence[Any], path: str) -> LayerNotFoundError:
    names = [str(name) for name in known]
    near = difflib.get_close_matches(str(wanted), names, n=1, cutoff=0.4)
    listed = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")  # noqa: PLR2004  (a line's worth)
    return LayerNotFoundError(
        f"'{path}' holds no {what} '{wanted}'.",
        allowed=listed or "none",
        hint=f"{what} '{near[0]}'" if near else None,
    )
