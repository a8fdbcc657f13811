"""Best loss against the number of neurons, with the forms it is set against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri

from activstats.errors import InputError
from activstats.figures.style import BLACK, axes, log_axis, look, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike


def best_losses(  # noqa: PLR0913  (each part of the picture has its own name)
    n_neurons: ArrayLike,
    losses: ArrayLike,
    *,
    errors: ArrayLike | None = None,
    lines: Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None,
    chosen: str = "",
    criterion: str = "AICc",
    band: tuple[ArrayLike, ArrayLike] | None = None,
    answer: str = "",
    level: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Draw the best losses of networks over log N, and curves fitted to them.

    Parameters
    ----------
    n_neurons, losses : array_like of float, shape (m,)
        Number of neurons and best loss of each network.
    errors : array_like of float, shape (m,), optional
        Standard errors of the losses.
    lines : mapping, optional
        From the name of a form to its N and losses, shape (k,) each.
    chosen : str
        Name of the form to draw thicker, the one with the lowest criterion.
    criterion : str
        Name of that.
    band : pair of array_like, shape (k,), optional
        Ends of the interval of the chosen form.
    answer : str
        Put above the picture.
    level : float
        Of band and bars.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If widths and losses do not match.

    Examples
    --------
    >>> best_losses([64, 256], [0.5, 0.4]).get_xlabel()
    'neurons, N'
    """
    n, y = (np.asarray(part, dtype=float) for part in (n_neurons, losses))
    if n.shape != y.shape or n.ndim != 1 or not n.size:
        raise InputError("widths and losses do not match.", got=f"shapes {n.shape} and {y.shape}")
    ax = axes(ax)
    _draw_lines(ax, dict(lines or {}), (chosen, criterion), band, level)
    style: dict[str, Any] = {"color": BLACK, "marker": "o", "ms": 4.5, "mfc": "white", "zorder": 4}
    if errors is None:
        ax.plot(n, y, linestyle="none", label="networks", **style)
    else:
        reach = float(ndtri((1 + level) / 2)) * np.asarray(errors, dtype=float)
        label = f"networks, {level * 100:g} % interval"
        ax.errorbar(n, y, reach, linestyle="none", label=label, capsize=2, **style)
    ax.set_xlim(n.min() / 1.2, n.max() * 1.2)
    log_axis(ax.xaxis)
    ax.set_xlabel("neurons, N")
    ax.set_ylabel("best test loss")
    if answer:
        ax.set_title(answer, loc="left", fontsize=10)
    quiet(ax)
    ax.legend(frameon=False, fontsize=9)
    return ax


def _draw_lines(
    ax: Axes,
    lines: dict[str, tuple[ArrayLike, ArrayLike]],
    chosen: tuple[str, str],
    band: tuple[ArrayLike, ArrayLike] | None,
    level: float,
) -> None:
    for index, (name, (x, fitted)) in enumerate(lines.items()):
        looks, best = look(index), name == chosen[0]
        label = f"{name} (lowest {chosen[1]})" if best else name
        style: dict[str, Any] = {"color": looks.colour, "linestyle": looks.line}
        ax.plot(x, fitted, lw=2.2 if best else 1.1, label=label, **style)
        if best and band is not None:
            low, high = (np.asarray(end, dtype=float) for end in band)
            shown = f"its {level * 100:g} % band"
            ax.fill_between(x, low, high, color=looks.colour, alpha=0.18, lw=0, label=shown)
