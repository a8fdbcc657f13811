"""Progress of a study, on stderr."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def progress_bar(
    label: str, total: int | None, done: int = 0, *, shown: bool = True
) -> Iterator[Callable[[], None]]:
    """Draw a bar on stderr for as long as the context lasts.

    Parameters
    ----------
    label : str
        Stands before the bar.
    total, done : int
        Steps in all, None if nobody knows, and steps that were done before.
    shown : bool
        False draws nothing; nor is anything drawn where stderr is no terminal.

    Yields
    ------
    callable
        To be called after each step.
    """
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
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not (shown and console.is_terminal)) as bar:
        task = bar.add_task(label, total=total, completed=done)
        yield lambda: bar.advance(task)
