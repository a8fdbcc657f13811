"""Fetches shards from places where each request takes time, with as few requests as may be."""

from __future__ import annotations

import bisect
import io
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

# A request takes as long as the transfer of some megabytes: smaller shards are fetched whole, and
# smaller gaps between wanted columns along with them.
_WHOLE = 2**22
_GAP = 2**20
# Most footers are smaller; where one is larger, a second request fetches it.
_FOOTER = 2**16
_ENDING = 8  # bytes after a footer: its length, and Parquet's mark
_FOOTERS_KEPT = 4096

Range = tuple[int, int]


class RemoteShards:
    """Shards on a file system that is not this machine's.

    Parameters
    ----------
    fs : fsspec file system
    """

    def __init__(self, fs: Any) -> None:
        self._fs = fs
        self._footers: dict[tuple[str, int], Any] = {}

    def __getstate__(self) -> dict[str, Any]:
        # Workers that get a copy fetch the footers that they need.
        return {"_fs": self._fs, "_footers": {}}

    def open(
        self,
        path: str,
        size: int,
        columns: Sequence[str] | None,
        is_wanted: Callable[[Any], bool],
    ) -> pq.ParquetFile:
        """Return a shard with some of its columns at hand.

        Parameters
        ----------
        path : str
        size : int
            Bytes of the file, which the manifest knows.
        columns : sequence of str, optional
            The columns that will be read; all if left out.
        is_wanted : callable
            Says of a row group's metadata whether that group will be read.
        """
        if size <= _WHOLE:
            content = pa.BufferReader(self._fs.cat_file(path))
            return pq.ParquetFile(content, page_checksum_verification=True)
        footer = self._footer(path, size)
        ranges = _joined(_ranges(footer, columns, is_wanted))
        starts, ends = [start for start, _ in ranges], [end for _, end in ranges]
        contents = self._fs.cat_ranges([path] * len(ranges), starts, ends)
        parts = _Parts(size, starts, contents)
        # Arrow's own joining of ranges would ask for bytes between those that are at hand.
        return pq.ParquetFile(
            parts, metadata=footer, pre_buffer=False, page_checksum_verification=True
        )

    def _footer(self, path: str, size: int) -> Any:
        if (path, size) in self._footers:
            return self._footers[path, size]
        tail = self._fs.cat_file(path, start=max(0, size - _FOOTER), end=size)
        length = _ENDING + int.from_bytes(tail[-_ENDING:-4], "little")
        if len(tail) < length <= size:
            tail = self._fs.cat_file(path, start=size - length, end=size)
        found = pq.read_metadata(pa.BufferReader(tail))
        if len(self._footers) < _FOOTERS_KEPT:
            self._footers[path, size] = found
        return found


def _ranges(
    footer: Any, columns: Sequence[str] | None, is_wanted: Callable[[Any], bool]
) -> list[Range]:
    """Return where the wanted columns lie."""
    ranges = []
    groups = (footer.row_group(number) for number in range(footer.num_row_groups))
    for group in filter(is_wanted, groups):
        for number in range(group.num_columns):
            column = group.column(number)
            if columns is None or column.path_in_schema.partition(".")[0] in columns:
                start = column.dictionary_page_offset or column.data_page_offset
                ranges.append((start, start + column.total_compressed_size))
    return sorted(ranges)


def _joined(ranges: Sequence[Range]) -> list[Range]:
    """Join ranges with small gaps between them."""
    joined: list[Range] = []
    for start, end in ranges:
        if joined and start - joined[-1][1] <= _GAP:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


class _Parts(io.RawIOBase):
    """A file of which some parts are at hand, and no others are asked for."""

    def __init__(self, size: int, starts: Sequence[int], contents: Sequence[bytes]) -> None:
        self._size = size
        self._starts = starts
        self._contents = contents
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = origin + offset
        return self._place

    def read(self, n: int = -1, /) -> bytes:
        end = self._size if n < 0 else min(self._place + n, self._size)
        part = bisect.bisect_right(self._starts, self._place) - 1
        begin = self._place - self._starts[part] if part >= 0 else 0
        found = self._contents[part][begin : begin + end - self._place] if part >= 0 else b""
        if len(found) < end - self._place:
            raise OSError(f"bytes {self._place} to {end} were not fetched")
        self._place = end
        return found
