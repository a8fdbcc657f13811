"""Progress on standard error: a bar with the time left on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Seconds before the first line, where lines are drawn, and the most between two of them: what is
# done sooner needs no words, and a log of a night is no longer than a page or two.
_FIRST, _MOST = 10.0, 300.0
# Steps that must be done before the time left is guessed: the first waits for libraries to load.
_TELLING = 3


@contextmanager
def progress_bar(
    label: str,
    total: int | None,
    done: int = 0,
    *,
    shown: bool = True,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Callable[[], None]]:
    """Tell on stderr how far the work has come, for as long as the context lasts.

    On a terminal a bar is drawn, with the time gone and the time left. Elsewhere, as in a log, lines
    are written: none before some seconds have gone, and ever fewer of them.

    Parameters
    ----------
    label : str
        Stands before the numbers.
    total, done : int
        Steps in all, None if nobody knows, and steps that were done before.
    shown : bool
        False tells nothing.
    clock : callable
        Seconds, of which only differences are used.

    Yields
    ------
    callable
        To be called after each step.
    """
    if not shown:
        yield lambda: None
    elif sys.stderr.isatty():
        with _bar(label, total, done) as step:
            yield step
    else:
        lines = _Lines(label, total, done, clock)
        yield lines.step
        lines.end()


@contextmanager
def _bar(label: str, total: int | None, done: int) -> Iterator[Callable[[], None]]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(label, total=total, completed=done)
        yield lambda: bar.advance(task)


class _Lines:
    """Progress in lines, each after twice the time of the one before, up to some minutes."""

    def __init__(
        self, label: str, total: int | None, done: int, clock: Callable[[], float]
    ) -> None:
        self._label, self._total = label, total
        self._before = self._done = done
        self._clock = clock
        self._begun = clock()
        self._next = _FIRST

    def step(self) -> None:
        """Count a step, and say so if it is time."""
        self._done += 1
        gone = self._clock() - self._begun
        if gone >= self._next and self._done != self._total:
            self._say(gone)
            self._next = gone + min(gone, _MOST)

    def end(self) -> None:
        """Say that all is done, if anything was said before or would have been."""
        gone = self._clock() - self._begun
        if gone >= _FIRST:
            self._say(gone)

    def _say(self, gone: float) -> None:
        of = "" if self._total is None else f" of {self._total}"
        print(  # noqa: T201  (plain lines, for a log)
            f"{self._label}: {self._done}{of} in {_minutes(gone)}{self._left(gone)}",
            file=sys.stderr,
            flush=True,
        )

    def _left(self, gone: float) -> str:
        steps = self._done - self._before
        if self._total is None or steps < _TELLING or self._done == self._total:
            return ""
        each = gone / steps
        return f", about {_minutes(each * (self._total - self._done))} left"


def _minutes(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
