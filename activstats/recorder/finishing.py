"""The second thread of a recorder: turns full chunks into tables and writes them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa

from activstats.recorder.chunk import Chunk, to_arrow_memory
from activstats.recording.layout import SAMPLES, STATS, VALUES, Stream
from activstats.recording.writer import RecordingWriter


class Finisher:
    """Does in one thread of its own, in the order it is asked for, what the model need not wait for.

    After a failure nothing more is done: what is on the disk must get no gaps. The error comes up
    at the next call.

    Parameters
    ----------
    writer : RecordingWriter
        Not to be flushed by others until this is closed.
    with_bits : bool
        Whether the tables carry the bits.
    most_bytes : int
        Bytes of full chunks that may wait; whoever brings more has to wait as well.
    """

    def __init__(self, writer: RecordingWriter, *, with_bits: bool, most_bytes: int) -> None:
        self._writer = writer
        self._with_bits = with_bits
        self._most_bytes = most_bytes
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="activstats-recorder")
        self._asked: deque[tuple[Future[None], int]] = deque()
        self._waiting_bytes = 0
        self._failed = False

    @property
    def failed(self) -> bool:
        """Whether anything failed; nothing is done after that."""
        return self._failed

    def add(self, layer: str, chunk: Chunk, origins: pa.RecordBatch | None) -> None:
        """Take a full chunk of a layer, with the origins of its samples if they are named.

        Raises
        ------
        RecordingError
            If the disk refused something before.
        """
        while self._asked and self._waiting_bytes + chunk.nbytes > self._most_bytes:
            self._settle_oldest()
        self._ask(lambda: self._finish(layer, chunk, origins), chunk.nbytes)

    def add_tables(
        self,
        tables: Mapping[Stream, pa.RecordBatch],
        *,
        first: tuple[int, int],
        last: tuple[int, int],
    ) -> None:
        """Take tables that are ready to be written; see `RecordingWriter.add`.

        Raises
        ------
        RecordingError
            If the disk refused something before.
        """
        nbytes = sum(int(table.nbytes) for table in tables.values())
        while self._asked and self._waiting_bytes + nbytes > self._most_bytes:
            self._settle_oldest()
        self._ask(lambda: self._writer.add(tables, first=first, last=last), nbytes)

    def is_full(self) -> bool:
        """Return whether all that was handed over is a shard's worth, which is not on the disk yet.

        What waits to be turned into tables is taken at the most that it can be; only where that might
        be enough is it waited for, so that shards end at the same batch however fast the thread is.

        Raises
        ------
        RecordingError
            If the disk refused something before.
        """
        if not self._writer.may_be_full_with(self._waiting_bytes):
            return False
        self.wait()
        return self._writer.is_full

    def flush_if_full(self) -> None:
        """Have a flush made, unless what waits in memory is still little."""
        self._ask(lambda: self._writer.flush() if self._writer.is_full else None)

    def flush(self) -> None:
        """Have a flush made, and return when everything is on the disk.

        Raises
        ------
        RecordingError
            If the disk refuses.
        """
        self._ask(self._writer.flush)
        self.wait()

    def wait(self) -> None:
        """Return when everything asked for is done; raise what went wrong with it."""
        while self._asked:
            self._settle_oldest()

    def close(self) -> None:
        """End the thread when everything asked for is done."""
        self._thread.shutdown(wait=True)

    def _ask(self, work: Callable[[], None], nbytes: int = 0) -> None:
        while self._asked and self._asked[0][0].done():
            self._settle_oldest()
        self._waiting_bytes += nbytes
        self._asked.append((self._thread.submit(self._do, work), nbytes))

    def _do(self, work: Callable[[], None]) -> None:
        if self._failed:
            return
        try:
            work()
        except BaseException:
            self._failed = True
            raise

    def _settle_oldest(self) -> None:
        future, nbytes = self._asked[0]
        future.exception()  # an interrupt while waiting leaves it where it is
        self._asked.popleft()
        self._waiting_bytes -= nbytes
        future.result()

    def _finish(self, layer: str, chunk: Chunk, origins: pa.RecordBatch | None) -> None:
        by_rule = chunk.tables(with_bits=self._with_bits)
        tables = {Stream(STATS, layer, rule): table for rule, table in by_rule.items()}
        values = chunk.value_table()
        if values is not None:
            tables[Stream(VALUES, layer)] = values
        if origins is not None:
            tables[Stream(SAMPLES, layer)] = to_arrow_memory(origins)
        self._writer.add(tables, first=chunk.first, last=chunk.last)
