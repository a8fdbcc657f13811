"""Loss against the size of the training set with a fitted crossover and where it stands."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.errors import InputError
from activstats.figures.style import BLACK, BLUE, GREEN, ORANGE, VERMILLION, axes, log_axis, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

# Rows at the foot that mark places on the D axis, in shares of the picture's height.
_FIRST_ROW, _ROW_STEP = 0.04, 0.05


def transition_curve(  # noqa: PLR0913  (each part of the picture has its own name)
    n_samples: ArrayLike,
    losses: ArrayLike,
    *,
    line: tuple[ArrayLike, ArrayLike] | None = None,
    band: tuple[ArrayLike, ArrayLike] | None = None,
    d_star: float | None = None,
    d_star_interval: tuple[float, float] | None = None,
    steepest: float | None = None,
    prediction: float | None = None,
    prediction_interval: tuple[float, float] | None = None,
    answer: str = "",
    level: float = 0.95,
    ylabel: str = "test loss",
    ax: Axes | None = None,
) -> Axes:
    """Draw the losses of runs over log D, a crossover, its scale and what was predicted.

    Parameters
    ----------
    n_samples, losses : array_like of float, shape (m,)
        Size of the training set and loss of each run.
    line : pair of array_like, shape (k,), optional
        Sizes and losses of the fitted curve.
    band : pair of array_like, shape (k,), optional
        Ends of its interval.
    d_star, steepest : float, optional
        The scale D* and the size at which the curve is steepest, in samples.
    d_star_interval : pair of float, optional
        May be open: 0 or infinite.
    prediction : float, optional
        Where the activations predict D*, bN/c, in samples.
    prediction_interval : pair of float, optional
        Its interval; may be open.
    answer : str
        Put above the picture.
    level : float
        Of all intervals.
    ylabel : str
        What the loss is, with its unit if it has one.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If sizes and losses do not match.

    Examples
    --------
    >>> transition_curve([10, 100, 1000], [2.0, 1.0, 0.5], d_star=90).get_xlabel()
    'training samples, D'
    """
    d, y = (np.asarray(part, dtype=float) for part in (n_samples, losses))
    if d.shape != y.shape or d.ndim != 1 or not d.size:
        raise InputError("sizes and losses do not match.", got=f"shapes {d.shape} and {y.shape}")
    ax = axes(ax)
    if line is not None:
        _draw_line(ax, line, band, level)
    shown: dict[str, Any] = {"marker": "o", "ms": 4.5, "mfc": "none", "zorder": 4}
    ax.plot(d, y, color=BLACK, linestyle="none", label="runs", **shown)
    _limits(ax, d, y, [steepest, d_star, prediction])
    if steepest is not None and line is not None:
        _mark_steepest(ax, line, steepest)
    rows = (
        ("D*", d_star, d_star_interval, VERMILLION, "D"),
        ("predicted bN/c", prediction, prediction_interval, GREEN, "s"),
    )
    for place, (name, at, ends, colour, marker) in enumerate(rows):
        if at is not None and math.isfinite(at):
            _mark(ax, name, (at, ends), (colour, marker), _FIRST_ROW + place * _ROW_STEP)
    log_axis(ax.xaxis)
    ax.set_xlabel("training samples, D")
    ax.set_ylabel(ylabel)
    if answer:
        ax.set_title(answer, loc="left", fontsize=10)
    quiet(ax)
    ax.legend(frameon=False, fontsize=9)
    return ax


def _draw_line(
    ax: Axes,
    line: tuple[ArrayLike, ArrayLike],
    band: tuple[ArrayLike, ArrayLike] | None,
    level: float,
) -> None:
    x = np.asarray(line[0], dtype=float)
    if band is not None:
        low, high = (np.asarray(end, dtype=float) for end in band)
        label = f"{level * 100:g} % band"
        ax.fill_between(x, low, high, color=BLUE, alpha=0.2, linewidth=0, label=label)
    ax.plot(x, np.asarray(line[1], dtype=float), color=BLUE, lw=1.8, label="crossover")


def _limits(
    ax: Axes, d: NDArray[np.float64], y: NDArray[np.float64], places: list[float | None]
) -> None:
    """Set limits that show every run and, up to a decade outside them, every place."""
    least, most = d.min() / 10, d.max() * 10
    inside = [p for p in places if p is not None and least <= p <= most]
    ax.set_xlim(min([d.min(), *inside]) / 1.2, max([d.max(), *inside]) * 1.2)
    height = float(np.ptp(y)) or abs(float(y[0])) or 1.0
    ax.set_ylim(y.min() - 0.22 * height, y.max() + 0.12 * height)


def _mark_steepest(ax: Axes, line: tuple[ArrayLike, ArrayLike], steepest: float) -> None:
    x, fitted = (np.asarray(part, dtype=float) for part in line)
    if x[0] <= steepest <= x[-1]:
        height = float(np.interp(math.log(steepest), np.log(x), fitted))
        style: dict[str, Any] = {"marker": "v", "ms": 8, "mec": "white", "zorder": 5}
        label = "steepest point"
        ax.plot([steepest], [height], color=ORANGE, linestyle="none", label=label, **style)


def _mark(
    ax: Axes,
    name: str,
    at: tuple[float, tuple[float, float] | None],
    looks: tuple[str, str],
    height: float,
) -> None:
    """Mark a place on the D axis with its interval; open ends are arrows at the border."""
    where, (colour, marker) = ax.get_xaxis_transform(), looks
    left, right = ax.get_xlim()
    label = name if at[1] is None else f"{name} and its interval"
    ax.plot([at[0]], [height], marker, color=colour, ms=6, transform=where, label=label, ls="none")
    if at[1] is None:
        return
    low, high = max(at[1][0], left), min(at[1][1], right)
    ax.plot([low, high], [height] * 2, color=colour, lw=1.8, transform=where)
    for outside, place, arrow in ((at[1][0] < left, left, "<"), (at[1][1] > right, right, ">")):
        if outside:
            ax.plot([place], [height], arrow, color=colour, ms=6, transform=where, clip_on=False)
