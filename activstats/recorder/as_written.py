"""What `torch.compile` has compiled, run as it was written for a while."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager

import torch


class _ForcedEager:
    """The compiler's stance, which all threads of the process share: set by the first, put back by the last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._stance: AbstractContextManager[None] = contextlib.nullcontext()

    def begin(self) -> None:
        with self._lock:
            if self._users == 0:
                self._stance = torch.compiler.set_stance("force_eager")
            self._users += 1

    def end(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self._stance.__exit__(None, None, None)


# One for the process, as the stance is: recorders in two threads would otherwise put back each
# other's, and leave the compiler switched off for good.
_FORCED_EAGER = _ForcedEager()


@contextlib.contextmanager
def run_as_written() -> Iterator[None]:
    """Let compiled functions run as they were written while this is entered, in the whole process.

    The stance that the caller has set is there again afterwards, however this is left: after an
    exception too, and after the last where several are entered, in whatever order they are left.
    Machine code that is there already stays, and is used again afterwards.

    Examples
    --------
    >>> doubled = torch.compile(lambda x: 2 * x, backend="eager")
    >>> with run_as_written():
    ...     doubled(torch.ones(2))
    tensor([2., 2.])
    """
    _FORCED_EAGER.begin()
    try:
        yield
    finally:
        _FORCED_EAGER.end()
