"""The batches of a recorder, one after the other: what each may say after those before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy.typing as npt
import torch

from activstats.errors import RecorderError
from activstats.recorder.batch import Batch, read_ids, read_mask, read_step
from activstats.recorder.distinct import DistinctItems
from activstats.recorder.sample_ids import split_ids
from activstats.recorder.silent import check_seen

SampleIds: TypeAlias = (
    Sequence[int] | Sequence[str] | Mapping[str, Any] | npt.ArrayLike | torch.Tensor
)


class Batches:
    """The batch that is open, and what the next one is compared with."""

    def __init__(self) -> None:
        self.current: Batch | None = None
        self._step = -1
        self._ids_kind: str | None = None
        self._broken = False
        self._met_any = False

    @property
    def any_begun(self) -> bool:
        """Whether there was a batch."""
        return self._step >= 0

    def begin(
        self,
        step: int,
        sample_ids: SampleIds | None,
        mask: npt.ArrayLike | torch.Tensor | None,
        distinct: DistinctItems | None,
    ) -> None:
        """Open a batch; until it is said to be whole, it counts as broken off.

        Raises
        ------
        RecorderError
            If one is open, one was broken off, or what is said of this one makes no sense.
        """
        if self.current is not None:
            raise RecorderError("a batch is open already.", hint="one forward pass a batch")
        if self._broken:
            raise RecorderError(
                "an earlier batch was broken off, and some layers have it while others do not.",
                hint="leave the recorder, then record again with resume=True and the same batches",
            )
        said = split_ids(sample_ids)
        ids = read_ids(said.ids, self._ids_kind)
        batch = Batch(read_step(step, self._step), read_mask(mask), ids, tokens=said.tokens)
        _leave_out_repeated(batch, distinct)
        self.current = batch
        self._step = batch.step
        self._ids_kind = ids.dtype.kind if ids is not None else self._ids_kind
        self._broken = True

    def check_seen(self) -> None:
        """Note whether anything was seen in the batch; say it if nothing ever was.

        Raises
        ------
        NothingRecordedError
        """
        self._met_any = self._met_any or bool(self.current and self.current.calls)
        if not self._met_any:
            check_seen()

    def end(self) -> None:
        """Close the batch, whole or not."""
        self.current = None

    def note_whole(self) -> None:
        """Take the batch that was closed last for whole."""
        self._broken = False


def _leave_out_repeated(batch: Batch, distinct: DistinctItems | None) -> None:
    """Leave out the items that were met before, in this process or another."""
    new = None if distinct is None else distinct.of(batch.step, batch.sample_ids)
    if new is not None and not new.all():
        batch.items = torch.from_numpy(new)
