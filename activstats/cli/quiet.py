"""What `--quiet` silences: progress and remarks; errors and warnings are still said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import typer

_QUIET: ContextVar[bool] = ContextVar("quiet", default=False)


@contextmanager
def loud_at_first() -> Iterator[None]:
    """Begin a command line, which is loud until it is told not to be."""
    token = _QUIET.set(False)
    try:
        yield
    finally:
        _QUIET.reset(token)


def be_quiet(wanted: bool) -> None:
    """Be quiet from now on, if that is wanted."""
    if wanted:
        _QUIET.set(True)


def is_quiet() -> bool:
    """Return whether the user asked for quiet."""
    return _QUIET.get()


def shows_progress(json: bool) -> bool:
    """Return whether progress is told of: not to programs, and not where quiet is wanted."""
    return not (json or is_quiet())


def remark(text: str) -> None:
    """Say something beside the results, on standard error."""
    if not is_quiet():
        typer.echo(text, err=True)
