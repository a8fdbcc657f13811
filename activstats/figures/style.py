"""Colours, lines and markers that stay apart in print and for every eye.

The colours are those of Okabe & Ito (2008, "Color universal design"); their yellow is left out, too
pale on white paper. Line styles and markers change along with them, so that colour is never needed
to tell two curves apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

BLACK = "#000000"
GREY = "#6b6b6b"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
GREEN = "#009E73"
ORANGE = "#E69F00"
PURPLE = "#CC79A7"
SKY = "#56B4E9"

# Width and height in inches: what reads well at 100 % on a page and at half of it in print.
SIZE = (6.4, 4.2)

# Where ticks stand within a decade, by how many decades the axis spans.
_TICKS_WITHIN: tuple[tuple[float, tuple[float, ...]], ...] = (
    (0.7, (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0)),
    (1.4, (1.0, 2.0, 5.0)),
    (2.6, (1.0, 3.0)),
    (math.inf, (1.0,)),
)

_PLAIN_FROM, _PLAIN_TO = 1e-3, 1e6

LineStyle = str | tuple[int, tuple[float, ...]]


@dataclass(frozen=True)
class Look:
    """Colour, line and marker of one series.

    Parameters
    ----------
    colour : str
        Hexadecimal.
    line : str or tuple
        matplotlib's line style.
    marker : str
        matplotlib's marker.
    """

    colour: str
    line: LineStyle
    marker: str


_LOOKS = (
    Look(BLUE, "-", "o"),
    Look(VERMILLION, "--", "s"),
    Look(GREEN, "-.", "^"),
    Look(PURPLE, ":", "D"),
    Look(BLACK, (0, (6.0, 2.0)), "v"),
    Look(ORANGE, (0, (3.0, 1.5, 1.0, 1.5, 1.0, 1.5)), "P"),
    Look(SKY, (0, (1.0, 3.0)), "X"),
)


def look(index: int) -> Look:
    """Return how the series with this number looks; they repeat after seven.

    Examples
    --------
    >>> look(0).colour, look(7) == look(0)
    ('#0072B2', True)
    """
    return _LOOKS[index % len(_LOOKS)]


def axes(ax: Axes | None, size: tuple[float, float] = SIZE) -> Axes:
    """Return the axes given, or those of a new figure that pyplot knows nothing of."""
    if ax is not None:
        return ax
    return Figure(figsize=size, layout="constrained").add_subplot()


def log_axis(axis: Axis) -> None:
    """Make an axis logarithmic, with enough ticks and plain numbers; call it once limits stand."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log"})  # type: ignore[attr-defined]
    low, high = sorted(axis.get_view_interval())
    decades = math.log10(high / low) if low > 0 else math.inf
    subs = next(subs for limit, subs in _TICKS_WITHIN if decades < limit)
    axis.set_major_locator(LogLocator(subs=subs, numticks=12))
    axis.set_major_formatter(FuncFormatter(lambda value, _: plain_number(value)))
    axis.set_minor_locator(LogLocator(subs=range(2, 10), numticks=12))
    axis.set_minor_formatter(NullFormatter())


def plain_number(value: float) -> str:
    """Write a tick's number without an exponent as long as that is short.

    Examples
    --------
    >>> plain_number(0.05), plain_number(20000.0), plain_number(1e7)
    ('0.05', '20 000', '$10^{7}$')
    """
    if _PLAIN_FROM <= value < _PLAIN_TO:
        return f"{value:,.10g}".replace(",", " ")
    power = math.floor(math.log10(value) + 1e-9)
    factor = value / 10**power
    return f"$10^{{{power}}}$" if round(factor, 6) == 1 else f"${factor:g}·10^{{{power}}}$"


def quiet(ax: Axes) -> None:
    """Take away what carries no information: two spines, dark grid lines."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(visible=True, which="major", color="#d9d9d9", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.tick_params(which="both", labelsize=9)
