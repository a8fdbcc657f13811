"""Writes a picture to a file."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from activstats.errors import InputError, UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# matplotlib is loaded by those who draw, not by commands that might have.


def check_picture(path: Path | None) -> None:
    """Refuse a picture whose suffix does not say how to draw it, before anything is computed.

    Raises
    ------
    UsageError
        If the format is unknown.
    """
    from matplotlib.backend_bases import FigureCanvasBase

    known = sorted(FigureCanvasBase.get_supported_filetypes())
    if path is not None and path.suffix.removeprefix(".").lower() not in known:
        raise UsageError(
            f"'{path}' has no suffix that says in which format to draw.", allowed=", ".join(known)
        )


def save_axes(ax: Axes, path: Path) -> None:
    """Write the figure of some axes, whole or not at all; the suffix says in which format.

    Raises
    ------
    UsageError
        If the format is unknown.
    InputError
        If the file cannot be written.
    """
    from matplotlib.figure import Figure

    check_picture(path)
    figure = ax.figure
    assert isinstance(figure, Figure)  # figures of this package have no sub-figures
    drawn = BytesIO()
    figure.savefig(drawn, bbox_inches="tight", format=path.suffix.removeprefix(".").lower())
    temporary = path.with_name(f".tmp-{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(drawn.getvalue())
        temporary.replace(path)
    except OSError as error:
        raise InputError(
            f"the picture '{path}' cannot be written.", got=error.strerror or str(error)
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
