"""Writes a picture to a file."""

from __future__ import annotations

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from activstats.errors import InputError


def save_axes(ax: Axes, path: Path) -> None:
    """Write the figure of some axes; the suffix of the path says in which format.

    Raises
    ------
    InputError
        If the format is unknown or the file cannot be written.
    """
    figure = ax.figure
    assert isinstance(figure, Figure)  # figures of this package have no sub-figures
    known = sorted(figure.canvas.get_supported_filetypes())
    if path.suffix.removeprefix(".") not in known:
        raise InputError(
            f"'{path}' has no suffix that says in which format to draw.", allowed=", ".join(known)
        )
    try:
        figure.savefig(path, bbox_inches="tight")
    except OSError as error:
        raise InputError(
            f"the picture '{path}' cannot be written.", got=error.strerror or str(error)
        ) from error
