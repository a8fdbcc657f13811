"""Reads the files of one recording from wherever fsspec reaches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from activstats.errors import DamagedRecordingError, RecordingError
from activstats.recording.fetching import RemoteShards
from activstats.recording.manifest import ShardEntry, digest
from activstats.recording.remote import RemotePath, hint_for, in_terms_of_the_disk

_READ_BLOCK = 2**24
# What a shard that is not what was written makes Arrow or the disk say; KeyError is a lost column.
_UNREADABLE = (OSError, pa.ArrowException, KeyError)


class Store:
    """The files below one folder or URI.

    Parameters
    ----------
    path : str, path-like or RemotePath
        Folder, or a URI that fsspec understands. Stores can be pickled; a copy opens its own
        connections.

    Raises
    ------
    RecordingError
        If the URI is of a kind that fsspec does not know, or that needs a package that is not there.
    """

    def __init__(self, path: Any) -> None:
        try:
            options = path.options if isinstance(path, RemotePath) else {}
            self._fs, root = fsspec.core.url_to_fs(str(path), **options)
        except Exception as error:  # every file system checks its URIs in its own way
            raise RecordingError(
                f"'{path}' cannot be reached.",
                got=said(error),
                allowed="a folder, or a URI that fsspec understands",
                hint=hint_for(path),
            ) from error
        self._root = str(root).rstrip("/")
        self._is_local = isinstance(self._fs, fsspec.implementations.local.LocalFileSystem)
        self._remote = RemoteShards(self._fs)

    def exists(self, name: str = "") -> bool:
        """Return whether a file is there, or the folder itself."""
        with in_terms_of_the_disk():
            return bool(self._fs.exists(f"{self._root}/{name}" if name else self._root))

    def text(self, name: str) -> str:
        """Return a text file, U+FFFD for bytes that are no text; FileNotFoundError if it is missing."""
        try:
            return self.content(name).decode("utf-8", errors="replace")
        except NotADirectoryError as error:
            raise FileNotFoundError(name) from error

    def content(self, name: str) -> bytes:
        """Return all bytes of a file; FileNotFoundError if it is missing, OSError otherwise."""
        with in_terms_of_the_disk():
            return bytes(self._fs.cat_file(f"{self._root}/{name}"))

    def rows(
        self, entry: ShardEntry, columns: Sequence[str] | None, *, step: int | None = None
    ) -> Iterator[pa.Table]:
        """Return the rows of a shard, one table a row group, those of other steps left out.

        Without names of columns the tables have all that there are.
        All are read before the first is handed out: a shard counts wholly or not at all.

        Raises
        ------
        DamagedRecordingError
            If the shard is missing, cut short, or fails the checksum of a page.
        """
        try:
            return iter(self._row_groups(entry, columns, step))
        except _UNREADABLE as error:
            raise DamagedRecordingError(
                "a shard cannot be read.",
                got=f"{entry.path}: {said(error)}",
                hint="`activstats verify` lists all that is wrong; on_damage='skip', or --skip-damaged, "
                "reads the rest",
            ) from error

    def _row_groups(
        self, entry: ShardEntry, columns: Sequence[str] | None, step: int | None
    ) -> list[pa.Table]:
        read = None if columns is None else list(dict.fromkeys([*columns, "step"]))
        tables = []
        wanted = partial(_may_hold, step=step)
        with self._parquet(entry, read, wanted) as parquet:
            for group in range(parquet.metadata.num_row_groups):
                if not wanted(parquet.metadata.row_group(group)):
                    continue
                table = parquet.read_row_group(group, columns=read, use_threads=False)
                if step is not None and _steps_of(parquet.metadata.row_group(group)) != (
                    step,
                    step,
                ):
                    table = table.filter(pc.equal(table["step"], step))
                tables.append(table if columns is None else table.select(list(columns)))
        return tables

    def _parquet(
        self, entry: ShardEntry, columns: Sequence[str] | None, wanted: Callable[[Any], bool]
    ) -> pq.ParquetFile:
        path = f"{self._root}/{entry.path}"
        if self._is_local:
            # By its name: Arrow reads a file that Python has opened with Python's lock held.
            return pq.ParquetFile(pa.OSFile(path), page_checksum_verification=True)
        with in_terms_of_the_disk():
            return self._remote.open(path, entry.bytes, columns, wanted)

    def fault(self, entry: ShardEntry) -> str:
        """Return what is wrong with a shard's bytes, or nothing."""
        try:
            same = self._sha256(entry.path) == entry.sha256
        except FileNotFoundError:
            return f"{entry.path} is missing"
        except OSError as error:
            return f"{entry.path} cannot be read: {said(error)}"
        return "" if same else f"{entry.path} is not what was written: its checksum differs"

    def files(self) -> list[str]:
        """Return the paths of all files, relative to the folder, sorted."""
        with in_terms_of_the_disk():
            found = sorted(str(name) for name in self._fs.find(self._root))
        return [name.removeprefix(self._root).lstrip("/") for name in found]

    def entry_of(self, path: str) -> ShardEntry:
        """Return what a manifest would say of a shard, from the shard itself.

        Raises
        ------
        DamagedRecordingError
            If it cannot be read.
        """
        try:
            with self._open(path) as file:
                content = file.read()
            steps = pq.ParquetFile(pa.BufferReader(content)).read(columns=["step"])["step"]
            first, last = (int(steps[place].as_py()) for place in (0, -1))
            size, sha256 = len(content), digest([content])
        except (*_UNREADABLE, IndexError) as error:
            raise DamagedRecordingError(
                "a shard cannot be read.", got=f"{path}: {said(error)}"
            ) from error
        return ShardEntry(path, len(steps), size, (first, 0), (last, 0), sha256, 0, 0)

    def _sha256(self, path: str) -> str:
        with self._open(path) as file:
            return digest(iter(lambda: file.read(_READ_BLOCK), b""))

    def _open(self, name: str) -> Any:
        with in_terms_of_the_disk():
            return self._fs.open(f"{self._root}/{name}", "rb")


def _may_hold(group: Any, step: int | None) -> bool:
    """Return whether a row group may hold rows of a step, by its statistics."""
    steps = _steps_of(group)
    return step is None or steps is None or steps[0] <= step <= steps[1]


def _steps_of(group: Any) -> tuple[int, int] | None:
    """Return the first and the last step of a row group, None where its statistics do not say."""
    for number in range(group.num_columns):
        column = group.column(number)
        if column.path_in_schema == "step" and column.statistics is not None:
            found = column.statistics
            return (found.min, found.max) if found.has_min_max else None
    return None


def said(error: BaseException) -> str:
    """Return the first line of an error's message, of reasonable length."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text).strip().splitlines()[0][:160]
