"""Where a report goes: its suffix, and what is said where it cannot be written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from activstats.errors import StudyError, UsageError
from activstats.recording.atomic import replace_text

SUFFIXES = (".html", ".md", ".json")
PAGE = (".html",)


def check_suffix(path: str | os.PathLike[str], allowed: Sequence[str] = SUFFIXES) -> Path:
    """Return the path of a report.

    Raises
    ------
    UsageError
        If its suffix is none that the report can be written in.
    """
    target = Path(path)
    if target.suffix.lower() not in allowed:
        form = "a page" if allowed == PAGE else "a page, Markdown or JSON"
        raise UsageError(
            f"a report is {form}, by its suffix.",
            got=str(target),
            allowed=", ".join(allowed),
            hint="-o report.html",
        )
    return target


def write_report(path: str | os.PathLike[str], make: Callable[[], str]) -> Path:
    """Write a report, which takes seconds to make, where there is a place for it.

    Raises
    ------
    StudyError
        If it cannot be written there; what was at the place stays.
    """
    target = Path(path)
    with _said(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    text = make()
    with _said(target):
        replace_text(target, text)
    return target


class OnePage:
    """What is reported on one page, without forms for machines."""

    def page(self) -> str:
        """Return the report as HTML that needs nothing else."""
        raise NotImplementedError

    def to_html(self, path: str | os.PathLike[str]) -> Path:
        """Write the report as one offline page and return its path.

        Raises
        ------
        UsageError
            If its suffix is not .html.
        StudyError
            If it cannot be written there.
        """
        return write_report(check_suffix(path, PAGE), self.page)


@contextmanager
def _said(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StudyError(
            "the report cannot be written.",
            got=f"{target}: {error.strerror or error}",
            hint="another path; the study itself is untouched",
        ) from error
