"""Loss against the size of the training set, with the sample numbers that a law predicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D

from activstats.errors import InputError
from activstats.figures.style import GREY, Look, axes, log_axis, look, quiet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

_SIZES_BY_SEEDS = 2
# Rows of marks stand at the foot of the picture, in shares of its height.
_FIRST_ROW, _ROW_STEP = 0.03, 0.04


@dataclass(frozen=True)
class LossCurve:
    """Losses of one network at several sizes of the training set.

    Parameters
    ----------
    name : str
        For the legend, such as ``"width 256"``.
    n_samples : array_like of int, shape (m,)
        Training samples, D.
    losses : array_like of float, shape (m, s)
        Loss of each seed; nan where there is no run.
    steepest : float, optional
        N/c in samples: where the law's crossover is steepest in log D.
    d_star : float, optional
        bN/c in samples: the law's scale.
    d_star_interval : pair of float, optional
        Interval of bN/c; the upper end may be infinite.
    """

    name: str
    n_samples: ArrayLike
    losses: ArrayLike
    steepest: float | None = None
    d_star: float | None = None
    d_star_interval: tuple[float, float] | None = None


def loss_curves(
    curves: Sequence[LossCurve], *, ylabel: str = "test loss", ax: Axes | None = None
) -> Axes:
    """Draw loss over log D, a line through the medians and the range over seeds.

    Parameters
    ----------
    curves : sequence of LossCurve
        One for each network.
    ylabel : str
        What the loss is, with its unit if it has one.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes
        At its foot, a row for each network marks bN/c with its interval and N/c.

    Raises
    ------
    InputError
        If the losses of a curve do not match its sizes.

    Examples
    --------
    >>> curve = LossCurve("width 64", [16, 64], [[2.0, 2.1], [1.1, 0.9]], steepest=64, d_star=20)
    >>> loss_curves([curve]).get_xlabel()
    'training samples, D'
    """
    ax = axes(ax)
    for index, curve in enumerate(curves):
        _draw_curve(ax, curve, look(index))
        _draw_marks(ax, curve, look(index), _FIRST_ROW + _ROW_STEP * (len(curves) - 1 - index))
    ax.set(xscale="log", yscale="log")
    _make_room(ax, len(curves))
    log_axis(ax.xaxis)
    log_axis(ax.yaxis)
    ax.set_xlabel("training samples, D")
    ax.set_ylabel(ylabel)
    quiet(ax)
    _legend(ax, curves)
    return ax


def _draw_curve(ax: Axes, curve: LossCurve, looks: Look) -> None:
    sizes, losses = np.asarray(curve.n_samples, dtype=float), _seeds(curve)
    some = np.isfinite(losses).any(axis=1)
    sizes, losses = sizes[some], losses[some]
    middle = np.nanmedian(losses, axis=1)
    spread = np.vstack([middle - np.nanmin(losses, axis=1), np.nanmax(losses, axis=1) - middle])
    style: dict[str, Any] = {"color": looks.colour, "linestyle": looks.line, "marker": looks.marker}
    shown: dict[str, Any] = {"ms": 4.5, "mfc": "white", "lw": 1.4, "capsize": 2, "elinewidth": 1.1}
    ax.errorbar(sizes, middle, spread, label=curve.name, **style, **shown)


def _seeds(curve: LossCurve) -> NDArray[np.float64]:
    losses = np.asarray(curve.losses, dtype=float)
    if losses.ndim != _SIZES_BY_SEEDS or losses.shape[0] != np.asarray(curve.n_samples).size:
        raise InputError(
            f"the losses of '{curve.name}' do not match its sizes.",
            got=f"shape {losses.shape}",
            allowed=f"({np.asarray(curve.n_samples).size}, number of seeds)",
        )
    return np.where(np.isfinite(losses), losses, np.nan)


def _draw_marks(ax: Axes, curve: LossCurve, looks: Look, height: float) -> None:
    where = ax.get_xaxis_transform()
    if curve.d_star_interval is not None and np.isfinite(curve.d_star_interval).all():
        ends = list(curve.d_star_interval)
        ax.plot(ends, [height] * 2, color=looks.colour, lw=2, transform=where)
    for place, marker, fill in ((curve.d_star, "|", None), (curve.steepest, looks.marker, "full")):
        if place is not None and np.isfinite(place) and place > 0:
            size = 9 if fill is None else 5
            style: dict[str, Any] = {
                "marker": marker,
                "ms": size,
                "mew": 1.6,
                "color": looks.colour,
            }
            ax.plot([place], [height], transform=where, linestyle="none", **style)


def _make_room(ax: Axes, rows: int) -> None:
    """Lower the floor of the picture until the rows of marks lie under the curves."""
    low, high = ax.get_ylim()
    share = _FIRST_ROW + _ROW_STEP * rows
    ax.axhline(low, color=GREY, lw=0.6)
    ax.set_ylim(low * (low / high) ** (share / (1 - share)), high)


def _legend(ax: Axes, curves: Sequence[LossCurve]) -> None:
    handles, labels = ax.get_legend_handles_labels()
    style: dict[str, Any] = {"color": GREY, "linestyle": "none"}
    extra = []
    if any(curve.d_star is not None for curve in curves):
        extra.append((Line2D([], [], marker="|", ms=9, mew=1.6, **style), "bN/c and its interval"))
    if any(curve.steepest is not None for curve in curves):
        extra.append((Line2D([], [], marker="o", ms=5, **style), "N/c, the law's steepest point"))
    ax.legend(
        [*handles, *(h for h, _ in extra)],
        [*labels, *(t for _, t in extra)],
        frameon=False,
        fontsize=9,
    )
