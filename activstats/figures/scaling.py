"""The scale D* of the loss over the width N, on log-log axes, beside what was predicted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.errors import InputError
from activstats.figures.style import BLUE, GREEN, GREY, VERMILLION, axes, log_axis, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

# Points of one width stand side by side, this factor to the left and right of it.
_ASIDE = 1.03
# How far beyond all estimates, as a factor, an interval may stretch the picture.
_MOST_BEYOND = 6.0
_PREDICTED = (GREEN, "s")
_FOUND = (VERMILLION, "o")


def scaling_picture(  # noqa: PLR0913  (each part of the picture has its own name)
    n_neurons: ArrayLike,
    d_star: ArrayLike,
    intervals: ArrayLike,
    *,
    predicted: tuple[ArrayLike, ArrayLike, ArrayLike] | None = None,
    line: tuple[ArrayLike, ArrayLike] | None = None,
    band: tuple[ArrayLike, ArrayLike] | None = None,
    gamma: float | None = None,
    level: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Draw D* over N, what was predicted, a line with its band, and a guide of slope 1.

    Parameters
    ----------
    n_neurons, d_star : array_like of float, shape (k,)
        Widths, and D* of each in samples.
    intervals : array_like of float, shape (k, 2)
        Its ends; 0 or infinite where open.
    predicted : (array_like, array_like, array_like), optional
        Widths, predicted bN/c in samples, and its ends, shapes (q,), (q,), (q, 2).
    line, band : pair of array_like, shape (m,), optional
        Widths and D* of the fitted line, and the ends of its interval there.
    gamma : float, optional
        Slope of the line, for the legend.
    level : float
        Of all intervals.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If there is nothing to draw or shapes do not match.

    Examples
    --------
    >>> scaling_picture([64, 256], [20, 50], [[10, 40], [30, 90]]).get_xlabel()
    'neurons of the layer, N'
    """
    found = _checked(n_neurons, d_star, intervals)
    expected = _checked(*predicted) if predicted is not None else _checked([], [], np.empty((0, 2)))
    places = np.concatenate([found[0], expected[0]])
    if not places.size:
        raise InputError("there is no D* to draw.", got="no width")
    ax = axes(ax)
    heights = np.concatenate([found[1], expected[1]])
    ax.set(xscale="log", yscale="log")
    ax.set_xlim(places.min() / 1.3, places.max() * 1.3)
    ax.set_ylim(*_heights(heights, np.vstack([found[2], expected[2]])))
    if line is not None:
        _draw_line(ax, line, band, gamma, level)
    _draw_guide(ax, places, heights)
    aside = _ASIDE if predicted is not None else 1.0
    interval = f"with {level * 100:g} % interval"
    _draw_points(ax, found, 1 / aside, _FOUND, f"D* of the loss {interval}")
    _draw_points(ax, expected, aside, _PREDICTED, f"predicted bN/c {interval}")
    log_axis(ax.xaxis)
    log_axis(ax.yaxis)
    ax.set_xlabel("neurons of the layer, N")
    ax.set_ylabel("D*, training samples")
    quiet(ax)
    ax.legend(frameon=False, fontsize=8.5, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return ax


_Points = tuple["NDArray[np.float64]", "NDArray[np.float64]", "NDArray[np.float64]"]


def _checked(n: ArrayLike, d: ArrayLike, ends: ArrayLike) -> _Points:
    widths, places, intervals = (np.asarray(part, dtype=float) for part in (n, d, ends))
    if widths.ndim != 1 or places.shape != widths.shape or intervals.shape != (widths.size, 2):
        raise InputError(
            "widths, D* and intervals do not match.",
            got=f"shapes {widths.shape}, {places.shape} and {intervals.shape}",
            allowed="(k,), (k,) and (k, 2)",
        )
    return widths, places, intervals


def _heights(estimates: NDArray[np.float64], intervals: NDArray[np.float64]) -> tuple[float, float]:
    low = max(float(intervals[:, 0].min()), float(estimates.min()) / _MOST_BEYOND)
    high = min(float(intervals[:, 1].max()), float(estimates.max()) * _MOST_BEYOND)
    return low / 1.3, high * 1.3


def _draw_line(
    ax: Axes,
    line: tuple[ArrayLike, ArrayLike],
    band: tuple[ArrayLike, ArrayLike] | None,
    gamma: float | None,
    level: float,
) -> None:
    x, y = (np.asarray(part, dtype=float) for part in line)
    if band is not None:
        bottom, top = ax.get_ylim()
        low, high = (np.clip(np.asarray(end, dtype=float), bottom, top) for end in band)
        ax.fill_between(
            x, low, high, color=BLUE, alpha=0.18, linewidth=0, label=f"{level * 100:g} % band"
        )
    label = "fitted line" if gamma is None else f"fitted line, slope {gamma:.2f}"
    ax.plot(x, y, color=BLUE, lw=1.8, label=label)


def _draw_guide(ax: Axes, places: NDArray[np.float64], heights: NDArray[np.float64]) -> None:
    """Draw slope 1 through the middle of what there is, as far as the picture goes."""
    middle = np.exp([np.log(places).mean(), np.log(heights).mean()])
    ends = np.asarray(ax.get_xlim())
    guide: dict[str, Any] = {"color": GREY, "lw": 1.2, "ls": (0, (1.0, 2.0)), "label": "slope 1"}
    ax.plot(ends, middle[1] * ends / middle[0], **guide)


def _draw_points(
    ax: Axes, points: _Points, aside: float, looks: tuple[str, str], label: str
) -> None:
    """Draw estimates with intervals; open ends, and those outside, are arrows at the border."""
    n, d, ends = points
    if not n.size:
        return
    colour, marker = looks
    bottom, top = ax.get_ylim()
    low, high = np.clip(ends[:, 0], bottom, d), np.clip(ends[:, 1], d, top)
    style: dict[str, Any] = {"fmt": marker, "ms": 5.5, "capsize": 2.5, "lw": 1.3, "zorder": 4}
    ax.errorbar(n * aside, d, [d - low, high - d], color=colour, label=label, **style)
    for outside, border, arrow in (
        (ends[:, 0] < bottom, bottom, "v"),
        (ends[:, 1] > top, top, "^"),
    ):
        if outside.any():
            at = n[outside] * aside
            ax.plot(at, np.full(at.size, border), arrow, color=colour, ms=5.5, clip_on=False)
