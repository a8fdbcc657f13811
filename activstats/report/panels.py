"""Several small pictures of one kind in one figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes

T = TypeVar("T")

WIDE = 8.4
_HEIGHT = 2.9
_ABREAST = 2


def draw_panels(
    items: Sequence[T],
    draw: Callable[[T, Axes], object],
    titles: Sequence[str],
    *,
    height: float = _HEIGHT,
) -> Axes:
    """Draw a panel for each item, two abreast, a legend in none but the first.

    Parameters
    ----------
    items : sequence
        At least one.
    draw : callable
        Draws an item on axes.
    titles : sequence of str
        One for each item.
    height : float
        Of a panel, in inches.

    Returns
    -------
    Axes
        Those of the first panel.
    """
    rows = -(-len(items) // _ABREAST)
    layout = ConstrainedLayoutEngine(h_pad=0.12, w_pad=0.08)  # inches
    figure = Figure(figsize=(WIDE, height * rows), layout=layout)
    panels: list[Axes] = (
        figure.subplots(rows, min(_ABREAST, len(items)), squeeze=False).ravel().tolist()
    )
    for index, (item, title, ax) in enumerate(zip(items, titles, panels, strict=False)):
        draw(item, ax)
        ax.set_title(title, fontsize=10)
        if index and (legend := ax.get_legend()):
            legend.remove()
    for ax in panels[len(items) :]:
        ax.set_axis_off()
    return panels[0]
