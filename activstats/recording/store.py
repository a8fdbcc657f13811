"""Reads the files of one recording from wherever fsspec reaches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from activstats.errors import DamagedRecordingError
from activstats.recording.layout import parse_shard
from activstats.recording.manifest import ShardEntry, digest

_READ_BLOCK = 2**24


class Store:
    """The files below one folder or URI.

    Parameters
    ----------
    path : str or path-like
        Folder, or a URI that fsspec understands.
    """

    def __init__(self, path: Any) -> None:
        self._fs, root = fsspec.core.url_to_fs(str(path))
        self._root = str(root).rstrip("/")

    def exists(self, name: str = "") -> bool:
        """Return whether a file is there, or the folder itself."""
        return bool(self._fs.exists(f"{self._root}/{name}" if name else self._root))

    def text(self, name: str) -> str:
        """Return a text file; FileNotFoundError if it is not there."""
        try:
            with self._open(name) as file:
                return str(file.read().decode("utf-8", errors="replace"))
        except NotADirectoryError as error:
            raise FileNotFoundError(name) from error

    def rows(
        self, entry: ShardEntry, columns: Sequence[str], *, step: int | None = None
    ) -> Iterator[pa.Table]:
        """Stream the rows of a shard, a row group at a time.

        Raises
        ------
        DamagedRecordingError
            If the shard is missing, cut short, or fails the checksum of a page.
        """
        read = list(dict.fromkeys([*columns, "step"]))
        try:
            with self._open(entry.path) as file:
                parquet = pq.ParquetFile(file, page_checksum_verification=True)
                for group in range(parquet.metadata.num_row_groups):
                    table = parquet.read_row_group(group, columns=read, use_threads=False)
                    if step is not None:
                        table = table.filter(pc.equal(table["step"], step))
                    yield table.select(list(columns))
        except (OSError, pa.ArrowException) as error:
            raise DamagedRecordingError(
                "a shard cannot be read.",
                got=f"{entry.path}: {str(error).splitlines()[0][:160]}",
                hint='on_damage="skip" reads the rest; verify() lists everything that is wrong',
            ) from error

    def fault(self, entry: ShardEntry) -> str:
        """Return what is wrong with a shard's bytes, or nothing."""
        try:
            with self._open(entry.path) as file:
                same = digest(iter(lambda: file.read(_READ_BLOCK), b"")) == entry.sha256
        except OSError:
            return f"{entry.path} is missing"
        return "" if same else f"{entry.path} is not what was written: its checksum differs"

    def entries_by_listing(self) -> tuple[ShardEntry, ...]:
        """Stand in for a lost manifest: shards only have their names once they are whole."""
        found = sorted(str(name) for name in self._fs.find(self._root))
        relative = [name.removeprefix(self._root).lstrip("/") for name in found]
        return tuple(self._entry_of(name) for name in relative if parse_shard(name))

    def _entry_of(self, path: str) -> ShardEntry:
        with self._open(path) as file:
            parquet = pq.ParquetFile(file)
            steps = parquet.read(columns=["step"])["step"]
            content = parquet.metadata
            file.seek(0)
            sha256 = digest(iter(lambda: file.read(_READ_BLOCK), b""))
        first, last = (int(value.as_py()) for value in (steps[0], steps[-1]))
        size = int(self._fs.size(f"{self._root}/{path}"))
        return ShardEntry(path, content.num_rows, size, (first, 0), (last, 0), sha256, 0, 0)

    def _open(self, name: str) -> Any:
        return self._fs.open(f"{self._root}/{name}", "rb")
