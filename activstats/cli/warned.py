"""Warnings of the package, said on the command line as mistakes are: in a line, without a place in the code."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from activstats.errors import ActivstatsWarning


@contextmanager
def warnings_in_a_line() -> Iterator[None]:
    """Print the package's own warnings on standard error, each once; those of others stay as they are."""
    said: set[str] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("always", ActivstatsWarning)
        elsewhere = warnings.showwarning

        def say(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
            if not issubclass(category, ActivstatsWarning):
                elsewhere(message, category, *place, **more)
                return
            line = " ".join(str(message).split())
            if line in said:
                return
            said.add(line)
            print(f"activstats: warning: {line}", file=sys.stderr)  # noqa: T201  (one line)

        warnings.showwarning = say
        yield
