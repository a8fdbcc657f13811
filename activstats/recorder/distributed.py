"""Processes that record together, one part of the data each: `torch.distributed`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

import torch.distributed as dist

from activstats.errors import ActivstatsError, RecorderError


class Processes:
    """The processes that record one recording, and what they tell each other.

    They talk in a group of their own on the CPU, so that what a model exchanges is not disturbed.

    Parameters
    ----------
    together : bool, optional
        Whether the processes of the default group record together; by default they do where there
        are several.

    Attributes
    ----------
    rank, world : int
        Number of this process and how many there are.

    Raises
    ------
    RecorderError
        If they shall record together and there is no process group.
    """

    def __init__(self, *, together: bool | None = None) -> None:
        there = dist.is_available() and dist.is_initialized()
        if together and not there:
            raise RecorderError(
                "there are no processes to record together with.",
                got="torch.distributed is not initialised",
                hint="torch.distributed.init_process_group(…) first, as for DistributedDataParallel",
            )
        joined = there and together is not False
        self.rank: int = dist.get_rank() if joined else 0
        self.world: int = dist.get_world_size() if joined else 1
        self._group: Any = None

    def __enter__(self) -> Self:
        if self.world > 1:
            with _lost_others():
                self._group = dist.new_group(backend="gloo")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the group; whoever waits for this process is told so."""
        if self._group is not None:
            dist.destroy_process_group(self._group)
            self._group = None

    def gather(self, value: Any) -> list[Any]:
        """Return what all processes say, in the order of their ranks; all of them must ask.

        Raises
        ------
        RecorderError
            If another process is gone.
        """
        if self.world == 1:
            return [value]
        said: list[Any] = [None] * self.world
        with _lost_others():
            dist.all_gather_object(said, value, group=self._group)
        return said

    def in_turn(self, work: Callable[[], Any]) -> Any:
        """Do something one process after the other; where it fails in one, it fails in all.

        Raises
        ------
        ActivstatsError
            What went wrong in the first process that failed.
        """
        result = None
        for rank in range(self.world):
            failed: BaseException | None = None
            if rank == self.rank:
                try:
                    result = work()
                except Exception as error:
                    if self.world == 1:
                        raise
                    failed = error
            told = failed if failed is None or isinstance(failed, ActivstatsError) else str(failed)
            said = self.gather(told)[rank]
            if failed is not None:
                raise failed
            if said is not None:
                raise said if isinstance(said, ActivstatsError) else RecorderError(str(said))
        return result

    def agree(self, what: str, value: Any, hint: str) -> None:
        """Check that all processes say the same.

        Raises
        ------
        RecorderError
            If they do not.
        """
        said = self.gather(value)
        other = next((one for one in said if one != said[0]), said[0])
        if other != said[0]:
            raise RecorderError(
                f"the processes that record together differ in {what}.",
                got=f"{said[0]} and {other}",
                hint=hint,
            )


class _lost_others:  # noqa: N801  (a context manager, read as a phrase)
    """Turns what the transport raises into an error that says what to do."""

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, RuntimeError) and not isinstance(error, ActivstatsError):
            message = (str(error).splitlines() or [""])[0][:160]
            raise RecorderError(
                "the other processes of the group do not answer.",
                got=message,
                hint="every process must enter the recorder and bring as many batches as the others; "
                "distributed=False where only this one records",
            ) from error


def ranges(lengths: Sequence[int], rank: int) -> slice:
    """Return where the items of one process stand when those of all follow each other.

    Examples
    --------
    >>> ranges([3, 2, 4], 1)
    slice(3, 5, None)
    """
    start = sum(lengths[:rank])
    return slice(start, start + lengths[rank])
