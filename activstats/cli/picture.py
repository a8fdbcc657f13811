"""Where `--plot` draws to."""

from __future__ import annotations

from pathlib import Path


def picture(path: Path | None) -> Path | None:
    """Refuse a suffix that says nothing of the format, before anything is computed."""
    if path is not None:
        from activstats.figures.save import check_picture

        check_picture(path)
    return path
