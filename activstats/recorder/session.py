"""A recorder while it is open: its files, its second thread, and the layers that have fired."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from activstats.recorder.batch import Batch
from activstats.recorder.distinct import DistinctItems
from activstats.recorder.distributed import Processes
from activstats.recorder.finishing import Finisher
from activstats.recorder.identity import versions
from activstats.recorder.layers import RecordedLayers
from activstats.recorder.plan import Plan
from activstats.recorder.recurrent import Activations, batch_first
from activstats.recorder.taps import Tap
from activstats.recording.run_info import RunInfo
from activstats.recording.writer import RecordingWriter


class Session:
    """What takes batches in, and puts them on the disk.

    Parameters
    ----------
    plan : Plan
    processes : Processes
        Entered; those that record together.

    Raises
    ------
    RecorderError
        If the processes record different models.
    RecordingExistsError, RecordingError
        If the folder is taken or cannot be written.
    """

    def __init__(self, plan: Plan, processes: Processes) -> None:
        hint = "load the same weights in all; distributed=False where each records for itself"
        for what in ("config_sha256", "weights_sha256"):
            processes.agree("their models", plan.identity[what], hint)
        several = processes.world > 1
        is_distinct = several if plan.distinct_items is None else plan.distinct_items
        self.distinct = DistinctItems(processes) if is_distinct else None
        settings = plan.settings
        info = _info_of(plan, processes)
        self.writer = processes.in_turn(lambda: _writer_of(plan, info))
        self.finisher = Finisher(
            self.writer, with_bits=settings.mode == "mask", most_bytes=settings.chunk_bytes
        )
        weights = plan.identity.get("weights_sha256")
        self.layers = RecordedLayers(settings, self.writer, self.finisher, weights)

    def read(self, tap: Tap, value: Activations, batch: Batch) -> None:
        """Take what a tap gives in a batch."""
        tensor, mask = batch_first(value, tap, batch.mask)
        call = batch.calls[tap]
        layer = self.layers.at(tap, call, tensor, batch.step)
        batch.calls[tap] = call + 1
        layer.add(
            tensor,
            step=batch.step,
            mask=mask,
            sample_ids=batch.sample_ids,
            tokens=batch.tokens,
            items=batch.items,
        )

    def note(self, notes: dict[str, Any]) -> None:
        """Add notes to the description; those that are there already stay as they are."""
        info = self.writer.info
        self.writer.write_info(info.with_(notes=notes | info.notes))

    def rotate(self) -> None:
        """Keep to the memory limit, and finish a shard where it is full or time is up.

        A shard has all that came up to here, and is on the disk before the batch ends: what a process
        that is killed loses of the batches that have ended is always less than a shard.
        """
        self.layers.keep_to_limit()
        if self.writer.is_due or self.finisher.is_full():
            self.flush()

    def flush(self) -> None:
        """Put on the disk all that came up to here."""
        self.layers.close()
        self.finisher.flush()

    def close(self, error: BaseException | None) -> None:
        """Put the rest on the disk, and end the thread; `error` is what broke the recording off."""
        try:
            self._finish(error)
        finally:
            self.finisher.close()
            self.writer.close()

    def _finish(self, error: BaseException | None) -> None:
        writer, finisher = self.writer, self.finisher
        finisher.wait()
        if writer.failed:
            return  # broken off while writing: what is on the disk has no gaps, and must get none
        failed = finisher.failed
        if not failed:
            self.layers.close()
        self.layers.describe()
        if failed:
            writer.flush()  # of what was handed over before the failure
        else:
            finisher.flush()
        if not writer.discard_if_empty():
            status = "complete" if error is None else "interrupted"
            writer.write_info(writer.info.with_(status=status))


def _info_of(plan: Plan, processes: Processes) -> RunInfo:
    return RunInfo(
        mode=plan.settings.mode,
        chunk_samples=plan.settings.chunk_samples,
        model=plan.identity,
        created=processes.gather(datetime.now(UTC).isoformat(timespec="seconds"))[0],
        rank=processes.rank,
        world=processes.world,
        versions=versions(),
        notes=plan.notes,
        values_dtype=plan.settings.values_dtype,
    )


def _writer_of(plan: Plan, info: RunInfo) -> RecordingWriter:
    return RecordingWriter(
        plan.path,
        info,
        rotate_bytes=plan.settings.rotate_bytes,
        rotate_seconds=plan.rotate_seconds,
        overwrite=plan.overwrite,
        resume=plan.resume,
    )
