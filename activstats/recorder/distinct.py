"""Items that were met already: samplers repeat some to give every process equally many."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt

from activstats.errors import RecorderError
from activstats.recorder.distributed import Processes, ranges

IntArray = npt.NDArray[np.int64]


class DistinctItems:
    """Tells the items of each batch that no process has met before in the step.

    Of an item that several processes meet at once the first of them keeps it. Eight bytes an item
    are kept until the step ends; of strings, a hash of that many.

    Parameters
    ----------
    processes : Processes
        Every one must ask for every batch, in the same order.
    """

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._step = -1
        self._met: list[IntArray] = []
        self._named: bool | None = None

    def of(self, step: int, ids: npt.NDArray[np.generic] | None) -> npt.NDArray[np.bool_] | None:
        """Return which items of a batch are new; None where items have no ids.

        Raises
        ------
        RecorderError
            If the processes are at different steps, or only some of them give ids.
        """
        if self._named is None:
            self._processes.agree(
                "whether their samples have ids", ids is not None, "give sample_ids in all or none"
            )
            self._named = ids is not None
        if (ids is not None) != self._named:
            raise RecorderError("sample_ids were given for some batches and not for others.")
        if ids is None:
            return None
        return self._new(step, ids)

    def _new(self, step: int, ids: npt.NDArray[np.generic]) -> npt.NDArray[np.bool_]:
        said = self._processes.gather((step, ids.dtype.kind, as_numbers(ids)))
        if len({(at, kind) for at, kind, _ in said}) > 1:
            raise RecorderError(
                "the processes that record together must go through the same steps, with ids of one "
                "kind.",
                got=", ".join(f"step {at}" for at, *_ in said),
            )
        if step != self._step:
            self._step, self._met = step, []
        numbers = [one for *_, one in said]
        every, first = np.unique(np.concatenate(numbers), return_index=True)
        new = ~self._known(every)
        keep = np.zeros(sum(map(len, numbers)), dtype=bool)
        keep[first[new]] = True
        self._note(every[new])
        return keep[ranges([len(one) for one in numbers], self._processes.rank)]

    def _known(self, numbers: IntArray) -> npt.NDArray[np.bool_]:
        known = np.zeros(len(numbers), dtype=bool)
        for met in self._met:
            place = np.minimum(np.searchsorted(met, numbers), len(met) - 1)
            known |= met[place] == numbers
        return known

    def _note(self, numbers: IntArray) -> None:
        """Keep sorted runs whose lengths at least double, so that there are few to look through."""
        if len(numbers):
            self._met.append(numbers)
        while len(self._met) > 1 and len(self._met[-2]) < 2 * len(self._met[-1]):
            last = self._met.pop()
            self._met[-1] = np.sort(np.concatenate([self._met[-1], last]), kind="stable")


def as_numbers(ids: npt.NDArray[np.generic]) -> IntArray:
    """Return ids as whole numbers: those that are numbers as they are, strings by a hash.

    Examples
    --------
    >>> as_numbers(np.array([3, 1]))
    array([3, 1])
    >>> len(set(as_numbers(np.array(["a", "b", "a"])).tolist()))
    2
    """
    if ids.dtype.kind != "U":
        return ids.astype(np.int64)
    hashes: list[Any] = [hashlib.blake2b(str(one).encode(), digest_size=8).digest() for one in ids]
    return np.frombuffer(b"".join(hashes), dtype="<i8").astype(np.int64)
