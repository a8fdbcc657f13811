"""Loss over its floor against the size of the training set."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from activstats.errors import InputError
from activstats.figures.style import BLACK, BLUE, SIZE, VERMILLION, axes, log_axis, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

# Room above and below the runs, as a share of their height in logarithms.
_ROOM = 0.12


def excess_loss(  # noqa: PLR0913  (each part of the picture has its own name)
    n_samples: ArrayLike,
    losses: ArrayLike,
    *,
    floor: float | None = None,
    line: tuple[ArrayLike, ArrayLike] | None = None,
    band: tuple[ArrayLike, ArrayLike] | None = None,
    level: float = 0.95,
    ylabel: str = "test loss",
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw by how much losses exceed their floor, with both axes logarithmic.

    Parameters
    ----------
    n_samples, losses : array_like of float, shape (m,)
        Size of the training set and loss of each run.
    floor : float, optional
        Subtracted from every loss; the losses themselves are drawn if left out.
    line : pair of array_like, shape (k,), optional
        Sizes and losses of the fitted curve, its floor included.
    band : pair of array_like, shape (k,), optional
        Ends of its interval, likewise.
    level : float
        Of the band.
    ylabel : str
        What the loss is, with its unit if it has one.
    title : str
        Put above the picture.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes
        With runs at or below the floor as triangles at its foot.

    Raises
    ------
    InputError
        If sizes and losses do not match.

    Examples
    --------
    >>> excess_loss([10, 100, 1000], [2.0, 1.0, 0.6], floor=0.5).get_ylabel()
    'test loss above its floor, 0.5'
    """
    d, y = _matching(n_samples, losses)
    ax = axes(ax)
    above = y if floor is None else y - floor
    drawn = above > 0
    logarithmic = bool(drawn.any())
    if line is not None and logarithmic:
        _draw_line(ax, line, band, floor or 0.0, level)
    shown: dict[str, Any] = {"mfc": "none", "color": BLACK, "linestyle": "none", "zorder": 4}
    seen = drawn if logarithmic else np.ones_like(drawn)
    ax.plot(d[seen], above[seen], marker="o", ms=4.5, label="runs", **shown)
    ax.set_xlim(d.min() / 1.2, d.max() * 1.2)
    if logarithmic:
        _limits(ax, above[drawn])
        _mark_lost(ax, d[~drawn])
        log_axis(ax.yaxis)
    log_axis(ax.xaxis)
    ax.set_xlabel("training samples, D")
    ax.set_ylabel(ylabel if floor is None else f"{ylabel} above its floor, {floor:.3g}")
    _finish(ax, title)
    return ax


def two_panels() -> tuple[Axes, Axes]:
    """Return the axes of a tall picture above a flat one."""
    figure = Figure(figsize=(SIZE[0], 1.45 * SIZE[1]), layout="constrained")
    upper, lower = figure.subplots(2, 1, height_ratios=(3, 2))
    return upper, lower


def _matching(
    places: ArrayLike, values: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, y = (np.asarray(part, dtype=float) for part in (places, values))
    if x.shape != y.shape or x.ndim != 1 or not x.size:
        got = f"shapes {x.shape} and {y.shape}"
        raise InputError("sizes and losses do not match.", got=got)
    return x, y


def _draw_line(
    ax: Axes,
    line: tuple[ArrayLike, ArrayLike],
    band: tuple[ArrayLike, ArrayLike] | None,
    floor: float,
    level: float,
) -> None:
    x, fitted = (np.asarray(part, dtype=float) for part in line)
    if band is not None:
        low, high = (np.asarray(end, dtype=float) - floor for end in band)
        foot = np.where(low > 0, low, np.finfo(float).tiny)  # below the floor, out of the picture
        label = f"{level * 100:g} % band of the loss"
        ax.fill_between(x, foot, high, color=BLUE, alpha=0.2, linewidth=0, label=label)
    ax.plot(x, fitted - floor, color=BLUE, lw=1.8, label="power law")


def _limits(ax: Axes, above: NDArray[np.float64]) -> None:
    """Show every run; a band may be far wider, and leaves the picture."""
    low, high = math.log(above.min()), math.log(above.max())
    room = _ROOM * (high - low) or 1.0
    ax.set_ylim(math.exp(low - room), math.exp(high + room))


def _mark_lost(ax: Axes, d: NDArray[np.float64]) -> None:
    if d.size:
        style: dict[str, Any] = {"marker": "v", "ms": 6, "color": VERMILLION, "linestyle": "none"}
        foot = np.full(d.size, 0.03)
        label = "runs at or below the floor"
        ax.plot(d, foot, transform=ax.get_xaxis_transform(), label=label, clip_on=False, **style)


def _finish(ax: Axes, title: str) -> None:
    if title:
        ax.set_title(title, loc="left", fontsize=10)
    quiet(ax)
    if ax.get_legend_handles_labels()[0]:
        ax.legend(frameon=False, fontsize=9)
