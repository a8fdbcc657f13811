"""Silent neurons for each new one against the samples seen: a line, if the law holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.errors import InputError
from activstats.figures.style import BLACK, BLUE, axes, log_axis, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike


def hazard_line(
    n_samples: ArrayLike,
    inverse_hazard: ArrayLike,
    interval: tuple[ArrayLike, ArrayLike],
    *,
    line: tuple[ArrayLike, ArrayLike] | None = None,
    band: tuple[ArrayLike, ArrayLike] | None = None,
    level: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Draw (N − K)/new against the number of the sample, both axes logarithmic.

    Parameters
    ----------
    n_samples : array_like of float, shape (m,)
        Samples seen before, n; drawn at n + 1, the number of the next sample.
    inverse_hazard : array_like of float, shape (m,)
        Silent neurons for each new one, in samples.
    interval : pair of array_like of float, shape (m,)
        Lower and upper ends of the bars.
    line : pair of array_like of float, shape (l,), optional
        Samples seen before and the fitted inverse hazard N/c + n/b there.
    band : pair of array_like of float, shape (l,), optional
        The line with b at both ends of its interval.
    level : float
        Confidence level of bars and band, for the legend.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If lengths differ.

    Examples
    --------
    >>> hazard_line([0, 9], [100, 140], ([80, 120], [130, 180])).get_xlabel()
    'number of the sample, n + 1'
    """
    n, inverse = np.asarray(n_samples, dtype=float), np.asarray(inverse_hazard, dtype=float)
    low, high = (np.asarray(end, dtype=float) for end in interval)
    if not (n.ndim == 1 and n.shape == inverse.shape == low.shape == high.shape):
        raise InputError(
            "points of the hazard need one interval each.",
            got=f"shapes {n.shape}, {inverse.shape}, {low.shape}, {high.shape}",
        )
    ax = axes(ax)
    share = f"{level * 100:g} %"
    if line is not None:
        _draw_line(ax, line, band, share)
    shown: dict[str, Any] = {"fmt": "o", "ms": 4.5, "mfc": "white", "capsize": 2, "lw": 1}
    bars = np.maximum(np.vstack([inverse - low, high - inverse]), 0)
    ax.errorbar(n + 1, inverse, bars, color=BLACK, label=f"measured, {share} interval", **shown)
    log_axis(ax.xaxis)
    log_axis(ax.yaxis)
    ax.set_xlabel("number of the sample, n + 1")
    ax.set_ylabel("silent neurons for each new one, (N − K)/new (samples)")
    quiet(ax)
    ax.legend(frameon=False, fontsize=9)
    return ax


def _draw_line(
    ax: Axes,
    line: tuple[ArrayLike, ArrayLike],
    band: tuple[ArrayLike, ArrayLike] | None,
    share: str,
) -> None:
    seen, fitted = (np.asarray(part, dtype=float) for part in line)
    ax.plot(seen + 1, fitted, color=BLUE, lw=1.8, label="N/c + n/b, fitted")
    if band is not None:
        low, high = (np.asarray(end, dtype=float) for end in band)
        shade: dict[str, Any] = {"color": BLUE, "alpha": 0.2, "linewidth": 0}
        ax.fill_between(seen + 1, low, high, label=f"b within its {share} interval", **shade)
