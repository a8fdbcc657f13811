"""Accuracy over the number of neurons kept, for several ways to choose them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.errors import InputError
from activstats.figures.style import GREY, axes, log_axis, look, quiet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

_LEGEND_COLUMNS, _LEGEND_ROW = 3, 15  # columns; points


@dataclass(frozen=True)
class Front:
    """Accuracies of one way to choose the neurons that are kept.

    Parameters
    ----------
    label : str
        Name in the legend.
    kept : array_like of float, shape (m,)
        Neurons kept.
    accuracy : array_like of float, shape (m, 3)
        Mean, lower and upper end; ends may be nan.
    """

    label: str
    kept: ArrayLike
    accuracy: ArrayLike


def accuracy_fronts(
    fronts: Sequence[Front],
    *,
    whole: tuple[float, float] | None = None,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw accuracy over the number of neurons kept, a series for each way to choose them.

    Parameters
    ----------
    fronts : sequence of Front
        One a way.
    whole : pair of float, optional
        Neurons and accuracy of the layer that nothing was taken from.
    title : str
        Above the picture.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If there is no front, or its numbers do not fit each other.

    Examples
    --------
    >>> front = Front("stamina", [8, 16], [[0.7, 0.6, 0.8], [0.9, 0.85, 0.95]])
    >>> accuracy_fronts([front]).get_ylabel()
    'test accuracy'
    """
    if not fronts:
        raise InputError("there is no front to draw.", got="an empty list")
    ax = axes(ax)
    for index, front in enumerate(fronts):
        kept, accuracy = np.asarray(front.kept, float), np.asarray(front.accuracy, float)
        if accuracy.shape != (kept.size, 3):
            raise InputError(f"the numbers of '{front.label}' do not fit.", got=accuracy.shape)
        style = look(index)
        # Aside by a little, so that intervals at one size can be told apart.
        place = kept * 1.015 ** (index - (len(fronts) - 1) / 2)
        bars = np.nan_to_num(np.abs(accuracy[:, 1:].T - accuracy[:, 0]))
        shown: dict[str, Any] = {"mfc": "white", "ms": 4.5, "capsize": 2, "lw": 1.4}
        ax.errorbar(
            place, accuracy[:, 0], bars, color=style.colour, linestyle=style.line,
            marker=style.marker, label=front.label, **shown,
        )  # fmt: skip
    if whole is not None:
        ax.axhline(whole[1], color=GREY, lw=1, linestyle=":", label=f"whole layer, {whole[0]:g}")
    log_axis(ax.xaxis)
    ax.set(xlabel="neurons kept", ylabel="test accuracy")
    # The legend stands between title and picture, however many rows it has.
    rows = -(-len(ax.get_legend_handles_labels()[1]) // _LEGEND_COLUMNS)
    ax.set_title(title, pad=14 + _LEGEND_ROW * rows)
    quiet(ax)
    ax.legend(
        frameon=False,
        fontsize=9,
        ncols=_LEGEND_COLUMNS,
        loc="lower center",
        bbox_to_anchor=(0.5, 1.01),
    )
    return ax
