"""The exponent by which the loss falls, along a curve."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.errors import InputError
from activstats.figures.style import BLACK, BLUE, GREEN, GREY, axes, log_axis, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

# Exponents far beyond all others, as noise gives them near the floor, may leave the picture.
_MOST_HEIGHT = 4.0


def exponent_curve(
    n_samples: ArrayLike,
    exponent: ArrayLike,
    *,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
    theory: ArrayLike | None = None,
    fitted: tuple[float, float, float] | None = None,
    level: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Draw the exponent by which the excess loss falls along a curve.

    Parameters
    ----------
    n_samples, exponent : array_like of float, shape (k,)
        Places and exponents; nan where the excess is lost in noise.
    low, high : array_like of float, shape (k,), optional
        Ends of the intervals.
    theory : array_like of float, shape (k,), optional
        The exponent that the theory gives at these places.
    fitted : tuple of float, optional
        The exponent of the whole curve with the ends of its interval, which may be infinite.
    level : float
        Of the intervals.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes
        With places where the excess is lost as grey crosses at its foot.

    Raises
    ------
    InputError
        If places and exponents do not match.

    Examples
    --------
    >>> exponent_curve([10, 100], [0.2, 0.4]).get_ylabel()
    'local exponent'
    """
    d, y = (np.asarray(part, dtype=float) for part in (n_samples, exponent))
    if d.shape != y.shape or d.ndim != 1:
        raise InputError(
            "places and exponents do not match.", got=f"shapes {d.shape} and {y.shape}"
        )
    ax = axes(ax)
    known = np.isfinite(y)
    if fitted is not None and math.isfinite(fitted[0]):
        _draw_fitted(ax, fitted)
    if theory is not None:
        ax.plot(d, theory, color=GREEN, linestyle="--", lw=1.6, label="theory, b·u/(1 + u)")
    if known.any():
        ends = None if low is None or high is None else (np.asarray(low), np.asarray(high))
        _draw_exponents(ax, d[known], y[known], _reach(y, ends, known), level)
    if d.size:
        ax.set_xlim(d.min() / 1.2, d.max() * 1.2)
        _mark_without(ax, d[~known])
        log_axis(ax.xaxis)
    ax.set_xlabel("training samples, D")
    ax.set_ylabel("local exponent")
    quiet(ax)
    if ax.get_legend_handles_labels()[0]:
        ax.legend(frameon=False, fontsize=9)
    return ax


def _draw_fitted(ax: Axes, fitted: tuple[float, float, float]) -> None:
    beta, low, high = fitted
    if math.isfinite(high):
        ax.axhspan(low, high, color=BLUE, alpha=0.15, lw=0)
    ax.axhline(beta, color=BLUE, lw=1.6, label="beta of the whole curve")


def _reach(
    y: NDArray[np.float64],
    ends: tuple[NDArray[np.float64], NDArray[np.float64]] | None,
    known: NDArray[np.bool_],
) -> NDArray[np.float64] | None:
    """Return how far each interval reaches down and up, shape (2, k)."""
    if ends is None:
        return None
    return np.stack([(y - ends[0])[known], (ends[1] - y)[known]])


def _draw_exponents(
    ax: Axes,
    d: NDArray[np.float64],
    y: NDArray[np.float64],
    reach: NDArray[np.float64] | None,
    level: float,
) -> None:
    label = "local exponent" if reach is None else f"local exponent, {level * 100:g} % intervals"
    style: dict[str, Any] = {"fmt": "o", "ms": 4.5, "mfc": "none", "color": BLACK, "zorder": 4}
    ax.errorbar(d, y, reach, lw=1.2, capsize=2, label=label, **style)
    middle = float(np.median(y))
    away = _MOST_HEIGHT * max(float(np.median(np.abs(y))), 1e-9)
    low, high = ax.get_ylim()
    ax.set_ylim(max(low, middle - away), min(high, middle + away))


def _mark_without(ax: Axes, d: NDArray[np.float64]) -> None:
    if d.size:
        style: dict[str, Any] = {"marker": "x", "ms": 6, "color": GREY, "linestyle": "none"}
        foot = np.full(d.size, 0.05)
        ax.plot(d, foot, transform=ax.get_xaxis_transform(), label="lost in noise", **style)
