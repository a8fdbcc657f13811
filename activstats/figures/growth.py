"""Activated neurons against samples: what was measured beside what the laws say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.errors import InputError
from activstats.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    VERMILLION,
    axes,
    log_axis,
    quiet,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

# The line at all neurons is drawn where it does not press the curve down to the floor.
_NEAR_ALL = 0.4


def growth_curves(  # noqa: PLR0913  (each curve has its own name, so none is mistaken for another)
    n_samples: ArrayLike,
    measured: ArrayLike,
    *,
    exact: ArrayLike | None = None,
    exact_band: tuple[ArrayLike, ArrayLike] | None = None,
    mean_field: ArrayLike | None = None,
    equal_rates: ArrayLike | None = None,
    ordered: tuple[ArrayLike, ArrayLike] | None = None,
    n_neurons: int | None = None,
    marks: Mapping[str, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the number of activated neurons K(D) against the number of samples D.

    Parameters
    ----------
    n_samples : array_like of int, shape (m,)
        Samples seen, at least 1; the common abscissa, drawn on a logarithmic axis.
    measured : array_like of float, shape (m,)
        Activated neurons, averaged over every order of the samples.
    exact, mean_field, equal_rates : array_like of float, shape (m,), optional
        What three laws expect.
    exact_band : pair of array_like of float, shape (m,), optional
        Lower and upper end of the exact law's interval.
    ordered : pair of array_like, shapes (k,), optional
        Samples and activated neurons in the order of the recording.
    n_neurons : int, optional
        Neurons of the layer, drawn as a line.
    marks : mapping of str to float, optional
        Numbers of samples to mark, by their label.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If a curve has another length than `n_samples`.

    Examples
    --------
    >>> growth_curves([1, 10, 100], [2, 15, 40], exact=[2, 16, 41]).get_xlabel()
    'samples seen, D'
    """
    d, k = np.asarray(n_samples, dtype=float), np.asarray(measured, dtype=float)
    ax = axes(ax)
    shown: dict[str, Any] = {"marker": "o", "markersize": 4, "markerfacecolor": "none", "zorder": 4}
    points = _alike(d, k, "measured")
    ax.plot(d, points, color=BLACK, linestyle="none", label="measured, any order", **shown)
    if exact_band is not None:
        low, high = (_alike(d, end, "exact_band") for end in exact_band)
        ax.fill_between(
            d, low, high, color=BLUE, alpha=0.2, linewidth=0, label="interval of the exact law"
        )
    laws = (
        ("exact law", exact, BLUE, "-"),
        ("mean-field law", mean_field, VERMILLION, "--"),
        ("equal firing rates", equal_rates, GREEN, ":"),
    )
    for label, curve, colour, line in laws:
        if curve is not None:
            ax.plot(d, _alike(d, curve, label), color=colour, linestyle=line, lw=1.8, label=label)
    if ordered is not None:
        seen, fired = (np.asarray(part, dtype=float) for part in ordered)
        ax.plot(
            seen, fired, color=ORANGE, lw=1.2, drawstyle="steps-post", label="in recorded order"
        )
    _finish(ax, float(np.nanmax(k, initial=0.0)), n_neurons, marks or {})
    return ax


def _alike(d: np.ndarray, curve: ArrayLike, name: str) -> np.ndarray:
    values = np.asarray(curve, dtype=float)
    if values.shape != d.shape or d.ndim != 1:
        raise InputError(
            f"the curve '{name}' does not fit the numbers of samples.",
            got=f"shape {values.shape}",
            allowed=f"shape {d.shape}",
        )
    return values


def _finish(ax: Axes, highest: float, n_neurons: int | None, marks: Mapping[str, float]) -> None:
    log_axis(ax.xaxis)
    if n_neurons is not None and highest > _NEAR_ALL * n_neurons:
        _mark_all(ax, n_neurons)
    ax.set_ylim(bottom=0)
    for label, place in marks.items():
        ax.axvline(place, color=GREY, lw=0.9, linestyle="-.")
        where: dict[str, Any] = {
            "xycoords": ("data", "axes fraction"),
            "textcoords": "offset points",
        }
        style: dict[str, Any] = {"rotation": 90, "ha": "right", "va": "top", "fontsize": 8}
        ax.annotate(label, (place, 0.9), xytext=(-3, 0), color=GREY, **where, **style)
    ax.set_xlabel("samples seen, D")
    of_all = "" if n_neurons is None else f" of {n_neurons:,}".replace(",", " ")
    ax.set_ylabel(f"neurons activated at least once, K{of_all}")
    quiet(ax)
    ax.legend(frameon=False, fontsize=9)


def _mark_all(ax: Axes, n_neurons: int) -> None:
    ax.axhline(n_neurons, color=GREY, lw=0.8, linestyle=(0, (1, 2)))
    where: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
    place = (0.01, n_neurons)
    ax.annotate("all", place, xytext=(0, -3), va="top", fontsize=8, color=GREY, **where)
